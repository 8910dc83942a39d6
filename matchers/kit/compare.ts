import { quote } from "../../engine/warehouse/quote.ts";
import { type Comparison, gammaOf, type MatcherSpec } from "./spec.ts";

/**
 * One SQL pass from pairs to levels: `pairs` gives a, b (and more columns to keep), the result adds
 * `gamma_<comparison>`, `count_<comparison>` where rarity counts, `source_pair` and `never`.
 * Each similarity is computed once, in a projection of its own; the levels are a CASE over the results.
 */
export function compareSql(spec: MatcherSpec, pairs: string, keep: readonly string[] = []): string {
  const layers = Math.max(1, ...spec.comparisons.map((part) => part.similarities.length));
  const kept = ["a", "b", ...keep];
  const first = [
    ...kept.map((name) => `pairs.${quote(name)}`),
    "least(l.source_code, r.source_code) * 65536 + greatest(l.source_code, r.source_code) as source_pair",
    `${neverSql(spec)} as never`,
    ...similaritiesOf(spec.comparisons, 0),
  ];
  let sql = `select
  ${first.join(",\n  ")}
from ${pairs} as pairs
join temp.rec as l on l.id = pairs.a
join temp.rec as r on r.id = pairs.b`;
  for (let layer = 1; layer < layers; layer += 1) {
    sql = `select
  *,
  ${similaritiesOf(spec.comparisons, layer).join(",\n  ")}
from (
${sql}
)`;
  }
  const levels = spec.comparisons.flatMap((comparison) => [
    `${gammaSql(comparison)} as ${quote(`gamma_${comparison.name}`)}`,
    ...(comparison.frequency
      ? [`(${comparison.frequency})::integer as ${quote(`count_${comparison.name}`)}`]
      : []),
  ]);
  return `select
  ${[...kept.map(quote), "source_pair", "never", ...levels].join(",\n  ")}
from (
${sql}
)`;
}

/** The columns a compared pair has besides a, b and what was kept. */
export function comparedColumns(spec: MatcherSpec): string[] {
  return [
    "source_pair",
    "never",
    ...spec.comparisons.flatMap(({ name, frequency }) =>
      frequency ? [`gamma_${name}`, `count_${name}`] : [`gamma_${name}`],
    ),
  ];
}

function similaritiesOf(comparisons: readonly Comparison[], layer: number): string[] {
  return comparisons.flatMap(({ similarities }) =>
    Object.entries(similarities[layer] ?? {}).map(([name, sql]) => `${sql} as ${quote(name)}`),
  );
}

function gammaSql(comparison: Comparison): string {
  const cases = comparison.levels.flatMap(({ when, label }, index) =>
    when ? [`    when ${when} then ${gammaOf(comparison, index)} -- ${label}`] : [],
  );
  return `case
    when not coalesce(${comparison.known}, false) then -1
${cases.join("\n")}
    else 0
  end::tinyint`;
}

function neverSql(spec: MatcherSpec): string {
  if (spec.constraints.length === 0) return "false";
  return spec.constraints.map(({ never }) => `coalesce(${never}, false)`).join("\n    or ");
}
