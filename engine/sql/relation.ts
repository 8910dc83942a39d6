import { quotePath } from "../warehouse/quote.ts";

/** Where a node lives in the database. */
export interface Relation {
  readonly database: string;
  readonly schema: string;
  readonly identifier: string;
  /** Text that stands in the query instead of the name: a file, an ephemeral model's CTE. */
  readonly expression?: string;
}

export function relationSql(relation: Relation): string {
  return relation.expression ?? quotePath(relation.database, relation.schema, relation.identifier);
}

/** A key for maps: DuckDB's names do not tell upper from lower case. */
export function relationKey(relation: Relation): string {
  return relationSql(relation).toLowerCase();
}
