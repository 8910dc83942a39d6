import { type Model, probabilityOf, weightOf } from "./model.ts";
import type { MatcherSpec } from "./spec.ts";
import { blend, type Pattern, patternWeight, sorted, sumOf } from "./train.ts";

/** Fewer pairs, matches or others inside components teach nothing that could be trusted. */
const LEAST_PAIRS = 2000;
const LEAST_OF_EACH = 300;
/** How far the share of matches may end from what the first model expects. */
const MOST_MOVED = 0.15;
/** Share of the matches found anew that the first model weighs so far against: more, and it is another thing that was found. */
const MOST_TURNED = 0.15;
const FAR_AGAINST = -6;
/** Pseudo-pairs that hold each level where the first model had it. */
const BELIEF = 25;

export interface Refit {
  readonly model?: Model;
  /** Why there is none. */
  readonly skipped?: string;
}

/**
 * Learns λ, m and u again from the pairs inside components. There agreements come together and matches are common: what a
 * level proves between records that already hang together is less than what it proves between any two.
 */
export function refit(spec: MatcherSpec, model: Model, patterns: readonly Pattern[]): Refit {
  const rows = sorted(patterns);
  let matches = rows.map((pattern) => probabilityOf(patternWeight(model, pattern)));
  const total = sumOf(rows.map(({ count }) => count));
  const expected = sumOf(rows.map(({ count }, row) => count * (matches[row] ?? 0)));
  if (total < LEAST_PAIRS) return { skipped: `${total} pairs are too few` };
  if (expected < LEAST_OF_EACH) return { skipped: `${Math.round(expected)} matches are too few` };
  if (total - expected < LEAST_OF_EACH) {
    return { skipped: `${Math.round(total - expected)} pairs that do not match are too few` };
  }
  let fitted = model;
  let change = 1;
  for (let round = 0; round < 300 && change > 1e-5; round += 1) {
    const next = maximise(spec, model, rows, matches);
    const after = rows.map((pattern) => probabilityOf(patternWeight(next, pattern)));
    change = Math.max(...after.map((share, row) => Math.abs(share - (matches[row] ?? 0))));
    matches = after;
    fitted = next;
  }
  const share = sumOf(rows.map(({ count }, row) => count * (matches[row] ?? 0))) / total;
  if (Math.abs(share - expected / total) > MOST_MOVED) {
    return {
      skipped: `the share of matches went from ${(expected / total).toFixed(2)} to ${share.toFixed(2)}`,
    };
  }
  const turned = sumOf(
    rows.map((pattern, row) =>
      patternWeight(model, pattern) < FAR_AGAINST ? pattern.count * (matches[row] ?? 0) : 0,
    ),
  );
  if (turned > MOST_TURNED * share * total) {
    const part = Math.round((100 * turned) / (share * total));
    return { skipped: `${part} % of what would match weighs far against it` };
  }
  return { model: fitted };
}

function maximise(
  spec: MatcherSpec,
  first: Model,
  rows: readonly Pattern[],
  matches: readonly number[],
): Model {
  const total = sumOf(rows.map(({ count }) => count));
  const found = sumOf(rows.map(({ count }, row) => count * (matches[row] ?? 0)));
  const lambda = Math.min(0.999, Math.max(0.001, found / total));
  // What the first model believes of one pair of sources beside another still holds.
  const moved = weightOf(lambda) - weightOf(first.lambda);
  return {
    ...first,
    lambda,
    priors: new Map(
      [...first.priors].map(([key, prior]) => [key, probabilityOf(weightOf(prior) + moved)]),
    ),
    comparisons: spec.comparisons.map(({ levels }, index) => {
      const m = levels.map(() => 0);
      const u = levels.map(() => 0);
      for (const [row, { gammas, count }] of rows.entries()) {
        const gamma = gammas[index] ?? -1;
        if (gamma < 0) continue;
        const share = matches[row] ?? 0;
        m[gamma] = (m[gamma] ?? 0) + count * share;
        u[gamma] = (u[gamma] ?? 0) + count * (1 - share);
      }
      const trained = first.comparisons[index];
      return {
        name: trained?.name ?? "",
        population: trained?.population ?? 1,
        floor: trained?.floor ?? 1,
        m: blend(m, trained?.m ?? [], BELIEF),
        u: blend(u, trained?.u ?? [], BELIEF),
      };
    }),
  };
}
