import { EltError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { quote } from "../warehouse/quote.ts";
import type { Column } from "../warehouse/warehouse.ts";
import type { Build } from "./build.ts";
import type { Compiled } from "./compile.ts";
import { asList } from "./config-tree.ts";
import { runPlaced } from "./execute.ts";
import type { ModelNode } from "./nodes.ts";
import { relationSql } from "./relation.ts";

const STRATEGIES = ["append", "delete+insert", "merge"] as const;
const CHANGES = ["ignore", "fail", "append_new_columns", "sync_all_columns"] as const;
type Strategy = (typeof STRATEGIES)[number];

/** Adds what an incremental model gives now to the table that is there. Runs inside the node's transaction. */
export async function insertIncrement(
  model: ModelNode,
  compiled: Compiled,
  build: Build,
): Promise<void> {
  const { warehouse, env } = build;
  const { strategy, onChange } = settingsOf(model);
  const source = quote(`${model.relation.identifier}__elt_new`);
  await runPlaced(warehouse, {
    compiled,
    before: `create or replace temporary table ${source} as (\n`,
    after: "\n)",
    root: env.project.root,
    at: () => ({ file: model.path, line: model.firstLine }),
  });
  const target = relationSql(model.relation);
  const before = await warehouse.describe(`select * from ${target}`);
  const incoming = await warehouse.describe(`select * from ${source}`);
  const columns = await changeColumns(model, onChange, before, incoming, build);
  for (const sql of increment(model, strategy, { source, target, columns }))
    await warehouse.run(sql);
  await warehouse.run(`drop table ${source}`);
}

function settingsOf(model: ModelNode): { strategy: Strategy; onChange: (typeof CHANGES)[number] } {
  const refuse = (key: string, value: string, known: readonly string[]): never => {
    throw new EltError(`${key} "${value}" is not supported${suggest(value, known)}`, {
      file: model.path,
      line: model.firstLine,
      hint: `use one of: ${known.join(", ")}`,
    });
  };
  const written = String(model.config.incremental_strategy ?? "default").replace("_", "+");
  const name = written === "default" ? "delete+insert" : written;
  const strategy =
    STRATEGIES.find((each) => each === name) ?? refuse("incremental_strategy", written, STRATEGIES);
  const change = String(model.config.on_schema_change ?? "ignore");
  const onChange =
    CHANGES.find((each) => each === change) ?? refuse("on_schema_change", change, CHANGES);
  if (model.config.merge_clauses !== undefined) {
    refuse("merge_clauses", "…", ["merge_update_columns", "merge_exclude_columns"]);
  }
  return { strategy, onChange };
}

/** Changes the table's columns as `on_schema_change` says; gives the columns to be written. */
async function changeColumns(
  model: ModelNode,
  onChange: (typeof CHANGES)[number],
  before: readonly Column[],
  incoming: readonly Column[],
  { warehouse }: Build,
): Promise<string[]> {
  const existing = new Map(before.map((column) => [column.name.toLowerCase(), column]));
  const arriving = new Map(incoming.map((column) => [column.name.toLowerCase(), column]));
  const added = incoming.filter((column) => !existing.has(column.name.toLowerCase()));
  const removed = before.filter((column) => !arriving.has(column.name.toLowerCase()));
  const retyped = incoming.filter((column) => {
    const known = existing.get(column.name.toLowerCase());
    return known !== undefined && known.type !== column.type;
  });
  const target = relationSql(model.relation);
  const named = (columns: readonly Column[]) => columns.map((column) => column.name).join(", ");
  switch (onChange) {
    case "ignore":
      if (removed.length > 0) {
        throw new EltError(`${model.name} no longer gives ${named(removed)}, which its table has`, {
          file: model.path,
          line: model.firstLine,
          hint: "set on_schema_change, or rebuild it with --full-refresh",
        });
      }
      return before.map((column) => column.name);
    case "fail":
      if (added.length + removed.length + retyped.length > 0) {
        const parts = [
          added.length > 0 ? `new: ${named(added)}` : "",
          removed.length > 0 ? `gone: ${named(removed)}` : "",
          retyped.length > 0 ? `other type: ${named(retyped)}` : "",
        ].filter((part) => part !== "");
        throw new EltError(`columns of ${model.name} changed (${parts.join("; ")})`, {
          file: model.path,
          line: model.firstLine,
          hint: "rebuild it with --full-refresh, or choose another on_schema_change",
        });
      }
      return incoming.map((column) => column.name);
    case "append_new_columns":
      for (const column of added) {
        await warehouse.run(
          `alter table ${target} add column ${quote(column.name)} ${column.type}`,
        );
      }
      return incoming.map((column) => column.name);
    case "sync_all_columns":
      for (const column of added) {
        await warehouse.run(
          `alter table ${target} add column ${quote(column.name)} ${column.type}`,
        );
      }
      for (const column of removed) {
        await warehouse.run(`alter table ${target} drop column ${quote(column.name)}`);
      }
      for (const column of retyped) {
        await warehouse.run(
          `alter table ${target} alter column ${quote(column.name)} set data type ${column.type}`,
        );
      }
      return incoming.map((column) => column.name);
  }
}

interface Increment {
  readonly source: string;
  readonly target: string;
  readonly columns: readonly string[];
}

/** The statements of a strategy. */
function increment(
  model: ModelNode,
  strategy: Strategy,
  { source, target, columns }: Increment,
): string[] {
  const keys = asList(model.config.unique_key).map(String);
  const predicates = asList(model.config.incremental_predicates ?? model.config.predicates).map(
    String,
  );
  const list = columns.map(quote).join(", ");
  const insert = `insert into ${target} (${list}) select ${list} from ${source}`;
  if (strategy === "append" || (strategy === "delete+insert" && keys.length === 0)) return [insert];
  if (strategy === "delete+insert") {
    const matches = keys.map((key) => `${target}.${column(key)} = ${source}.${column(key)}`);
    const where = [...matches, ...predicates].join(" and ");
    return [`delete from ${target} using ${source} where ${where}`, insert];
  }
  return [mergeSql(model, { source, target, columns }, keys, predicates)];
}

function mergeSql(
  model: ModelNode,
  { source, target, columns }: Increment,
  keys: readonly string[],
  predicates: readonly string[],
): string {
  const { config } = model;
  const to = "DBT_INTERNAL_DEST";
  const from = "DBT_INTERNAL_SOURCE";
  const matches = keys.map((key) => `${to}.${column(key)} = ${from}.${column(key)}`);
  const on = keys.length === 0 ? ["false"] : [...matches, ...predicates];
  const only = asList(config.merge_update_columns).map((each) => String(each).toLowerCase());
  const except = new Set(
    asList(config.merge_exclude_columns).map((each) => String(each).toLowerCase()),
  );
  const updated = columns.filter((each) =>
    only.length > 0 ? only.includes(each.toLowerCase()) : !except.has(each.toLowerCase()),
  );
  const condition = (key: string): string => (config[key] ? ` and ${String(config[key])}` : "");
  const list = columns.map(quote).join(", ");
  const values = columns.map((each) => `${from}.${quote(each)}`).join(", ");
  const update =
    keys.length === 0
      ? ""
      : `when matched${condition("merge_update_condition")} then update set ${updated
          .map((each) => `${quote(each)} = ${from}.${quote(each)}`)
          .join(", ")}\n`;
  return `merge into ${target} as ${to}
using ${source} as ${from}
on ${on.map((each) => `(${each})`).join(" and ")}
${update}when not matched${condition("merge_insert_condition")} then insert (${list}) values (${values})`;
}

/** A key is a column, or an expression that is left as it is written. */
function column(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? quote(key) : key;
}
