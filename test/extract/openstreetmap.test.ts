import { expect, test } from "vitest";
import type { EltErrors } from "../../engine/errors.ts";
import { step } from "../../extract/openstreetmap.ts";
import { project } from "./kit/night.ts";
import { type Reply, reply, serve } from "./kit/server.ts";

const AREA = { name: "Pelican Key", bbox: [24, -82, 26, -80] };

function answer(ids: readonly number[], more: Readonly<Record<string, unknown>> = {}): string {
  const elements = ids.map((id) => ({
    type: "way",
    id,
    center: { lat: 25.1, lon: -81.2 },
    tags: { tourism: "hotel", name: `Inn ${id}` },
  }));
  return JSON.stringify({ version: 0.6, generator: "Overpass API", elements, ...more }, null, 2);
}

const TIMED_OUT = answer([1], {
  remark: 'runtime error: Query timed out in "query" at line 1 after 181 seconds.',
});

function map(url: string, more = {}) {
  const settings = { url: `${url}/api/interpreter`, areas: [AREA], per_second: 1000, ...more };
  return project({ source: "openstreetmap", step, settings });
}

test("an area is one POST of the documented query and one row with the exact answer", async () => {
  const body = answer([7, 8]);
  const server = await serve(reply(200, body, { "content-type": "application/json" }));
  const own = map(server.url);
  expect(await own.night()).toEqual([{ rows: 2, requests: 1, warnings: [], unchanged: false }]);
  expect(server.seen[0]).toMatchObject({
    method: "POST",
    path: "/api/interpreter",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(new URLSearchParams(server.seen[0]?.body).get("data")).toBe(
    '[out:json][timeout:180];(nwr["tourism"~"^(hotel|motel|guest_house|hostel|apartment|chalet|camp_site)$"](24,-82,26,-80););out center tags;',
  );
  expect(await own.landed("answers")).toMatchObject([
    {
      request_key: "lodging(24,-82,26,-80)",
      response: body,
      status: 200,
      outcome: "ok",
      source_url: `${server.url}/api/interpreter`,
    },
  ]);
  expect(await own.night()).toMatchObject([{ requests: 0, unchanged: true }]);
  expect(await own.night({ hours: 24 * 6 })).toMatchObject([{ requests: 1 }]);
});

test("an area without lodging is an empty answer", async () => {
  const server = await serve(reply(200, answer([])));
  const own = map(server.url);
  await own.night();
  expect(await own.landed("answers", "select outcome from landed")).toEqual([{ outcome: "empty" }]);
  expect(await own.night()).toMatchObject([{ requests: 0, unchanged: true }]);
});

const RATE_LIMITED =
  "<html><body><p>The data included in this document is from www.openstreetmap.org.</p><p><strong>Error</strong>: runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::rate_limited. Please check /api/status for the quota of your IP address. </p></body></html>";
const DISPATCHER_TIMEOUT = RATE_LIMITED.replace("rate_limited", "timeout");

test.each<[string, Reply]>([
  ["429 with a page", reply(429, RATE_LIMITED)],
  ["504 with a page", reply(504, DISPATCHER_TIMEOUT)],
  ["200 with a page", reply(200, DISPATCHER_TIMEOUT, { "content-type": "text/html" })],
  [
    "200 with an XML error",
    reply(200, '<?xml version="1.0"?><osm version="0.6"><remark>runtime error</remark></osm>'),
  ],
  ["200 with a remark", reply(200, TIMED_OUT)],
  ["200 with cut JSON", reply(200, answer([1]).slice(0, -20))],
])("%s is asked again and never lands as an answer", async (_name, bad) => {
  const server = await serve(bad, reply(200, answer([7])));
  const own = map(server.url);
  expect(await own.night()).toMatchObject([{ rows: 1, requests: 2 }]);
  expect(await own.landed("answers", "select outcome, attempt from landed")).toEqual([
    { outcome: "ok", attempt: 2 },
  ]);
});

test("a query the server cannot parse is our mistake: asked once, reported", async () => {
  const page =
    '<html><head><title>OSM3S Response</title></head><body><p><strong>Error</strong>: line 1: parse error: Unknown type "nwrr" </p></body></html>';
  const server = await serve(reply(400, page));
  const own = map(server.url);
  await expect(own.night()).rejects.toThrow(
    `openstreetmap: ${server.url}/api/interpreter: answered 400 ("OSM3S Response") (fatal)`,
  );
  expect(server.seen).toHaveLength(1);
  expect(await own.landed("answers", "select status, outcome, response from landed")).toEqual([
    { status: 400, outcome: "fatal", response: page },
  ]);
});

test("an area too large to answer is asked in quarters, tonight and on later nights", async () => {
  let isWestBroken = true;
  const server = await serve((response, seen) => {
    const box = /\]\(([^)]*)\)/.exec(new URLSearchParams(seen.body).get("data") ?? "")?.[1];
    if (box === "24,-82,26,-80") return reply(200, TIMED_OUT)(response, seen);
    if (box === "24,-82,25,-81" && isWestBroken) return reply(400, "no")(response, seen);
    return reply(200, answer([box?.length ?? 0]))(response, seen);
  });
  const own = map(server.url);
  await expect(own.night()).rejects.toThrow("answered 400");
  expect(server.seen).toHaveLength(4 + 4);
  expect(
    await own.landed(
      "answers",
      "select request_key, outcome from landed order by outcome, request_key",
    ),
  ).toEqual([
    { request_key: "lodging(24,-82,26,-80)", outcome: "empty" },
    { request_key: "lodging(24,-82,25,-81)", outcome: "fatal" },
    { request_key: "lodging(24,-81,25,-80)", outcome: "ok" },
    { request_key: "lodging(25,-81,26,-80)", outcome: "ok" },
    { request_key: "lodging(25,-82,26,-81)", outcome: "ok" },
  ]);
  isWestBroken = false;
  expect(await own.night()).toMatchObject([{ requests: 1, rows: 1 }]);
});

test("an outage is not taken for an area too large", async () => {
  const server = await serve(reply(504, DISPATCHER_TIMEOUT));
  const own = map(server.url);
  await expect(own.night()).rejects.toThrow("answered 504 after 4 attempts (retry)");
  expect(server.seen).toHaveLength(4);
});

test("saved answers land as asked ones do; a cut one is refused", async () => {
  const own = project({
    source: "openstreetmap",
    step,
    settings: { files: ["saved.json", "cut.json"] },
  });
  own.write("saved.json", answer([7, 8, 9]));
  own.write("cut.json", answer([7]).slice(0, -20));
  await expect(own.night()).rejects.toThrow("openstreetmap: cut.json: sent JSON that was cut");
  expect(
    await own.landed("answers", "select request_key, status, outcome from landed order by 1"),
  ).toEqual([
    { request_key: "cut.json", status: null, outcome: "fatal" },
    { request_key: "saved.json", status: null, outcome: "ok" },
  ]);
  own.write("cut.json", answer([7]));
  expect(await own.night()).toMatchObject([{ rows: 1 }]);
});

test("a box that is none is a mistake in elt.yml, with its line", async () => {
  const own = map("http://127.0.0.1:1", {
    areas: [{ name: "upside down", bbox: [26, -82, 24, -80] }],
  });
  const error = (await own.night().catch((caught: unknown) => caught)) as EltErrors;
  expect(error.errors[0]?.message).toContain("south below north");
  expect(error.errors[0]?.place).toMatch(/^elt\.yml:\d+:\d+$/);
});
