import { quote } from "../../engine/warehouse/quote.ts";
import { type Model, modelRows } from "./model.ts";
import { probabilitySql, raritiesSql } from "./score.ts";
import type { MatcherSpec } from "./spec.ts";
import type { Statement, Statements } from "./statements.ts";
import type { Verdict } from "./verdicts.ts";

/** Pairs below this weight are not kept, unless they ended in one entity. */
const KEPT_WEIGHT = -6;

/** The tables a matcher writes, bare names. */
export function tableNames(entity: string): readonly string[] {
  return ["pairs", "clusters", "match_log", "redirects", "model", "identity"].map(
    (table) => `${entity}_${table}`,
  );
}

/** Writes the tables of schema `match` from what was staged in temp. */
export async function publish(
  statements: Statements,
  spec: MatcherSpec,
  options: {
    readonly entity: string;
    readonly model: Model;
    readonly sources: readonly string[];
    readonly verdicts: readonly Verdict[];
    readonly review: number;
    readonly version: string;
    readonly keptWeight?: number;
  },
): Promise<void> {
  const { entity, model, sources, verdicts, review, version } = options;
  const { keptWeight = KEPT_WEIGHT } = options;
  await stageVerdicts(statements, verdicts);
  await statements.run({ name: "schema", sql: "create schema if not exists match" });
  await statements.run(pairsStatement(spec, entity, { model, review, keptWeight }));
  await statements.run({
    name: "clusters",
    sql: `create or replace table match.${quote(`${entity}_clusters`)} as
select
  rec.record_id,
  assigned.entity_id as ${quote(`${entity}_id`)},
  assigned.cluster_size,
  assigned.confidence::decimal(5, 4) as cluster_confidence
from temp.assigned as assigned
join temp.rec as rec using (id)
order by rec.record_id`,
  });
  await statements.run({
    name: "match_log",
    sql: `create or replace table match.${quote(`${entity}_match_log`)} as
select
  run_id,
  make_timestamp_ms(logged_ms) as logged_at,
  event,
  entity_id as ${quote(`${entity}_id`)},
  other_entity_id as ${quote(`other_${entity}_id`)},
  record_id,
  detail
from temp.identity_log
order by position`,
  });
  await statements.run({
    name: "redirects",
    sql: `create or replace table match.${quote(`${entity}_redirects`)} as
select entity_id as ${quote(`${entity}_id`)}, merged_into
from temp.identity_redirects
order by entity_id`,
  });
  await publishModel(statements, spec, { entity, model, sources });
  const identity = `match.${quote(`${entity}_identity`)}`;
  await statements.run({
    name: "identity",
    sql: `create or replace table ${identity} (version varchar)`,
  });
  await statements.warehouse.run(`insert into ${identity} values ($1)`, [version]);
}

async function stageVerdicts(statements: Statements, verdicts: readonly Verdict[]): Promise<void> {
  await statements.run({
    name: "judged",
    sql: "create or replace temp table judged (a integer, b integer, decision varchar)",
  });
  const appender = await statements.warehouse.appender("judged");
  for (const { a, b, same } of verdicts) {
    appender.appendInteger(a);
    appender.appendInteger(b);
    appender.appendVarchar(same ? "same" : "different");
    appender.endRow();
  }
  appender.closeSync();
}

/** A pair is `merge` when its records ended in one entity, whatever it weighs alone; above `review` and apart it is asked about. */
function pairsStatement(
  spec: MatcherSpec,
  entity: string,
  options: { readonly model: Model; readonly review: number; readonly keptWeight: number },
): Statement {
  const { model, review, keptWeight } = options;
  const gammas = spec.comparisons.map(({ name }) => `scored.${quote(`gamma_${name}`)}`);
  return {
    name: "pairs",
    sql: `create or replace table match.${quote(`${entity}_pairs`)} as
with

named as (

  select rec.id, rec.record_id, assigned.entity_id
  from temp.rec as rec
  join temp.assigned as assigned using (id)

),

weighed as (

  select *, ${probabilitySql("match_weight")} as probability
  from temp.scored

)

select
  l.record_id as record_id_l,
  r.record_id as record_id_r,
  scored.match_key,
  ${[...gammas, ...raritiesSql(spec, model)].join(",\n  ")},
  scored.match_weight::decimal(12, 6) as match_weight,
  scored.probability::decimal(10, 9) as match_probability,
  case
    when judged.decision is not null then judged.decision
    when l.entity_id = r.entity_id then 'merge'
    when scored.never then 'separate'
    when scored.probability >= ${review} then 'review'
    else 'separate'
  end as decision
from weighed as scored
join named as l on l.id = scored.a
join named as r on r.id = scored.b
left join temp.judged as judged on judged.a = scored.a and judged.b = scored.b
where
  scored.match_weight >= ${keptWeight}
  or judged.decision is not null
  or l.entity_id = r.entity_id
order by scored.a, scored.b`,
  };
}

async function publishModel(
  statements: Statements,
  spec: MatcherSpec,
  options: { readonly entity: string; readonly model: Model; readonly sources: readonly string[] },
): Promise<void> {
  const { entity, model, sources } = options;
  await statements.run({
    name: "model",
    sql: `create or replace temp table model_rows (
  comparison varchar, gamma integer, level varchar, m double, u double, match_weight double
)`,
  });
  const appender = await statements.warehouse.appender("model_rows");
  for (const row of modelRows(spec, model, sources)) {
    appender.appendVarchar(row.comparison);
    if (row.gamma === null) appender.appendNull();
    else appender.appendInteger(row.gamma);
    appender.appendVarchar(row.level);
    if (row.m === null) appender.appendNull();
    else appender.appendDouble(row.m);
    if (row.u === null) appender.appendNull();
    else appender.appendDouble(row.u);
    appender.appendDouble(row.match_weight);
    appender.endRow();
  }
  appender.closeSync();
  await statements.run({
    name: "model_published",
    sql: `create or replace table match.${quote(`${entity}_model`)} as
select
  comparison,
  gamma::tinyint as gamma,
  level,
  m::decimal(18, 15) as m,
  u::decimal(18, 15) as u,
  match_weight::decimal(12, 6) as match_weight
from temp.model_rows`,
  });
}
