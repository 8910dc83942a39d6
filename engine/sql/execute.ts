import { literal, quotePath } from "../warehouse/quote.ts";
import type { Row, Warehouse } from "../warehouse/warehouse.ts";
import type { Compiled } from "./compile.ts";
import type { Relation } from "./relation.ts";
import { sqlError } from "./sql-error.ts";

export interface Placed {
  readonly compiled: Compiled;
  /** SQL before and after the compiled text. */
  readonly before?: string;
  readonly after?: string;
  /** Root of the project. */
  readonly root: string;
  /** Where an error without a position belongs to; asked when there is one, since it may read a file. */
  readonly at: () => { readonly file: string; readonly line?: number | undefined };
}

/** Runs compiled SQL; its errors point into the template. */
export async function runPlaced(warehouse: Warehouse, placed: Placed): Promise<void> {
  await withPlaces(placed, (sql) => warehouse.run(sql));
}

/** The rows of compiled SQL; its errors point into the template. */
export async function rowsPlaced<T extends Row>(
  warehouse: Warehouse,
  placed: Placed,
): Promise<T[]> {
  return await withPlaces(placed, (sql) => warehouse.rows<T>(sql));
}

async function withPlaces<T>(
  { compiled, before = "", after = "", root, at }: Placed,
  work: (sql: string) => Promise<T>,
): Promise<T> {
  try {
    return await work(before + compiled.text + after);
  } catch (error) {
    throw sqlError(error, { offset: before.length, compiled, root, ...at() });
  }
}

/** Whether a name is a table, a view, or free. */
export async function relationType(
  warehouse: Warehouse,
  { database, schema, identifier }: Relation,
): Promise<"table" | "view" | undefined> {
  const where = (name: string) =>
    `lower(database_name) = lower(${literal(database)}) and lower(schema_name) = lower(${literal(schema)}) and lower(${name}) = lower(${literal(identifier)})`;
  const found = await warehouse.first<{ type: "table" | "view" }>(
    `select 'table' as type from duckdb_tables() where ${where("table_name")}
     union all select 'view' from duckdb_views() where ${where("view_name")}`,
  );
  return found?.type;
}

const types = new WeakMap<Warehouse, Map<string, "table" | "view">>();
const schemas = new WeakMap<Warehouse, Set<string>>();

/** Makes the schema of a relation, once for a warehouse. */
export async function ensureSchema(
  warehouse: Warehouse,
  { database, schema }: Relation,
): Promise<void> {
  const known = schemas.get(warehouse) ?? new Set<string>();
  schemas.set(warehouse, known);
  const name = quotePath(database, schema);
  if (known.has(name)) return;
  await warehouse.run(`create schema if not exists ${name}`);
  known.add(name);
}

/**
 * `relationType` of what this runner makes itself: asked once for all relations of a warehouse, then
 * kept, since DuckDB's answer takes longer the more tables there are (9 ms with 1,000).
 */
export async function knownType(
  warehouse: Warehouse,
  relation: Relation,
): Promise<"table" | "view" | undefined> {
  let known = types.get(warehouse);
  if (!known) {
    const rows = await warehouse.rows<{ key: string; type: "table" | "view" }>(
      `select lower(concat_ws(chr(0), database_name, schema_name, table_name)) as key, 'table' as type from duckdb_tables()
       union all select lower(concat_ws(chr(0), database_name, schema_name, view_name)), 'view' from duckdb_views()`,
    );
    known = new Map(rows.map(({ key, type }) => [key, type]));
    types.set(warehouse, known);
  }
  return known.get(typeKey(relation));
}

/** After a relation was made. */
export function noteType(warehouse: Warehouse, relation: Relation, type: "table" | "view"): void {
  types.get(warehouse)?.set(typeKey(relation), type);
}

/** After a hook, or a failure: anything may have come or gone. */
export function forgetTypes(warehouse: Warehouse): void {
  types.delete(warehouse);
  schemas.delete(warehouse);
}

function typeKey({ database, schema, identifier }: Relation): string {
  return [database, schema, identifier].join("\0").toLowerCase();
}
