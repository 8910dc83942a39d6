import type { Comparison } from "../kit/spec.ts";

/** Pairs of belief behind the u of a comparison among few: fewer pairs are such than any. */
const BELIEF_PAIRS = 500;

/** Pairs that agree in more than any two records do, for a reason that does not make them one. */
export interface Company {
  /** Ending of the second comparison's name: `here`. */
  readonly name: string;
  /** What its labels end in: `on the spot`. */
  readonly label: string;
  /** SQL over the similarities. */
  readonly when: string;
  /** Share of such pairs that are no match and reach the levels, closest first, believed before any data. */
  readonly u: readonly number[];
}

/**
 * Parts a comparison in two, of which a pair uses one. Neighbours share words, switchboards and towns far more often than any two
 * records do, and namesakes have mailboxes alike: among them the same agreement proves less. Its chance is learned
 * there, and the rarity of a value among all does not count.
 */
export function among(comparison: Comparison, company: Company): readonly [Comparison, Comparison] {
  const name = `${comparison.name}_${company.name}`;
  const so = `coalesce(${company.when}, false)`;
  return [
    { ...comparison, known: `(${comparison.known}) and not ${so}`, unless: name },
    {
      name,
      columns: {},
      similarities: [],
      known: `(${comparison.known}) and ${so}`,
      beliefPairs: BELIEF_PAIRS,
      levels: comparison.levels.map(({ rarity: _, ...level }, index) => ({
        ...level,
        label: `${level.label}, ${company.label}`,
        u: company.u[index] ?? level.u,
      })),
    },
  ];
}
