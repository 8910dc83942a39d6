import { probabilityOf } from "./model.ts";

/** The members of one component and what is known between them. */
export interface Component {
  /** Positions of the records, ascending. */
  readonly members: readonly number[];
  /** Weight between two members, by their index here; 0 when nothing is known. */
  readonly links: readonly Link[];
}

export interface Link {
  readonly one: number;
  readonly other: number;
  readonly weight: number;
  /** `must` outranks every weight, `never` forbids the two in one cluster. */
  readonly verdict?: "must" | "never";
}

export interface Cluster {
  /** Positions of the records, ascending. */
  readonly members: readonly number[];
  /** Probability of its weakest merge: 1 for a single record. */
  readonly confidence: number;
}

/** A single pair counts at most this much, so that one overwhelming pair cannot carry a whole cluster. */
const MOST = 15;

/**
 * Average linkage with constraints: the two clusters with the greatest mean weight are merged while it is
 * above `cut`. Pairs under `must` are joined first; a pair under `never` keeps its clusters apart. Ties go to the
 * smaller members, so the result depends on nothing but the weights.
 */
export function link(component: Component, cut: number): Cluster[] {
  const size = component.members.length;
  const sums = new Float64Array(size * size);
  const never = new Uint8Array(size * size);
  const alive = Array.from({ length: size }, () => true);
  const parts = component.members.map((_, index) => [index]);
  const weakest = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const must: Link[] = [];
  for (const edge of component.links) {
    const { one, other, verdict } = edge;
    const weight = Math.max(-MOST, Math.min(MOST, edge.weight));
    sums[one * size + other] = weight;
    sums[other * size + one] = weight;
    if (verdict === "must") must.push(edge);
    if (verdict === "never") {
      never[one * size + other] = 1;
      never[other * size + one] = 1;
    }
  }
  const holder = component.members.map((_, index) => index);
  for (const { one, other } of must) {
    const left = holder[one] ?? one;
    const right = holder[other] ?? other;
    if (left !== right) merge(Math.min(left, right), Math.max(left, right), MOST);
  }
  for (;;) {
    const best = bestPair();
    if (!best) break;
    merge(best.left, best.right, best.mean);
  }
  return parts.flatMap((part, index) => {
    if (!alive[index]) return [];
    const members = part.map((member) => component.members[member] ?? 0);
    const weight = weakest[index] ?? Number.POSITIVE_INFINITY;
    return [
      {
        members: members.sort((left, right) => left - right),
        confidence: weight === Number.POSITIVE_INFINITY ? 1 : probabilityOf(weight),
      },
    ];
  });

  function bestPair(): { left: number; right: number; mean: number } | undefined {
    let found: { left: number; right: number; mean: number } | undefined;
    for (let left = 0; left < size; left += 1) {
      if (!alive[left]) continue;
      for (let right = left + 1; right < size; right += 1) {
        if (!alive[right] || never[left * size + right]) continue;
        const pairs = (parts[left]?.length ?? 1) * (parts[right]?.length ?? 1);
        const mean = (sums[left * size + right] ?? 0) / pairs;
        if (mean > cut && (!found || mean > found.mean + 1e-9)) found = { left, right, mean };
      }
    }
    return found;
  }

  function merge(left: number, right: number, weight: number): void {
    for (let third = 0; third < size; third += 1) {
      const sum = (sums[left * size + third] ?? 0) + (sums[right * size + third] ?? 0);
      sums[left * size + third] = sum;
      sums[third * size + left] = sum;
      const apart = (never[left * size + third] ?? 0) | (never[right * size + third] ?? 0);
      never[left * size + third] = apart;
      never[third * size + left] = apart;
    }
    parts[left]?.push(...(parts[right] ?? []));
    for (const member of parts[left] ?? []) holder[member] = left;
    weakest[left] = Math.min(weakest[left] ?? 0, weakest[right] ?? 0, weight);
    alive[right] = false;
  }
}
