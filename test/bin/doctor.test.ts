import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestProject, testProject } from "../kit/project.ts";

const ELT = `
default_profile: here
contact: { url: https://example.com, email: crawler@example.com }
profiles:
  here:
    sandbox: { seed: 7, properties: 50 }
    sources:
      florida_dbpr: { files: ["sandbox://florida_dbpr/sto/file_download/extracts/hrlodge1.csv"], per_day: 20 }
      openstreetmap: { url: "https://10.1.2.3/api", areas: [{ name: key, bbox: [24, -82, 26, -80] }] }
      file_import: { imports: [{ name: list, path: lists/gone.csv, columns: {} }] }
  keys:
    sources:
      openstreetmap: { url: "https://maps.example/\${LEADHOUSE_TEST_KEY}" }
      florida_dbpr: { file: typo }
      google_maps: { areas: [] }
`;

let project: TestProject;

beforeAll(() => {
  project = testProject(ELT);
});
afterAll(() => project.remove());

async function findings(...args: string[]) {
  const { code, out, err } = await project.elt("doctor", "--json", ...args);
  expect(err).toBe("");
  return {
    code,
    found: out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  };
}

test("each source is examined; what is wrong with one does not hide the others", async () => {
  const governor = {
    quota: { day: "2026-11-20", used: 8 },
    hosts: {
      florida_dbpr: { breaker: { openedAt: 0, probeAt: 0, reason: "answered 403" } },
    },
  };
  project.write("data/governor/florida_dbpr.json", JSON.stringify(governor));
  const { code, found } = await findings("--at", "2026-11-20T02:00:00Z");
  expect(code).toBe(1);
  expect(found).toMatchObject([
    {
      source: "florida_dbpr",
      configured: "yes",
      key: "none needed",
      reachable: "yes",
      quotaLeft: 12,
      breaker: "closed",
      isWell: true,
    },
    {
      source: "openstreetmap",
      reachable: expect.stringContaining("10.1.2.3, which is not on the public internet"),
      isWell: false,
    },
    { source: "file_import", reachable: "no file lists/gone.csv", isWell: false },
  ]);
});

test("an open breaker is told with its end and its reason, and the host is not probed", async () => {
  const breaker = { openedAt: 0, probeAt: Date.UTC(2026, 10, 20, 3), reason: "answered 403" };
  project.write(
    "data/governor/florida_dbpr.json",
    JSON.stringify({ hosts: { florida_dbpr: { breaker } } }),
  );
  const { found } = await findings("--at", "2026-11-20T02:00:00Z");
  expect(found[0]).toMatchObject({
    reachable: "florida_dbpr is left alone",
    breaker: "open until 2026-11-20 03:00: florida_dbpr answered 403",
    isWell: false,
  });
});

test("a source that its canary stopped is not well", async () => {
  const canary = { diedAt: Date.UTC(2026, 10, 20, 1), reason: "0 of 500 answers held anything" };
  project.write("data/governor/florida_dbpr.json", JSON.stringify({ hosts: {}, canary }));
  const { found } = await findings("--at", "2026-11-20T02:00:00Z", "--offline");
  expect(found[0]).toMatchObject({
    canary: "stopped 2026-11-20 01:00: 0 of 500 answers held anything",
    isWell: false,
  });
});

test("a key that is not set and a setting that does not exist are named", async () => {
  const { code, found } = await findings("--profile", "keys", "--offline");
  expect(code).toBe(1);
  expect(found).toMatchObject([
    {
      configured: expect.stringContaining("LEADHOUSE_TEST_KEY is not set"),
      key: "not set: LEADHOUSE_TEST_KEY",
    },
    { configured: expect.stringContaining('unknown setting "file"') },
    { source: "google_maps", configured: "yes", key: "not set: SERPER_API_KEY", isWell: false },
  ]);
});

test("offline, nothing is sent", async () => {
  const { found } = await findings("--offline");
  expect(found.map(({ reachable }) => reachable)).toEqual([
    "not tried",
    "not tried",
    "no file lists/gone.csv",
  ]);
});
