import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openCanary } from "../../../extract/kit/canary.ts";
import { lookups } from "./lookups.ts";
import { reply, serve } from "./server.ts";

const found = reply(200, "found");
const nothing = reply(200, "nothing");

test("a source whose answers turn empty is stopped within one call, and says so", async () => {
  const server = await serve(...Array.from({ length: 20 }, () => found), nothing);
  const own = lookups({});
  const ask = (first: number, count: number) =>
    own.night({ settings: { url: server.url, first, count, canary: { requests: 10 } } });
  await ask(0, 20);
  await expect(ask(20, 100)).rejects.toMatchObject({
    message: expect.stringContaining("lookups: 1 request failed"),
    errors: [
      {
        message:
          "lookups: stopped by its canary: 0 of 10 answers held anything, where 100 % did before",
        details: { hint: "when it is mended: npx elt run --refresh lookups" },
      },
      { message: "90 requests not sent: stopped by its canary" },
    ],
  });
  expect(server.seen).toHaveLength(30);
  const state = JSON.parse(readFileSync(join(own.data, "governor/lookups.json"), "utf8"));
  expect(state.canary.reason).toContain("0 of 10");
});

test("however many calls are under way, none is begun after the stop", async () => {
  const server = await serve(nothing);
  const own = lookups({
    url: server.url,
    count: 300,
    concurrency: 8,
    canary: { requests: 50, least_fill: 0.5 },
  });
  await expect(own.night()).rejects.toThrow("1 request failed");
  expect(server.seen.length).toBeGreaterThanOrEqual(50);
  expect(server.seen.length).toBeLessThan(50 + 8);
});

test("failures count as answers that hold nothing", async () => {
  const server = await serve(reply(404, "gone"));
  const own = lookups({ url: server.url, count: 30, canary: { requests: 10, least_fill: 0.1 } });
  await expect(own.night()).rejects.toThrow("11 requests failed");
  expect(server.seen).toHaveLength(10);
});

const history = (filled: number, empty: number) =>
  new Map(
    Array.from({ length: filled + empty }, (_, index) => [
      String(index),
      {
        answeredAt: new Date(0),
        isLoaded: true,
        isFilled: index < filled,
        request: {},
        batchId: undefined,
        failedRuns: 0,
        failedAt: undefined,
        failure: undefined,
      },
    ]),
  );

test.each([
  ["no history and no least fill", history(3, 0), {}, 0, undefined],
  ["half of what was usual", history(80, 20), {}, 50, undefined],
  ["less than half of what was usual", history(80, 20), {}, 39, "39 of 100"],
  ["few answers, and fewer by chance", history(10, 90), {}, 4, undefined],
  ["a least fill that is met", history(100, 0), { least_fill: 0.2 }, 20, undefined],
  [
    "a least fill that is not",
    history(10, 90),
    { least_fill: 0.2 },
    19,
    "less than the least fill of 20 %",
  ],
])("%s", (_name, known, options, filled, death) => {
  const canary = openCanary({ requests: 100, ...options }, known);
  for (let answer = 0; answer < 100; answer += 1) canary.count(answer < filled);
  if (death === undefined) expect(canary.death).toBeUndefined();
  else expect(canary.death).toContain(death);
});

test("every hundred is judged by itself: a collapse after a good beginning is one", () => {
  const canary = openCanary({ requests: 100, least_fill: 0.5 }, new Map());
  for (let answer = 0; answer < 200; answer += 1) canary.count(answer < 100);
  expect(canary.death).toContain("0 of 100");
});
