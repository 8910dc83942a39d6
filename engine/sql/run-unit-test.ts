import { EltError, messageOf } from "../errors.ts";
import { literal, quote, quotePath } from "../warehouse/quote.ts";
import { type Column, Warehouse } from "../warehouse/warehouse.ts";
import { Answers } from "./answers.ts";
import type { Compiler } from "./compile.ts";
import type { Environment } from "./environment.ts";
import { runPlaced } from "./execute.ts";
import type { SqlNode } from "./nodes.ts";
import type { Proof } from "./shell.ts";
import { fn } from "./template/values.ts";
import type { Fixture, UnitTest } from "./unit-tests.ts";
import type { YamlMap, YamlValue } from "./yaml.ts";
import { yamlValue } from "./yaml-jinja.ts";

const SHOWN = 5;

export interface UnitTestOptions {
  readonly env: Environment;
  readonly compiler: Compiler;
  readonly proof: Proof;
}

/** Runs one unit test in a database of its own: typed tables with the given rows, the model's SQL, the rows it gives. */
export async function runUnitTest(test: UnitTest, options: UnitTestOptions): Promise<void> {
  const { env, compiler, proof } = options;
  const database = await Warehouse.open(":memory:");
  const undo = override(test.overrides.env_vars);
  try {
    if (env.target.database !== "memory") {
      await database.run(`attach ':memory:' as ${quote(env.target.database)}`);
      await database.run(`use ${quote(env.target.database)}`);
    }
    for (const [index, { node, fixture }] of test.given.entries()) {
      await fill(database, node, fixture, proof.columns.get(node.id), (message) =>
        test.file.error(`unit test ${test.name}: ${message}`, [...test.path, "given", index]),
      );
    }
    const answers = new Answers(database);
    const { is_incremental, ...macros } = test.overrides.macros;
    const names = Object.fromEntries(
      Object.entries(macros).map(([name, value]) => [name, fn(name, () => yamlValue(value))]),
    );
    const compiled = await answers.rendering(() =>
      compiler.compile(test.model, {
        incremental: is_incremental === true,
        database: answers,
        names,
        vars: test.overrides.vars as YamlMap,
        tables: new Set(test.given.map(({ node }) => node.id)),
      }),
    );
    await runPlaced(database, {
      compiled,
      before: "create temporary table elt_actual as (\n",
      after: "\n)",
      root: env.project.root,
      at: () => ({ file: test.model.path, line: test.model.firstLine }),
    }).catch((error) => {
      throw withMissingInputs(error, test);
    });
    await compare(database, test);
  } finally {
    undo();
    database.close();
  }
}

async function fill(
  database: Warehouse,
  node: SqlNode,
  fixture: Fixture,
  columns: readonly Column[] | undefined,
  fail: (message: string) => EltError,
): Promise<void> {
  const { database: catalog, schema } = node.relation;
  const name = quotePath(catalog, schema, node.relation.identifier);
  await database.run(`create schema if not exists ${quote(catalog)}.${quote(schema)}`);
  const known = columns ?? named(fixture);
  const list = known.map((column) => `${quote(column.name)} ${column.type}`).join(", ");
  await database.run(`create or replace table ${name} (${list})`);
  try {
    if ("sql" in fixture) await database.run(`insert into ${name} by name ${fixture.sql}`);
    else {
      for (const row of fixture.rows) {
        const unknown = Object.keys(row).find((key) => !find(known, key));
        if (unknown !== undefined) throw new Error(`${node.name} has no column "${unknown}"`);
        await database.run(`insert into ${name} by name select ${values(row, known)}`);
      }
    }
  } catch (error) {
    throw fail(messageOf(error).split("\n")[0] ?? "");
  }
}

async function compare(database: Warehouse, test: UnitTest): Promise<void> {
  const actual = await database.describe("select * from elt_actual");
  const fail = (message: string, excerpt?: string): EltError =>
    new EltError(`unit test ${test.name} of ${test.model.name}: ${message}`, {
      ...test.file.place(test.path),
      excerpt,
    });
  let wanted: readonly Column[] = actual;
  if ("sql" in test.expect) {
    await database.run(`create temporary table elt_expected as ${test.expect.sql}`);
    wanted = await database.describe("select * from elt_expected");
  } else if (test.expect.rows.length > 0) {
    const names = [...new Set(test.expect.rows.flatMap((row) => Object.keys(row)))];
    wanted = names.map((name) => {
      const found = find(actual, name);
      if (!found) throw fail(`it gives no column "${name}"`);
      return found;
    });
  }
  const list = wanted.map((column) => quote(column.name)).join(", ");
  if (!("sql" in test.expect)) {
    await database.run(
      `create temporary table elt_expected as select ${list} from elt_actual limit 0`,
    );
    for (const row of test.expect.rows) {
      await database.run(`insert into elt_expected by name select ${values(row, wanted)}`);
    }
  }
  const missing = await rowsOnlyIn(database, "elt_expected", "elt_actual", list);
  const surplus = await rowsOnlyIn(database, "elt_actual", "elt_expected", list);
  if (missing.length + surplus.length === 0) return;
  const lines = [
    ...missing.slice(0, SHOWN).map((row) => `  - ${row}`),
    ...surplus.slice(0, SHOWN).map((row) => `  + ${row}`),
  ];
  throw fail(
    `${missing.length} rows missing (-), ${surplus.length} not expected (+)`,
    lines.join("\n"),
  );
}

async function rowsOnlyIn(
  database: Warehouse,
  one: string,
  other: string,
  list: string,
): Promise<string[]> {
  const rows = await database.rows<{ line: string }>(
    `select to_json(t)::varchar as line from (select ${list} from ${one} except all select ${list} from ${other}) as t order by line`,
  );
  return rows.map((row) => row.line);
}

function values(row: Readonly<Record<string, YamlValue>>, columns: readonly Column[]): string {
  return Object.entries(row)
    .map(([name, value]) => {
      const column = find(columns, name);
      return `${sqlValue(value)}::${column?.type ?? "varchar"} as ${quote(column?.name ?? name)}`;
    })
    .join(", ");
}

function sqlValue(value: YamlValue): string {
  if (value === null) return "null";
  if (typeof value === "object") {
    return literal(
      JSON.stringify(value, (_, item) => (typeof item === "bigint" ? Number(item) : item)),
    );
  }
  return literal(String(value));
}

function find(columns: readonly Column[], name: string): Column | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

function named(fixture: Fixture): Column[] {
  const rows = "rows" in fixture ? fixture.rows : [];
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => ({
    name,
    type: "varchar",
  }));
}

/** A table that is not there is most likely an input nobody gave. */
function withMissingInputs(error: unknown, test: UnitTest): unknown {
  const given = new Set(test.given.map(({ node }) => node.id));
  const missing = test.model.reads.filter((read) => !given.has(read.id)).map((read) => read.name);
  if (missing.length === 0 || !/not found|does not exist/.test(messageOf(error))) return error;
  return test.file.error(
    `unit test ${test.name} gives no rows for ${missing.join(", ")}`,
    test.path,
  );
}

/** Environment variables for the time of one test. */
function override(variables: Readonly<Record<string, YamlValue>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  for (const [name, value] of Object.entries(variables)) process.env[name] = String(value);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
