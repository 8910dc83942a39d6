import { EltError } from "../engine/errors.ts";
import type { Warehouse } from "../engine/warehouse/warehouse.ts";
import type { Io } from "./io.ts";
import { cellText, formatTable, jsonValue } from "./table.ts";

export const ROW_FORMATS = ["table", "csv", "json", "arrow"] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

const TABLE_LIMIT = 100;

/** Prints the rows of a query: an aligned table, CSV (RFC 4180), JSON lines, or an Arrow IPC stream. */
export async function printRows(
  warehouse: Warehouse,
  query: string,
  options: { readonly output: RowFormat; readonly limit?: string },
  io: Io,
): Promise<void> {
  const limit = rowLimit(options);
  const names: string[] = [];
  const rows: unknown[][] = [];
  for await (const batch of warehouse.batches(query)) {
    if (names.length === 0) names.push(...batch.names);
    for (let row = 0; row < batch.rowCount && rows.length <= limit; row += 1) {
      rows.push(batch.columns.map((column) => column[row]));
    }
    if (rows.length > limit) break;
  }
  const shown = rows.slice(0, limit);
  if (names.length === 0) names.push(...(await headerOf(warehouse, query)));
  if (options.output === "arrow") io.bytes(await arrowStream(names, shown));
  else for (const line of lines(names, shown, options.output)) io.out(line);
  if (rows.length > limit) io.err(`first ${limit} rows; more with --limit`);
}

async function headerOf(warehouse: Warehouse, query: string): Promise<string[]> {
  return (await warehouse.describe(query).catch(() => [])).map((column) => column.name);
}

function rowLimit(options: { readonly output: RowFormat; readonly limit?: string }): number {
  if (options.limit === undefined) {
    return options.output === "table" ? TABLE_LIMIT : Number.POSITIVE_INFINITY;
  }
  const limit = Number(options.limit);
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw new EltError(`--limit must be a whole number, not "${options.limit}"`, { exitCode: 2 });
}

function lines(
  names: readonly string[],
  rows: readonly (readonly unknown[])[],
  format: "table" | "csv" | "json",
): string[] {
  if (format === "table") return [formatTable(names, rows)];
  if (format === "csv") return [names, ...rows].map((row) => row.map(csvCell).join(","));
  return rows.map((row) =>
    JSON.stringify(Object.fromEntries(names.map((name, index) => [name, row[index]])), jsonValue),
  );
}

/** Quoted where needed; a leading `=`, `+`, `-`, `@` of text is kept from becoming a formula in Excel. */
function csvCell(value: unknown): string {
  const text = typeof value === "string" ? value : cellText(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

async function arrowStream(
  names: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<Uint8Array> {
  const { tableFromArrays, tableToIPC } = await import("apache-arrow");
  const columns = names.map((name, index) => [name, rows.map((row) => arrowValue(row[index]))]);
  return tableToIPC(tableFromArrays(Object.fromEntries(columns)), "stream");
}

function arrowValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (value !== null && typeof value === "object" && !(value instanceof Date)) {
    return cellText(value);
  }
  return value;
}
