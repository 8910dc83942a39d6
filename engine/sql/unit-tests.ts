import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { EltError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { isMap } from "./config-tree.ts";
import { csvRows } from "./csv.ts";
import type { Edges } from "./edges.ts";
import type { ModelNode, SqlNode } from "./nodes.ts";
import type { Package } from "./project.ts";
import type { YamlFile, YamlPath, YamlValue } from "./yaml.ts";

/** Rows of a fixture: by column, or a query that gives them. */
export type Fixture =
  | { readonly rows: readonly Readonly<Record<string, YamlValue>>[] }
  | { readonly sql: string };

/** A model's promise in YAML: given these rows, it gives those. */
export interface UnitTest {
  readonly name: string;
  readonly description: string;
  readonly model: ModelNode;
  readonly given: readonly { readonly node: SqlNode; readonly fixture: Fixture }[];
  readonly expect: Fixture;
  readonly overrides: Overrides;
  readonly file: YamlFile;
  readonly path: YamlPath;
}

export interface Overrides {
  readonly macros: Readonly<Record<string, YamlValue>>;
  readonly vars: Readonly<Record<string, YamlValue>>;
  readonly env_vars: Readonly<Record<string, YamlValue>>;
}

/** A unit test as written, before its names are looked up. */
export interface UnitTestPatch {
  readonly raw: YamlValue;
  readonly package: Package;
  readonly file: YamlFile;
  readonly path: YamlPath;
}

const fixture = {
  format: z.enum(["dict", "csv", "sql"]).nullish(),
  rows: z.unknown().optional(),
  fixture: z.string().nullish(),
};
const table = z.record(z.string(), z.unknown()).nullish();
const schema = z.looseObject({
  name: z.string(),
  description: z.string().nullish(),
  model: z.string(),
  given: z.array(z.looseObject({ input: z.string(), ...fixture })).nullish(),
  expect: z.looseObject(fixture),
  overrides: z.looseObject({ macros: table, vars: table, env_vars: table }).nullish(),
});
type FixtureEntry = z.infer<typeof schema>["expect"];

const INPUT = /^\s*(ref|source)\s*\(\s*(['"])([^'"]+)\2\s*(?:,\s*(['"])([^'"]+)\4\s*)?\)\s*$/;

/** The unit tests of the YAML files, with their names looked up. Mistakes are collected. */
export function readUnitTests(
  patches: readonly UnitTestPatch[],
  edges: Edges,
  errors: EltError[],
): UnitTest[] {
  return patches.flatMap((patch) => {
    const { file, path } = patch;
    const parsed = schema.safeParse(patch.raw);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) {
        const at = [...path, ...(issue.path as (string | number)[])];
        errors.push(file.error(`unit test: ${issue.path.join(".")}: ${issue.message}`, at));
      }
      return [];
    }
    try {
      return [toUnitTest(parsed.data, patch, edges)];
    } catch (error) {
      errors.push(error as EltError);
      return [];
    }
  });
}

function toUnitTest(written: z.infer<typeof schema>, patch: UnitTestPatch, edges: Edges): UnitTest {
  const { file, path } = patch;
  const calling = patch.package.name;
  const at = (where: YamlPath) => ({ file, path: where, calling });
  const model = lookUp(`ref('${written.model}')`, undefined, edges, at([...path, "model"]));
  if (model.kind !== "model")
    throw file.error(`"${written.model}" is not a model`, [...path, "model"]);
  const given = (written.given ?? []).map((each, index) => {
    const place = [...path, "given", index];
    const node = lookUp(each.input, model, edges, at([...place, "input"]));
    return { node, fixture: toFixture(each, patch, place) };
  });
  const { macros, vars, env_vars } = written.overrides ?? {};
  return {
    name: written.name,
    description: written.description ?? "",
    model,
    given,
    expect: toFixture(written.expect, patch, [...path, "expect"]),
    overrides: {
      macros: (macros ?? {}) as Overrides["macros"],
      vars: (vars ?? {}) as Overrides["vars"],
      env_vars: (env_vars ?? {}) as Overrides["env_vars"],
    },
    file,
    path,
  };
}

interface At {
  readonly file: YamlFile;
  readonly path: YamlPath;
  readonly calling: string;
}

function lookUp(
  input: string,
  model: ModelNode | undefined,
  edges: Edges,
  { file, path, calling }: At,
): SqlNode {
  if (model && input.trim() === "this") return model;
  const [, kind, , first = "", , second] = INPUT.exec(input) ?? [];
  if (kind === undefined)
    throw file.error(`input "${input}" is neither a ref, a source nor this`, path);
  const found =
    kind === "source"
      ? edges.source(first, second ?? "", calling)
      : edges.ref(
          { name: second ?? first, package: second ? first : undefined, version: undefined },
          calling,
        );
  if (found instanceof Error) throw file.error(found.message, path, found.details.hint);
  const node = edges.node(found);
  if (!node) throw file.error(`${input} is not part of the project`, path);
  if (model && !model.reads.includes(node)) {
    const names = model.reads.map((read) => read.name);
    throw file.error(`${model.name} does not read ${node.name}${suggest(node.name, names)}`, path);
  }
  return node;
}

function toFixture(entry: FixtureEntry, patch: UnitTestPatch, path: YamlPath): Fixture {
  const { file } = patch;
  const text =
    typeof entry.fixture === "string" ? fixtureText(entry.fixture, entry, patch, path) : entry.rows;
  if (entry.format === "sql") return { sql: String(text ?? "") };
  if (entry.format === "csv") return { rows: csvRows(String(text ?? "")) };
  const rows = Array.isArray(text) ? text : [];
  const wrong = rows.findIndex((row) => !isMap(row));
  if (wrong >= 0)
    throw file.error("a row is a mapping of columns to values", [...path, "rows", wrong]);
  return { rows: rows as Readonly<Record<string, YamlValue>>[] };
}

function fixtureText(
  name: string,
  entry: FixtureEntry,
  patch: UnitTestPatch,
  path: YamlPath,
): string {
  const { root, paths } = patch.package;
  const ending = entry.format === "sql" ? "sql" : "csv";
  const found = paths.test
    .flatMap((folder) => [join(root, folder, "fixtures"), join(root, folder)])
    .map((folder) => join(folder, `${name.replace(/\.(csv|sql)$/, "")}.${ending}`))
    .find(existsSync);
  if (!found)
    throw patch.file.error(`fixture "${name}" is not in tests/fixtures`, [...path, "fixture"]);
  return readFileSync(found, "utf8");
}
