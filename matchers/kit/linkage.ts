import { probabilityOf } from "./model.ts";

/** The members of one component and what is known between them. */
export interface Component {
  /** Positions of the records, ascending. */
  readonly members: readonly number[];
  readonly links: readonly Link[];
  /** For each comparison the one that silences it between clusters, by place in `evidence`. */
  readonly unless?: readonly (number | undefined)[];
}

/** What is known between two members, by their index in the component. */
export interface Link {
  readonly one: number;
  readonly other: number;
  /** Bits before the pair was looked at. */
  readonly prior: number;
  /** Bits of each comparison; null where too little is known. */
  readonly evidence: readonly (number | null)[];
  /** `must` outranks every weight, `never` forbids the two in one cluster. */
  readonly verdict?: "must" | "never";
}

export interface Cluster {
  /** Positions of the records, ascending. */
  readonly members: readonly number[];
  /** Probability of its weakest merge: 1 for a single record, or when only people joined it. */
  readonly confidence: number;
}

/**
 * Average linkage with constraints: the two clusters that fit best are merged while their weight is above `cut`.
 * The weight of two clusters is the mean prior plus, for each comparison, its mean over the pairs that know it: a
 * record without an address takes nothing away from the address its companions agree on. Pairs under `must`
 * are joined first; a pair under `never` keeps its clusters apart. Ties go to the smaller members, so the result
 * depends on nothing but the weights.
 */
export function link({ members, links, unless = [] }: Component, cut: number): Cluster[] {
  const size = members.length;
  const table = new EvidenceTable(size, links, unless);
  const alive = members.map(() => true);
  const parts = members.map((_, index) => [index]);
  const weakest = members.map(() => Number.POSITIVE_INFINITY);
  const holder = members.map((_, index) => index);

  for (const { one, other, verdict } of links) {
    if (verdict !== "must") continue;
    const left = holder[one] ?? one;
    const right = holder[other] ?? other;
    if (left !== right) {
      merge(Math.min(left, right), Math.max(left, right), Number.POSITIVE_INFINITY);
    }
  }
  for (let best = bestPair(); best; best = bestPair()) merge(best.left, best.right, best.weight);

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

  function bestPair(): { left: number; right: number; weight: number } | undefined {
    let found: { left: number; right: number; weight: number } | undefined;
    for (let left = 0; left < size; left += 1) {
      if (!alive[left]) continue;
      for (let right = left + 1; right < size; right += 1) {
        if (!alive[right]) continue;
        const weight = table.weight(left, right);
        if (weight > cut && (!found || weight > found.weight + 1e-9))
          found = { left, right, weight };
      }
    }
    return found;
  }

  function merge(left: number, right: number, weight: number): void {
    alive[right] = false;
    table.absorb(left, right, alive);
    parts[left]?.push(...(parts[right] ?? []));
    for (const member of parts[left] ?? []) holder[member] = left;
    weakest[left] = Math.min(weakest[left] ?? 0, weakest[right] ?? 0, weight);
  }
}

/** Sums and counts of the evidence between clusters, and the weight that follows. */
class EvidenceTable {
  readonly #size: number;
  /** Slots of a pair: the prior, then each comparison. */
  readonly #slots: number;
  /** The slot that silences each slot, or -1. */
  readonly #unless: readonly number[];
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;
  readonly #never: Uint8Array;
  readonly #weights: Float64Array;

  constructor(size: number, links: readonly Link[], unless: readonly (number | undefined)[]) {
    this.#size = size;
    this.#slots = (links[0]?.evidence.length ?? 0) + 1;
    this.#unless = Array.from({ length: this.#slots }, (_, slot) => {
      const silencer = slot === 0 ? undefined : unless[slot - 1];
      return silencer === undefined ? -1 : silencer + 1;
    });
    this.#sums = new Float64Array(size * size * this.#slots);
    this.#counts = new Uint32Array(size * size * this.#slots);
    this.#never = new Uint8Array(size * size);
    this.#weights = new Float64Array(size * size).fill(Number.NEGATIVE_INFINITY);
    for (const { one, other, prior, evidence, verdict } of links) {
      for (const at of [one * size + other, other * size + one]) {
        if (verdict === "never") this.#never[at] = 1;
        for (const [slot, value] of [prior, ...evidence].entries()) {
          if (value === null) continue;
          this.#sums[at * this.#slots + slot] = value;
          this.#counts[at * this.#slots + slot] = 1;
        }
        this.#weigh(at);
      }
    }
  }

  weight(left: number, right: number): number {
    return this.#weights[left * this.#size + right] ?? Number.NEGATIVE_INFINITY;
  }

  /** Adds what is known of `right` to `left`. */
  absorb(left: number, right: number, alive: readonly boolean[]): void {
    for (let third = 0; third < this.#size; third += 1) {
      if (!alive[third] || third === left) continue;
      const into = left * this.#size + third;
      const mirror = third * this.#size + left;
      const from = right * this.#size + third;
      for (let slot = 0; slot < this.#slots; slot += 1) {
        const sum =
          (this.#sums[into * this.#slots + slot] ?? 0) +
          (this.#sums[from * this.#slots + slot] ?? 0);
        const count =
          (this.#counts[into * this.#slots + slot] ?? 0) +
          (this.#counts[from * this.#slots + slot] ?? 0);
        for (const at of [into, mirror]) {
          this.#sums[at * this.#slots + slot] = sum;
          this.#counts[at * this.#slots + slot] = count;
        }
      }
      const apart = (this.#never[into] ?? 0) | (this.#never[from] ?? 0);
      for (const at of [into, mirror]) {
        this.#never[at] = apart;
        this.#weigh(at);
      }
    }
  }

  #weigh(at: number): void {
    let weight = 0;
    for (let slot = 0; slot < this.#slots; slot += 1) {
      const count = this.#counts[at * this.#slots + slot] ?? 0;
      const silencer = this.#unless[slot] ?? -1;
      if (silencer >= 0 && (this.#counts[at * this.#slots + silencer] ?? 0) > 0) continue;
      if (count > 0) weight += (this.#sums[at * this.#slots + slot] ?? 0) / count;
    }
    const known = (this.#counts[at * this.#slots] ?? 0) > 0;
    this.#weights[at] = known && this.#never[at] === 0 ? weight : Number.NEGATIVE_INFINITY;
  }
}
