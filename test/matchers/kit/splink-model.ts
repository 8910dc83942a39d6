/** A level as Splink saves it. */
export interface SavedLevel {
  readonly sql_condition: string;
  readonly label_for_charts?: string;
  readonly is_null_level?: boolean;
  readonly m_probability?: number | string;
  readonly u_probability?: number | string;
  readonly tf_adjustment_column?: string;
  readonly tf_adjustment_weight?: number;
  readonly tf_minimum_u_value?: number;
  readonly disable_tf_exact_match_detection?: boolean;
}

export const NAME: readonly SavedLevel[] = [
  { sql_condition: '"name_l" IS NULL OR "name_r" IS NULL', is_null_level: true },
  {
    sql_condition: '"name_l" = "name_r"',
    m_probability: 0.7,
    u_probability: 0.02,
    tf_adjustment_column: "name",
    tf_adjustment_weight: 0.5,
    tf_minimum_u_value: 0.15,
  },
  {
    sql_condition: 'substr("name_l", 1, 1) = substr("name_r", 1, 1)',
    m_probability: 0.2,
    u_probability: 0.1,
  },
  { sql_condition: "ELSE", m_probability: 0.1, u_probability: 0.88 },
];

export const TOWN: readonly SavedLevel[] = [
  { sql_condition: '"town_l" IS NULL OR "town_r" IS NULL', is_null_level: true },
  {
    sql_condition: '"town_l" = "town_r"',
    m_probability: 0.8,
    u_probability: 0.25,
    tf_adjustment_column: "town",
    tf_adjustment_weight: 1,
  },
  { sql_condition: "ELSE", m_probability: 0.2, u_probability: 0.75 },
];

/** A model in Splink's own words: a name with half a term frequency and a floor, and a town. */
export function savedModel(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    link_type: "dedupe_only",
    probability_two_random_records_match: 0.05,
    sql_dialect: "duckdb",
    unique_id_column_name: "unique_id",
    source_dataset_column_name: "source_dataset",
    blocking_rules_to_generate_predictions: [
      { blocking_rule: 'l."name" = r."name"', sql_dialect: "duckdb" },
      { blocking_rule: "l.town = r.town", sql_dialect: "duckdb" },
    ],
    comparisons: [
      { output_column_name: "name", comparison_levels: NAME },
      { output_column_name: "town", comparison_levels: TOWN },
    ],
    ...changes,
  });
}
