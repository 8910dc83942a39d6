import { identify } from "./identity.ts";
import { readIdentity, type WrittenNews, writeNews } from "./identity-store.ts";
import type { Cluster } from "./linkage.ts";
import type { Statements } from "./statements.ts";

/** The night that names, and where names are remembered. */
export interface NamingNight {
  readonly entity: string;
  readonly identityFolder: string;
  readonly runId: string;
  readonly startedAt: Date;
}

/**
 * Gives every cluster its lasting id and remembers it: makes `temp.assigned` (id, entity_id, cluster_size, confidence) and
 * `temp.identity_redirects`.
 */
export async function nameClusters(
  statements: Statements,
  clusters: readonly Cluster[],
  options: NamingNight,
): Promise<WrittenNews> {
  const { entity, identityFolder, runId, startedAt } = options;
  const { warehouse } = statements;
  const rows = await statements.rows<{ record_id: string }>({
    name: "record_ids",
    sql: "select record_id::varchar as record_id from temp.rec order by id",
  });
  const before = await readIdentity(warehouse, identityFolder);
  const { ids, after, news } = identify(
    entity,
    before,
    clusters.map(({ members }) => members.map((member) => rows[member]?.record_id ?? "")),
    { runId, startedAt },
  );
  await stageAssigned(statements, clusters, ids);
  await stageRedirects(statements, after.redirects);
  return await writeNews(warehouse, identityFolder, { news, position: before.log.length });
}

export async function stageAssigned(
  statements: Statements,
  clusters: readonly Cluster[],
  ids: readonly bigint[],
): Promise<void> {
  await statements.run({
    name: "assigned",
    sql: "create or replace temp table assigned (id integer, entity_id bigint, cluster_size integer, confidence double)",
  });
  const appender = await statements.warehouse.appender("assigned");
  for (const [index, { members, confidence }] of clusters.entries()) {
    for (const member of members) {
      appender.appendInteger(member);
      appender.appendBigInt(ids[index] ?? 0n);
      appender.appendInteger(members.length);
      appender.appendDouble(confidence);
      appender.endRow();
    }
  }
  appender.closeSync();
}

export async function stageRedirects(
  statements: Statements,
  redirects: ReadonlyMap<bigint, bigint>,
): Promise<void> {
  await statements.run({
    name: "identity_redirects",
    sql: "create or replace temp table identity_redirects (entity_id bigint, merged_into bigint)",
  });
  const appender = await statements.warehouse.appender("identity_redirects");
  for (const [from, to] of redirects) {
    appender.appendBigInt(from);
    appender.appendBigInt(to);
    appender.endRow();
  }
  appender.closeSync();
}
