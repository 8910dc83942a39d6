import { EltError, messageOf } from "../errors.ts";
import { literal, quote } from "../warehouse/quote.ts";
import type { Column } from "../warehouse/warehouse.ts";
import type { Build, Result } from "./build.ts";
import { missingColumns, writeComments } from "./comments.ts";
import { ensureSchema, knownType, noteType } from "./execute.ts";
import { runHooks } from "./hooks.ts";
import { countRows } from "./materialize.ts";
import type { SeedNode } from "./nodes.ts";
import { relationSql } from "./relation.ts";
import { delimiter, seedColumns } from "./seed-types.ts";

/** Loads one seed: typed columns, rows as the file has them, in the file's order. */
export async function buildSeed(seed: SeedNode, build: Build): Promise<Result> {
  const { warehouse, compiler, env } = build;
  const columns = await seedColumns(warehouse, seed);
  const existing = await knownType(warehouse, seed.relation);
  const name = relationSql(seed.relation);
  const hooks = { warehouse, compiler, node: seed, incremental: false };
  await ensureSchema(warehouse, seed.relation);
  await runHooks(hooks, "pre-hook", false);
  await warehouse.transaction(async () => {
    await runHooks(hooks, "pre-hook", true);
    if (existing === "view") await warehouse.run(`drop view ${name}`);
    const kept =
      existing === "table" && !env.own && !env.fullRefresh && (await keeps(columns, name, build));
    if (kept) await warehouse.run(`truncate ${name}`);
    else await warehouse.run(`create or replace table ${name} (${declared(columns)})`);
    await load(seed, name, build);
    const names = columns.map((column) => column.name);
    await writeComments(warehouse, seed, "table", names);
    await runHooks(hooks, "post-hook", true);
  });
  noteType(warehouse, seed.relation, "table");
  await runHooks(hooks, "post-hook", false);
  const missing = missingColumns(
    seed,
    columns.map((column) => column.name),
  );
  const warnings = missing.map(
    (each) => `${seed.name} has no column "${each}", which its YAML describes`,
  );
  return { rows: await countRows(seed, build), ...(warnings.length > 0 ? { warnings } : {}) };
}

function declared(columns: readonly Column[]): string {
  return columns.map((column) => `${quote(column.name)} ${column.type}`).join(", ");
}

async function keeps(
  columns: readonly Column[],
  name: string,
  { warehouse }: Build,
): Promise<boolean> {
  const existing = await warehouse.describe(`select * from ${name}`);
  return (
    existing.map((each) => each.name).join("\n") === columns.map((each) => each.name).join("\n")
  );
}

async function load(seed: SeedNode, name: string, { warehouse }: Build): Promise<void> {
  const options = `format csv, header true, auto_detect false, delimiter ${literal(delimiter(seed))}, quote '"', escape '"', nullstr ''`;
  try {
    await warehouse.run(`copy ${name} from ${literal(seed.absolute)} (${options})`);
  } catch (error) {
    const text = messageOf(error);
    const line = /CSV Error on Line: (\d+)/.exec(text)?.[1];
    const column = /Error when converting column "([^"]+)"/.exec(text)?.[1];
    const reason = text.split("\n").find((each) => /Could not convert|Expected Number/.test(each));
    const where = column === undefined ? "" : ` in column "${column}"`;
    throw new EltError(
      `seed "${seed.name}" cannot be loaded${where}: ${reason ?? text.split("\n")[0]}`,
      {
        file: seed.path,
        line: line === undefined ? undefined : Number(line),
        hint: "correct the row, or give the column another type under column_types",
        cause: error,
      },
    );
  }
}
