import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunReport } from "../../engine/report.ts";
import { type TestProject, testProject } from "../kit/project.ts";
import { publishedState } from "../kit/published.ts";

const PROPERTIES = 80;
const NIGHT = "2026-11-20T02:00:00Z";
const NIGHT_TIMEOUT = 180_000;

function smallWorld(): TestProject {
  const text = readFileSync(join(import.meta.dirname, "../../elt.yml"), "utf8");
  return testProject(text.replace("properties: 2000", `properties: ${PROPERTIES}`));
}

const data = (project: TestProject) => join(project.root, "data");

async function postgresUrl(project: TestProject): Promise<string> {
  const { out } = await project.elt("postgres", "status");
  return /postgres:\/\/\S+/.exec(out)?.[0] ?? "";
}

function lastReport(project: TestProject): RunReport {
  const folder = join(data(project), "runs");
  const id = readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "report.json")))
    .sort()
    .at(-1);
  return JSON.parse(readFileSync(join(folder, id ?? "", "report.json"), "utf8")) as RunReport;
}

const requests = (report: RunReport) =>
  report.steps.reduce((sum, step) => sum + (step.requests ?? 0), 0);

let project: TestProject;
let undisturbed: Record<string, string>;

beforeAll(async () => {
  project = smallWorld();
  const night = await project.elt("run", "--at", NIGHT);
  expect(night.err).not.toContain("failed");
  expect(night.code).toBe(0);
  undisturbed = await publishedState(data(project), await postgresUrl(project));
}, NIGHT_TIMEOUT);

afterAll(async () => {
  await project.elt("postgres", "stop");
  project.remove();
});

test("one night ends with hotels in DuckDB, the same hotels in Postgres, and workbooks", async () => {
  const { out } = await project.elt("sql", "select count(*) as n from hotels", "-o", "csv");
  const hotels = Number(out.split("\n")[1]);
  expect(hotels).toBeGreaterThan(PROPERTIES / 2);
  const client = new pg.Client({ connectionString: await postgresUrl(project) });
  await client.connect();
  const { rows } = await client.query("select count(*)::int as n from leadhouse.hotels");
  await client.end();
  expect(rows).toEqual([{ n: hotels }]);
  expect(existsSync(join(data(project), "exports/us/fl.xlsx"))).toBe(true);
});

test(
  "a second night asks for nothing that is fresh and changes nothing that is published",
  async () => {
    const night = await project.elt("run", "--at", "2026-11-20T02:30:00Z");
    expect(night.code).toBe(0);
    expect(requests(lastReport(project))).toBe(0);
    expect(await publishedState(data(project), await postgresUrl(project))).toEqual(undisturbed);
  },
  NIGHT_TIMEOUT,
);

test(
  "the warehouse can be deleted: it is built again from what landed, ids and all, without a request",
  async () => {
    rmSync(join(data(project), "warehouse.duckdb"));
    const night = await project.elt("run", "--at", "2026-11-20T03:00:00Z");
    expect(night.code).toBe(0);
    expect(requests(lastReport(project))).toBe(0);
    expect(await publishedState(data(project), await postgresUrl(project))).toEqual(undisturbed);
  },
  NIGHT_TIMEOUT,
);

test(
  "a replay builds all of it again without a request, and the next run finds nothing new",
  async () => {
    const replay = await project.elt("replay", "--at", "2026-11-20T03:10:00Z");
    expect(replay.code, replay.err).toBe(0);
    const { steps } = lastReport(project);
    const models = steps.filter(({ kind }) => kind === "model");
    expect(models.filter(({ status }) => status !== "done")).toEqual([]);
    expect(steps.filter(({ requests }) => requests !== undefined)).toEqual([]);
    expect(await publishedState(data(project), await postgresUrl(project))).toEqual(undisturbed);
    await project.elt("run", "--at", "2026-11-20T03:20:00Z");
    const resolution = lastReport(project).steps.find(({ name }) => name === "hotel_records");
    expect(resolution?.status).toBe("unchanged");
  },
  NIGHT_TIMEOUT,
);

test("nothing is replayed where nothing has landed", async () => {
  const empty = smallWorld();
  try {
    const replay = await empty.elt("replay");
    expect(replay.code).toBe(1);
    expect(replay.err).toContain("nothing has landed in data/landing");
    expect(replay.err).toContain("npx elt run --profile sandbox");
    expect(existsSync(join(data(empty), "warehouse.duckdb"))).toBe(false);
  } finally {
    empty.remove();
  }
});

test(
  "a run that is killed again and again ends, when it is let, as an undisturbed one",
  async () => {
    const victim = smallWorld();
    try {
      for (const moment of [/extract {2}/, /model +hotel_records/, /load +postgres/]) {
        await killAt(victim, moment);
      }
      const night = await victim.elt("run", "--at", NIGHT);
      expect(night.code, night.err).toBe(0);
      expect(await publishedState(data(victim), await postgresUrl(victim))).toEqual(undisturbed);
      const next = readdirSync(data(victim)).filter((name) => /next|lock/.test(name));
      expect(next).toEqual([]);
    } finally {
      await victim.elt("postgres", "stop");
      victim.remove();
    }
  },
  NIGHT_TIMEOUT,
);

/** Kills a run as soon as it prints a line; a run that ends before that is fine, too. */
async function killAt(victim: TestProject, moment: RegExp): Promise<void> {
  const run = victim.start("run", "--at", NIGHT);
  let printed = "";
  run.stderr?.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
    if (moment.test(printed)) run.kill("SIGKILL");
  });
  await new Promise((resolve) => run.on("close", resolve));
}
