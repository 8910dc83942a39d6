import type { Links } from "../../../matchers/kit/linkage.ts";

/** What is known between two members, by their index in the component. */
export interface Link {
  readonly one: number;
  readonly other: number;
  /** Bits before the pair was looked at. */
  readonly prior: number;
  /** Bits of each comparison; null where too little is known. */
  readonly evidence: readonly (number | null)[];
  readonly verdict?: number;
}

export function linksOf(list: readonly Link[]): Links {
  return {
    count: list.length,
    one: Int32Array.from(list, ({ one }) => one),
    other: Int32Array.from(list, ({ other }) => other),
    prior: Float64Array.from(list, ({ prior }) => prior),
    comparisons: list[0]?.evidence.length ?? 0,
    evidence: Float64Array.from(
      list.flatMap(({ evidence }) => evidence.map((bits) => bits ?? Number.NaN)),
    ),
    verdict: Int8Array.from(list, ({ verdict }) => verdict ?? 0),
  };
}
