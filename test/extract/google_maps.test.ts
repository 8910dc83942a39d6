import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { step } from "../../extract/google_maps.ts";
import { googleMaps } from "../../sandbox/google_maps.ts";
import { generateTruth } from "../../sandbox/truth.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { type Reply, reply, serve } from "./kit/server.ts";

type Fields = Readonly<Record<string, unknown>>;

const KEY = "s3cret-maps-key";
const FLORIDA = { name: "florida", bbox: [24.3, -87.7, 31.1, -79.8], country: "US" };
const KEYS_AREA = { name: "Pelican Key", bbox: [24, -82, 26, -80], country: "US" };

const json = (status: number, value: unknown, headers = {}) =>
  reply(status, JSON.stringify(value), { "content-type": "application/json", ...headers });

const place = (number: number) => ({
  position: number,
  title: `Gull Inn ${number}`,
  latitude: 25,
  longitude: -81,
  cid: String(number),
  placeId: `place-${number}`,
});

function maps(url: string, more: Fields = {}) {
  process.env.TEST_MAPS_KEY = KEY;
  onTestFinished(() => void delete process.env.TEST_MAPS_KEY);
  const settings = {
    url,
    key_env: "TEST_MAPS_KEY",
    areas: [KEYS_AREA],
    largest_cell: 10,
    per_second: 1000,
    ...more,
  };
  return project({ source: "google_maps", step, settings });
}

/** The sandbox's Google Maps behind a real socket. */
async function sandbox(options?: { credits: number }) {
  const standIn = googleMaps(generateTruth({ seed: 3, properties: 600 }), options);
  const server = await serve((response, { method, path, headers, body }) => {
    const asked = { method, path, body: Buffer.from(body), concurrent: 1, now: new Date(0) };
    const known = { ...(headers as Record<string, string>) };
    for (const name of ["x-api-key", "x-goog-api-key"]) {
      if (known[name] === KEY) known[name] = "sandbox";
    }
    const { status, headers: sent, body: said } = standIn.answer({ ...asked, headers: known });
    reply(status, said, sent)(response, { method, path, headers, body });
  });
  return { server, ids: standIn.records.map(({ recordId }) => recordId.split(":")[1] ?? "") };
}

const FOUND = `
  select distinct coalesce(place->>'placeId', place->>'id') as id
  from (select unnest(from_json(response, '["JSON"]')) as page from landed where outcome in ('ok', 'empty'))
  cross join lateral (select unnest(from_json(page->'places', '["JSON"]')) as place)
  order by id`;

const WORLD = [
  FLORIDA,
  { name: "texas", bbox: [25.7, -106.7, 36.6, -93.4], country: "US" },
  { name: "new_south_wales", bbox: [-37.6, 140.9, -28.1, 153.8], country: "AU" },
];

test.each([
  ["serper", "/maps"],
  ["places", "/v1/places:searchText"],
])(
  "%s finds every place of the sandbox by splitting full cells, tonight and later",
  async (provider, path) => {
    const { server, ids } = await sandbox();
    const own = maps(`${server.url}${path}`, { provider, areas: WORLD, largest_cell: 20 });
    await own.night();
    const found = (await own.landed("answers", FOUND)).map(({ id }) => id);
    expect(found).toEqual([...ids].sort());
    const rows = await own.landed(
      "answers",
      "select count(*)::int as asked, count(distinct request_key)::int as questions, count(*) filter (request->>'split' = 'true')::int as split from landed",
    );
    expect(rows[0]).toMatchObject({ asked: rows[0]?.questions });
    expect(Number(rows[0]?.split)).toBeGreaterThan(3);
    const asked = server.seen.length;
    expect(await own.night()).toMatchObject([{ requests: 0, unchanged: true }]);
    expect(server.seen).toHaveLength(asked);
    // Four weeks on, the same cells are asked from the top.
    await own.night({ hours: 24 * 28 });
    expect(server.seen).toHaveLength(asked * 2);
    expect(await own.landed("answers", FOUND)).toHaveLength(ids.length);
  },
);

test("Serper is asked for the picture that holds the cell; the key goes nowhere else", async () => {
  const server = await serve(json(200, { ll: "x", places: [place(1)], credits: 3 }));
  const own = maps(`${server.url}/maps`, { terms: ["motel"] });
  expect(await own.night()).toMatchObject([{ rows: 1, requests: 1, warnings: [] }]);
  expect(server.seen[0]).toMatchObject({ method: "POST", headers: { "x-api-key": KEY } });
  expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({
    q: "motel",
    hl: "en",
    gl: "us",
    ll: "@25,-81,9z",
    page: 1,
  });
  const landed = await own.landed("answers");
  expect(landed).toMatchObject([
    {
      request_key: "serper motel (24,-82,26,-80)",
      response: `[${JSON.stringify({ ll: "x", places: [place(1)], credits: 3 })}]`,
      outcome: "ok",
      source_url: `${server.url}/maps`,
    },
  ]);
  expect(JSON.stringify(landed)).not.toContain(KEY);
});

test("a cell's pages are one answer, each page asked once", async () => {
  const all = Array.from({ length: 45 }, (_, index) => place(index + 1));
  let stumbles = 1;
  const server = await serve((response, seen) => {
    const { page } = JSON.parse(seen.body) as { page: number };
    if (page === 2 && stumbles-- > 0) return json(429, { message: "slow" })(response, seen);
    json(200, { places: all.slice((page - 1) * 20, page * 20), credits: 3 })(response, seen);
  });
  const own = maps(`${server.url}/maps`);
  expect(await own.night()).toMatchObject([{ rows: 45, requests: 3 + 1 }]);
  expect(await own.landed("answers", "select attempt, outcome from landed")).toEqual([
    { attempt: 2, outcome: "ok" },
  ]);
  expect(await own.landed("answers", FOUND)).toHaveLength(45);
});

test("a page that repeats the one before it ends the list", async () => {
  const page = Array.from({ length: 20 }, (_, index) => place(index));
  const server = await serve(json(200, { places: page, credits: 3 }));
  expect(await maps(`${server.url}/maps`).night()).toMatchObject([{ rows: 20, requests: 2 }]);
});

test("the Places API pages by token with everything else the same, and a field mask", async () => {
  const page = (from: number, nextPageToken?: string) =>
    json(200, { places: [{ id: `p${from}` }], ...(nextPageToken ? { nextPageToken } : {}) });
  const server = await serve(page(1, "t1"), page(2, "t2"), page(3));
  const own = maps(`${server.url}/v1/places:searchText`, { provider: "places" });
  expect(await own.night()).toMatchObject([{ rows: 3, requests: 3 }]);
  const bodies = server.seen.map(({ body }) => JSON.parse(body) as Fields);
  expect(bodies.map(({ pageToken }) => pageToken)).toEqual([undefined, "t1", "t2"]);
  for (const { pageToken: _, ...same } of bodies) {
    expect(same).toEqual({
      textQuery: "lodging",
      languageCode: "en",
      regionCode: "US",
      pageSize: 20,
      locationRestriction: {
        rectangle: {
          low: { latitude: 24, longitude: -82 },
          high: { latitude: 26, longitude: -80 },
        },
      },
    });
  }
  const mask = String(server.seen[0]?.headers["x-goog-fieldmask"]).split(",");
  expect(mask).toContain("places.businessStatus");
  expect(mask).toContain("nextPageToken");
});

test("the smallest cell is not split, however full", async () => {
  let page = 0;
  const server = await serve((response, seen) => {
    page += 1;
    const places = Array.from({ length: 20 }, (_, index) => place(page * 100 + index));
    json(200, { places, credits: 3 })(response, seen);
  });
  const own = maps(`${server.url}/maps`, { smallest_cell: 2 });
  expect(await own.night()).toMatchObject([{ rows: 60, requests: 3 }]);
});

test.each<[string, string, number, Fields]>([
  ["no such key at Serper", "serper", 403, { message: "Unauthorized.", statusCode: 403 }],
  ["no credit at Serper", "serper", 400, { message: "Not enough credits", statusCode: 400 }],
  ["no credit with status 200", "serper", 200, { message: "Not enough credits", statusCode: 400 }],
  [
    "no such key at Google",
    "places",
    400,
    { error: { code: 400, message: "API key not valid.", status: "INVALID_ARGUMENT" } },
  ],
  [
    "a service that is off",
    "places",
    403,
    { error: { code: 403, message: "It is disabled.", status: "PERMISSION_DENIED" } },
  ],
  [
    "a service that is off with status 200",
    "places",
    200,
    { error: { code: 403, message: "It is disabled.", status: "PERMISSION_DENIED" } },
  ],
])("%s stops the source after one question", async (_name, provider, status, body) => {
  const server = await serve(json(status, body));
  const own = maps(server.url, { provider, largest_cell: 0.5, concurrency: 1 });
  const { message = (body.error as Fields).message } = body;
  const error = (await own.night().catch((caught: unknown) => caught)) as {
    errors: readonly Error[];
  };
  expect(error.errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(new RegExp(`${String(message)}.* \\(blocked\\)`)),
    "15 requests not sent: the source was left alone",
  ]);
  expect(server.seen).toHaveLength(1);
  expect(await own.landed("answers", "select outcome from landed")).toEqual([
    { outcome: "blocked" },
  ]);
});

test.each<[string, Reply]>([
  ["429 without a wait", json(429, { message: "Rate limit exceeded" })],
  ["429 that says how long", json(429, { message: "slow" }, { "retry-after": "1" })],
  ["200 with 429 inside", json(200, { message: "Rate limit exceeded", statusCode: 429 })],
  ["200 without places", json(200, { message: "hm" })],
  ["JSON that was cut", reply(200, '{"places":[{"cid"')],
])("after %s the cell is asked again", async (_name, bad) => {
  const server = await serve(bad, json(200, { places: [place(1)], credits: 3 }));
  const own = maps(`${server.url}/maps`);
  expect(await own.night()).toMatchObject([{ rows: 1, requests: 2 }]);
  expect(await own.landed("answers", "select outcome from landed")).toEqual([{ outcome: "ok" }]);
});

test("a question that is our mistake is reported and harms no other", async () => {
  const server = await serve(
    json(400, { message: "Invalid ll", statusCode: 400 }),
    json(200, { places: [], credits: 3 }),
  );
  const own = maps(`${server.url}/maps`, { largest_cell: 1, concurrency: 1 });
  await expect(own.night()).rejects.toThrow("answered 400: Invalid ll (fatal)");
  expect(server.seen).toHaveLength(4);
  expect(await own.landed("answers", "select outcome from landed order by outcome")).toEqual(
    ["empty", "empty", "empty", "fatal"].map((outcome) => ({ outcome })),
  );
});

test("credits run out in the middle of a night: what landed is kept", async () => {
  const { server } = await sandbox({ credits: 30 });
  const own = maps(`${server.url}/maps`, { areas: WORLD, largest_cell: 20, concurrency: 1 });
  await expect(own.night()).rejects.toThrow("google_maps: 1 request failed");
  expect(server.seen).toHaveLength(11);
  expect((await own.landed("answers", FOUND)).length).toBeGreaterThan(60);
});

test("a night ends with its budget", async () => {
  const server = await serve(json(200, { places: [], credits: 3 }));
  const own = maps(`${server.url}/maps`, { largest_cell: 0.5, budget: { requests: 5 } });
  expect(await own.night()).toMatchObject([
    { requests: 5, warnings: ["11 requests not sent: the budget of 5 requests a run is used"] },
  ]);
});

test("a missing key is said once, before anything is asked", async () => {
  const server = await serve(json(200, { places: [] }));
  const own = maps(server.url, { key_env: "TEST_NO_SUCH_KEY", largest_cell: 0.5 });
  await expect(own.night()).rejects.toThrow(
    "google_maps needs the environment variable TEST_NO_SUCH_KEY, which is not set",
  );
  expect(server.seen).toHaveLength(0);
});

const samples = join(SAMPLES, "google");

test.skipIf(!existsSync(samples)).each([
  ["serper", "serper/SHAPE-maps.json", 2],
  ["serper", "serper/SHAPE-places.json", 2],
  ["places", "places-new/SHAPE-search-text-last-page.json", 1],
  ["places", "places-new/SHAPE-search-text-empty.json", 0],
])("%s: the shape of %s lands (needs the samples)", async (provider, file, rows) => {
  const body = readFileSync(join(samples, file), "utf8");
  const server = await serve(reply(200, body, { "content-type": "application/json" }));
  expect(await maps(server.url, { provider }).night()).toMatchObject([{ rows, requests: 1 }]);
});
