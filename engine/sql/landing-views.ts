import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { literal, quote } from "../warehouse/quote.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { relationType } from "./execute.ts";
import type { SourceNode } from "./nodes.ts";
import { relationSql } from "./relation.ts";

/** Schemas whose tables TypeScript writes into the warehouse itself; every other source has landed as Parquet. */
const WRITTEN = new Set(["match", "ops"]);

export interface LandingOptions {
  readonly warehouse: Warehouse;
  /** The data folder. */
  readonly data: string;
}

/**
 * Makes a source readable: a view over the parts that have landed so far, typed as its YAML says, or
 * the empty table that a matcher has not written yet.
 */
export async function refreshSource(
  source: SourceNode,
  { warehouse, data }: LandingOptions,
): Promise<void> {
  const { database, schema } = source.relation;
  await warehouse.run(`create schema if not exists ${quote(database)}.${quote(schema)}`);
  if (WRITTEN.has(schema)) {
    const existing = await relationType(warehouse, source.relation);
    if (existing === undefined && source.columns.size > 0) {
      await warehouse.run(`create table ${relationSql(source.relation)} (${columnList(source)})`);
    }
    return;
  }
  const parts = landedParts(data, source.sourceName, source.relation.identifier);
  const existing = await relationType(warehouse, source.relation);
  if (existing === "table") await warehouse.run(`drop table ${relationSql(source.relation)}`);
  await warehouse.run(
    `create or replace view ${relationSql(source.relation)} as ${viewSql(source, parts)}`,
  );
}

/** The parts of a stream, oldest first. */
export function landedParts(data: string, source: string, table: string): string[] {
  const folder = join(data, "landing", source, table);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".parquet"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function viewSql(source: SourceNode, parts: readonly string[]): string {
  const columns = [...source.columns.values()];
  const typed = columns.map(
    ({ name, dataType }) => `cast(${quote(name)} as ${dataType ?? "varchar"}) as ${quote(name)}`,
  );
  if (parts.length === 0) {
    const empty = columns.map(
      ({ name, dataType }) => `null::${dataType ?? "varchar"} as ${quote(name)}`,
    );
    return `select ${empty.join(", ")} where false`;
  }
  const files = parts.map(literal).join(", ");
  // The untyped empty branch gives every declared column, so that one no part has yet is null.
  const names = columns.map(({ name }) => `null as ${quote(name)}`);
  return `select ${typed.join(", ")} from (
  select ${names.join(", ")} where false
  union all by name
  select * from read_parquet([${files}], union_by_name = true, hive_partitioning = false)
)`;
}

function columnList(source: SourceNode): string {
  return [...source.columns.values()]
    .map(({ name, dataType }) => `${quote(name)} ${dataType ?? "varchar"}`)
    .join(", ");
}
