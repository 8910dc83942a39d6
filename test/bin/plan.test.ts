import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLanding } from "../../engine/warehouse/landing.ts";
import { type TestProject, testProject } from "../kit/project.ts";

const FILES = [1, 2, 3, 4].map((number) => `https://register.example/${number}.csv`);

const ELT = `
default_profile: here
contact: { url: https://example.com, email: crawler@example.com }
profiles:
  here:
    sources:
      florida_dbpr: { files: ${JSON.stringify(FILES)}, per_second: 0.01, burst: 1 }
      openstreetmap:
        areas: [{ name: a, bbox: [1, 2, 3, 4] }, { name: b, bbox: [5, 6, 7, 8] }]
        per_day: 10
        files: [saved.json]
  small:
    sources:
      florida_dbpr: { files: ${JSON.stringify(FILES)}, budget: { requests: 1 } }
  paid:
    budget: { night: { dollars: 2 } }
    sources:
      google_maps:
        areas: [{ name: a, bbox: [1, 2, 3, 4] }]
        provider: places
        dollars_per_call: 0.25
        budget: { dollars: 1.5 }
  wrong:
    sources:
      florida_dbpr: { budget: { request: 1 } }
`;

let project: TestProject;

beforeAll(async () => {
  project = testProject(ELT);
  const startedAt = new Date("2026-11-20T02:00:00Z");
  const landing = openLanding({
    data: join(project.root, "data"),
    source: "florida_dbpr",
    stream: "licences",
    columns: [],
    runId: "night-1",
    startedAt,
    extractorVersion: 1,
  });
  await landing.land({
    requestKey: FILES[0] ?? "",
    request: {},
    status: 200,
    outcome: "ok",
    attempt: 1,
    sourceUrl: FILES[0] ?? "",
    fetchedAt: startedAt,
  });
  await landing.close();
  const quota = { day: "2026-11-20", used: 9 };
  project.write("data/governor/openstreetmap.json", JSON.stringify({ quota }));
});
afterAll(() => project.remove());

async function plan(...args: string[]) {
  const { code, out, err } = await project.elt("plan", "--at", "2026-11-20T05:00:00Z", ...args);
  return { code, out, err };
}

async function planned(...args: string[]) {
  const { out } = await plan("--json", ...args);
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("what is fresh, held back by a quota, or on this computer is told apart", async () => {
  expect(await planned()).toEqual([
    {
      source: "florida_dbpr",
      requests: 3,
      files: 0,
      fresh: 1,
      dead: 0,
      dropped: 0,
      held: 0,
      seconds: 200,
      dollars: 0,
    },
    {
      source: "openstreetmap",
      requests: 1,
      files: 1,
      fresh: 0,
      dead: 0,
      dropped: 0,
      held: 1,
      seconds: 0,
      dollars: 0,
    },
  ]);
  expect((await plan()).out).toMatch(/florida_dbpr +3 .* 4 min/);
});

test("a refresh counts what is fresh, a budget holds back", async () => {
  expect(await planned("--refresh", "florida_dbpr")).toMatchObject([
    { requests: 4, fresh: 0 },
    { requests: 1 },
  ]);
  expect(await planned("--profile", "small")).toMatchObject([{ requests: 1, held: 2 }]);
});

test("what it costs is said before, and no more than the budgets of run and night leave", async () => {
  const areas = { requests: 6, held: 10, dollars: 1.5, mostDollars: 1.5 };
  expect(await planned("--profile", "paid")).toMatchObject([areas]);
  project.write(
    "data/spending.json",
    JSON.stringify({ night: "2026-11-20", sources: { serper: { dollars: 1 } } }),
  );
  expect(await planned("--profile", "paid")).toMatchObject([{ requests: 4, dollars: 1 }]);
  expect((await plan("--profile", "paid")).out).toMatch(/google_maps +4 .*\$1\.00 +\$1\.00/);
});

test("a mistake in the settings is told with its source", async () => {
  expect(await plan("--profile", "wrong")).toMatchObject({
    code: 2,
    err: expect.stringContaining('unknown setting "request"'),
  });
});
