import { EltError } from "../../../engine/errors.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";

/** What DuckDB's own parser says of a condition. */
export interface Condition {
  /** Columns it reads, as written, the table's name before them if it has one: `["l", "dob"]`, `["dob_l"]`. */
  readonly columns: readonly (readonly string[])[];
  /** The column it compares with itself, when it says nothing else: `dob` for `"dob_l" = "dob_r"`. */
  readonly exactly?: string;
}

type Node = Readonly<Record<string, unknown>>;

/** Parses a condition; throws with what `named` calls it where it is no SQL. */
export async function parseCondition(
  warehouse: Warehouse,
  sql: string,
  named: string,
): Promise<Condition> {
  const row = await warehouse.first<{ tree: string }>(
    "select json_serialize_sql('select (' || $1 || ')')::varchar as tree",
    [sql],
  );
  const tree = JSON.parse(row?.tree ?? "{}") as Node;
  const [root] = nodesOf(at(tree, "statements", 0, "node", "select_list"));
  if (tree.error === true || !root) {
    throw new EltError(`${named} is no SQL: ${tree.error_message ?? "nothing to select"}`, {
      excerpt: sql,
      exitCode: 2,
    });
  }
  const exactly = exactColumn(root);
  return { columns: columnsIn(root), ...(exactly === undefined ? {} : { exactly }) };
}

function columnsIn(node: Node): (readonly string[])[] {
  if (node.class === "COLUMN_REF") return [node.column_names as string[]];
  const inside = Object.values(node).flatMap(nodesOf).flatMap(columnsIn);
  if (node.class !== "LAMBDA") return inside;
  // The argument of a lambda looks like a column.
  const own = new Set(nodesOf(node.lhs).flatMap(columnsIn).flat());
  return inside.filter(([name = ""]) => !own.has(name));
}

function exactColumn(node: Node): string | undefined {
  if (node.type !== "COMPARE_EQUAL") return undefined;
  const [left, right] = [node.left, node.right].map((side) => {
    const [one] = nodesOf(side);
    return one?.class === "COLUMN_REF" ? (one.column_names as string[]).join(".") : "";
  });
  const name = left?.slice(0, -2).toLowerCase();
  const sides = [left, right].map((side) => side?.slice(-2).toLowerCase()).sort();
  if (!name || right?.slice(0, -2).toLowerCase() !== name) return undefined;
  return sides.join() === "_l,_r" ? name : undefined;
}

function nodesOf(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  return typeof value === "object" && value !== null ? [value as Node] : [];
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inside, key) => (inside as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
}
