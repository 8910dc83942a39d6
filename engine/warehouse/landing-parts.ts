import { createHash } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const TEMPORARY = /\.parquet\.tmp-(\d+)$/;

/** Folder of one stream: `data/landing/<source>/<stream>`. */
export function streamFolder(data: string, source: string, stream: string): string {
  return join(data, "landing", source, stream);
}

/** Absolute paths of what a stream has landed, oldest first; empty before its first night. */
export function landedParts(data: string, source: string, stream: string): string[] {
  return filesUnder(streamFolder(data, source, stream)).filter((path) => path.endsWith(".parquet"));
}

/** Hash of a stream's list of parts. Parts never change, so equal lists mean equal rows. */
export function partsFingerprint(data: string, source: string, stream: string): string {
  const folder = streamFolder(data, source, stream);
  const hash = createHash("sha256");
  for (const path of landedParts(data, source, stream)) {
    hash.update(`${relative(folder, path)} ${statSync(path).size}\n`);
  }
  return hash.digest("hex");
}

/** The name a part has until it is whole. */
export function temporaryName(part: string): string {
  return `${part}.tmp-${process.pid}`;
}

/**
 * Removes the unfinished parts of runs that died. A folder has one writer at a time, so a file of
 * our own process number belongs to an earlier process that had the same one (a container's 1).
 */
export function sweepTemporaries(folder: string): void {
  for (const path of filesUnder(folder)) {
    const writer = TEMPORARY.exec(path)?.[1];
    if (writer === undefined) continue;
    if (Number(writer) === process.pid || !isAlive(Number(writer))) rmSync(path, { force: true });
  }
}

function filesUnder(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
