import { levelWeight, type Model, probabilityOf, type TrainedComparison } from "./model.ts";
import type { Rarity } from "./prepare.ts";
import { type Comparison, gammaOf, levelAt, type MatcherSpec } from "./spec.ts";

/** Pairs that reached the same levels everywhere. */
export interface Pattern {
  readonly sourcePair: number;
  /** One per comparison, in the spec's order; -1 is unknown. */
  readonly gammas: readonly number[];
  readonly count: number;
}

export interface TrainingData {
  /** Of all candidate pairs. */
  readonly candidates: readonly Pattern[];
  /** Of random pairs that are no candidates: they stand for all the others. */
  readonly others: readonly Pattern[];
  readonly totalPairs: number;
  /** All pairs between two sources, by `sourcePairKey`. */
  readonly sourcePairs: ReadonlyMap<number, number>;
  readonly rarities: ReadonlyMap<string, Rarity>;
}

/** Pseudo-matches of belief behind each m, so that small data gives neither 0 nor 1. */
const BELIEF_MATCHES = 25;
/** Pseudo-pairs of belief behind each u. */
const BELIEF_PAIRS = 2000;
/** Expected matches a pair of sources needs before its own prior outweighs the general one. */
const BELIEF_PRIOR = 4;
/** m of a contrary level, at most this part of its u: two bits against. */
const MOST_CONTRARY = 0.25;
const ROUNDS = 4;
/** Share of sure pairs among the matches, assumed for the first round only. */
const SURE_SHARE = 0.6;
/** Matches are taken out of u only while the expected matches stay put: see record linkage, over-confidence. */
const MOST_GROWTH = 1.5;

/**
 * Learns λ, m and u without labels. u comes from all pairs (the candidates are counted, the rest is a
 * sample), m from expectation maximisation over pattern counts, one pass per training rule; then the
 * expected matches are taken out of u and λ follows, for a few rounds. Arithmetic on integer counts in
 * sorted order: the same data give the same bits.
 */
export function train(spec: MatcherSpec, data: TrainingData): Model {
  const candidates = sorted(data.candidates);
  const others = sorted(data.others);
  const warnings = new Set<string>();
  const zero = candidates.map(() => 0);
  let model: Model = {
    lambda: firstLambda(candidates, data.totalPairs),
    priors: new Map(),
    comparisons: spec.comparisons.map((comparison, index) => ({
      name: comparison.name,
      m: beliefs(comparison, "m"),
      u: learnU(comparison, index, { ...data, candidates, others }, zero),
      ...(data.rarities.get(comparison.name) ?? { population: 1, floor: 1 }),
    })),
    warnings: [],
  };
  let expectedBefore = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    model = { ...model, comparisons: learnM(spec, model, candidates, warnings) };
    const matches = candidates.map((pattern) => probabilityOf(patternWeight(model, pattern)));
    const expected = sumOf(candidates.map(({ count }, index) => count * (matches[index] ?? 0)));
    if (round > 0 && expected > expectedBefore * MOST_GROWTH) {
      warnings.add("expected matches grew too fast: matches stay in u");
      break;
    }
    expectedBefore = expected;
    model = {
      ...model,
      lambda: clamp((expected + 0.5) / (data.totalPairs + 1), 1e-9, 0.5),
      priors: learnPriors(candidates, matches, data, expected),
      comparisons: model.comparisons.map((trained, index) => {
        const comparison = spec.comparisons[index];
        if (!comparison) return trained;
        return {
          ...trained,
          u: learnU(comparison, index, { ...data, candidates, others }, matches),
        };
      }),
    };
  }
  if (spec.repeats) model = countStrangers(spec, model, { ...data, candidates, others });
  for (const [index, comparison] of spec.comparisons.entries()) {
    const trained = model.comparisons[index];
    if (trained) for (const warning of doubtsOf(comparison, trained)) warnings.add(warning);
  }
  return { ...model, warnings: [...warnings].sort() };
}

/** Evidence of a pattern without rarity, prior included. */
export function patternWeight(model: Model, { sourcePair, gammas }: Pattern): number {
  const share = model.priors.get(sourcePair) ?? model.lambda;
  let weight = Math.log2(share / (1 - share));
  for (const [index, gamma] of gammas.entries()) {
    const trained = model.comparisons[index];
    if (gamma >= 0 && trained) weight += levelWeight(trained, gamma);
  }
  return weight;
}

/** u without the matches over u with them: what of a value's commonness is not an entity repeating itself. */
function countStrangers(spec: MatcherSpec, model: Model, data: TrainingData): Model {
  const none = data.candidates.map(() => 0);
  const comparisons = model.comparisons.map((trained, index): TrainedComparison => {
    const comparison = spec.comparisons[index];
    if (!comparison) return trained;
    const all = learnU(comparison, index, data, none);
    const strangers = trained.u.map((share, gamma) => Math.min(1, share / (all[gamma] ?? 1)));
    return { ...trained, strangers };
  });
  return { ...model, comparisons };
}

/** λ to start from: pairs on which two comparisons reach their closest level are matches, and most matches do. */
function firstLambda(candidates: readonly Pattern[], totalPairs: number): number {
  const highest = new Map<number, number>();
  for (const { gammas } of candidates) {
    for (const [index, gamma] of gammas.entries()) {
      highest.set(index, Math.max(gamma, highest.get(index) ?? 1));
    }
  }
  const sure = sumOf(
    candidates.map(({ gammas, count }) => {
      const top = gammas.filter((gamma, index) => gamma >= 1 && gamma === highest.get(index));
      return top.length >= 2 ? count : 0;
    }),
  );
  return clamp((sure / SURE_SHARE + 0.5) / (totalPairs + 1), 1e-9, 0.3);
}

function learnPriors(
  candidates: readonly Pattern[],
  matches: readonly number[],
  data: TrainingData,
  expected: number,
): Map<number, number> {
  const lambda = clamp((expected + 0.5) / (data.totalPairs + 1), 1e-9, 0.5);
  const found = new Map<number, number>();
  for (const [index, { sourcePair, count }] of candidates.entries()) {
    found.set(sourcePair, (found.get(sourcePair) ?? 0) + count * (matches[index] ?? 0));
  }
  const priors = new Map<number, number>();
  for (const [key, pairs] of [...data.sourcePairs].sort(([left], [right]) => left - right)) {
    const own = (found.get(key) ?? 0) + BELIEF_PRIOR;
    priors.set(key, clamp(own / (pairs + BELIEF_PRIOR / lambda), 1e-9, 0.5));
  }
  return priors;
}

/**
 * u of each level: its share of all pairs that are no match. Candidates are counted one by one, each less by
 * the chance that it is a match; the sample stands for the pairs no rule found.
 */
function learnU(
  comparison: Comparison,
  index: number,
  { candidates, others, totalPairs }: TrainingData,
  matches: readonly number[],
): number[] {
  const counts = comparison.levels.map(() => 0);
  // One pair in fifty stays whatever the model says, or a level would become proof of itself. Where beliefs are given, they hold it.
  const least = comparison.beliefPairs === undefined ? 0.02 : 0;
  let found = 0;
  for (const [row, { gammas, count }] of candidates.entries()) {
    const gamma = gammas[index] ?? -1;
    found += count;
    if (gamma >= 0) {
      const rest = Math.max(1 - (matches[row] ?? 0), least);
      counts[gamma] = (counts[gamma] ?? 0) + count * rest;
    }
  }
  const sampled = sumOf(others.map(({ count }) => count));
  const scale = sampled > 0 ? Math.max(0, totalPairs - found) / sampled : 0;
  for (const { gammas, count } of others) {
    const gamma = gammas[index] ?? -1;
    if (gamma >= 0) counts[gamma] = (counts[gamma] ?? 0) + count * scale;
  }
  return blend(counts, beliefs(comparison, "u"), comparison.beliefPairs ?? BELIEF_PAIRS);
}

function learnM(
  spec: MatcherSpec,
  model: Model,
  candidates: readonly Pattern[],
  warnings: Set<string>,
): TrainedComparison[] {
  const pooled = spec.comparisons.map((comparison) => comparison.levels.map(() => 0));
  for (const pass of spec.training.passes) {
    const given = spec.comparisons.findIndex(({ name }) => name === pass.given);
    const comparison = spec.comparisons[given];
    if (!comparison) continue;
    const reached = new Set(pass.levels.map((index) => gammaOf(comparison, index)));
    const rows = candidates.filter(({ gammas }) => reached.has(gammas[given] ?? -1));
    const learned = spec.comparisons.flatMap(({ name }, index) =>
      index === given || pass.off?.includes(name) ? [] : [index],
    );
    const counts = expectationMaximisation(spec, model, rows, { given, learned, warnings });
    for (const index of learned) {
      counts[index]?.forEach((count, gamma) => {
        const sums = pooled[index];
        if (sums) sums[gamma] = (sums[gamma] ?? 0) + count;
      });
    }
  }
  return model.comparisons.map((trained, index) => {
    const comparison = spec.comparisons[index];
    if (!comparison) return trained;
    const m = blend(pooled[index] ?? [], beliefs(comparison, "m"), BELIEF_MATCHES);
    return { ...trained, m: keepContrary(comparison, keepMost(comparison, m), trained.u) };
  });
}

/** No level has more of the matches than its type may; the others share what that leaves. */
function keepMost(comparison: Comparison, m: readonly number[]): readonly number[] {
  const mosts = m.map((_, gamma) => levelAt(comparison, gamma)?.most ?? 1);
  const over = m.map((share, gamma) => share > (mosts[gamma] ?? 1));
  if (!over.includes(true)) return m;
  const kept = sumOf(mosts.filter((_, gamma) => over[gamma]));
  const rest = sumOf(m.filter((_, gamma) => !over[gamma]));
  return m.map((share, gamma) =>
    over[gamma] ? (mosts[gamma] ?? 1) : rest > 0 ? (share * (1 - kept)) / rest : share,
  );
}

/** A level that speaks against a match never comes to speak for one, whatever the passes took for matches. */
function keepContrary(
  comparison: Comparison,
  m: readonly number[],
  u: readonly number[],
): readonly number[] {
  const capped = m.map((share, gamma) =>
    levelAt(comparison, gamma)?.contrary ? Math.min(share, (u[gamma] ?? 1) * MOST_CONTRARY) : share,
  );
  const sum = sumOf(capped);
  return capped.map((share) => share / sum);
}

/** One pass: returns the expected matches per comparison and level. u stays as it is. */
function expectationMaximisation(
  spec: MatcherSpec,
  model: Model,
  rows: readonly Pattern[],
  options: { given: number; learned: readonly number[]; warnings: Set<string> },
): number[][] {
  const { given, learned, warnings } = options;
  const trained = model.comparisons[given];
  const total = sumOf(rows.map(({ count }) => count));
  const first = rows[0];
  let counts = spec.comparisons.map((comparison) => comparison.levels.map(() => 0));
  if (!trained || !first || total === 0) return counts;
  const gamma = first.gammas[given] ?? 0;
  let share = clamp(
    probabilityOf(Math.log2(model.lambda / (1 - model.lambda)) + levelWeight(trained, gamma)),
    0.1,
    0.9,
  );
  let m = model.comparisons.map((comparison) => comparison.m);
  let converged = false;
  for (let round = 0; round < 200 && !converged; round += 1) {
    counts = counts.map((levels) => levels.map(() => 0));
    let matches = 0;
    for (const { gammas, count } of rows) {
      let weight = Math.log2(share / (1 - share));
      for (const index of learned) {
        const level = gammas[index] ?? -1;
        if (level < 0) continue;
        weight += Math.log2((m[index]?.[level] ?? 1) / (model.comparisons[index]?.u[level] ?? 1));
      }
      const expected = probabilityOf(weight) * count;
      matches += expected;
      for (const index of learned) {
        const level = gammas[index] ?? -1;
        const levels = counts[index];
        if (level >= 0 && levels) levels[level] = (levels[level] ?? 0) + expected;
      }
    }
    const next = m.map((levels, index) => {
      const comparison = spec.comparisons[index];
      if (!comparison || !learned.includes(index)) return levels;
      return keepMost(
        comparison,
        blend(counts[index] ?? [], beliefs(comparison, "m"), BELIEF_MATCHES),
      );
    });
    const nextShare = clamp(matches / total, 1e-6, 1 - 1e-6);
    const change = Math.max(
      Math.abs(nextShare - share),
      ...next.flatMap((levels, index) =>
        levels.map((value, level) => Math.abs(value - (m[index]?.[level] ?? 0))),
      ),
    );
    m = next;
    share = nextShare;
    converged = change < 1e-5;
  }
  if (!converged) warnings.add(`the pass given ${trained.name} did not converge`);
  return counts;
}

function doubtsOf(comparison: Comparison, trained: TrainedComparison): string[] {
  const weights = comparison.levels.map((_, index) =>
    levelWeight(trained, gammaOf(comparison, index)),
  );
  return comparison.levels.flatMap((level, index) => {
    const next = weights[index + 1];
    const weight = weights[index] ?? 0;
    if (level.contrary || next === undefined || comparison.levels[index + 1]?.contrary) return [];
    return weight < next - 1
      ? [`${comparison.name}: "${level.label}" proves less than the level after it`]
      : [];
  });
}

function beliefs(comparison: Comparison, side: "m" | "u"): number[] {
  const values = comparison.levels.map((_, gamma) => {
    return comparison.levels[comparison.levels.length - 1 - gamma]?.[side] ?? 0;
  });
  const sum = sumOf(values);
  return values.map((value) => value / sum);
}

/** Counts with a Dirichlet prior of `strength` pseudo-observations. */
export function blend(
  counts: readonly number[],
  prior: readonly number[],
  strength: number,
): number[] {
  const total = sumOf(counts) + strength;
  return prior.map((share, gamma) => ((counts[gamma] ?? 0) + strength * share) / total);
}

/** In an order that depends on nothing but the patterns. */
export function sorted(patterns: readonly Pattern[]): Pattern[] {
  return [...patterns].sort((left, right) => {
    if (left.sourcePair !== right.sourcePair) return left.sourcePair - right.sourcePair;
    for (const [index, gamma] of left.gammas.entries()) {
      const other = right.gammas[index] ?? -1;
      if (gamma !== other) return gamma - other;
    }
    return 0;
  });
}

/** The sum, in the order given. */
export function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
