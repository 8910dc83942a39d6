import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** What a running server writes into its cluster: process, port. */
export async function readPidFile(
  cluster: string,
): Promise<{ readonly pid: number; readonly port: number } | undefined> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => undefined);
  const [pid, , , port] = (text ?? "").split("\n").map((line) => Number.parseInt(line, 10));
  return pid !== undefined && pid > 0 && port !== undefined && port > 0 ? { pid, port } : undefined;
}

/** Whether a process is alive and serves this cluster; numbers are given out again, and zombies keep theirs. */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const command = await commandOf(pid);
  return command.includes(cluster);
}

/** The command line; empty for a zombie. */
async function commandOf(pid: number): Promise<string> {
  if (process.platform === "linux") {
    return await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  }
  const { stdout } = await promisify(execFile)("ps", [
    "-ww",
    "-o",
    "command=",
    "-p",
    `${pid}`,
  ]).catch(() => ({ stdout: "" }));
  return stdout;
}
