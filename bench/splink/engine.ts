import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** Runs one job in a process of its own; the folder holds what it wrote. Throws with the end of its complaint. */
export async function runEngine(
  command: readonly string[],
  job: Readonly<Record<string, unknown>> & { readonly out: string },
): Promise<Report> {
  rmSync(job.out, { recursive: true, force: true });
  mkdirSync(job.out, { recursive: true });
  const file = join(job.out, "job.json");
  writeFileSync(file, JSON.stringify(job));
  const [program = "", ...args] = command;
  const started = performance.now();
  const child = spawn(program, [...args, file], { stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-2000);
  });
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  if (code !== 0) throw new Error(complaint.trim() || `ended with ${code}`);
  const report = JSON.parse(readFileSync(join(job.out, "report.json"), "utf8")) as Report;
  return { ...report, wall: (performance.now() - started) / 1000 };
}
