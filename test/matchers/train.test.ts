import { describe, expect, test } from "vitest";
import { sourcePairKey } from "../../matchers/kit/model.ts";
import type { Comparison, MatcherSpec } from "../../matchers/kit/spec.ts";
import { type Pattern, train } from "../../matchers/kit/train.ts";

/** What we plant, by gamma from 0: three comparisons, the last with a middle level. */
const PLANTED = [
  { m: [0.2, 0.8], u: [0.999, 0.001] },
  { m: [0.35, 0.65], u: [0.9995, 0.0005] },
  { m: [0.1, 0.3, 0.6], u: [0.98, 0.0195, 0.0005] },
] as const;
const TOTAL_PAIRS = 50_000_000;
const MATCHES = 10_000;

const spec: MatcherSpec = {
  input: "main.input",
  id: "record_id",
  source: "source",
  comparisons: PLANTED.map(({ m }, index) => comparison(`c${index}`, m.length)),
  blocking: [],
  constraints: [],
  training: {
    passes: [
      { given: "c0", levels: [0] },
      { given: "c1", levels: [0] },
      { given: "c2", levels: [0] },
    ],
  },
};

describe("training", () => {
  const model = train(spec, plantedData());

  test("planted m are found without a label", () => {
    for (const [index, { m }] of PLANTED.entries()) {
      for (const [gamma, share] of m.entries()) {
        expect(model.comparisons[index]?.m[gamma]).toBeCloseTo(share, 1);
        expect(Math.abs((model.comparisons[index]?.m[gamma] ?? 0) - share)).toBeLessThan(0.03);
      }
    }
  });

  test("planted u are found with the matches taken out", () => {
    for (const [index, { u }] of PLANTED.entries()) {
      for (const [gamma, share] of u.entries()) {
        const bits = Math.log2((model.comparisons[index]?.u[gamma] ?? 1) / share);
        expect(Math.abs(bits)).toBeLessThan(0.35);
      }
    }
  });

  test("the share of matches is found within a quarter", () => {
    expect(Math.abs(Math.log2(model.lambda / (MATCHES / TOTAL_PAIRS)))).toBeLessThan(
      Math.log2(1.25),
    );
  });

  test("m and u are distributions", () => {
    for (const { m, u } of model.comparisons) {
      expect(m.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      expect(u.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    }
  });

  test("the order of the patterns changes not a bit", () => {
    const data = plantedData();
    const shuffled = {
      ...data,
      candidates: [...data.candidates].reverse(),
      others: [...data.others].reverse(),
    };
    expect(train(spec, shuffled)).toEqual(model);
  });

  test("two records teach nothing: beliefs stay, and no level is certain", () => {
    const small = train(spec, {
      candidates: [{ sourcePair: 0, gammas: [1, 1, 2], count: 1 }],
      others: [],
      totalPairs: 1,
      sourcePairs: new Map([[0, 1]]),
      rarities: new Map(),
    });
    for (const { m, u } of small.comparisons) {
      for (const value of [...m, ...u]) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(1);
      }
    }
  });

  test("nothing at all trains to the beliefs", () => {
    const nothing = {
      candidates: [],
      others: [],
      totalPairs: 0,
      sourcePairs: new Map(),
      rarities: new Map(),
    };
    const [first] = train(spec, nothing).comparisons;
    expect(first?.m.map((value) => Math.round(value * 1000) / 1000)).toEqual([0.1, 0.9]);
  });

  test("a register that repeats nothing expects no match within itself", () => {
    const data = plantedData();
    const within = sourcePairKey(0, 0);
    const across = sourcePairKey(0, 1);
    const split = train(spec, {
      ...data,
      candidates: data.candidates.map((pattern) => ({ ...pattern, sourcePair: across })),
      others: data.others.map((pattern) => ({ ...pattern, sourcePair: across })),
      sourcePairs: new Map([
        [within, TOTAL_PAIRS / 2],
        [across, TOTAL_PAIRS / 2],
      ]),
    });
    expect(split.priors.get(within) ?? 1).toBeLessThan(1e-6);
    expect(split.priors.get(across) ?? 0).toBeGreaterThan(1e-4);
  });
});

function comparison(name: string, levels: number): Comparison {
  return {
    name,
    columns: {},
    similarities: [],
    known: "true",
    levels: Array.from({ length: levels }, (_, index) => {
      const last = index === levels - 1;
      return {
        label: `level ${index}`,
        ...(last ? {} : { when: "true" }),
        m: last ? 0.1 : 0.9 / (levels - 1),
        u: last ? 0.99 : 0.01 / (levels - 1),
      };
    }),
  };
}

/** Expected counts of every pattern under the planted parameters. Blocked: whatever agrees somewhere. */
function plantedData() {
  const candidates: Pattern[] = [];
  const others: Pattern[] = [];
  for (let a = 0; a < 2; a += 1) {
    for (let b = 0; b < 2; b += 1) {
      for (let c = 0; c < 3; c += 1) {
        const gammas = [a, b, c];
        const share = (side: "m" | "u") =>
          PLANTED.reduce(
            (product, planted, index) => product * (planted[side][gammas[index]!] ?? 0),
            1,
          );
        const count = Math.round(MATCHES * share("m") + (TOTAL_PAIRS - MATCHES) * share("u"));
        const pattern = { sourcePair: 0, gammas, count };
        if (a === 1 || b === 1 || c === 2) candidates.push(pattern);
        else others.push({ ...pattern, count: Math.round(count / 100) });
      }
    }
  }
  return {
    candidates,
    others,
    totalPairs: TOTAL_PAIRS,
    sourcePairs: new Map([[0, TOTAL_PAIRS]]),
    rarities: new Map(),
  };
}
