import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a runner says of itself when it is done. */
export interface Report {
  readonly version: string;
  /** From the first line of the runner to the last file it wrote. */
  readonly seconds: number;
  /** User and system time of the process. */
  readonly cpu: number;
  /** Most memory resident at once, in bytes. */
  readonly peak: number;
  readonly phases: Readonly<Record<string, number>>;
  /** Wall time of the process as its parent saw it. */
  readonly wall: number;
}

/**
 * Runs one job in a process of its own, for at most `limit` seconds; the folder holds what it wrote. Throws with the end
 * of its complaint, or with the phases it got through.
 */
export async function runEngine(
  command: readonly string[],
  job: Readonly<Record<string, unknown>> & { readonly out: string },
  limit = 3600,
): Promise<Report> {
  rmSync(job.out, { recursive: true, force: true });
  mkdirSync(job.out, { recursive: true });
  const file = join(job.out, "job.json");
  writeFileSync(file, JSON.stringify(job));
  const [program = "", ...args] = command;
  const started = performance.now();
  const child = spawn(program, [...args, file], {
    stdio: ["ignore", "ignore", "pipe"],
    timeout: limit * 1000,
    killSignal: "SIGKILL",
  });
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-2000);
  });
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  rmSync(join(job.out, "spill"), { recursive: true, force: true });
  const path = join(job.out, "report.json");
  const report = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : undefined;
  if (code === null) {
    throw new Error(`stopped after ${limit} s; done by then: ${phasesText(report?.phases ?? {})}`);
  }
  if (code !== 0 || !report) throw new Error(complaint.trim() || `ended with ${code}`);
  return { ...report, wall: (performance.now() - started) / 1000 };
}

export function phasesText(phases: Report["phases"]): string {
  const listed = Object.entries(phases).map(([phase, seconds]) => `${phase} ${seconds.toFixed(1)}`);
  return listed.join(", ") || "nothing";
}
