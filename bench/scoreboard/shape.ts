import type { BlockingRule, Comparison, MatcherSpec, Training } from "../../matchers/kit/spec.ts";

/** A spec for a kind of entity. It knows standard column names; a set only says which of its columns is which. */
export interface Shape {
  /** Text columns of the input, besides record_id and source; what a set lacks is null. */
  readonly columns: readonly string[];
  readonly spec: MatcherSpec;
}

/** Two records are one entity when that is likelier than not; nobody is there to be asked. */
export function specOf(parts: {
  readonly comparisons: readonly Comparison[];
  readonly blocking: readonly BlockingRule[];
  readonly passes: Training["passes"];
  /** Prepared columns that only blocking needs. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Do lists of the kind repeat an entity many times, with mistakes of their own each time? */
  readonly repeats?: boolean;
}): MatcherSpec {
  const { comparisons, blocking, passes, columns = {}, repeats = false } = parts;
  const [first, ...others] = comparisons;
  return {
    input: "main.records",
    id: "record_id",
    source: "source",
    comparisons: first ? [{ ...first, columns: { ...first.columns, ...columns } }, ...others] : [],
    blocking,
    training: { passes },
    constraints: [],
    registers: "found",
    repeats,
    thresholds: { merge: 0.5, review: 0.5 },
  };
}
