import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EltError } from "./errors.ts";

interface Holder {
  readonly pid: number;
  /** Kernel start time of the process, so that a reused pid is not taken for the holder. */
  readonly born: string;
  readonly since: string;
}

/**
 * Takes `data/lock` for this process, so that two runs cannot meet. A lock whose process is gone
 * (killed, or the machine restarted) is taken over. Returns the release.
 *
 * @throws EltError naming the process that holds it.
 */
export function takeLock(data: string, since: Date): () => void {
  mkdirSync(data, { recursive: true });
  const path = join(data, "lock");
  const own: Holder = { pid: process.pid, born: born(process.pid), since: since.toISOString() };
  const ticket = `${path}.${process.pid}`;
  writeFileSync(ticket, JSON.stringify(own));
  try {
    for (;;) {
      if (tryLink(ticket, path)) return () => rmSync(path, { force: true });
      const holder = readHolder(path);
      if (holder && born(holder.pid) === holder.born) {
        throw new EltError(`another run is at work: process ${holder.pid} since ${holder.since}`, {
          hint: "wait for it to end, or stop it",
        });
      }
      setAside(path);
    }
  } finally {
    rmSync(ticket, { force: true });
  }
}

function tryLink(ticket: string, path: string): boolean {
  try {
    linkSync(ticket, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Two runs may find the same stale lock: the rename lets only one of them remove it. */
function setAside(path: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

/** When a process started: from /proc on Linux; elsewhere only whether it lives. */
function born(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    if (process.platform === "linux") return "gone";
    try {
      process.kill(pid, 0);
      return "alive";
    } catch {
      return "gone";
    }
  }
}
