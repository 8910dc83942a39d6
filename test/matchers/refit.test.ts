import { describe, expect, test } from "vitest";
import type { Model } from "../../matchers/kit/model.ts";
import { refit } from "../../matchers/kit/refit.ts";
import type { Comparison, MatcherSpec } from "../../matchers/kit/spec.ts";
import type { Pattern } from "../../matchers/kit/train.ts";

/** Inside components: matches are common, and others agree far more often than any two records do. */
const INSIDE = { share: 0.45, m: 0.85, u: 0.2 };
const NAMES = ["c0", "c1", "c2", "c3"];

const spec: MatcherSpec = {
  input: "main.input",
  id: "record_id",
  source: "source",
  comparisons: NAMES.map(
    (name): Comparison => ({
      name,
      columns: {},
      similarities: [],
      known: "true",
      levels: [
        { label: "same", when: "true", m: 0.9, u: 0.01 },
        { label: "other", m: 0.1, u: 0.99 },
      ],
    }),
  ),
  blocking: [],
  constraints: [],
  training: { passes: [] },
  repeats: true,
};

const first: Model = {
  lambda: 0.001,
  priors: new Map([[0, 0.001]]),
  comparisons: NAMES.map((name) => ({
    name,
    m: [0.2, 0.8],
    u: [0.98, 0.02],
    population: 1000,
    floor: 1,
  })),
  warnings: [],
};

describe("learning again inside components", () => {
  const { model } = refit(spec, first, patterns(40_000));

  test("finds how common matches are there", () => {
    expect(model?.lambda).toBeCloseTo(INSIDE.share, 1);
    expect(model?.priors.get(0)).toBeCloseTo(model?.lambda ?? 0, 6);
  });

  test("finds that others agree there too", () => {
    for (const { m, u } of model?.comparisons ?? []) {
      expect(m[1]).toBeCloseTo(INSIDE.m, 1);
      expect(u[1]).toBeCloseTo(INSIDE.u, 1);
    }
  });

  test("the order of the patterns changes not a bit", () => {
    expect(refit(spec, first, patterns(40_000).reverse()).model).toEqual(model);
  });

  test.each([
    ["too few pairs", patterns(1000), "pairs are too few"],
    [
      "nothing but matches",
      [{ sourcePair: 0, gammas: [1, 1, 1, 1], count: 5000 }],
      "pairs that do not match are too few",
    ],
    [
      "hardly a match",
      [{ sourcePair: 0, gammas: [0, 0, 0, 0], count: 5000 }],
      "matches are too few",
    ],
  ])("is left undone for %s", (_, rows, reason) => {
    const { model: none, skipped } = refit(spec, first, rows);
    expect(none).toBeUndefined();
    expect(skipped).toContain(reason);
  });
});

/** Expected counts of every pattern of four comparisons. */
function patterns(total: number): Pattern[] {
  return Array.from({ length: 16 }, (_, bits) => {
    const gammas = NAMES.map((_, index) => (bits >> index) & 1);
    const chance = (agree: number) =>
      gammas.reduce((product, gamma) => product * (gamma === 1 ? agree : 1 - agree), 1);
    const share = INSIDE.share * chance(INSIDE.m) + (1 - INSIDE.share) * chance(INSIDE.u);
    return { sourcePair: 0, gammas, count: Math.round(total * share) };
  });
}
