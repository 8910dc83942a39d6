import { createHash } from "node:crypto";
import { quotePath } from "../../engine/warehouse/quote.ts";

/** Tables on their way in and out carry these, so that what a dead run left is found. */
export const STAGING = "leadhouse_new__";
export const RETIRED = "leadhouse_old__";
export const LOADS = "leadhouse_loads";

/** Postgres cuts names at 63 bytes without a word; a cut name ends in a hash of the whole. */
export function shortName(name: string): string {
  if (Buffer.byteLength(name) <= 63) return name;
  const tail = createHash("sha256").update(name).digest("hex").slice(0, 8);
  let head = name;
  while (Buffer.byteLength(head) > 54) head = head.slice(0, -1);
  return `${head}_${tail}`;
}

export function stagingPath(schema: string, table: string): string {
  return quotePath(schema, shortName(`${STAGING}${table}`));
}

export function keyName(table: string): string {
  return shortName(`${table}_pkey`);
}

export function indexName(table: string, columns: readonly string[]): string {
  return shortName(`${table}_${columns.join("_")}_idx`);
}
