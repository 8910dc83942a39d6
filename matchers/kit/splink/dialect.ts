import { EltError } from "../../../engine/errors.ts";

/** What other dialects call DuckDB's functions. What is named nowhere here must be DuckDB's already. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  duckdb: {},
  postgres: {},
  sqlite: { jaro_winkler: "jaro_winkler_similarity", jaro_sim: "jaro_similarity" },
  spark: {
    jaro_winkler: "jaro_winkler_similarity",
    jaro_sim: "jaro_similarity",
    array_max: "list_max",
    array_min: "list_min",
    transform: "list_transform",
    size: "len",
  },
};

/** A condition in DuckDB's dialect: quotes and names of functions. What does not bind is found when it is first run. */
export function inDuckdb(sql: string, dialect: string, path: string): string {
  const names = NAMES[dialect];
  if (!names) {
    throw new EltError(`${path}: cannot read SQL of the dialect "${dialect}"`, {
      hint: `save the model with sql_dialect ${Object.keys(NAMES).join(", ")}`,
      exitCode: 2,
    });
  }
  return sql
    .split(/('(?:[^']|'')*')/)
    .map((part, index) => (index % 2 === 1 ? part : renamed(part, names)))
    .join("");
}

function renamed(sql: string, names: Readonly<Record<string, string>>): string {
  return sql
    .replaceAll("`", '"')
    .replace(/\b([a-z_]+)(?=\s*\()/gi, (name) => names[name.toLowerCase()] ?? name);
}
