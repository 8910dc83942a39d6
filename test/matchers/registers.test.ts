import { describe, expect, test } from "vitest";
import { type Model, sourcePairKey, weightOf } from "../../matchers/kit/model.ts";
import { judgeRegisters, type WeightCount } from "../../matchers/kit/registers.ts";

const SIZES = [1000, 1000];
const ACROSS = sourcePairKey(0, 1);
const model: Model = {
  lambda: 2 ** -10,
  priors: new Map([[ACROSS, 2 ** -10]]),
  comparisons: [],
  warnings: [],
};

/** Counts of pairs by bits of evidence. */
function counts(one: number, other: number, byBits: Readonly<Record<number, number>>) {
  return Object.entries(byBits).map(
    ([bits, pairs]): WeightCount => ({ one, other, evidence: 8 * Number(bits), pairs }),
  );
}

describe("sources that list each entity once", () => {
  const matches = { 30: 400, 25: 300, 20: 100 };

  test("two without pairs within themselves are found", () => {
    const { sources } = judgeRegisters(counts(0, 1, matches), model, SIZES);
    expect([...sources]).toEqual([0, 1]);
  });

  test("one that repeats its entities is not", () => {
    const repeating = [...counts(0, 1, matches), ...counts(1, 1, { 30: 100 })];
    expect([...judgeRegisters(repeating, model, SIZES).sources]).toEqual([0]);
  });

  test("pairs within them raise the cut to where right ones outnumber chance", () => {
    const chance = { 16: 10, 13: 15 };
    const all = [
      ...counts(0, 1, { ...matches, 16: 20, 13: 30 }),
      ...counts(0, 0, chance),
      ...counts(1, 1, chance),
    ];
    const { model: moved } = judgeRegisters(all, model, SIZES);
    expect(weightOf(moved.priors.get(ACROSS) ?? 0)).toBeCloseTo(-20, 3);
  });

  test("without pairs within, the prior stays", () => {
    const { model: kept } = judgeRegisters(counts(0, 1, { ...matches, 4: 5 }), model, SIZES);
    expect(kept.priors.get(ACROSS)).toBe(2 ** -10);
  });

  test("from a few pairs nothing is concluded", () => {
    const { sources, model: kept } = judgeRegisters(counts(0, 1, { 30: 20 }), model, SIZES);
    expect(sources.size).toBe(0);
    expect(kept.priors).toEqual(model.priors);
  });

  test("one source alone is none", () => {
    expect(judgeRegisters(counts(0, 0, matches), model, [1000]).sources.size).toBe(0);
  });
});
