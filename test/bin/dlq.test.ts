import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLanding } from "../../engine/warehouse/landing.ts";
import { type TestProject, testProject } from "../kit/project.ts";

const ELT = `
default_profile: here
contact: { url: https://example.com, email: crawler@example.com }
profiles:
  here:
    sources:
      openstreetmap: {}
      florida_dbpr: { files: ["https://register.example/1.csv"] }
`;

let project: TestProject;

beforeAll(async () => {
  project = testProject(ELT);
  for (const night of [1, 2, 3]) {
    const startedAt = new Date(Date.UTC(2026, 10, night, 2));
    const landing = openLanding({
      data: join(project.root, "data"),
      source: "openstreetmap",
      stream: "answers",
      columns: [],
      runId: `night-${night}`,
      startedAt,
      extractorVersion: 1,
    });
    for (const key of ["lodging(1,2,3,4)", "lodging(5,6,7,8)"]) {
      await landing.land({
        requestKey: key,
        request: { url: "https://maps.example/api" },
        status: 400,
        outcome: "fatal",
        error: `answered 400 for the ${night}. time`,
        response: "parse error",
        attempt: 1,
        sourceUrl: "https://maps.example/api",
        fetchedAt: startedAt,
      });
    }
    await landing.close();
  }
});
afterAll(() => project.remove());

async function dlq(...args: string[]) {
  const { code, out, err } = await project.elt("dlq", ...args, "--at", "2026-11-04T02:00:00Z");
  return { code, out, err };
}

async function listed(): Promise<{ id: string; key: string; asked: string }[]> {
  const { out } = await dlq("ls", "--json");
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("dead letters are listed, shown, sent back and dropped", async () => {
  const before = await listed();
  expect(before).toHaveLength(2);
  expect(before[0]).toMatchObject({
    source: "openstreetmap",
    failedRuns: 3,
    status: 400,
    error: "answered 400 for the 3. time",
    asked: "after 2026-11-10 00:00",
  });
  const [first, second] = before.map(({ id }) => id);
  const shown = await dlq("show", first ?? "");
  expect(shown.out).toContain("failed in 3 runs");
  expect(shown.out.match(/answered 400 for the \d\. time/g)).toHaveLength(3);
  expect(shown.out).toContain("parse error");

  expect((await dlq("retry", "openstreetmap")).out).toBe(
    "2 dead letters will be asked in the next run\n",
  );
  expect((await listed()).map(({ asked }) => asked)).toEqual(["next run", "next run"]);
  expect((await dlq("drop", second ?? "")).out).toBe("1 dead letter dropped\n");
  expect((await listed()).map(({ asked }) => asked)).toEqual(["next run", "dropped"]);
}, 60_000);

test("what is no dead letter is refused with the nearest", async () => {
  expect(await dlq("show", "openstretmap")).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean "openstreetmap"?'),
  });
});

test("a source that is not there cannot be refreshed", async () => {
  const { code, err } = await project.elt("run", "--refresh", "openstretmap");
  expect(code).toBe(2);
  expect(err).toContain(
    'profile here has no source "openstretmap" — did you mean "openstreetmap"?',
  );
});
