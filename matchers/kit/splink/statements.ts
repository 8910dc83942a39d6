import { literal, quote } from "../../../engine/warehouse/quote.ts";
import { probabilitySql } from "../score.ts";
import type { Statement } from "../statements.ts";
import type { SplinkComparison, SplinkLevel, SplinkModel } from "./model.ts";

/** The columns a model needs of each record, under the names the input gives them. */
export interface Needs {
  readonly columns: readonly string[];
  /** Columns whose values are counted, and the input's own column of frequencies where it brings one. */
  readonly frequencies: ReadonlyMap<string, string | undefined>;
  /** By comparison and level: the u that stands for the average value of its column. */
  readonly averageU: ReadonlyMap<SplinkLevel, number>;
}

export interface Input {
  readonly id: string;
  readonly source: string;
  readonly sources: number;
  /** Ids that are whole numbers are ordered as numbers, as Splink does. */
  readonly numericIds: boolean;
}

/**
 * `temp.rec`: dense ids in the order in which Splink tells left from right, the columns the model reads, and the
 * share of the records that hold each counted value.
 */
export function recStatements(model: SplinkModel, needs: Needs, input: Input): Statement[] {
  const counted = [...needs.frequencies].filter(([, own]) => own === undefined);
  const [id, source] = [`input.${quote(input.id)}`, `input.${quote(input.source)}`];
  const byName = input.numericIds ? `${id}::hugeint` : id;
  const order =
    input.sources === 1
      ? byName
      : model.linkType === "link_only" && input.sources === 2
        ? `${source}, ${byName}`
        : `${source} || '-__-' || ${id}`;
  return [
    ...counted.map(([column]) => ({
      name: `frequencies_${column}`,
      sql: `create or replace temp table ${quote(`tf_${column}`)} as
select ${quote(column)} as value, count(*)::double / sum(count(*)) over () as frequency
from records
where ${quote(column)} is not null
group by value`,
    })),
    {
      name: "rec",
      sql: `create or replace temp table rec as
select
  ${[
    `(row_number() over (order by ${order}) - 1)::integer as _id`,
    `${id} as _record`,
    `${source} as _source`,
    ...needs.columns.map((column) => `input.${quote(column)}`),
    ...[...needs.frequencies].map(([column, own]) =>
      own === undefined
        ? `${quote(`tf_${column}`)}.frequency as ${quote(`tf_${column}`)}`
        : `input.${quote(own)} as ${quote(`tf_${column}`)}`,
    ),
  ].join(",\n  ")}
from records as input${counted
        .map(([column]) => {
          const table = quote(`tf_${column}`);
          return `\nleft join temp.${table} as ${table} on ${table}.value = input.${quote(column)}`;
        })
        .join("")}
order by _id`,
    },
  ];
}

/** `temp.cand`: every pair a rule finds, once, under the first that does. Without a rule, every pair. */
export function candidatesStatement(model: SplinkModel): Statement {
  const across = model.linkType === "link_only" ? " and l._source <> r._source" : "";
  const rules = model.blocking.length > 0 ? model.blocking : [{ sql: "true", explode: [] }];
  const found = rules.map(({ sql, explode }, index) => {
    const table = explodedSql(explode);
    return `select (l._id::bigint << 32) | r._id as pair, ${index} as match_key
from ${table} as l
join ${table} as r on (${sql}) and l._id < r._id${across}`;
  });
  return {
    name: "candidates",
    sql: `create or replace temp table cand as
select
  (pair >> 32)::integer as a,
  (pair & 4294967295)::integer as b,
  min(match_key)::integer as match_key
from (
${found.join("\n\nunion all\n\n")}
)
group by pair`,
  };
}

/**
 * Pairs (a, b, match_key) with `gamma_<comparison>`, `tf_<comparison>` and `match_weight`, in doubles as Splink has
 * them, added in the model's order.
 */
export function scoredSql(model: SplinkModel, needs: Needs, pairs: string): string {
  const sides = (["l", "r"] as const).flatMap((side) => [
    ...needs.columns.map((column) => `${side}.${quote(column)} as ${quote(`${column}_${side}`)}`),
    ...[...needs.frequencies.keys()].map(
      (column) => `${side}.${quote(`tf_${column}`)} as ${quote(`tf_${column}_${side}`)}`,
    ),
  ]);
  const prior = Math.log2(model.lambda / (1 - model.lambda));
  const terms = model.comparisons.flatMap((comparison) => [
    weightSql(comparison),
    ...(isCounted(comparison) ? [quote(`tf_${comparison.name}`)] : []),
  ]);
  const published = model.comparisons.flatMap((comparison) => [
    quote(`gamma_${comparison.name}`),
    ...(isCounted(comparison) ? [quote(`tf_${comparison.name}`)] : []),
  ]);
  return `select
  a, b, match_key,
  ${published.join(",\n  ")},
  ${[double(prior), ...terms].join("\n    + ")} as match_weight
from (
  select
    *,
    ${model.comparisons.flatMap((comparison) => raritySql(comparison, needs)).join(",\n    ") || "0 as no_rarity"}
  from (
    select
      *,
      ${model.comparisons.map(gammaSql).join(",\n      ")}
    from (
      select
        pairs.a, pairs.b, pairs.match_key,
        ${sides.join(",\n        ")}
      from ${pairs} as pairs
      join temp.rec as l on l._id = pairs.a
      join temp.rec as r on r._id = pairs.b
    )
  )
)`;
}

/** The pairs as they are written, decided by the clusters. */
export function pairsSql(
  model: SplinkModel,
  cuts: { readonly review: number; readonly kept: number },
): string {
  const rules = model.blocking.map(({ sql }, key) => `when ${key} then ${literal(sql)}`);
  const foundBy = rules.length === 0 ? "null" : `case match_key ${rules.join(" ")} end`;
  return `select
  l._record as record_id_l,
  r._record as record_id_r,
  scored.* exclude (a, b, match_key),
  ${probabilitySql("match_weight")} as match_probability,
  case
    when la.cluster_id = ra.cluster_id then 'merge'
    when ${probabilitySql("match_weight")} >= ${cuts.review} then 'review'
    else 'separate'
  end as decision,
  match_key,
  ${foundBy} as match_rule
from temp.scored as scored
join temp.rec as l on l._id = scored.a
join temp.rec as r on r._id = scored.b
join temp.assigned as la on la.id = scored.a
join temp.assigned as ra on ra.id = scored.b
where match_weight >= ${cuts.kept} or match_key is null or la.cluster_id = ra.cluster_id
order by scored.a, scored.b`;
}

export function levelWeight({ m, u, gamma }: SplinkLevel): number {
  return gamma < 0 ? 0 : Math.log2(m / u);
}

function explodedSql(columns: readonly string[]): string {
  if (columns.length === 0) return "temp.rec";
  const parts = columns.map((column) => `unnest(${quote(column)}) as ${quote(column)}`);
  return `(select * replace (${parts.join(", ")}) from temp.rec)`;
}

function gammaSql({ name, levels }: SplinkComparison): string {
  const cases = levels.map(({ sql, gamma, label }) => {
    const note = ` -- ${label.replaceAll(/\s+/g, " ")}`;
    return sql === undefined ? `else ${gamma}${note}` : `when ${sql} then ${gamma}${note}`;
  });
  return `case\n        ${cases.join("\n        ")}\n      end::tinyint as ${quote(`gamma_${name}`)}`;
}

function weightSql({ name, levels }: SplinkComparison): string {
  const cases = levels.map((level) => `when ${level.gamma} then ${double(levelWeight(level))}`);
  return `case ${quote(`gamma_${name}`)} ${cases.join(" ")} end`;
}

function isCounted({ levels }: SplinkComparison): boolean {
  return levels.some(({ frequency }) => frequency !== undefined);
}

/** What the rarity of the agreed value adds: u of the average value over the share of records that hold this one. */
function raritySql(comparison: SplinkComparison, needs: Needs): string[] {
  if (!isCounted(comparison)) return [];
  const cases = comparison.levels.flatMap((level) => {
    const { frequency, gamma } = level;
    if (!frequency) return [];
    const [left, right] = ["l", "r"].map((side) => quote(`tf_${frequency.column}_${side}`));
    // greatest() passes over what is null, and is null only where both sides are.
    const held = `greatest(${left}, ${right}, case when ${left} is not null or ${right} is not null then ${double(frequency.least)} end)`;
    const average = double(Math.log2(needs.averageU.get(level) ?? level.u));
    return `when ${gamma} then coalesce(${double(frequency.weight)} * (${average} - log2(${held})), 0)`;
  });
  const name = comparison.name;
  return [`case ${quote(`gamma_${name}`)} ${cases.join(" ")} else 0 end as ${quote(`tf_${name}`)}`];
}

/** A bare decimal would be a DECIMAL and lose digits; text keeps every bit of the double. */
function double(value: number): string {
  return `'${value}'::double`;
}
