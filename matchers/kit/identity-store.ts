import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EltError } from "../../engine/errors.ts";
import { literal } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { EventKind, Identity, IdentityEvent } from "./identity.ts";

/** Names the version that counts; a version is a folder of Parquet files that are never changed. */
const CURRENT = "current";

/** The version in force under `data/identity/<entity>`, if any. */
export async function currentVersion(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, CURRENT), "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export async function readIdentity(warehouse: Warehouse, folder: string): Promise<Identity> {
  const version = await currentVersion(folder);
  if (version === undefined) return { records: new Map(), redirects: new Map(), log: [] };
  const file = (name: string) => literal(join(folder, version, `${name}.parquet`));
  try {
    const records = await warehouse.rows<{
      record_id: string;
      entity_id: bigint;
      since_run: string;
    }>(
      `select record_id, entity_id, since_run from read_parquet(${file("records")}) order by record_id`,
    );
    const redirects = await warehouse.rows<{ entity_id: bigint; merged_into: bigint }>(
      `select entity_id, merged_into from read_parquet(${file("redirects")}) order by entity_id`,
    );
    const log = await warehouse.rows<{
      run_id: string;
      logged_ms: bigint;
      event: string;
      entity_id: bigint;
      other_entity_id: bigint | null;
      record_id: string | null;
      detail: string | null;
    }>(
      `select run_id, epoch_ms(logged_at) as logged_ms, event, entity_id, other_entity_id, record_id, detail
from read_parquet(${file("log")}) order by position`,
    );
    return {
      records: new Map(
        records.map((row) => [row.record_id, { entityId: row.entity_id, sinceRun: row.since_run }]),
      ),
      redirects: new Map(redirects.map((row) => [row.entity_id, row.merged_into])),
      log: log.map((row) => ({
        runId: row.run_id,
        loggedAt: Number(row.logged_ms),
        event: row.event as EventKind,
        entityId: row.entity_id,
        otherId: row.other_entity_id,
        recordId: row.record_id,
        detail: row.detail,
      })),
    };
  } catch (cause) {
    throw new EltError(`the identity memory ${version} cannot be read`, {
      file: folder,
      cause,
      hint: "restore the folder from a backup; without it ids are assigned anew",
    });
  }
}

/** A hash of everything remembered: equal memory, equal version. */
export function versionOf(identity: Identity): string {
  const hash = createHash("sha256");
  for (const [record, { entityId, sinceRun }] of [...identity.records].sort(byKey)) {
    hash.update(`${record}\t${entityId}\t${sinceRun}\n`);
  }
  for (const [from, to] of [...identity.redirects].sort(byKey)) hash.update(`${from}\t${to}\n`);
  for (const line of identity.log) hash.update(`${logFields(line).join("\t")}\n`);
  return hash.digest("hex").slice(0, 16);
}

/**
 * Writes `temp.identity_records`, `temp.identity_redirects` and `temp.identity_log`, from which the tables are
 * published and the memory is kept.
 */
export async function stageIdentity(warehouse: Warehouse, identity: Identity): Promise<void> {
  await warehouse.run(`
create or replace temp table identity_records (record_id varchar, entity_id bigint, since_run varchar);
create or replace temp table identity_redirects (entity_id bigint, merged_into bigint);
create or replace temp table identity_log (
  position integer, run_id varchar, logged_ms bigint, event varchar, entity_id bigint, other_entity_id bigint,
  record_id varchar, detail varchar
)`);
  const records = await warehouse.appender("identity_records");
  for (const [record, { entityId, sinceRun }] of [...identity.records].sort(byKey)) {
    records.appendVarchar(record);
    records.appendBigInt(entityId);
    records.appendVarchar(sinceRun);
    records.endRow();
  }
  records.closeSync();
  const redirects = await warehouse.appender("identity_redirects");
  for (const [from, to] of [...identity.redirects].sort(byKey)) {
    redirects.appendBigInt(from);
    redirects.appendBigInt(to);
    redirects.endRow();
  }
  redirects.closeSync();
  const log = await warehouse.appender("identity_log");
  for (const [position, line] of identity.log.entries()) {
    log.appendInteger(position);
    log.appendVarchar(line.runId);
    log.appendBigInt(BigInt(line.loggedAt));
    log.appendVarchar(line.event);
    log.appendBigInt(line.entityId);
    if (line.otherId === null) log.appendNull();
    else log.appendBigInt(line.otherId);
    if (line.recordId === null) log.appendNull();
    else log.appendVarchar(line.recordId);
    if (line.detail === null) log.appendNull();
    else log.appendVarchar(line.detail);
    log.endRow();
  }
  log.closeSync();
}

/** Writes the staged memory as a version beside the current one; nothing reads it before `commitIdentity`. */
export async function writeIdentity(
  warehouse: Warehouse,
  folder: string,
  version: string,
): Promise<void> {
  const final = join(folder, version);
  const draft = `${final}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const copy = (select: string, name: string) =>
    warehouse.run(
      `copy (${select}) to ${literal(join(draft, `${name}.parquet`))} (format parquet, compression zstd)`,
    );
  await copy("select * from temp.identity_records order by record_id", "records");
  await copy("select * from temp.identity_redirects order by entity_id", "redirects");
  await copy(
    "select * exclude (logged_ms), make_timestamp_ms(logged_ms) as logged_at from temp.identity_log order by position",
    "log",
  );
  await rm(final, { recursive: true, force: true });
  await rename(draft, final);
}

/** Makes a written version the one that counts, by one rename, and removes the others. */
export async function commitIdentity(folder: string, version: string): Promise<void> {
  const draft = join(folder, `${CURRENT}.draft`);
  await writeFile(draft, `${version}\n`);
  await rename(draft, join(folder, CURRENT));
  for (const entry of await readdir(folder)) {
    if (entry === CURRENT || entry === version) continue;
    await rm(join(folder, entry), { recursive: true, force: true });
  }
}

function logFields(line: IdentityEvent): (string | number | bigint)[] {
  return [
    line.runId,
    line.loggedAt,
    line.event,
    line.entityId,
    line.otherId ?? "",
    line.recordId ?? "",
    line.detail ?? "",
  ];
}

function byKey<K extends string | bigint>(
  [left]: readonly [K, unknown],
  [right]: readonly [K, unknown],
) {
  return left < right ? -1 : left > right ? 1 : 0;
}
