import { createHash } from "node:crypto";
import { literal, quote, quotePath } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { type ColumnPlan, planColumn } from "./columns.ts";

/** Raise it when the same rows would arrive differently: every target then takes them again. */
const LOADER_VERSION = 1;

/** What a table gets besides its rows. */
export interface TableLayout {
  readonly key?: readonly string[];
  /** Columns of each index. */
  readonly indexes?: readonly (readonly string[])[];
}

/** A table as it is to stand in Postgres, known before a byte is sent. */
export interface TableManifest {
  readonly name: string;
  readonly comment: string | null;
  readonly columns: readonly ColumnPlan[];
  readonly key: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  readonly rows: bigint;
  /** Sum over the rows of a part of their hash: the same in any order and in both engines. */
  readonly checksum: string;
  /** Hash of rows, columns, descriptions, key and indexes: equal means nothing to load. */
  readonly content: string;
}

export interface Manifest {
  /** Hash of all tables' contents: the load id. */
  readonly id: string;
  readonly tables: readonly TableManifest[];
  readonly warnings: readonly string[];
}

/** Reads what a schema of the warehouse holds now. */
export async function readManifest(
  warehouse: Warehouse,
  schema: string,
  layouts: Readonly<Record<string, TableLayout>>,
): Promise<Manifest> {
  const warnings: string[] = [];
  const tables: TableManifest[] = [];
  for (const table of await listTables(warehouse, schema)) {
    tables.push(await readTable(warehouse, schema, table, layouts[table.name] ?? {}, warnings));
  }
  return { id: hash(tables.map((table) => [table.name, table.content])), tables, warnings };
}

/** Postgres: a row as one text, equal to what DuckDB hashed. Its `concat_ws` ends at 100 arguments. */
export function receivedRow(columns: readonly ColumnPlan[]): string {
  return columns.map(({ received }) => marked(received)).join(" || chr(31) || ");
}

function rowText(values: readonly string[]): string {
  return `concat_ws(chr(31), ${values.map(marked).join(", ")})`;
}

/** Tells a NULL from every text. */
function marked(value: string): string {
  return `coalesce('v' || ${value}, 'n')`;
}

interface ListedTable {
  readonly name: string;
  readonly comment: string | null;
  readonly columns: readonly ColumnPlan[];
}

async function listTables(warehouse: Warehouse, schema: string): Promise<ListedTable[]> {
  const rows = await warehouse.rows<{
    table_name: string;
    table_comment: string | null;
    column_name: string;
    data_type: string;
    comment: string | null;
  }>(
    `
with relations as (

    select schema_name, table_name, comment as table_comment from duckdb_tables()
    union all
    select schema_name, view_name, comment from duckdb_views()

)

select
    columns.table_name,
    relations.table_comment,
    columns.column_name,
    columns.data_type,
    columns.comment

from duckdb_columns() as columns
inner join relations using (schema_name, table_name)
where columns.schema_name = $1 and columns.database_name = current_database()
order by columns.table_name, columns.column_index`,
    [schema],
  );
  const tables = new Map<string, { comment: string | null; columns: ColumnPlan[] }>();
  for (const row of rows) {
    const table = tables.get(row.table_name) ?? { comment: row.table_comment, columns: [] };
    table.columns.push(planColumn(row.column_name, row.data_type, row.comment));
    tables.set(row.table_name, table);
  }
  return [...tables].map(([name, table]) => ({ name, ...table }));
}

async function readTable(
  warehouse: Warehouse,
  schema: string,
  table: ListedTable,
  layout: TableLayout,
  warnings: string[],
): Promise<TableManifest> {
  const { name, comment, columns } = table;
  const names = new Set(columns.map((column) => column.name));
  const missing = [layout.key ?? [], ...(layout.indexes ?? [])].flat().filter((c) => !names.has(c));
  if (missing.length > 0) {
    warnings.push(`${schema}.${name} has no column ${[...new Set(missing)].join(", ")} to index`);
  }
  const first = columns[0]?.name ?? "";
  const guess = layout.key === undefined && first.endsWith("_id") ? first : undefined;
  const sum = (text: string) =>
    `coalesce(sum(('0x' || substr(md5(${text}), 1, 15))::bigint), 0)::varchar`;
  const sent = columns.map((column) => column.sent);
  const whole = columns.map((column) => column.content);
  const isSame = sent.every((sql, index) => sql === whole[index]);
  const sql = `
select
    count(*) as rows,
    ${sum(rowText(sent))} as checksum,
    ${isSame ? "checksum" : sum(rowText(whole))} as content,
    ${guess ? `count(distinct ${quote(guess)}) = count(*)` : "false"} as is_key,
    [${columns.map((c) => (c.hasNul ? `count(*) filter (${c.hasNul})` : "0")).join(", ")}] as nuls

from ${quotePath(schema, name)}`;
  const found = await warehouse.first<{
    rows: bigint;
    checksum: string;
    content: string;
    is_key: boolean;
    nuls: readonly bigint[];
  }>(sql);
  if (!found) throw new Error(`no answer about ${name}`);
  columns.forEach((column, index) => {
    const count = Number(found.nuls[index] ?? 0);
    if (count === 0) return;
    warnings.push(
      `${schema}.${name}.${column.name}: U+0000 taken out of ${count} value${count === 1 ? "" : "s"}, Postgres cannot hold it`,
    );
  });
  const known = (list: readonly string[]) => list.every((column) => names.has(column));
  const key = layout.key && known(layout.key) ? layout.key : guess && found.is_key ? [guess] : [];
  const indexes = (layout.indexes ?? []).filter(known);
  const content = hash([
    LOADER_VERSION,
    columns.map((column) => [column.name, column.type, column.comment]),
    [comment, key, indexes],
    [`${found.rows}`, found.checksum, found.content],
  ]);
  return {
    name,
    comment,
    columns,
    key,
    indexes,
    rows: found.rows,
    checksum: found.checksum,
    content,
  };
}

/** `comment on` for a table and its columns. */
export function commentsOn(path: string, table: TableManifest): string[] {
  const statements = table.columns.flatMap((column) =>
    column.comment === null
      ? []
      : [`comment on column ${path}.${quote(column.name)} is ${literal(column.comment)}`],
  );
  if (table.comment !== null) {
    statements.push(`comment on table ${path} is ${literal(table.comment)}`);
  }
  return statements;
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
