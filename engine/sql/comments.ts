import { literal, quote } from "../warehouse/quote.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import type { SqlNode } from "./nodes.ts";
import { relationSql } from "./relation.ts";

/** Writes the descriptions of a node and its columns as comments of the database. */
export async function writeComments(
  warehouse: Warehouse,
  node: SqlNode,
  type: "table" | "view",
  columns: readonly string[],
): Promise<void> {
  const name = relationSql(node.relation);
  const statements: string[] = [];
  if (node.description !== "") {
    statements.push(`comment on ${type} ${name} is ${literal(node.description)}`);
  }
  const actual = new Map(columns.map((column) => [column.toLowerCase(), column]));
  for (const column of node.columns.values()) {
    const found = actual.get(column.name.toLowerCase());
    if (found === undefined || column.description === "") continue;
    statements.push(`comment on column ${name}.${quote(found)} is ${literal(column.description)}`);
  }
  if (statements.length > 0) await warehouse.run(statements.join(";\n"));
}

export function hasComments(node: SqlNode): boolean {
  return [node, ...node.columns.values()].some(({ description }) => description !== "");
}

/** Columns that YAML describes and the relation does not have. */
export function missingColumns(node: SqlNode, columns: readonly string[]): string[] {
  const actual = new Set(columns.map((column) => column.toLowerCase()));
  return [...node.columns.keys()].filter((name) => !actual.has(name.toLowerCase()));
}
