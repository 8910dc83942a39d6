import { styleText } from "node:util";
import {
  integer,
  type RunReport,
  type StepReport,
  stepLines,
  summaryLines,
} from "../engine/report.ts";
import type { Progress, Step } from "../engine/step.ts";
import type { Io } from "./io.ts";

const MAX_NAME = 48;
const CLEAR_LINE = "\r\u001b[2K";

export interface PrinterOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
  /** Kinds that are counted and not listed while all is well. */
  readonly counted?: readonly string[];
}

const COUNTED = ["check", "ledger", "seed"];

/** Prints a run as it goes: a line a step, a live line for what is at work, the summary at the end. */
export class RunPrinter {
  readonly #io: Io;
  readonly #width: number;
  readonly #options: PrinterOptions;
  #live = false;

  constructor(io: Io, steps: readonly Step[], options: PrinterOptions) {
    this.#io = io;
    this.#options = options;
    const shown = steps.filter((step) => options.verbose || !step.guard);
    this.#width = Math.min(MAX_NAME, Math.max(20, ...shown.map((step) => step.name.length)));
  }

  step(report: StepReport): void {
    this.#clear();
    if (!this.#isShown(report)) return;
    for (const line of stepLines(report, this.#width)) this.#io.err(line);
  }

  progress(step: Step, progress: Progress | undefined): void {
    if (!this.#io.transient || this.#options.quiet || this.#options.json || step.guard) return;
    const amount = progress
      ? `${integer(progress.done)}${progress.total ? ` of ${integer(progress.total)}` : ""} ${progress.unit}`
      : "…";
    const note = progress?.note ? `  ${progress.note}` : "";
    const text = `${step.kind.padEnd(8)} ${step.name.padEnd(this.#width)} ${amount}${note}`;
    this.#io.transient(CLEAR_LINE + styleText("dim", text.slice(0, 120)));
    this.#live = true;
  }

  end(report: RunReport): void {
    this.#clear();
    if (this.#options.json) {
      this.#io.out(JSON.stringify(report, null, 2));
      return;
    }
    if (!this.#options.quiet) this.#io.err("");
    for (const line of summaryLines(report)) this.#io.err(line);
  }

  #isShown(report: StepReport): boolean {
    if (this.#options.json) return false;
    if (report.status === "failed" || report.warnings?.length) return true;
    if (this.#options.quiet) return false;
    if (this.#options.verbose) return true;
    if (report.status === "unchanged" || report.status === "skipped") return false;
    return !(this.#options.counted ?? COUNTED).includes(report.kind);
  }

  #clear(): void {
    if (this.#live) this.#io.transient?.(CLEAR_LINE);
    this.#live = false;
  }
}
