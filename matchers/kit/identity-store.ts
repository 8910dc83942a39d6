import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EltError } from "../../engine/errors.ts";
import { literal } from "../../engine/warehouse/quote.ts";
import type { Row, Warehouse } from "../../engine/warehouse/warehouse.ts";
import { type EventKind, type Identity, type IdentityEvent, remembered } from "./identity.ts";

/** Names the version that counts, then the files that hold its log, oldest first. */
const CURRENT = "current";
/** Model versions live beside the memory. */
const KEPT = [CURRENT, "models"];
/** So many files are read as one before they are written as one. */
const MOST_PARTS = 40;

/** The version in force under `data/identity/<entity>`, if any. */
export async function currentVersion(folder: string): Promise<string | undefined> {
  return (await readManifest(folder))?.version;
}

/** The memory, told again from its log. */
export async function readIdentity(warehouse: Warehouse, folder: string): Promise<Identity> {
  const manifest = await readManifest(folder);
  if (!manifest || manifest.parts.length === 0) return remembered([]);
  try {
    const log = await warehouse.rows<LogRow>(
      `select run_id, epoch_ms(logged_at) as logged_ms, event, entity_id, other_entity_id, record_id, detail
from ${logRelation(folder, manifest.parts)}
order by position`,
    );
    return remembered(log.map(eventOf));
  } catch (cause) {
    throw new EltError(`the identity memory ${manifest.version} cannot be read`, {
      file: folder,
      cause,
      hint: "restore the folder from a backup; without it ids are assigned anew",
    });
  }
}

export interface LogRow extends Row {
  readonly run_id: string;
  readonly logged_ms: bigint;
  readonly event: string;
  readonly entity_id: bigint;
  readonly other_entity_id: bigint | null;
  readonly record_id: string | null;
  readonly detail: string | null;
}

export function eventOf(row: LogRow): IdentityEvent {
  return {
    runId: row.run_id,
    loggedAt: Number(row.logged_ms),
    event: row.event as EventKind,
    entityId: row.entity_id,
    otherId: row.other_entity_id,
    recordId: row.record_id,
    detail: row.detail,
  };
}

/** A hash of the whole log, night by night: equal memory, equal version; a night without news keeps it. */
function versionAfter(before: string | undefined, news: readonly IdentityEvent[]): string {
  if (news.length === 0 && before !== undefined) return before;
  const hash = createHash("sha256").update(`${before ?? ""}\n`);
  for (const line of news) hash.update(`${logFields(line).join("\t")}\n`);
  return hash.digest("hex").slice(0, 16);
}

export interface WrittenNews {
  readonly version: string;
  /** Relation of the whole log: position, run_id, logged_at, event, entity_id, other_entity_id, record_id, detail. */
  readonly log: string;
}

/**
 * Writes the night's news as a file beside those before it, and which files make the new version; nothing reads
 * them before `commitIdentity`. `position` is the number of lines remembered before.
 */
export async function writeNews(
  warehouse: Warehouse,
  folder: string,
  { news, position }: { readonly news: readonly IdentityEvent[]; readonly position: number },
): Promise<WrittenNews> {
  const before = await readManifest(folder);
  const version = versionAfter(before?.version, news);
  await mkdir(folder, { recursive: true });
  await stageNews(warehouse, news, position);
  const parts = [...(before?.parts ?? [])];
  if (news.length > 0) {
    const part = `log-${version}.parquet`;
    const whole = parts.length >= MOST_PARTS;
    const tonight =
      "select * exclude (logged_ms), make_timestamp_ms(logged_ms) as logged_at from temp.identity_news";
    const rows = whole
      ? `select * from ${logRelation(folder, parts)} union all by name ${tonight}`
      : tonight;
    await warehouse.run(
      `copy (select * from (${rows}) order by position) to ${literal(join(folder, `${part}.draft`))} (format parquet, compression zstd)`,
    );
    await rename(join(folder, `${part}.draft`), join(folder, part));
    if (whole) parts.length = 0;
    parts.push(part);
  }
  await writeFile(join(folder, `${version}.parts`), `${[version, ...parts].join("\n")}\n`);
  return { version, log: logRelation(folder, parts) };
}

/** Makes a written version the one that counts, by one rename, and removes the others. */
export async function commitIdentity(folder: string, version: string): Promise<void> {
  await rename(join(folder, `${version}.parts`), join(folder, CURRENT));
  const parts = (await readManifest(folder))?.parts ?? [];
  const kept = new Set([...KEPT, ...parts.map((part) => part.split("/")[0])]);
  for (const entry of await readdir(folder)) {
    if (!kept.has(entry)) await rm(join(folder, entry), { recursive: true, force: true });
  }
}

async function readManifest(
  folder: string,
): Promise<{ readonly version: string; readonly parts: readonly string[] } | undefined> {
  try {
    const text = await readFile(join(folder, CURRENT), "utf8");
    const [version = "", ...parts] = text.split("\n").filter((line) => line !== "");
    // Memories written before there were parts hold the whole log in a folder.
    const whole = `${version}/log.parquet`;
    if (parts.length === 0 && existsSync(join(folder, whole))) parts.push(whole);
    return { version, parts };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function logRelation(folder: string, parts: readonly string[]): string {
  if (parts.length === 0) {
    return "(select * exclude (logged_ms), make_timestamp_ms(logged_ms) as logged_at from temp.identity_news)";
  }
  return `read_parquet([${parts.map((part) => literal(join(folder, part))).join(", ")}], union_by_name = true)`;
}

/** Writes `temp.identity_news`, from which the log is published and kept. */
async function stageNews(
  warehouse: Warehouse,
  news: readonly IdentityEvent[],
  position: number,
): Promise<void> {
  await warehouse.run(`create or replace temp table identity_news (
  position integer, run_id varchar, logged_ms bigint, event varchar, entity_id bigint, other_entity_id bigint,
  record_id varchar, detail varchar
)`);
  const log = await warehouse.appender("identity_news");
  for (const [index, line] of news.entries()) {
    log.appendInteger(position + index);
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
