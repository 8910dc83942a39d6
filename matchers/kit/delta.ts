import { cluster, componentCut } from "./cluster.ts";
import { affectedCandidates, type Flipped, freshCandidates, updateKeys } from "./delta-blocks.ts";
import { nameAffected } from "./delta-names.ts";
import { publishAffected } from "./delta-publish.ts";
import { type Changes, findChanges, prepareChanges } from "./delta-records.ts";
import type { Frozen } from "./frozen.ts";
import { readTerms } from "./frozen-terms.ts";
import type { NamingNight } from "./name.ts";
import { stageVerdicts } from "./publish.ts";
import { DEFAULT_THRESHOLDS, frozenWeights, scoredStatement } from "./resolve.ts";
import type { MatcherSpec } from "./spec.ts";
import { judgedSql, stateTable } from "./state.ts";
import type { Statements } from "./statements.ts";
import { readVerdicts, type Verdict } from "./verdicts.ts";

export interface Delta extends Changes {
  /** Records whose entity was decided again. */
  readonly affected: number;
  readonly pairs: number;
  readonly flipped: readonly Flipped[];
  readonly oversized: number;
  readonly version: string;
}

/**
 * Matches what changed since last night, to the very result a whole run of the same model would have. The changed records are
 * blocked against all; what hung together with them, or does now, is linked and named again; nothing else is touched.
 */
export async function matchDelta(
  statements: Statements,
  spec: MatcherSpec,
  options: NamingNight & {
    readonly frozen: Frozen;
    readonly note: (text: string) => void;
  },
): Promise<Delta> {
  const { entity, identityFolder, frozen, note } = options;
  const table = (name: string) => stateTable(entity, name);
  const thresholds = spec.thresholds ?? DEFAULT_THRESHOLDS;
  const blocks = readTerms(identityFolder, frozen);
  note("finding changes");
  const changes = await findChanges(statements, spec, entity);
  const base = await prepareChanges(statements, spec, { entity, population: blocks.population });
  note("finding candidates");
  const flipped = await updateKeys(statements, spec, { entity, base, blocks });
  await freshCandidates(statements, spec, { entity, base, blocks, flipped: flipped.length > 0 });
  const verdicts = await judge(statements, spec, entity);
  const sources = await statements.rows<{ source: string }>({
    name: "sources",
    sql: `select source from ${table("sources")} order by source_code`,
  });
  const weights = frozenWeights(
    frozen,
    sources.map(({ source }) => source),
  );
  note("scoring");
  await lookAtRecords(statements, entity, "select id from temp.fresh");
  await statements.run(scoredStatement(spec, weights.model));
  await statements.run({
    name: "all_scored",
    sql: "create or replace temp table all_scored as select * from temp.scored",
  });
  note("linking");
  await findAffected(statements, spec, entity);
  await affectedCandidates(statements, spec, entity);
  await lookAtRecords(statements, entity, "select id from temp.affected");
  await statements.run(scoredStatement(spec, weights.model));
  await statements.run({
    name: "all_scored_affected",
    sql: "insert into temp.all_scored by name select * from temp.scored",
  });
  await makeLocal(statements);
  const records = await countRecords(statements);
  const clustered = await cluster(statements, spec, {
    ...weights,
    records,
    candidates: 0,
    verdicts: await localVerdicts(statements, verdicts),
    merge: thresholds.merge,
  });
  note("naming");
  const news = await nameAffected(statements, clustered.clusters, options);
  await publishAffected(statements, spec, {
    entity,
    model: weights.model,
    review: thresholds.review,
    version: news.version,
    whole: clustered.whole,
  });
  const [pairs] = await statements.rows<{ n: number }>({
    name: "pairs_count",
    sql: "select count(*)::double as n from temp.all_scored",
  });
  return {
    ...changes,
    affected: records,
    pairs: pairs?.n ?? 0,
    flipped,
    oversized: clustered.oversized,
    version: news.version,
  };
}

/** Tonight's verdicts, in `temp.judged`; `temp.rejudged` (id) has the records of those that are not last night's. */
async function judge(
  statements: Statements,
  spec: MatcherSpec,
  entity: string,
): Promise<readonly Verdict[]> {
  const records = stateTable(entity, "records");
  const before = stateTable(entity, "verdicts");
  const verdicts = await readVerdicts(statements, spec, records);
  await stageVerdicts(statements, verdicts);
  await statements.runAll([
    {
      name: "judged_now",
      sql: `create or replace temp table judged_now as\n${judgedSql(records)}`,
    },
    {
      name: "rejudged",
      sql: `create or replace temp table rejudged as
with

other as (

  (select * from temp.judged_now except select * from ${before})
  union all
  (select * from ${before} except select * from temp.judged_now)

)

select distinct records.id
from ${records} as records
join (select l as record_id from other union all select r from other) as named using (record_id)`,
    },
    {
      name: "state_verdicts",
      sql: `create or replace table ${before} as select * from temp.judged_now order by all`,
    },
  ]);
  return verdicts;
}

/** Makes `temp.rec` of the records that the candidates, and more, are made of. */
async function lookAtRecords(statements: Statements, entity: string, more: string): Promise<void> {
  await statements.run({
    name: "rec",
    sql: `create or replace temp table rec as
select *
from ${stateTable(entity, "rec")}
where id in (
  select a from temp.cand
  union all
  select b from temp.cand
  union all
  ${more}
)`,
  });
}

/** Makes `temp.affected` (id): what changed, what hung together with it, and what does now. */
async function findAffected(
  statements: Statements,
  spec: MatcherSpec,
  entity: string,
): Promise<void> {
  const component = stateTable(entity, "component");
  const edges = `from temp.scored where match_weight >= ${componentCut(spec)} and not never`;
  await statements.run({
    name: "affected",
    sql: `create or replace temp table affected as
with

seeds as (

  select id from temp.fresh
  union
  select id from temp.rejudged
  union
  select a ${edges}
  union
  select b ${edges}

),

touched as (

  select distinct component
  from ${component}
  where id in (select id from seeds) or id in (select id from temp.gone)

)

select id from seeds

union

select id
from ${component}
where component in (select component from touched) and id not in (select id from temp.gone)`,
  });
}

/** Numbers the affected records as a whole run would order them, and gives `temp.rec` and `temp.scored` these numbers. */
async function makeLocal(statements: Statements): Promise<void> {
  await statements.runAll([
    {
      name: "local",
      sql: `create or replace temp table local as
select id as state_id, (row_number() over (order by record_id) - 1)::integer as id
from temp.rec
where id in (select id from temp.affected)`,
    },
    {
      name: "rec_local",
      sql: `create or replace temp table rec_local as
select rec.* replace (local.id as id)
from temp.rec as rec
join temp.local as local on local.state_id = rec.id
order by local.id`,
    },
    { name: "rec", sql: "create or replace temp table rec as select * from temp.rec_local" },
    {
      name: "scored",
      sql: `create or replace temp table scored as
select scored.* replace (l.id as a, r.id as b)
from temp.all_scored as scored
join temp.local as l on l.state_id = scored.a
join temp.local as r on r.state_id = scored.b`,
    },
  ]);
}

async function countRecords(statements: Statements): Promise<number> {
  const [row] = await statements.rows<{ n: number }>({
    name: "affected_count",
    sql: "select count(*)::integer as n from temp.rec",
  });
  return row?.n ?? 0;
}

async function localVerdicts(
  statements: Statements,
  verdicts: readonly Verdict[],
): Promise<Verdict[]> {
  const rows = await statements.rows<{ state_id: number; id: number }>({
    name: "local_ids",
    sql: `select state_id, id
from temp.local
where state_id in (select a from temp.judged union all select b from temp.judged)`,
  });
  const local = new Map(rows.map(({ state_id, id }) => [state_id, id]));
  return verdicts.flatMap((verdict) => {
    const [a, b] = [local.get(verdict.a), local.get(verdict.b)];
    return a === undefined || b === undefined ? [] : [{ ...verdict, a, b }];
  });
}
