import type { MatcherSpec } from "./spec.ts";

/** What training learned: everything a score needs besides the records. Plain data, ready for JSON. */
export interface Model {
  /** Share of matches among all pairs. */
  readonly lambda: number;
  /** The same per pair of sources, by `sourcePairKey`; a register that repeats nothing has almost none within itself. */
  readonly priors: ReadonlyMap<number, number>;
  readonly comparisons: readonly TrainedComparison[];
  readonly warnings: readonly string[];
}

export interface TrainedComparison {
  readonly name: string;
  /** By gamma, from 0. */
  readonly m: readonly number[];
  readonly u: readonly number[];
  /** Records of the source that holds most, for rarity. */
  readonly population: number;
  /** Other holders to expect of a value that looks unique. */
  readonly floor: number;
  /** By gamma: share of the pairs at the level that are no match, where an entity's own records fill the counts. */
  readonly strangers?: readonly number[];
}

export function sourcePairKey(one: number, other: number): number {
  return Math.min(one, other) * 65536 + Math.max(one, other);
}

export function sourcesOfKey(key: number): readonly [number, number] {
  return [Math.floor(key / 65536), key % 65536];
}

/** Evidence of a level in bits. */
export function levelWeight(trained: TrainedComparison, gamma: number): number {
  return rounded(Math.log2((trained.m[gamma] ?? 1) / (trained.u[gamma] ?? 1)));
}

/**
 * What the rarity of an agreed value adds to its level, in bits, by the records of one source that hold it. The first
 * of them is the entity itself: only the others, and those to expect unseen, speak of chance. Agreement never counts against.
 */
export function rarityWeight(trained: TrainedComparison, gamma: number, holders: number): number {
  const others = (trained.strangers?.[gamma] ?? 1) * (holders - 1);
  const chance = (others + trained.floor) / trained.population;
  const rarity = Math.log2(trained.u[gamma] ?? 1) - Math.log2(chance);
  return rounded(Math.max(rarity, -levelWeight(trained, gamma)));
}

export function priorWeight(model: Model, sourcePair: number): number {
  const share = model.priors.get(sourcePair) ?? model.lambda;
  return rounded(Math.log2(share / (1 - share)));
}

export function probabilityOf(weight: number): number {
  return weight < 0 ? 2 ** weight / (1 + 2 ** weight) : 1 / (1 + 2 ** -weight);
}

export function weightOf(probability: number): number {
  return Math.log2(probability / (1 - probability));
}

export interface ModelRow {
  readonly comparison: string;
  readonly gamma: number | null;
  readonly level: string;
  readonly m: number | null;
  readonly u: number | null;
  readonly match_weight: number;
}

/** The model as rows people read: one per level, closest first, after the priors. */
export function modelRows(spec: MatcherSpec, model: Model, sources: readonly string[]): ModelRow[] {
  const rows: ModelRow[] = [
    {
      comparison: "prior",
      gamma: null,
      level: "any two records",
      m: model.lambda,
      u: null,
      match_weight: priorWeight(model, -1),
    },
  ];
  for (const key of [...model.priors.keys()].sort((left, right) => left - right)) {
    const [one, other] = sourcesOfKey(key);
    rows.push({
      comparison: "prior",
      gamma: null,
      level: `${sources[one]} × ${sources[other]}`,
      m: model.priors.get(key) ?? null,
      u: null,
      match_weight: priorWeight(model, key),
    });
  }
  for (const comparison of spec.comparisons) {
    const trained = model.comparisons.find(({ name }) => name === comparison.name);
    if (!trained) continue;
    comparison.levels.forEach(({ label }, index) => {
      const gamma = comparison.levels.length - 1 - index;
      rows.push({
        comparison: comparison.name,
        gamma,
        level: label,
        m: trained.m[gamma] ?? null,
        u: trained.u[gamma] ?? null,
        match_weight: levelWeight(trained, gamma),
      });
    });
  }
  return rows;
}

function rounded(weight: number): number {
  return Math.round(weight * 1e6) / 1e6;
}
