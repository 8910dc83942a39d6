/** Edges as columns: positions of two records and the weight between them. */
export interface Edges {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly weight: readonly number[];
}

/**
 * Connected components of the edges at or above `cut`. One that outgrows `largest` is cut again at higher
 * weights until its parts fit; what still does not fit at the top stays whole and is returned in `oversized`.
 * Components are numbered by their smallest member; records without an edge are in none (-1).
 */
export function components(
  records: number,
  edges: Edges,
  options: { readonly cut: number; readonly largest?: number },
): { readonly of: Int32Array; readonly count: number; readonly oversized: number } {
  const { cut, largest = 600 } = options;
  const parent = Int32Array.from({ length: records }, (_, index) => index);
  const size = new Int32Array(records).fill(1);
  let rows = edges.a.map((_, row) => row).filter((row) => (edges.weight[row] ?? 0) >= cut);
  let oversized = 0;
  for (let at = cut; ; at += 2) {
    for (const row of rows) unite(parent, size, edges.a[row] ?? 0, edges.b[row] ?? 0);
    const big = new Set<number>();
    for (let record = 0; record < records; record += 1) {
      const root = find(parent, record);
      if ((size[root] ?? 0) > largest) big.add(root);
    }
    if (big.size === 0) break;
    if (at > cut + 40) {
      oversized = big.size;
      break;
    }
    const members: number[] = [];
    for (let record = 0; record < records; record += 1) {
      if (big.has(find(parent, record))) members.push(record);
    }
    rows = rows.filter(
      (row) => big.has(find(parent, edges.a[row] ?? 0)) && (edges.weight[row] ?? 0) >= at + 2,
    );
    for (const record of members) {
      parent[record] = record;
      size[record] = 1;
    }
  }
  const number = new Map<number, number>();
  const of = new Int32Array(records).fill(-1);
  for (let record = 0; record < records; record += 1) {
    const root = find(parent, record);
    if ((size[root] ?? 0) < 2) continue;
    const known = number.get(root) ?? number.size;
    number.set(root, known);
    of[record] = known;
  }
  return { of, count: number.size, oversized };
}

function find(parent: Int32Array, record: number): number {
  let root = record;
  while ((parent[root] ?? root) !== root) {
    const above = parent[root] ?? root;
    parent[root] = parent[above] ?? above;
    root = above;
  }
  return root;
}

function unite(parent: Int32Array, size: Int32Array, one: number, other: number): void {
  const left = find(parent, one);
  const right = find(parent, other);
  if (left === right) return;
  const [low, high] = left < right ? [left, right] : [right, left];
  parent[high] = low;
  size[low] = (size[low] ?? 1) + (size[high] ?? 1);
}
