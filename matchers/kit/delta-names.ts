import { quote } from "../../engine/warehouse/quote.ts";
import { type Identity, type IdentityEvent, identify } from "./identity.ts";
import { eventOf, type LogRow, type WrittenNews, writeNews } from "./identity-store.ts";
import type { Cluster } from "./linkage.ts";
import { type NamingNight, stageAssigned, stageRedirects } from "./name.ts";
import type { Statements } from "./statements.ts";

/**
 * Names the clusters of affected records (`temp.rec`, local ids) as naming all clusters would: the others keep what they have.
 * Reads the memory as it was published. Makes `temp.assigned` and `temp.identity_redirects` of what changes.
 */
export async function nameAffected(
  statements: Statements,
  clusters: readonly Cluster[],
  options: NamingNight,
): Promise<WrittenNews> {
  const { entity, identityFolder } = options;
  const rows = await statements.rows<{ record_id: string }>({
    name: "record_ids",
    sql: "select record_id::varchar as record_id from temp.rec order by id",
  });
  const named = clusters.map(({ members }) =>
    members.map((member) => rows[member]?.record_id ?? ""),
  );
  let before = await rememberAffected(statements, entity);
  let result = identify(entity, before, named, options);
  for (;;) {
    // An id made tonight may have been another entity's once: then that one is remembered, too.
    const known = new Set(before.log.map(({ entityId }) => entityId));
    const made = result.ids.filter((id) => !known.has(id));
    const used = await createdAs(statements, entity, made);
    if (used.length === 0) break;
    before = { ...before, log: [...used, ...before.log] };
    result = identify(entity, before, named, options);
  }
  await stageAssigned(statements, clusters, result.ids);
  await stageRedirects(statements, result.after.redirects);
  const [log] = await statements.rows<{ lines: number }>({
    name: "log_lines",
    sql: `select count(*)::integer as lines from ${published(entity, "match_log")}`,
  });
  return await writeNews(statements.warehouse, identityFolder, {
    news: result.news,
    position: log?.lines ?? 0,
  });
}

function published(entity: string, name: string): string {
  return `match.${quote(`${entity}_${name}`)}`;
}

/** Of the memory what can bear on the affected records: their entities, those they were retired from, and where these lead. */
async function rememberAffected(statements: Statements, entity: string): Promise<Identity> {
  const id = quote(`${entity}_id`);
  const clusters = published(entity, "clusters");
  const log = published(entity, "match_log");
  await statements.runAll([
    {
      name: "bearing_records",
      sql: `create or replace temp table bearing_records as
select record_id from temp.changed
union
select record_id from temp.rec`,
    },
    {
      name: "bearing_entities",
      // Where a record was last, unless that entity lives on with others.
      sql: `create or replace temp table bearing_entities as
with

living as (

  select distinct ${id} as entity_id
  from ${clusters}
  semi join temp.bearing_records using (record_id)

),

retired as (

  select record_id, ${id} as entity_id, position
  from ${log}
  semi join temp.bearing_records using (record_id)
  where event = 'retired'
  qualify row_number() over (partition by record_id order by position desc) = 1

)

select entity_id, null::integer as position from living
union all
select entity_id, position
from retired
anti join (select ${id} as entity_id from ${clusters}) as elsewhere using (entity_id)`,
    },
  ]);
  const records = await statements.rows<{ record_id: string; entity_id: bigint }>({
    name: "bearing_memory",
    sql: `select record_id::varchar as record_id, ${id} as entity_id
from ${clusters}
semi join temp.bearing_records using (record_id)
order by record_id`,
  });
  const lines = await statements.rows<LogRow>({
    name: "bearing_log",
    sql: `select ${logRowSql(entity)}
from ${log}
where
  (event = 'created' and ${id} in (select entity_id from temp.bearing_entities))
  or position in (select position from temp.bearing_entities where position is not null)
order by position`,
  });
  const redirects = await statements.rows<{ entity_id: bigint; merged_into: bigint }>({
    name: "bearing_redirects",
    sql: `select ${id} as entity_id, merged_into
from ${published(entity, "redirects")}
where
  ${id} in (select entity_id from temp.bearing_entities)
  or merged_into in (select entity_id from temp.bearing_entities)
order by entity_id`,
  });
  return {
    records: new Map(
      records.map((row) => [row.record_id, { entityId: row.entity_id, sinceRun: "" }]),
    ),
    redirects: new Map(redirects.map((row) => [row.entity_id, row.merged_into])),
    log: lines.map(eventOf),
  };
}

async function createdAs(
  statements: Statements,
  entity: string,
  ids: readonly bigint[],
): Promise<IdentityEvent[]> {
  if (ids.length === 0) return [];
  const lines = await statements.rows<LogRow>({
    name: "ids_used",
    sql: `select ${logRowSql(entity)}
from ${published(entity, "match_log")}
where event = 'created' and ${quote(`${entity}_id`)} in (${ids.join(", ")})
order by position`,
  });
  return lines.map(eventOf);
}

function logRowSql(entity: string): string {
  return `run_id, epoch_ms(logged_at) as logged_ms, event, ${quote(`${entity}_id`)} as entity_id,
  ${quote(`other_${entity}_id`)} as other_entity_id, record_id, detail`;
}
