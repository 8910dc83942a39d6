import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { RunReport } from "./report.ts";
import type { Step } from "./step.ts";
import { literal } from "./warehouse/quote.ts";
import type { Warehouse } from "./warehouse/warehouse.ts";

const RUNS = `run_id varchar, profile varchar, status varchar, started_at timestamp, finished_at timestamp,
  steps_done integer, steps_failed integer, steps_unchanged integer`;
const STEPS = `run_id varchar, step varchar, kind varchar, name varchar, status varchar, rows bigint,
  requests bigint, seconds decimal(10, 3), error varchar`;

/** Keeps a run's report for ever, by temporary name and rename. */
export function keepReport(data: string, report: RunReport): void {
  const folder = join(data, "runs", report.run_id);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "report.json");
  writeFileSync(`${path}.tmp`, `${JSON.stringify(report, null, 1)}\n`);
  renameSync(`${path}.tmp`, path);
}

/**
 * The step that makes `ops.runs` and `ops.steps` from the reports of all earlier runs, published or
 * not: the warehouse can be deleted, the ledger stays.
 */
export function ledgerStep(): Step {
  return {
    kind: "ledger",
    name: "runs",
    reads: [],
    writes: ["ops.runs", "ops.steps"],
    path: "engine/ledger.ts",
    async run({ data, warehouse }) {
      const reports = readReports(data);
      await warehouse.transaction(() => writeLedger(warehouse, reports));
      return { rows: reports.length, amount: `${reports.length} earlier runs` };
    },
  };
}

function readReports(data: string): RunReport[] {
  const folder = join(data, "runs");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((id) => {
      const path = join(folder, id, "report.json");
      return existsSync(path) ? [JSON.parse(readFileSync(path, "utf8")) as RunReport] : [];
    });
}

async function writeLedger(warehouse: Warehouse, reports: readonly RunReport[]): Promise<void> {
  await warehouse.run("create schema if not exists ops");
  await warehouse.run(`create or replace table ops.runs (${RUNS})`);
  await warehouse.run(`create or replace table ops.steps (${STEPS})`);
  const count = (report: RunReport, status: string) =>
    report.steps.filter((step) => step.status === status).length;
  const runs = reports.map((report) => ({
    ...report,
    steps_done: count(report, "done"),
    steps_failed: count(report, "failed"),
    steps_unchanged: count(report, "unchanged"),
  }));
  const steps = reports.flatMap((report) =>
    report.steps
      .filter((step) => step.kind !== "check" || step.status === "failed")
      .map((step) => ({ ...step, run_id: report.run_id, step: `${step.kind} ${step.name}` })),
  );
  await insert(warehouse, "ops.runs", RUNS, runs);
  await insert(warehouse, "ops.steps", STEPS, steps);
}

async function insert(
  warehouse: Warehouse,
  table: string,
  columns: string,
  rows: readonly object[],
): Promise<void> {
  const types = columns
    .split(/,\s*(?![^(]*\))/)
    .map((column) => column.trim().split(/ (.*)/s))
    .map(([name, type]) => `${literal(name ?? "")}: ${literal(type ?? "")}`);
  await warehouse.run(
    `insert into ${table} by name
     select unnest(from_json($rows::json, '[{${types.join(", ").replaceAll("'", '"')}}]'), max_depth := 2)`,
    { rows: JSON.stringify(rows) },
  );
}
