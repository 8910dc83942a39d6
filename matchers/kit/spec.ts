/** What a matcher is told: one per entity, in `matchers/<entity>.ts`. All SQL in it is DuckDB's. */
export interface MatcherSpec {
  /** Input model, `schema.table` as SQL names it, one row per source record. */
  readonly input: string;
  /** Column that names a record, unique and not null; starts with its source. */
  readonly id: string;
  /** Column that names the source of a record. */
  readonly source: string;
  /**
   * Columns made of the input's, once per record, that the SQL of the comparisons reads as if they were the input's. A later
   * layer also sees the ones before it.
   */
  readonly parsed?: readonly Readonly<Record<string, string>>[];
  /** Seed of human verdicts, `schema.table`: record_id_l, record_id_r, verdict (same, different). */
  readonly verdicts?: string;
  readonly blocking: readonly BlockingRule[];
  readonly comparisons: readonly Comparison[];
  readonly training: Training;
  readonly constraints: readonly Constraint[];
  /** Probability from which two records are one entity, and from which a human is asked. */
  readonly thresholds?: { readonly merge: number; readonly review: number };
  /** Which pairs are asked for: within a source, across sources, or both. Default both. */
  readonly linkType?: LinkType;
  /** Pairs of sources that may match, by name; a source paired with itself may repeat itself. Default what `linkType` says. */
  readonly sourcePairs?: readonly (readonly [string, string])[];
  /**
   * Sources that list each entity once: they give a cluster one record at most. By name, or `found`: where the pairs within
   * a source show it, and these pairs also show how far chance goes. Default: any source may repeat itself.
   */
  readonly registers?: "found" | readonly string[];
  /**
   * The lists repeat an entity many times, with other mistakes each time. Then its own records do not make its values
   * common, components are drawn wider, and they are cut by weights learned again from the pairs inside them. Pairs
   * keep the weights of the first model. Default false.
   */
  readonly repeats?: boolean;
  /** Candidate pairs wanted at most per record, on average. Default 150. */
  readonly pairsPerRecord?: number;
}

export type LinkType = "dedupe" | "link" | "link_and_dedupe";

/** A way two records become candidates. All SQL is over columns the comparisons prepared. */
export type BlockingRule = EqualityRule | EachRule | NearRule;

interface RuleBase {
  readonly name: string;
  /** Largest block joined; a value held by more records is generic and makes no pairs. Default 100. */
  readonly cap?: number;
}

/** Both records have the same value in every expression. */
export interface EqualityRule extends RuleBase {
  readonly equal: readonly string[];
}

/** The records share an element of a prepared array, and the same value in every expression. */
export interface EachRule extends RuleBase {
  readonly each: string;
  readonly equal?: readonly string[];
  /** Only elements held by at most this many records of one source. */
  readonly rarerThan?: number;
}

/** The records lie within a distance of each other. */
export interface NearRule extends RuleBase {
  readonly metres: number;
}

/** One aspect in which two records are compared: an ordered list of levels, closest first. */
export interface Comparison {
  readonly name: string;
  /** Parsed once per record: prepared column → SQL over the input row. */
  readonly columns: Readonly<Record<string, string>>;
  /** Prepared columns whose values are coded and counted; see `Dictionary`. */
  readonly dictionaries?: Readonly<Record<string, Dictionary>>;
  /** Computed once per pair, in layers: a layer sees `l`, `r` (the first) or the layer before it. */
  readonly similarities: readonly Readonly<Record<string, string>>[];
  /** SQL over the similarities: is enough known on both sides to compare at all? Else gamma is -1. */
  readonly known: string;
  /** Closest first; the last has no condition and holds for the rest. */
  readonly levels: readonly Level[];
  /** Pairs of belief behind each u before any data. Default 2000. */
  readonly beliefPairs?: number;
  /** The comparison that says the same better: between clusters this one counts only where that one is silent. */
  readonly unless?: string;
  /** SQL over the similarities: how many records of one source hold the agreed value. */
  readonly frequency?: string;
  /** The dictionary `frequency` is counted in. */
  readonly counted?: string;
  /** Other holders to assume of a value that looks unique, in records. Default: learned from the counts. */
  readonly floor?: number;
}

export interface Level {
  /** Shown to people: `same street and number`. */
  readonly label: string;
  /** SQL over the similarities. Absent on the last level only. */
  readonly when?: string;
  /** Beliefs before any data: share of matches and of other pairs that reach this level. */
  readonly m: number;
  readonly u: number;
  /**
   * Share of matches that reach the level at most. Of a level that nearly all other pairs reach, training alone cannot tell how
   * many matches do: neighbours that agree in the rest look like matches that differ here.
   */
  readonly most?: number;
  /** The level fixes one value, so that value's rarity counts. */
  readonly rarity?: boolean;
  /** Speaks against a match although it is tested before the rest. */
  readonly contrary?: boolean;
}

/**
 * A coded column.
 * `value`: one text; makes `<name>` INTEGER code and `<name>_count`, its records in the source that holds most.
 * `values`: a list of texts; makes `<name>` BIGINT[] of code · 4096 + count.
 * `tokens`: a list of words; makes `<name>` BIGINT[] of code · 1024 + 32 · bits of rarity, `<name>_bits`
 * their sum, `<name>_sig` a 64-bit signature.
 */
export interface Dictionary {
  readonly kind: "value" | "values" | "tokens";
  /** SQL over the input row. */
  readonly sql: string;
  /**
   * SQL over the prepared columns: what tells holders of a value apart when they are counted. Default the record;
   * a name keeps an entity that its source lists twice from looking like two.
   */
  readonly holder?: string;
}

export interface Training {
  /**
   * Passes: pairs that reach one of the labels of a comparison are mostly matches or mostly told apart by
   * the others, which are learned there. `off`: comparisons not learned in the pass.
   */
  readonly passes: readonly {
    readonly given: string;
    readonly levels: readonly number[];
    readonly off?: readonly string[];
  }[];
}

/** Two records that hold it are never put together, whatever they weigh. SQL over `l` and `r`. */
export interface Constraint {
  readonly name: string;
  readonly columns?: Readonly<Record<string, string>>;
  readonly never: string;
}

/** The level numbers of a comparison: the last is 0, closer is higher. */
export function gammaOf(comparison: Comparison, index: number): number {
  return comparison.levels.length - 1 - index;
}

export function levelAt(comparison: Comparison, gamma: number): Level | undefined {
  return comparison.levels[comparison.levels.length - 1 - gamma];
}
