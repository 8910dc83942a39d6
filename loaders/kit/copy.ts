import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Client } from "pg";
import { quote, quotePath } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { ColumnPlan } from "./columns.ts";

/** pg-copy-streams sends one message a block: small blocks cost a system call each. */
const BLOCK_BYTES = 256 * 1024;

export interface CopyOptions {
  /** Table in the warehouse. */
  readonly from: readonly [schema: string, table: string];
  /** Table in Postgres, quoted. It was made in the same transaction. */
  readonly to: string;
  readonly columns: readonly ColumnPlan[];
  readonly signal?: AbortSignal | undefined;
  readonly sent?: (rows: number) => void;
}

/** Sends a table by COPY. DuckDB writes the lines, escapes included; here they are only put into blocks. */
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
  const blocks = lineBlocks(warehouse, copyQuery(source, columns), options.sent);
  await pipeline(Readable.from(blocks, { objectMode: true, highWaterMark: 2 }), stream, {
    ...(signal && { signal }),
  });
  return stream.rowCount;
}

/** The query whose one column is COPY's lines. */
export function copyQuery(
  from: readonly [schema: string, table: string],
  columns: readonly ColumnPlan[],
): string {
  const fields = columns.map((column) => `    coalesce(${column.field}, '\\N')`);
  return `select\n${fields.join(" || chr(9) ||\n")} as line\n\nfrom ${quotePath(...from)}`;
}

async function* lineBlocks(
  warehouse: Warehouse,
  sql: string,
  sent: ((rows: number) => void) | undefined,
): AsyncGenerator<Buffer> {
  let waiting: string[] = [];
  let length = 0;
  let rows = 0;
  for await (const batch of warehouse.batches(sql)) {
    const lines = batch.columns[0] as readonly string[];
    for (let start = 0; start < lines.length; start += 512) {
      const text = `${lines.slice(start, start + 512).join("\n")}\n`;
      waiting.push(text);
      length += text.length;
      if (length < BLOCK_BYTES) continue;
      yield Buffer.from(waiting.join(""));
      waiting = [];
      length = 0;
    }
    rows += batch.rowCount;
    sent?.(rows);
  }
  if (waiting.length > 0) yield Buffer.from(waiting.join(""));
}
