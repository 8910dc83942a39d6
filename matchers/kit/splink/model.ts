import { z } from "zod";
import { EltError, EltErrors } from "../../../engine/errors.ts";
import { interpolatedU, sharedM } from "./defaults.ts";
import { inDuckdb } from "./dialect.ts";

/** A trained model as Splink 4 and 5 save it, its SQL in DuckDB's dialect, every level with its m and u. */
export interface SplinkModel {
  readonly linkType: LinkType;
  /** Share of matches among all pairs. */
  readonly lambda: number;
  readonly idColumn: string;
  readonly sourceColumn: string;
  readonly blocking: readonly SplinkRule[];
  readonly comparisons: readonly SplinkComparison[];
  /** What was taken otherwise than it stands in the file. */
  readonly notes: readonly string[];
}

export type LinkType = "dedupe_only" | "link_only" | "link_and_dedupe";

export interface SplinkRule {
  /** Over `l` and `r`. */
  readonly sql: string;
  /** Columns whose elements are looked at one by one. */
  readonly explode: readonly string[];
}

export interface SplinkComparison {
  readonly name: string;
  /** In the order they are tested. */
  readonly levels: readonly SplinkLevel[];
}

export interface SplinkLevel {
  readonly label: string;
  /** Over the columns of both records, `_l` and `_r`; absent on the level that holds for the rest. */
  readonly sql?: string;
  /** -1 where too little is known, 0 for the rest, higher is closer. */
  readonly gamma: number;
  readonly m: number;
  readonly u: number;
  readonly frequency?: {
    readonly column: string;
    readonly weight: number;
    /** No value counts as rarer. */
    readonly least: number;
    /** u of the level itself stands for the average value, not that of the column's exact level. */
    readonly own: boolean;
  };
}

/** Splink's word for a level that training never met, and the m or u it then takes. */
const NOT_OBSERVED = "level not observed in training dataset";
const NOT_OBSERVED_SHARE = 1e-6;
/** Nothing is less likely than this. */
const LEAST_SHARE = 1e-300;

const share = z.union([z.number().min(0).max(1), z.literal(NOT_OBSERVED)]).nullish();
const level = z.object({
  sql_condition: z.string(),
  label_for_charts: z.string().nullish(),
  is_null_level: z.boolean().nullish(),
  m_probability: share,
  u_probability: share,
  tf_adjustment_column: z.string().nullish(),
  tf_adjustment_weight: z.number().nullish(),
  tf_minimum_u_value: z.number().nullish(),
  disable_tf_exact_match_detection: z.boolean().nullish(),
});
const rule = z.union([
  z.string(),
  z.object({
    blocking_rule: z.string(),
    sql_dialect: z.string().nullish(),
    arrays_to_explode: z.array(z.string()).nullish(),
  }),
]);
const file = z.object({
  link_type: z.enum(["dedupe_only", "link_only", "link_and_dedupe"]),
  probability_two_random_records_match: z.number().gt(0).lt(1),
  sql_dialect: z.string().nullish(),
  unique_id_column_name: z.string().nullish(),
  source_dataset_column_name: z.string().nullish(),
  blocking_rules_to_generate_predictions: z.array(rule),
  comparisons: z
    .array(
      z.object({
        output_column_name: z.string().nullish(),
        comparison_levels: z.array(level).min(2),
      }),
    )
    .min(1),
});

type SavedLevel = z.infer<typeof level>;

/** Reads a saved model; throws what is no Splink model, or one that was never trained. */
export function readSplinkModel(text: string, path: string): SplinkModel {
  const saved = parsed(text, path);
  const dialect = saved.sql_dialect ?? "duckdb";
  const sql = (condition: string, own?: string | null) => inDuckdb(condition, own ?? dialect, path);
  const notes: string[] = [];
  const comparisons = saved.comparisons.map((comparison, index): SplinkComparison => {
    const name = comparison.output_column_name ?? `comparison_${index + 1}`;
    const levels = levelsOf(comparison.comparison_levels, (condition) => sql(condition));
    const guessed = comparison.comparison_levels.filter(isUntrained).length;
    if (guessed > 0 && guessed < levels.filter(({ gamma }) => gamma >= 0).length) {
      notes.push(
        `${name}: ${guessed} levels have no m or u of their own and take Splink's default`,
      );
    }
    return { name, levels };
  });
  if (saved.comparisons.every((one) => one.comparison_levels.every(neverTrained))) {
    throw new EltError(`${path} holds settings that were never trained: no level has m and u`, {
      hint: "train it in Splink, then save it with linker.misc.save_model_to_json",
      exitCode: 2,
    });
  }
  return {
    linkType: saved.link_type,
    lambda: saved.probability_two_random_records_match,
    idColumn: saved.unique_id_column_name ?? "unique_id",
    sourceColumn: saved.source_dataset_column_name ?? "source_dataset",
    blocking: saved.blocking_rules_to_generate_predictions.map((one) =>
      typeof one === "string"
        ? { sql: sql(one), explode: [] }
        : { sql: sql(one.blocking_rule, one.sql_dialect), explode: one.arrays_to_explode ?? [] },
    ),
    comparisons,
    notes,
  };
}

function parsed(text: string, path: string): z.infer<typeof file> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EltError(`${path} is no JSON`, { cause: error, exitCode: 2 });
  }
  const result = file.safeParse(value);
  if (result.success) return result.data;
  throw new EltErrors(
    `${path} is no model of Splink 4 or 5`,
    result.error.issues.map(
      ({ path: at, message }) => new EltError(`${at.join(".") || "the file"}: ${message}`),
    ),
  );
}

function levelsOf(
  saved: readonly SavedLevel[],
  sql: (condition: string) => string,
): readonly SplinkLevel[] {
  const count = saved.filter((one) => !one.is_null_level).length;
  let next = count - 1;
  return saved.map((one): SplinkLevel => {
    const gamma = one.is_null_level ? -1 : next--;
    const rest = /^\s*else\s*$/i.test(one.sql_condition);
    const { tf_adjustment_column: column, tf_adjustment_weight: weight } = one;
    return {
      label: one.label_for_charts ?? one.sql_condition,
      ...(rest ? {} : { sql: sql(one.sql_condition) }),
      gamma,
      m: one.is_null_level ? 1 : shareOf(one.m_probability, sharedM(count, gamma)),
      u: one.is_null_level ? 1 : shareOf(one.u_probability, interpolatedU(count, gamma)),
      ...(column && weight !== 0 && gamma >= 0 && !rest
        ? {
            frequency: {
              column: column.replace(/^["`](.*)["`]$/, "$1"),
              weight: weight ?? 1,
              least: one.tf_minimum_u_value ?? 0,
              own: one.disable_tf_exact_match_detection ?? false,
            },
          }
        : {}),
    };
  });
}

function shareOf(saved: SavedLevel["m_probability"], otherwise: number): number {
  if (saved === NOT_OBSERVED) return NOT_OBSERVED_SHARE;
  return Math.max(saved ?? otherwise, LEAST_SHARE);
}

function isUntrained(one: SavedLevel): boolean {
  return !one.is_null_level && (one.m_probability == null || one.u_probability == null);
}

function neverTrained(one: SavedLevel): boolean {
  return one.m_probability == null && one.u_probability == null;
}
