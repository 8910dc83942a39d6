import { probabilityOf } from "./model.ts";

/** The members of one component and what is known between them. */
export interface Component {
  /** Positions of the records, ascending. */
  readonly members: readonly number[];
  readonly links: Links;
  /** For each comparison the one that silences it between clusters, by place in the evidence. */
  readonly unless?: readonly (number | undefined)[];
}

/** What is known between pairs of members, as columns; a pair occurs once. */
export interface Links {
  readonly count: number;
  /** Index of the first member in the component. */
  readonly one: Int32Array;
  readonly other: Int32Array;
  /** Bits before the pair was looked at. */
  readonly prior: Float64Array;
  readonly comparisons: number;
  /** Bits of each comparison, row by row; NaN where too little is known. */
  readonly evidence: Float64Array;
  readonly verdict: Int8Array;
}

/** A person's word, or a constraint: outranks every weight. */
export const MUST = 1;
/** Forbids the two in one cluster. */
export const NEVER = -1;

export interface Cluster {
  /** Positions of the records, ascending. */
  readonly members: readonly number[];
  /** Probability of its weakest merge: 1 for a single record, or when only people joined it. */
  readonly confidence: number;
}

/**
 * Average linkage with constraints: the two clusters that fit best are merged while their weight is above `cut`.
 * The weight of two clusters is the mean prior plus, for each comparison, its mean over the pairs that know it: a
 * record without an address takes nothing away from the address its companions agree on. Pairs under `MUST`
 * are joined first; a pair under `NEVER` keeps its clusters apart. Ties go to the smaller members, so the result
 * depends on nothing but the weights. Each cluster remembers its best partner, so a merge looks at one row, not at all.
 */
export function link({ members, links, unless = [] }: Component, cut: number): Cluster[] {
  const size = members.length;
  const table = new EvidenceTable(size, links, unless);
  const alive = new Uint8Array(size).fill(1);
  const parts = members.map((_, index) => [index]);
  const weakest = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const partner = new Int32Array(size).fill(-1);
  const best = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);

  joinVerdicts();
  for (let row = 0; row < size; row += 1) if (alive[row]) search(row);
  for (let left = heaviest(); left >= 0; left = heaviest()) {
    const right = partner[left] ?? left;
    merge(left, right, best[left] ?? 0);
    refresh(left, right);
  }

  return parts.flatMap((part, index) => {
    if (!alive[index]) return [];
    const weight = weakest[index] ?? 0;
    return [
      {
        members: part.map((member) => members[member] ?? 0).sort((left, right) => left - right),
        confidence: weight === Number.POSITIVE_INFINITY ? 1 : probabilityOf(weight),
      },
    ];
  });

  function joinVerdicts(): void {
    const holder = members.map((_, index) => index);
    for (let row = 0; row < links.count; row += 1) {
      if (links.verdict[row] !== MUST) continue;
      const one = holder[links.one[row] ?? 0] ?? 0;
      const other = holder[links.other[row] ?? 0] ?? 0;
      if (one === other) continue;
      const left = Math.min(one, other);
      merge(left, Math.max(one, other), Number.POSITIVE_INFINITY);
      for (const member of parts[left] ?? []) holder[member] = left;
    }
  }

  function heaviest(): number {
    let found = -1;
    let weight = cut;
    for (let row = 0; row < size; row += 1) {
      if (alive[row] && (best[row] ?? 0) > weight) {
        found = row;
        weight = best[row] ?? 0;
      }
    }
    return found;
  }

  /** The best partner of a row among those after it. */
  function search(row: number): void {
    let at = -1;
    let weight = Number.NEGATIVE_INFINITY;
    for (let other = row + 1; other < size; other += 1) {
      if (!alive[other]) continue;
      const here = table.weight(row, other);
      if (here > weight) {
        at = other;
        weight = here;
      }
    }
    partner[row] = at;
    best[row] = weight;
  }

  function merge(left: number, right: number, weight: number): void {
    alive[right] = 0;
    table.absorb(left, right, alive);
    parts[left]?.push(...(parts[right] ?? []));
    weakest[left] = Math.min(weakest[left] ?? 0, weakest[right] ?? 0, weight);
  }

  /** Best partners after a merge: only rows whose partner was one of the two can have lost it. */
  function refresh(left: number, right: number): void {
    for (let row = 0; row < size; row += 1) {
      if (!alive[row]) continue;
      if (row === left || partner[row] === right || partner[row] === left) search(row);
      else if (row < left) {
        const weight = table.weight(row, left);
        if (weight > (best[row] ?? 0) || (weight === best[row] && left < (partner[row] ?? 0))) {
          partner[row] = left;
          best[row] = weight;
        }
      }
    }
  }
}

/** Sums and counts of the evidence between clusters, and the weight that follows. One row per unordered pair. */
class EvidenceTable {
  readonly #size: number;
  /** Slots of a pair: the prior, then each comparison. */
  readonly #slots: number;
  /** The slot that silences each slot, or -1. */
  readonly #unless: Int32Array;
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;
  readonly #never: Uint8Array;
  readonly #weights: Float64Array;

  constructor(size: number, links: Links, unless: readonly (number | undefined)[]) {
    const { comparisons } = links;
    this.#size = size;
    this.#slots = comparisons + 1;
    this.#unless = Int32Array.from({ length: this.#slots }, (_, slot) => {
      const silencer = slot === 0 ? undefined : unless[slot - 1];
      return silencer === undefined ? -1 : silencer + 1;
    });
    const pairs = (size * (size - 1)) / 2;
    this.#sums = new Float64Array(pairs * this.#slots);
    this.#counts = new Uint32Array(pairs * this.#slots);
    this.#never = new Uint8Array(pairs);
    this.#weights = new Float64Array(pairs).fill(Number.NEGATIVE_INFINITY);
    for (let row = 0; row < links.count; row += 1) {
      const at = this.#at(links.one[row] ?? 0, links.other[row] ?? 0);
      if (links.verdict[row] === NEVER) this.#never[at] = 1;
      const base = at * this.#slots;
      this.#sums[base] = links.prior[row] ?? 0;
      this.#counts[base] = 1;
      for (let slot = 0; slot < comparisons; slot += 1) {
        const bits = links.evidence[row * comparisons + slot] ?? Number.NaN;
        if (Number.isNaN(bits)) continue;
        this.#sums[base + slot + 1] = bits;
        this.#counts[base + slot + 1] = 1;
      }
      this.#weigh(at);
    }
  }

  weight(one: number, other: number): number {
    return this.#weights[this.#at(one, other)] ?? Number.NEGATIVE_INFINITY;
  }

  /** Adds what is known of `right` to `left`. */
  absorb(left: number, right: number, alive: Uint8Array): void {
    for (let third = 0; third < this.#size; third += 1) {
      if (!alive[third] || third === left) continue;
      const into = this.#at(left, third);
      const from = this.#at(right, third);
      for (let slot = 0; slot < this.#slots; slot += 1) {
        const to = into * this.#slots + slot;
        const of = from * this.#slots + slot;
        this.#sums[to] = (this.#sums[to] ?? 0) + (this.#sums[of] ?? 0);
        this.#counts[to] = (this.#counts[to] ?? 0) + (this.#counts[of] ?? 0);
      }
      this.#never[into] = (this.#never[into] ?? 0) | (this.#never[from] ?? 0);
      this.#weigh(into);
    }
  }

  #at(one: number, other: number): number {
    return one < other ? (other * (other - 1)) / 2 + one : (one * (one - 1)) / 2 + other;
  }

  #weigh(at: number): void {
    const base = at * this.#slots;
    if (this.#never[at] || !this.#counts[base]) {
      this.#weights[at] = Number.NEGATIVE_INFINITY;
      return;
    }
    let weight = 0;
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const count = this.#counts[base + slot] ?? 0;
      if (count === 0) continue;
      const silencer = this.#unless[slot] ?? -1;
      if (silencer >= 0 && (this.#counts[base + silencer] ?? 0) > 0) continue;
      weight += (this.#sums[base + slot] ?? 0) / count;
    }
    // Sums of the same bits in another order differ in the last place; a tie must stay one.
    this.#weights[at] = Math.round(weight * 1e6) / 1e6;
  }
}
