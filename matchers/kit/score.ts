import { quote } from "../../engine/warehouse/quote.ts";
import { comparedColumns } from "./compare.ts";
import { levelWeight, type Model, priorWeight } from "./model.ts";
import { type Comparison, gammaOf, type MatcherSpec } from "./spec.ts";

/**
 * Adds `match_weight` to compared pairs. Rounded to a millionth, and summed in the spec's order, so that every run has
 * the same bits.
 */
export function scoreSql(
  spec: MatcherSpec,
  model: Model,
  compared: string,
  keep: readonly string[] = [],
): string {
  const columns = ["a", "b", ...keep, ...comparedColumns(spec)].map(quote);
  const evidence = spec.comparisons.map((comparison) =>
    comparison.frequency
      ? `${weightSql(comparison, model)} + ${raritySql(comparison, model)}`
      : weightSql(comparison, model),
  );
  return `select
  ${columns.join(",\n  ")},
  round(${[priorSql(model), ...evidence].join("\n    + ")}, 6) as match_weight
from ${compared}`;
}

/** `tf_<comparison>` of compared pairs: the part of the weight that the rarity of the agreed value makes. */
export function raritiesSql(spec: MatcherSpec, model: Model): string[] {
  return spec.comparisons
    .filter(({ frequency }) => frequency !== undefined)
    .map(
      (comparison) =>
        `${raritySql(comparison, model)}::decimal(9, 6) as ${quote(`tf_${comparison.name}`)}`,
    );
}

/** What is believed of a pair before it is looked at, by its sources. */
export function priorSql(model: Model): string {
  const cases = [...model.priors.keys()]
    .sort((left, right) => left - right)
    .map((key) => `when ${key} then ${double(priorWeight(model, key))}`);
  if (cases.length === 0) return double(priorWeight(model, -1));
  return `case source_pair ${cases.join(" ")} else ${double(priorWeight(model, -1))} end`;
}

/** Probability of a weight, in SQL. */
export function probabilitySql(weight: string): string {
  return `case when ${weight} < 0 then pow(2, ${weight}) / (1 + pow(2, ${weight})) else 1 / (1 + pow(2, -(${weight}))) end`;
}

function weightSql(comparison: Comparison, model: Model): string {
  const trained = model.comparisons.find(({ name }) => name === comparison.name);
  if (!trained) return double(0);
  const cases = comparison.levels.map((_, index) => {
    const gamma = gammaOf(comparison, index);
    return `when ${gamma} then ${double(levelWeight(trained, gamma))}`;
  });
  return `case ${quote(`gamma_${comparison.name}`)} ${cases.join(" ")} else ${double(0)} end`;
}

/** `rarityWeight` in SQL. */
function raritySql(comparison: Comparison, model: Model): string {
  const trained = model.comparisons.find(({ name }) => name === comparison.name);
  if (!trained) return double(0);
  const holders = quote(`count_${comparison.name}`);
  const cases = comparison.levels.flatMap(({ rarity }, index) => {
    if (!rarity) return [];
    const gamma = gammaOf(comparison, index);
    const others = `${double(trained.strangers?.[gamma] ?? 1)} * (${holders} - 1)`;
    const chance = `((${others} + ${double(trained.floor)}) / ${double(trained.population)})`;
    const u = double(Math.log2(trained.u[gamma] ?? 1));
    const least = double(-levelWeight(trained, gamma));
    return [`when ${gamma} then round(greatest(${u} - log2(${chance}), ${least}), 6)`];
  });
  return `coalesce(case ${quote(`gamma_${comparison.name}`)} ${cases.join(" ")} else ${double(0)} end, ${double(0)})`;
}

// A bare decimal literal would be a DECIMAL(18, 17) and overflow in the sum.
function double(value: number): string {
  return `${value.toFixed(9)}::double`;
}
