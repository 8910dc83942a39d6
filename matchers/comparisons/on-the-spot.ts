import type { Comparison } from "../kit/spec.ts";

/** Pairs of belief behind the u of a comparison on the spot: fewer pairs lie near each other than anywhere. */
const BELIEF_PAIRS = 500;

/**
 * Parts a comparison in two, of which a pair uses one: as it is where two records lie apart, and a second one where they lie
 * on one spot. Neighbours share words, switchboards and towns far more often than any two records do, so there the same agreement
 * proves less: its chance is learned among neighbours, and the rarity of a value among all does not count.
 */
export function onTheSpot(
  comparison: Comparison,
  spot: {
    /** SQL over the similarities: do the records lie on one spot? */
    readonly when: string;
    /** Share of neighbours that are no match and reach the levels, closest first, believed before any data. */
    readonly u: readonly number[];
  },
): readonly [Comparison, Comparison] {
  const here = `${comparison.name}_here`;
  const on = `coalesce(${spot.when}, false)`;
  return [
    { ...comparison, known: `(${comparison.known}) and not ${on}`, unless: here },
    {
      name: here,
      columns: {},
      similarities: [],
      known: `(${comparison.known}) and ${on}`,
      beliefPairs: BELIEF_PAIRS,
      levels: comparison.levels.map(({ rarity: _, ...level }, index) => ({
        ...level,
        label: `${level.label}, on the spot`,
        u: spot.u[index] ?? level.u,
      })),
    },
  ];
}
