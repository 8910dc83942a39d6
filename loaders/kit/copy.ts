import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { quote, quotePath } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { ColumnPlan } from "./columns.ts";

/** Rows that DuckDB joins to one block: some hundred kilobytes, one message of the protocol. */
const ROWS_PER_BLOCK = 1_000;
/** Rows asked for at once: bounds the memory, whatever the table's size. */
const ROWS_PER_QUERY = 100_000;

export interface CopyOptions {
  /** Table in the warehouse. */
  readonly from: readonly [schema: string, table: string];
  /** Table in Postgres, quoted. It was made in the same transaction. */
  readonly to: string;
  readonly columns: readonly ColumnPlan[];
  readonly signal?: AbortSignal | undefined;
  readonly sent?: (rows: number) => void;
}

/** Sends a table by COPY. DuckDB writes the lines, escapes included, and hands over whole blocks of bytes. */
export async function copyTable(
  warehouse: Warehouse,
  client: Client,
  options: CopyOptions,
): Promise<number> {
  const { from: source, to, columns, signal } = options;
  const { from } = await import("pg-copy-streams");
  const names = columns.map((column) => quote(column.name)).join(", ");
  // Frozen rows are visible to snapshots older than this load: a reader inside a long transaction finds the
  // new table full, not empty.
  const stream = client.query(from(`copy ${to} (${names}) from stdin with (format text, freeze)`));
  const blocks = readBlocks(warehouse, source, columns, options.sent);
  await pipeline(Readable.from(blocks, { objectMode: true, highWaterMark: 2 }), stream, {
    ...(signal && { signal }),
  });
  return stream.rowCount;
}

/** The query that turns some rows into blocks of COPY's text format. */
export function blockQuery(path: string, columns: readonly ColumnPlan[]): string {
  const fields = columns.map((column) => `            coalesce(${column.field}, '\\N')`);
  return `
with lines as (

    select
        rowid // ${ROWS_PER_BLOCK} as block,
        concat_ws(
            chr(9),
${fields.join(",\n")}
        ) as line

    from ${path}
    where rowid >= $first and rowid < $after

)

select encode(string_agg(line, chr(10)) || chr(10)) as bytes
from lines
group by block
order by block`;
}

async function* readBlocks(
  warehouse: Warehouse,
  source: readonly [schema: string, table: string],
  columns: readonly ColumnPlan[],
  sent: ((rows: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  const path = await countedRows(warehouse, source);
  const last = await warehouse.first<{ rowid: bigint | null }>(
    `select max(rowid) as rowid from ${path}`,
  );
  const end = Number(last?.rowid ?? -1) + 1;
  const sql = blockQuery(path, columns);
  for (let first = 0; first < end; first += ROWS_PER_QUERY) {
    const after = first + ROWS_PER_QUERY;
    const values = { first: BigInt(first), after: BigInt(after) };
    for (const { bytes } of await warehouse.rows<{ bytes: Uint8Array }>(sql, values)) yield bytes;
    sent?.(Math.min(after, end));
  }
}

/** A view has no row numbers: it is made a table for as long as the connection lives. */
async function countedRows(
  warehouse: Warehouse,
  [schema, table]: readonly [schema: string, table: string],
): Promise<string> {
  const view = await warehouse.first(
    "select 1 from duckdb_views() where schema_name = $1 and view_name = $2 and database_name = current_database()",
    [schema, table],
  );
  if (!view) return quotePath(schema, table);
  const copy = quote(`copy_of_${table}`);
  await warehouse.run(
    `create or replace temp table ${copy} as select * from ${quotePath(schema, table)}`,
  );
  return copy;
}
