import { quote } from "../../engine/warehouse/quote.ts";
import type { Model } from "./model.ts";
import { clustersSql, logColumns, pairsSql } from "./publish.ts";
import type { MatcherSpec } from "./spec.ts";
import { appendComponents, stateTable } from "./state.ts";
import type { Statements } from "./statements.ts";

/** Puts what was decided again into the published tables and the state, in the place of what was there. */
export async function publishAffected(
  statements: Statements,
  spec: MatcherSpec,
  options: {
    readonly entity: string;
    /** By tonight's codes of the sources. */
    readonly model: Model;
    readonly review: number;
    readonly version: string;
    /** Of each affected record all it hangs together with, named by the smallest. */
    readonly whole: Int32Array;
  },
): Promise<void> {
  const { entity, version, whole } = options;
  const { warehouse } = statements;
  const table = (name: string) => `match.${quote(`${entity}_${name}`)}`;
  const id = quote(`${entity}_id`);
  await statements.runAll([
    {
      name: "clusters_gone",
      sql: `delete from ${table("clusters")} where record_id in (select record_id from temp.bearing_records)`,
    },
    { name: "clusters", sql: `insert into ${table("clusters")}\n${clustersSql(entity)}` },
    {
      name: "match_log",
      sql: `insert into ${table("match_log")}
select ${logColumns(entity)}
from (select *, make_timestamp_ms(logged_ms) as logged_at from temp.identity_news)
order by position`,
    },
    {
      name: "redirects_gone",
      sql: `delete from ${table("redirects")} where ${id} in (select entity_id from temp.identity_redirects)`,
    },
    {
      name: "redirects",
      sql: `insert into ${table("redirects")}
select entity_id, merged_into from temp.identity_redirects order by entity_id`,
    },
  ]);
  await publishPairs(statements, spec, options);
  await keepComponents(statements, entity, whole);
  await warehouse.run(`update ${table("identity")} set version = $1`, [version]);
}

async function publishPairs(
  statements: Statements,
  spec: MatcherSpec,
  { entity, model, review }: { entity: string; model: Model; review: number },
): Promise<void> {
  const pairs = `match.${quote(`${entity}_pairs`)}`;
  await statements.runAll([
    {
      name: "moved_records",
      sql: `create or replace temp table moved_records as
select record_id from temp.changed
union
select record_id from ${stateTable(entity, "records")} where id in (select id from temp.fresh)`,
    },
    {
      name: "pairs_gone",
      sql: `delete from ${pairs}
where
  record_id_l in (select record_id from temp.moved_records)
  or record_id_r in (select record_id from temp.moved_records)
  or (
    record_id_l in (select record_id from temp.rec)
    and record_id_r in (select record_id from temp.rec)
  )`,
    },
    {
      name: "closure",
      sql: `insert into temp.all_scored by name
select scored.* replace (l.state_id as a, r.state_id as b)
from temp.scored as scored
join temp.local as l on l.id = scored.a
join temp.local as r on r.id = scored.b
where scored.match_key is null`,
    },
    {
      name: "assigned",
      sql: `create or replace temp table assigned_state as
select assigned.* replace (local.state_id as id)
from temp.assigned as assigned
join temp.local as local using (id)`,
    },
    {
      name: "assigned",
      sql: "create or replace temp table assigned as select * from temp.assigned_state",
    },
    {
      name: "scored",
      sql: "create or replace temp table scored as select * from temp.all_scored",
    },
    {
      name: "rec",
      sql: `create or replace temp table rec as
select id, record_id
from ${stateTable(entity, "records")}
where id in (select a from temp.scored union all select b from temp.scored)`,
    },
    { name: "pairs", sql: `insert into ${pairs}\n${pairsSql(spec, { model, review })}` },
  ]);
}

async function keepComponents(
  statements: Statements,
  entity: string,
  whole: Int32Array,
): Promise<void> {
  const component = stateTable(entity, "component");
  await statements.run({
    name: "whole",
    sql: "create or replace temp table whole (id integer, root integer)",
  });
  await appendComponents(statements.warehouse, { table: "whole" }, whole);
  await statements.runAll([
    {
      name: "component_gone",
      sql: `delete from ${component}
where id in (select id from temp.gone) or id in (select id from temp.affected)`,
    },
    {
      name: "component",
      sql: `insert into ${component}
select l.state_id, r.state_id
from temp.whole as whole
join temp.local as l on l.id = whole.id
join temp.local as r on r.id = whole.root`,
    },
  ]);
}
