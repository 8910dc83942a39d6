import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Envelope, openLanding } from "../../../engine/warehouse/landing.ts";
import { requestHistory } from "../../../engine/warehouse/landing-history.ts";

const SOURCE = { source: "register", stream: "licences" };

async function land(
  data: string,
  day: number,
  outcome: Envelope["outcome"],
  more: Partial<Envelope> & { version?: number } = {},
): Promise<void> {
  const startedAt = new Date(Date.UTC(2026, 10, day));
  const { version = 1, ...rest } = more;
  const landing = openLanding({
    ...SOURCE,
    data,
    columns: [],
    runId: `night-${day}`,
    startedAt,
    extractorVersion: version,
  });
  await landing.land({
    requestKey: "a",
    request: { day },
    status: 200,
    outcome,
    attempt: 1,
    sourceUrl: "a",
    fetchedAt: startedAt,
    ...rest,
  });
  await landing.close();
}

async function history(data: string) {
  return (await requestHistory(data, SOURCE.source, SOURCE.stream, 1)).get("a");
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "leadhouse-history-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("nothing is known before the first night", async () => {
  expect(await history(folder())).toBeUndefined();
});

test("the latest answer counts, and failures only since then", async () => {
  const data = folder();
  await land(data, 1, "retry");
  await land(data, 2, "ok", { batchId: "first" });
  await land(data, 3, "ok", { status: 304, batchId: "first" });
  await land(data, 4, "retry", { status: 504 });
  await land(data, 5, "blocked", { status: 403 });
  await land(data, 6, "fatal", { status: 400 });
  expect(await history(data)).toEqual({
    answeredAt: new Date(Date.UTC(2026, 10, 3)),
    isLoaded: true,
    isFilled: true,
    request: { day: 3 },
    batchId: "first",
    failedRuns: 2,
    failedAt: new Date(Date.UTC(2026, 10, 6)),
    failure: { status: 400, error: null },
  });
});

test("a request that never had content is not loaded", async () => {
  const data = folder();
  await land(data, 1, "retry");
  expect(await history(data)).toMatchObject({ answeredAt: undefined, isLoaded: false });
});

test("what another version of the extractor landed does not count", async () => {
  const data = folder();
  await land(data, 1, "ok", { version: 2 });
  expect(await history(data)).toBeUndefined();
});
