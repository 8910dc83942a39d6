/** Edges as columns: positions of two records and the weight between them. */
export interface Edges {
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly weight: Float64Array;
}

export interface Components {
  /** Component of each record, numbered by its smallest member; -1 for a record without an edge. */
  readonly of: Int32Array;
  readonly count: number;
  /** Components that stayed over the limit at any weight. */
  readonly oversized: number;
}

/**
 * Connected components of the edges at or above `cut`. One that outgrows `largest` is cut again at higher
 * weights until its parts fit; what still does not fit at the top stays whole and is counted in `oversized`.
 */
export function components(
  records: number,
  edges: Edges,
  options: { readonly cut: number; readonly largest?: number },
): Components {
  const { cut, largest = 600 } = options;
  const parent = Int32Array.from({ length: records }, (_, index) => index);
  const size = new Int32Array(records).fill(1);
  const weights = edges.weight;
  let rows = Int32Array.from(weights, (_, row) => row).filter((row) => (weights[row] ?? 0) >= cut);
  let oversized = 0;
  for (let at = cut; ; at += 2) {
    for (const row of rows) unite(parent, size, edges.a[row] ?? 0, edges.b[row] ?? 0);
    const big = new Set<number>();
    for (let record = 0; record < records; record += 1) {
      if ((size[record] ?? 0) > largest && parent[record] === record) big.add(record);
    }
    if (big.size === 0) break;
    if (at > cut + 40) {
      oversized = big.size;
      break;
    }
    const inBig = new Uint8Array(records);
    for (let record = 0; record < records; record += 1) {
      if (big.has(find(parent, record))) inBig[record] = 1;
    }
    const next = at + 2;
    rows = rows.filter((row) => inBig[edges.a[row] ?? 0] === 1 && (weights[row] ?? 0) >= next);
    for (let record = 0; record < records; record += 1) {
      if (!inBig[record]) continue;
      parent[record] = record;
      size[record] = 1;
    }
  }
  return { ...numbered(parent, size), oversized };
}

function numbered(parent: Int32Array, size: Int32Array): { of: Int32Array; count: number } {
  const number = new Int32Array(parent.length).fill(-1);
  const of = new Int32Array(parent.length).fill(-1);
  let count = 0;
  for (let record = 0; record < parent.length; record += 1) {
    const root = find(parent, record);
    if ((size[root] ?? 0) < 2) continue;
    if (number[root] === -1) number[root] = count++;
    of[record] = number[root] ?? -1;
  }
  return { of, count };
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
