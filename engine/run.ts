import { mkdirSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Profile } from "./config.ts";
import { diskFull } from "./disk-full.ts";
import { Fingerprints } from "./fingerprint.ts";
import { keepReport } from "./ledger.ts";
import { takeLock } from "./lock.ts";
import { makePlan, type Plan, stepName } from "./plan.ts";
import { type NextWarehouse, openNext, publishedPath } from "./publish.ts";
import { StepQueue } from "./queue.ts";
import { errorText, type RunReport, type StepReport } from "./report.ts";
import { type Selection, selectSteps } from "./select.ts";
import type { Progress, RunContext, Step } from "./step.ts";
import { Warehouse } from "./warehouse/warehouse.ts";

/** What a run needs and tells; the defaults are in `bin/`. */
export interface RunOptions extends Selection {
  readonly root: string;
  readonly data: string;
  readonly profile: Profile;
  readonly steps: readonly Step[];
  /** Declared tables nobody writes in this profile. */
  readonly known?: ReadonlySet<string>;
  readonly startedAt: Date;
  /** Narrows the selection further: only checks, only seeds. */
  readonly keep?: ((step: Step) => boolean) | undefined;
  /** Where the warehouse is built; default: beside the published one. */
  readonly target?: () => Promise<NextWarehouse>;
  /** Run every selected step, unchanged or not. */
  readonly fullRefresh?: boolean;
  /** Build the next warehouse from nothing instead of from a copy of the published one. */
  readonly fromNothing?: boolean | undefined;
  /** Stop at the first failure. */
  readonly failFast?: boolean;
  readonly signal: AbortSignal;
  /** Sources asked again, however fresh their answers are. */
  readonly refresh?: ReadonlySet<string> | undefined;
  readonly resolve?: (url: string) => Promise<string>;
  readonly onStep?: (report: StepReport) => void;
  readonly onProgress?: (step: Step, progress: Progress | undefined) => void;
  /** Milliseconds, for durations only. */
  readonly stopwatch: () => number;
}

/**
 * One night: builds the next warehouse beside the published one, step by step in graph order; checks
 * it; publishes it by one rename; then delivers from it. A step never throws out of here.
 *
 * A failed build step or check leaves the published warehouse in place and nothing is delivered.
 */
export async function run(options: RunOptions): Promise<RunReport> {
  const plan = makePlan(options.steps, options.known);
  const keep = options.keep ?? (() => true);
  const selected = new Set([...selectSteps(plan, options)].filter(keep));
  try {
    const release = takeLock(options.data, options.startedAt);
    try {
      return await new Night(options, plan, selected).pass();
    } finally {
      release();
    }
  } catch (error) {
    throw diskFull(error, options.data) ?? error;
  }
}

class Night {
  readonly #options: RunOptions;
  readonly #plan: Plan;
  readonly #selected: Set<Step>;
  readonly #runId: string;
  readonly #folder: string;
  readonly #reports = new Map<Step, StepReport>();
  readonly #commits: (() => Promise<void> | void)[] = [];
  #log: Promise<void> = Promise.resolve();
  /** The first step that failed. */
  #failed: Step | undefined;
  /** The step that met a full disk: nothing more is begun. */
  #diskFull: Step | undefined;

  constructor(options: RunOptions, plan: Plan, selected: Set<Step>) {
    this.#options = options;
    this.#plan = plan;
    this.#selected = selected;
    this.#runId = newRunId(options.data, options.startedAt);
    this.#folder = join(options.data, "runs", this.#runId);
  }

  async pass(): Promise<RunReport> {
    const began = this.#options.stopwatch();
    const published = this.#steps("build").length > 0 && (await this.#build());
    if (this.#isSound()) await this.#deliver();
    else this.#skipDelivery();
    await this.#log;
    const seconds = (this.#options.stopwatch() - began) / 1000;
    const report = this.#report(seconds, published);
    if (!this.#diskFull) keepReport(this.#options.data, report);
    return report;
  }

  async #build(): Promise<boolean> {
    const { data, target, fromNothing: isEmpty = false } = this.#options;
    const next = await (target ? target() : openNext(data, { isEmpty }));
    let published = false;
    try {
      const memory = target ? undefined : await Fingerprints.read(next.warehouse, this.#plan.steps);
      if (memory) await this.#observeOutside(memory, this.#context(next.warehouse));
      if (memory) this.#addNeverBuilt(memory);
      await this.#execute("build", this.#context(next.warehouse), memory);
      if (this.#isSound()) {
        await memory?.save();
        await next.publish(this.#commits, [...this.#reports.values()]);
        published = true;
      }
    } finally {
      if (!published) await next.discard([...this.#reports.values()]);
    }
    return published;
  }

  async #deliver(): Promise<void> {
    if (this.#steps("deliver").length === 0) return;
    const warehouse = await Warehouse.open(publishedPath(this.#options.data), { readOnly: true });
    try {
      await this.#execute("deliver", this.#context(warehouse));
    } finally {
      warehouse.close();
    }
  }

  /** A selection in a young warehouse brings along the tables below it that were never built; never a request. */
  #addNeverBuilt(memory: Fingerprints): void {
    const edge = this.#steps("build");
    for (const step of edge) {
      for (const table of step.reads) {
        const writer = this.#plan.writer.get(table);
        if (!writer || writer.uses === "outside" || this.#selected.has(writer)) continue;
        if (memory.isKnown(writer)) continue;
        this.#selected.add(writer);
        edge.push(writer);
      }
    }
  }

  /** What is not asked tonight may have landed since it was last read: a run that was killed, a replay. */
  async #observeOutside(memory: Fingerprints, context: RunContext): Promise<void> {
    for (const step of this.#plan.steps) {
      if (step.uses === "outside" && !this.#selected.has(step)) await memory.observe(step, context);
    }
  }

  #skipDelivery(): void {
    const failed = [...this.#reports].find(
      ([step, { status }]) => status === "failed" && !step.tolerant,
    );
    const error = failed ? stepName(failed[0]) : "Ctrl-C";
    for (const step of this.#steps("deliver")) {
      this.#end(step, { status: "skipped", seconds: 0, error });
    }
  }

  /** Fit to be published: nothing stopped, and every failure is one that readers may ignore. */
  #isSound(): boolean {
    if (this.#options.signal.aborted || this.#diskFull) return false;
    return [...this.#reports].every(([step, { status }]) => status !== "failed" || step.tolerant);
  }

  #steps(phase: "build" | "deliver"): Step[] {
    return this.#plan.steps.filter(
      (step) => this.#selected.has(step) && (step.phase ?? "build") === phase,
    );
  }

  /** Runs a phase: one warehouse step at a time, outside steps beside it, each when its needs are met. */
  async #execute(
    phase: "build" | "deliver",
    context: RunContext,
    fingerprints?: Fingerprints,
  ): Promise<void> {
    const queue = new StepQueue(this.#steps(phase), this.#plan.before);
    const running = new Map<Step, Promise<Step>>();
    let isBusy = false;
    for (;;) {
      let step = queue.take(({ uses }) => uses === "outside" || !isBusy);
      for (; step; step = queue.take(({ uses }) => uses === "outside" || !isBusy)) {
        const blocker = this.#blocker(step);
        if (blocker) {
          this.#end(step, { status: "skipped", seconds: 0, error: blocker });
          queue.end(step);
          continue;
        }
        if (step.uses !== "outside") isBusy = true;
        running.set(step, this.#runStep(step, context, fingerprints));
      }
      if (running.size === 0) return;
      const ended = await Promise.race(running.values());
      running.delete(ended);
      if (ended.uses !== "outside") isBusy = false;
      queue.end(ended);
    }
  }

  /** Why a step must not run: the first of its needs that failed, or was itself skipped. */
  #blocker(step: Step): string | undefined {
    if (this.#options.signal.aborted) return "Ctrl-C";
    if (this.#diskFull) return stepName(this.#diskFull);
    if (this.#options.failFast && this.#failed) return stepName(this.#failed);
    for (const need of this.#plan.before.get(step) ?? []) {
      const report = this.#reports.get(need);
      if (!report || (step.phase === "deliver" && need.phase !== "deliver")) continue;
      if (report.status === "failed" && !need.tolerant) return stepName(need);
      if (report.status === "skipped") return report.error;
    }
    return undefined;
  }

  async #runStep(step: Step, context: RunContext, memory?: Fingerprints): Promise<Step> {
    const began = this.#options.stopwatch();
    const seconds = () => (this.#options.stopwatch() - began) / 1000;
    const own: RunContext = {
      ...context,
      progress: (progress) => this.#options.onProgress?.(step, progress),
    };
    this.#options.onProgress?.(step, undefined);
    try {
      const fingerprint = await memory?.now(step, own);
      if (memory?.isUnchanged(step, fingerprint) && !this.#options.fullRefresh) {
        this.#end(step, { status: "unchanged", seconds: seconds() });
        return step;
      }
      const result = await step.run(own);
      if (result.warnings?.length) memory?.forget(step);
      else await memory?.remember(step, fingerprint, own);
      if (result.warnings?.length && memory) await this.#rememberOutput(step, memory, own);
      const status = result.unchanged ? "unchanged" : "done";
      this.#end(step, { ...result, status, seconds: seconds() });
    } catch (error) {
      memory?.forget(step);
      const full = diskFull(error, this.#options.data);
      if (full) this.#diskFull ??= step;
      else if (step.tolerant && memory) await this.#rememberOutput(step, memory, own);
      this.#end(step, { status: "failed", seconds: seconds(), error: errorText(full ?? error) });
      context.log("step failed", { step: stepName(step), error: String(error) });
    }
    return step;
  }

  /** The step will run again, but its readers must know what it left. */
  async #rememberOutput(step: Step, memory: Fingerprints, context: RunContext): Promise<void> {
    if (step.writes.length === 0) return;
    await memory.remember(step, undefined, context);
  }

  #end(step: Step, result: Omit<StepReport, "kind" | "name">): void {
    const { rows, amount, requests, notModified, dollars, warnings, notes } = result;
    const { error, status, seconds } = result;
    const report: StepReport = {
      kind: step.kind,
      name: step.name,
      status,
      seconds: Math.round(seconds * 1000) / 1000,
      rows,
      amount,
      requests,
      notModified,
      dollars,
      warnings,
      notes,
      error,
    };
    this.#reports.set(step, report);
    if (status === "failed") this.#failed ??= step;
    this.#options.onStep?.(report);
  }

  #context(warehouse: Warehouse): RunContext {
    const { root, data, profile, startedAt, signal, refresh, resolve } = this.#options;
    return {
      runId: this.#runId,
      startedAt,
      root,
      data,
      profile,
      warehouse,
      signal,
      refresh,
      progress: () => undefined,
      log: (event, fields) => {
        const line = `${JSON.stringify({ event, ...fields })}\n`;
        const path = join(this.#folder, "log.jsonl");
        // A log that cannot be written (a full disk) is no reason to stop.
        this.#log = this.#log.then(() => appendFile(path, line)).catch(() => undefined);
      },
      compiled: (name, sql) => {
        const path = join(this.#folder, "compiled", `${name}.sql`);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, sql.endsWith("\n") ? sql : `${sql}\n`);
      },
      onPublish: (commit) => void this.#commits.push(commit),
      resolve: resolve ?? (async (url) => url),
    };
  }

  #report(seconds: number, published: boolean): RunReport {
    const { profile, startedAt, signal } = this.#options;
    const steps = [...this.#reports.values()];
    const failed = steps.some((step) => step.status === "failed");
    return {
      run_id: this.#runId,
      profile: profile.name,
      status: signal.aborted ? "stopped" : failed ? "failed" : "done",
      published,
      started_at: startedAt.toISOString(),
      finished_at: new Date(startedAt.getTime() + seconds * 1000).toISOString(),
      seconds: Math.round(seconds * 1000) / 1000,
      steps,
    };
  }
}

/** The clock as a name; a second run at the very same time gets a number, so that no part is named twice. */
function newRunId(data: string, startedAt: Date): string {
  const time = startedAt.toISOString().replaceAll(/[:.]/g, "-");
  mkdirSync(join(data, "runs"), { recursive: true });
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? time : `${time}-${number}`;
    try {
      mkdirSync(join(data, "runs", id));
      return id;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
