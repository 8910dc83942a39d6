import { expect, test } from "vitest";
import type { RequestHistory } from "../../../engine/warehouse/landing-history.ts";
import { planRequests } from "../../../extract/kit/plan.ts";
import type { Verdicts } from "../../../extract/kit/verdicts.ts";

const startedAt = new Date("2026-11-20T02:00:00Z");

function hoursAgo(hours: number): Date {
  return new Date(startedAt.getTime() - hours * 3_600_000);
}

function known(more: Partial<RequestHistory>): RequestHistory {
  return {
    answeredAt: undefined,
    isFilled: true,
    isLoaded: false,
    request: {},
    batchId: undefined,
    failedRuns: 0,
    failedAt: undefined,
    failure: undefined,
    ...more,
  };
}

function plan(
  urls: readonly string[],
  history: Record<string, RequestHistory>,
  more: { isRefresh?: boolean; verdicts?: Verdicts } = {},
) {
  const requests = urls.map((url) => ({ key: url, url }));
  const split = ({ url }: { url: string }) =>
    ["west", "east"].map((side) => ({ key: `${url}/${side}`, url: `${url}/${side}` }));
  const { wanted, fresh, dead } = planRequests(requests, {
    history: new Map(Object.entries(history)),
    freshDays: 1,
    startedAt,
    split,
    ...more,
  });
  return { wanted: wanted.map(({ key }) => key), fresh, dead: dead.map(({ key }) => key) };
}

test("what was never asked is asked once", () => {
  expect(plan(["http://a", "http://b", "http://a"], {})).toEqual({
    wanted: ["http://a", "http://b"],
    fresh: 0,
    dead: [],
  });
});

test.each([
  [1, 1],
  [21, 1],
  [23, 0],
  [25, 0],
])("an answer of %i hours ago with a window of a day: %i fresh", (hours, fresh) => {
  expect(plan(["http://a"], { "http://a": known({ answeredAt: hoursAgo(hours) }) }).fresh).toBe(
    fresh,
  );
});

test("a file on disk is looked at however fresh it is", () => {
  const history = {
    "list.csv": known({ answeredAt: hoursAgo(1), failedRuns: 9, failedAt: hoursAgo(1) }),
  };
  expect(plan(["list.csv"], history).wanted).toEqual(["list.csv"]);
});

test("three failed runs make a dead letter, for a week", () => {
  const failed = (failedRuns: number, hours: number) =>
    plan(["http://a"], { "http://a": known({ failedRuns, failedAt: hoursAgo(hours) }) }).dead;
  expect(failed(2, 24)).toEqual([]);
  expect(failed(3, 24)).toEqual(["http://a"]);
  expect(failed(3, 24 * 7)).toEqual([]);
});

test("a request known to be too large is asked in its parts, each by its own freshness", () => {
  const history = {
    "http://a": known({ answeredAt: hoursAgo(1), request: { split: true } }),
    "http://a/west": known({ answeredAt: hoursAgo(1) }),
  };
  expect(plan(["http://a"], history)).toEqual({ wanted: ["http://a/east"], fresh: 1, dead: [] });
});

test("a refresh asks again what is fresh or dead, and not what was dropped", () => {
  const history = {
    "http://fresh": known({ answeredAt: hoursAgo(1) }),
    "http://dead": known({ failedRuns: 3, failedAt: hoursAgo(1) }),
    "http://dropped": known({ failedRuns: 3, failedAt: hoursAgo(1) }),
  };
  const verdicts = {
    "http://dropped": { verdict: "drop" as const, at: startedAt.toISOString() },
  };
  expect(plan(Object.keys(history), history, { isRefresh: true, verdicts }).wanted).toEqual([
    "http://fresh",
    "http://dead",
  ]);
});

test.each([
  [1, ["http://a"], []],
  [30, [], ["http://a"]],
])("a dead letter sent back %i hours ago, failed 24 hours ago", (hours, wanted, dead) => {
  const history = { "http://a": known({ failedRuns: 3, failedAt: hoursAgo(24) }) };
  const verdicts = {
    "http://a": { verdict: "retry" as const, at: hoursAgo(hours).toISOString() },
  };
  expect(plan(["http://a"], history, { verdicts })).toMatchObject({ wanted, dead });
});
