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

/** Bits between the weights at which a component may be cut, and how many such steps there are. */
const STEP = 2;
const STEPS = 21;

/**
 * Connected components of the edges at or above `cut`. One that outgrows `largest` falls into the parts it has at the
 * lowest weight where they fit; what does not fit at the top stays whole and is counted in `oversized`. Should the pairs
 * inside all components be more than `affordable`, they are those of a higher cut, in steps of two bits.
 *
 * The edges are taken by steps, heaviest first, into two forests: one of all edges, which knows how large a component
 * really is, and one of the parts, which are joined only while the whole fits.
 */
export function components(
  records: number,
  edges: Edges,
  options: { readonly cut: number; readonly largest?: number; readonly affordable?: number },
): Components {
  const { cut, largest = 600, affordable = Number.POSITIVE_INFINITY } = options;
  const whole = new Forest(records);
  let parts = new Forest(records);
  let oversized = 0;
  const { rows, starts } = bySteps(edges.weight, cut);
  for (let step = STEPS; step >= 0; step -= 1) {
    const inStep = rows.subarray(starts[step], starts[step + 1]);
    for (const row of inStep) whole.unite(edges.a[row] ?? 0, edges.b[row] ?? 0);
    const next = step === STEPS ? parts : parts.copy();
    for (const row of inStep) {
      const [a, b] = [edges.a[row] ?? 0, edges.b[row] ?? 0];
      if (step === STEPS || whole.sizeOf(a) <= largest) next.unite(a, b);
    }
    if (step === STEPS) oversized = next.largerThan(largest);
    else if (next.pairs > affordable) break;
    parts = next;
  }
  return { ...parts.numbered(), oversized };
}

/** The rows at or above the cut in order of their step; `starts` says where each step begins. */
function bySteps(weights: Float64Array, cut: number): { rows: Int32Array; starts: Int32Array } {
  const stepOf = (weight: number) => Math.min(STEPS, Math.floor((weight - cut) / STEP));
  const starts = new Int32Array(STEPS + 2);
  for (const weight of weights) {
    if (weight >= cut) starts[stepOf(weight) + 1] = (starts[stepOf(weight) + 1] ?? 0) + 1;
  }
  for (let step = 0; step <= STEPS; step += 1) {
    starts[step + 1] = (starts[step + 1] ?? 0) + (starts[step] ?? 0);
  }
  const rows = new Int32Array(starts[STEPS + 1] ?? 0);
  const filled = starts.slice();
  for (let row = 0; row < weights.length; row += 1) {
    const weight = weights[row] ?? 0;
    if (!(weight >= cut)) continue;
    const step = stepOf(weight);
    rows[filled[step] ?? 0] = row;
    filled[step] = (filled[step] ?? 0) + 1;
  }
  return { rows, starts };
}

/** Union-find over records, whose roots are the smallest members. */
class Forest {
  readonly #parent: Int32Array;
  readonly #size: Int32Array;
  /** Pairs of records in one tree. */
  pairs = 0;

  constructor(records: number, from?: Forest) {
    this.#parent = from
      ? from.#parent.slice()
      : Int32Array.from({ length: records }, (_, index) => index);
    this.#size = from ? from.#size.slice() : new Int32Array(records).fill(1);
    this.pairs = from?.pairs ?? 0;
  }

  copy(): Forest {
    return new Forest(this.#parent.length, this);
  }

  unite(one: number, other: number): void {
    const left = this.#find(one);
    const right = this.#find(other);
    if (left === right) return;
    const low = Math.min(left, right);
    const high = Math.max(left, right);
    this.pairs += (this.#size[low] ?? 1) * (this.#size[high] ?? 1);
    this.#parent[high] = low;
    this.#size[low] = (this.#size[low] ?? 1) + (this.#size[high] ?? 1);
  }

  sizeOf(record: number): number {
    return this.#size[this.#find(record)] ?? 1;
  }

  largerThan(limit: number): number {
    let found = 0;
    for (const [record, parent] of this.#parent.entries()) {
      if (parent === record && (this.#size[record] ?? 1) > limit) found += 1;
    }
    return found;
  }

  numbered(): { of: Int32Array; count: number } {
    const of = new Int32Array(this.#parent.length).fill(-1);
    let count = 0;
    for (let record = 0; record < of.length; record += 1) {
      const root = this.#find(record);
      if ((this.#size[root] ?? 1) < 2) continue;
      if (root === record) of[record] = count++;
      else of[record] = of[root] ?? -1;
    }
    return { of, count };
  }

  #find(record: number): number {
    const parent = this.#parent;
    let root = record;
    while (parent[root] !== root) {
      const above = parent[parent[root] ?? root] ?? root;
      parent[root] = above;
      root = above;
    }
    return root;
  }
}
