import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { Profile } from "../../engine/config.ts";
import { ledgerStep } from "../../engine/ledger.ts";
import type { RunReport } from "../../engine/report.ts";
import { type RunOptions, run } from "../../engine/run.ts";
import type { Step } from "../../engine/step.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";

let data: string;
let night: number;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "leadhouse-run-"));
  night = 0;
});

const profile: Profile = {
  name: "test",
  data: "data",
  contact: { url: "https://example.com", email: "ops@example.com" },
  vars: {},
  sandbox: undefined,
  demand: () => undefined,
  section: () => undefined,
  sections: () => new Map(),
};

function table(name: string, sql: string, reads: string[] = []): Step {
  return {
    kind: "model",
    name,
    reads,
    writes: [name],
    fingerprint: () => sql,
    async run({ warehouse }) {
      await warehouse.run(`create or replace table ${name} as ${sql}`);
      return { rows: 1 };
    },
  };
}

function check(name: string, on: string, sql: string): Step {
  return {
    kind: "check",
    name,
    reads: [on],
    writes: [],
    guard: true,
    fingerprint: () => sql,
    async run({ warehouse }) {
      const row = await warehouse.first<{ bad: bigint }>(`select count(*) as bad from (${sql})`);
      if (row?.bad) throw new Error(`${row.bad} rows`);
      return { rows: 0 };
    },
  };
}

async function go(steps: Step[], more: Partial<RunOptions> = {}): Promise<RunReport> {
  night += 1;
  return await run({
    root: data,
    data,
    profile,
    steps,
    startedAt: new Date(Date.UTC(2026, 0, night)),
    signal: new AbortController().signal,
    stopwatch: () => 0,
    ...more,
  });
}

function statuses(report: RunReport): Record<string, string> {
  return Object.fromEntries(report.steps.map((s) => [s.name, s.status]));
}

async function published(sql: string): Promise<readonly object[]> {
  const warehouse = await Warehouse.open(join(data, "warehouse.duckdb"), { readOnly: true });
  try {
    return await warehouse.rows(sql);
  } finally {
    warehouse.close();
  }
}

test("a second run with nothing new leaves every step unchanged", async () => {
  const steps = [table("a", "select 1 as x"), table("b", "select x + 1 as y from a", ["a"])];
  expect(statuses(await go(steps))).toEqual({ a: "done", b: "done" });
  expect(statuses(await go(steps))).toEqual({ a: "unchanged", b: "unchanged" });
  expect(await published("from b")).toEqual([{ y: 2 }]);
});

test("a changed step is built again with everything that reads it, and nothing else", async () => {
  const other = table("other", "select 0 as z");
  const reader = table("b", "select x + 1 as y from a", ["a"]);
  await go([table("a", "select 1 as x"), reader, other]);
  const report = await go([table("a", "select 5 as x"), reader, other]);
  expect(statuses(report)).toEqual({ a: "done", other: "unchanged", b: "done" });
  expect(await published("from b")).toEqual([{ y: 6 }]);
});

test("a failing check skips the readers and keeps the published warehouse", async () => {
  const good = [table("a", "select 1 as x"), table("b", "select x from a", ["a"])];
  await go(good);
  const report = await go([
    table("a", "select null as x"),
    check("a_not_null", "a", "select 1 from a where x is null"),
    table("b", "select x from a", ["a"]),
    table("c", "select 1 as one"),
  ]);
  expect(statuses(report)).toEqual({ a: "done", c: "done", a_not_null: "failed", b: "skipped" });
  expect(report.status).toBe("failed");
  expect(report.published).toBe(false);
  expect(await published("from a")).toEqual([{ x: 1 }]);
});

test("a source that fails is reported, and its readers run on what it left before", async () => {
  const source: Step = {
    kind: "extract",
    name: "osm",
    reads: [],
    writes: ["osm.answers"],
    uses: "outside",
    tolerant: true,
    run: async () => {
      throw new Error("503");
    },
  };
  const report = await go([source, table("stg", "select 1 as x", ["osm.answers"])]);
  expect(statuses(report)).toEqual({ osm: "failed", stg: "done" });
  expect(report).toMatchObject({ status: "failed", published: true });
});

test("nothing is delivered from a warehouse that was not published", async () => {
  const delivered: string[] = [];
  const load: Step = {
    kind: "load",
    name: "postgres",
    reads: ["a"],
    writes: [],
    phase: "deliver",
    async run({ warehouse }) {
      delivered.push(JSON.stringify(await warehouse.rows("from a")));
      return {};
    },
  };
  await go([table("a", "select 1 as x"), load]);
  const report = await go([table("a", "select 1 / as x"), load]);
  expect(delivered).toEqual(['[{"x":1}]']);
  expect(statuses(report)).toEqual({ a: "failed", postgres: "skipped" });
});

test("a reader that is open during a run goes on reading, a new one sees the new tables", async () => {
  await go([table("a", "select 1 as x")]);
  const reader = await Warehouse.open(join(data, "warehouse.duckdb"), { readOnly: true });
  await go([table("a", "select 2 as x")]);
  expect(await reader.rows("from a")).toEqual([{ x: 1 }]);
  reader.close();
  expect(await published("from a")).toEqual([{ x: 2 }]);
});

test("an outside step runs beside the warehouse's steps", async () => {
  const order: string[] = [];
  let arrived = () => {};
  const meeting = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const outside: Step = {
    kind: "extract",
    name: "slow",
    reads: [],
    writes: ["slow.rows"],
    uses: "outside",
    async run() {
      await meeting;
      order.push("outside");
      return {};
    },
  };
  const inside: Step = {
    ...table("a", "select 1 as x"),
    async run() {
      order.push("inside");
      arrived();
      return {};
    },
  };
  await go([outside, inside]);
  expect(order).toEqual(["inside", "outside"]);
});

test("after Ctrl-C the current step ends, the rest is skipped and nothing is published", async () => {
  const stop = new AbortController();
  const first: Step = {
    ...table("a", "select 1 as x"),
    async run() {
      stop.abort();
      return { rows: 1 };
    },
  };
  const report = await go([first, table("b", "select 1 as y", ["a"])], { signal: stop.signal });
  expect(statuses(report)).toEqual({ a: "done", b: "skipped" });
  expect(report.status).toBe("stopped");
  expect(existsSync(join(data, "warehouse.duckdb"))).toBe(false);
});

test("what waits for publication is committed before the warehouse is renamed, and only then", async () => {
  const seen: boolean[] = [];
  const step: Step = {
    ...table("a", "select 1 as x"),
    async run({ onPublish }) {
      onPublish(() => void seen.push(existsSync(join(data, "warehouse.duckdb"))));
      return {};
    },
  };
  await go([step, table("b", "select nope")]);
  expect(seen).toEqual([]);
  await go([step]);
  expect(seen).toEqual([false]);
});

test("every run is kept in the ledger, failed ones too", async () => {
  await go([table("a", "select nope")]);
  await go([table("a", "select 1 as x")]);
  await go([ledgerStep()]);
  expect(await published("select run_id, status, steps_failed from ops.runs")).toEqual([
    { run_id: "2026-01-01T00-00-00-000Z", status: "failed", steps_failed: 1 },
    { run_id: "2026-01-02T00-00-00-000Z", status: "done", steps_failed: 0 },
  ]);
  expect(await published("select step, status from ops.steps")).toEqual([
    { step: "model a", status: "failed" },
    { step: "model a", status: "done" },
  ]);
});

test("two runs cannot meet", async () => {
  let meet: Promise<RunReport> | undefined;
  const step: Step = {
    ...table("a", "select 1 as x"),
    async run() {
      meet = go([table("b", "select 1 as x")]);
      await expect(meet).rejects.toThrow(/another run is at work: process \d+/);
      return {};
    },
  };
  expect((await go([step])).status).toBe("done");
});

test("a statement that was generated can be read after the run", async () => {
  const step: Step = {
    ...table("a", "select 1 as x"),
    async run({ compiled }) {
      compiled("match/hotel/block", "select 1");
      return {};
    },
  };
  const { run_id } = await go([step]);
  const path = join(data, "runs", run_id, "compiled/match/hotel/block.sql");
  expect(readFileSync(path, "utf8")).toBe("select 1\n");
});

test("no temporary file is left behind", async () => {
  await go([table("a", "select 1 as x")]);
  expect(readdirSync(data).sort()).toEqual(["runs", "warehouse.duckdb"]);
});

test("a selection in a young warehouse brings along what was never built, later it does not", async () => {
  const built: string[] = [];
  const watch = (step: Step): Step => ({
    ...step,
    async run(context) {
      built.push(step.name);
      return await step.run(context);
    },
  });
  const steps = [
    watch(table("a", "select 1 as x")),
    watch(table("b", "select x from a", ["a"])),
    watch(table("other", "select 2 as x")),
  ];
  await go(steps, { select: ["b"] });
  expect(built).toEqual(["a", "b"]);
  await go(steps, { select: ["b"], fullRefresh: true });
  expect(built).toEqual(["a", "b", "b"]);
});

test("a full disk is said once: nothing more is begun, nothing is published", async () => {
  const full: Step = {
    ...table("a", "select 1 as x"),
    tolerant: true,
    async run() {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    },
  };
  const report = await go([full, table("b", "select 1 as x"), table("c", "select 1 as x", ["a"])]);
  expect(statuses(report)).toEqual({ a: "failed", b: "skipped", c: "skipped" });
  expect(report.steps[0]?.error).toContain(`the disk is full: ${data}`);
  expect(report.published).toBe(false);
});
