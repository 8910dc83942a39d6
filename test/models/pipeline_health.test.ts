import { afterAll, beforeAll, expect, test } from "vitest";
import { envelope, type Night, openNight } from "./kit/night.ts";

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

const answer = (key: string, more: object = {}) => envelope(key, { ...more });

test.each([
  ["never asked", []],
  ["healthy", [answer("a")]],
  ["stale", [answer("a", { fetched_at: "2026-04-01 02:00:00+00" })]],
  ["failing", [answer("a", { outcome: "retry" })]],
  ["partly failing", [answer("a"), answer("b", { outcome: "fatal" })]],
  ["blocked", [answer("a"), answer("b", { outcome: "blocked" })]],
  [
    "healthy",
    [
      answer("a", { outcome: "retry" }),
      answer("a", { run_id: "run-2", fetched_at: "2026-06-15 01:00:00+00" }),
    ],
  ],
])("a source is %s", async (status, answers) => {
  await night.build({ tables: { "openstreetmap.answers": answers } }, "pipeline_health");
  const rows = await night.rows(
    "select status from ops.pipeline_health where source = 'openstreetmap'",
  );
  expect(rows).toEqual([{ status }]);
});

test("the last step of a source tells how it ended", async () => {
  const run = (run_id: string, started_at: string) => ({ run_id, started_at });
  const step = (run_id: string, status: string) => ({
    run_id,
    step: "extract openstreetmap",
    kind: "extract",
    name: "openstreetmap",
    status,
  });
  const tables = {
    "ops.runs": [run("run-1", "2026-06-13 02:00:00"), run("run-2", "2026-06-14 02:00:00")],
    "ops.steps": [step("run-2", "failed"), step("run-1", "done")],
  };
  await night.build({ tables }, "pipeline_health");
  const rows = await night.rows(
    "select last_run_id, last_step_status from ops.pipeline_health where source = 'openstreetmap'",
  );
  expect(rows).toEqual([{ last_run_id: "run-2", last_step_status: "failed" }]);
});
