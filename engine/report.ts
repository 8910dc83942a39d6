import { styleText } from "node:util";
import { EltError, EltErrors, messageOf } from "./errors.ts";

export type StepStatus = "done" | "unchanged" | "failed" | "skipped";

/** What became of one step. */
export interface StepReport {
  readonly kind: string;
  readonly name: string;
  readonly status: StepStatus;
  readonly seconds: number;
  readonly rows?: number | undefined;
  readonly amount?: string | undefined;
  readonly requests?: number | undefined;
  readonly notModified?: number | undefined;
  readonly dollars?: number | undefined;
  readonly warnings?: readonly string[] | undefined;
  readonly notes?: readonly string[] | undefined;
  /** The failure, rendered; for a skipped step the step that stopped it. */
  readonly error?: string | undefined;
}

/** What became of a run: printed at its end, kept as `data/runs/<id>/report.json`. */
export interface RunReport {
  readonly run_id: string;
  readonly profile: string;
  readonly status: "done" | "failed" | "stopped";
  readonly published: boolean;
  readonly started_at: string;
  readonly finished_at: string;
  readonly seconds: number;
  readonly steps: readonly StepReport[];
}

const KIND_WIDTH = 8;
const AMOUNT_WIDTH = 30;

/** One aligned line for a step, with its warnings or error below. Pure; colours vanish when piped. */
export function stepLines(step: StepReport, nameWidth: number): string[] {
  const kind = styleText("dim", step.kind.padEnd(KIND_WIDTH));
  const name = fitName(step.name, nameWidth);
  const amount = amountOf(step).padEnd(AMOUNT_WIDTH);
  const time = styleText("dim", seconds(step.seconds).padStart(7));
  const head = `${kind} ${name} ${paint(step, amount)} ${time}`;
  const below = (step.warnings ?? []).map((text) => styleText("yellow", `  ${text}`));
  if (step.status === "failed" && step.error) below.push(indent(step.error));
  return [head, ...below];
}

/** The last lines of a run: counts, what was skipped, whether it was published. */
export function summaryLines(report: RunReport): string[] {
  const count = (status: StepStatus) => report.steps.filter((s) => s.status === status);
  const isCheck = (step: StepReport) => step.kind === "check";
  const done = count("done");
  const checks = done.filter(isCheck).length;
  const unchanged = count("unchanged").length;
  const steps = done.length - checks;
  const parts = steps > 0 || checks + unchanged === 0 ? [`${integer(steps)} steps done`] : [];
  if (unchanged > 0) parts.push(`${integer(unchanged)} unchanged`);
  if (checks > 0) parts.push(`${integer(checks)} checks passed`);
  const failed = count("failed").length;
  if (failed > 0) parts.push(styleText("red", `${integer(failed)} failed`));
  const skipped = count("skipped");
  if (skipped.length > 0) parts.push(styleText("yellow", `${integer(skipped.length)} skipped`));
  const lines = report.steps.flatMap((step) => step.notes ?? []);
  if (lines.length > 0) lines.push("");
  lines.push(`${parts.join(", ")} in ${seconds(report.seconds)}`);
  const left = skipped.filter((step) => !isCheck(step));
  if (left.length > 0) lines.push(...skippedLines(left));
  if (!report.published && report.status !== "done") {
    lines.push(styleText("yellow", "not published: the last good warehouse stays in place"));
  }
  return lines;
}

/** An error as the user sees it: place, message, excerpt, hint. Never a stack for expected ones. */
export function errorText(error: unknown): string {
  if (error instanceof EltErrors) {
    return [error.message, ...error.errors.map((each) => indent(errorText(each)))].join("\n");
  }
  if (error instanceof EltError) {
    const { excerpt, hint } = error.details;
    const lines = [error.place, error.place ? `  ${error.message}` : error.message];
    if (excerpt) lines.push("", indent(excerpt));
    if (hint) lines.push(`  ${styleText("dim", "→")} ${hint}`);
    return lines.filter((line, index) => index > 0 || line !== "").join("\n");
  }
  return `${messageOf(error)}\n  → this is a bug of leadhouse: run again with --debug and report the stack`;
}

/** A thing to say that stops nothing. */
export function warningText(warning: EltError): string {
  return styleText("yellow", `${warning.place ? `${warning.place}  ` : ""}${warning.message}`);
}

export function integer(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

export function seconds(value: number): string {
  if (value < 99.95) return `${value.toFixed(1)}s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, "0")}s`;
}

function fitName(name: string, width: number): string {
  return name.length > width ? `${name.slice(0, width - 1)}…` : name.padEnd(width);
}

function amountOf(step: StepReport): string {
  if (step.status === "failed") return "failed";
  if (step.status === "skipped") return `skipped, after ${step.error ?? "a failure"}`;
  if (step.status === "unchanged") return step.amount ?? "unchanged";
  if (step.amount !== undefined) return step.amount;
  if (step.kind === "check") return "passed";
  if (step.rows === undefined) return "done";
  return `${integer(step.rows)} ${step.rows === 1 ? "row" : "rows"}`;
}

function paint(step: StepReport, text: string): string {
  if (step.status === "failed") return styleText("red", text);
  if (step.status === "skipped") return styleText("yellow", text);
  const isEmpty = step.rows === 0 && step.kind !== "check";
  if (isEmpty || step.warnings?.length) return styleText("yellow", text);
  if (step.status === "unchanged") return styleText("dim", text);
  return text;
}

function skippedLines(steps: readonly StepReport[]): string[] {
  const byCause = new Map<string, string[]>();
  for (const step of steps) {
    const cause = step.error ?? "";
    byCause.set(cause, [...(byCause.get(cause) ?? []), step.name]);
  }
  return [...byCause].map(([cause, names]) => `skipped after ${cause}: ${names.join(", ")}`);
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : `  ${line}`))
    .join("\n");
}
