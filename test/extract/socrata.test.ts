import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { flatRecord } from "../../extract/kit/registers.ts";
import { step } from "../../extract/socrata.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { type Reply, reply, type Server, serve } from "./kit/server.ts";

type Row = Readonly<Record<string, unknown>>;

const COLUMNS = ["permit", "facility_name", "rooms"];

function row(number: number, more: Row = {}): Row {
  const id = `row-${String(number).padStart(4, "0")}`;
  return { ":id": id, permit: `P${number}`, facility_name: `GULL INN ${number}`, ...more };
}

interface Portal {
  readonly rows?: readonly Row[];
  readonly columns?: readonly string[];
  readonly updated?: number;
  /** Asked before the honest answer; a reply of its own is sent instead. */
  readonly spoil?: (query: URLSearchParams, nth: number) => Reply | undefined;
}

const json = (value: unknown, status = 200, headers = {}) =>
  reply(status, JSON.stringify(value), { "content-type": "application/json", ...headers });

/** A portal with one dataset, `abcd-1234`. */
function portal(options: () => Portal): Promise<Server> {
  let asked = 0;
  return serve((response, seen) => {
    asked += 1;
    const { rows = [], columns = COLUMNS, updated = 1, spoil } = options();
    const url = new URL(seen.path, "http://portal");
    const query = url.searchParams;
    const spoilt = spoil?.(query, asked);
    if (spoilt) return spoilt(response, seen);
    if (url.pathname === "/api/views/abcd-1234.json") {
      const about = {
        rowsUpdatedAt: updated,
        columns: columns.map((fieldName) => ({ fieldName })),
      };
      return json(about, 200, { etag: `"${updated}"` })(response, seen);
    }
    if (query.get("$select")?.startsWith("count")) {
      return json([{ count: String(rows.length) }])(response, seen);
    }
    const offset = Number(query.get("$offset"));
    return json(rows.slice(offset, offset + Number(query.get("$limit"))))(response, seen);
  });
}

function register(url: string, more: Row = {}) {
  const one = {
    name: "city_permits",
    url,
    dataset: "abcd-1234",
    page_rows: 2,
    country: "US",
    columns: { source_record_id: "permit", hotel_name: "facility_name", room_count: "rooms" },
    ...more,
  };
  return project({ source: "socrata", step, settings: { per_second: 1000, registers: [one] } });
}

const ROWS = [1, 2, 3, 4, 5].map((number) => row(number, number === 3 ? {} : { rooms: "20" }));
const LANDED =
  "select batch_id, row_number, record from landed where record is not null order by row_number::int";

test("a dataset lands page by page in the order of its ids, with what it left out as null", async () => {
  const server = await portal(() => ({ rows: ROWS }));
  const own = register(server.url, { where: "status = 'ACTIVE'" });
  expect(await own.night()).toMatchObject([
    { rows: 5, requests: 1 + 1 + 3, warnings: [] },
    { amount: "1 register mapped" },
  ]);
  const pages = server.seen
    .map(({ path }) => new URL(path, server.url).searchParams)
    .filter((query) => query.has("$limit"));
  expect(pages.map((query) => query.get("$offset"))).toEqual(["0", "2", "4"]);
  for (const query of pages) {
    expect(query.get("$order")).toBe(":id");
    expect(query.get("$where")).toBe("status = 'ACTIVE'");
  }
  const landed = await own.landed("rows", LANDED);
  expect(landed).toHaveLength(5);
  expect(landed[2]).toEqual({
    batch_id: "city_permits",
    row_number: "3",
    record: '{"permit":"P3","facility_name":"GULL INN 3","rooms":null,":id":"row-0003"}',
  });
  expect(
    await own.landed(
      "mappings",
      "select field, column_name, constant from landed where list_name = 'city_permits' order by field",
    ),
  ).toEqual([
    { field: "country", column_name: null, constant: "US" },
    { field: "hotel_name", column_name: "facility_name", constant: null },
    { field: "room_count", column_name: "rooms", constant: null },
    { field: "source_record_id", column_name: "permit", constant: null },
  ]);
});

test("the same description again means the same rows: one conditional question", async () => {
  let updated = 1;
  const server = await portal(() => ({ rows: ROWS, updated }));
  const own = register(server.url);
  await own.night();
  expect(await own.night({ hours: 24 * 7 })).toMatchObject([
    { rows: 0, requests: 1, unchanged: true },
    { unchanged: true },
  ]);
  expect(server.seen.at(-1)?.headers["if-none-match"]).toBe('"1"');
  updated = 2;
  expect(await own.night({ hours: 24 * 7 })).toMatchObject([{ rows: 5 }, { unchanged: true }]);
});

test.each<[string, Reply]>([
  ["429 without a wait", json({ code: "rate_limited", error: true, message: "slow down" }, 429)],
  ["202 while it computes", json({ status: "processing" }, 202)],
  ["JSON that was cut", reply(200, '[{":id":"row-')],
  ["a page for people", reply(200, "<title>Maintenance</title>")],
])("after %s the page is asked again, and the pages before it are not", async (_name, bad) => {
  let spoilt = false;
  const server = await portal(() => ({
    rows: ROWS,
    spoil: (query) => {
      if (spoilt || query.get("$offset") !== "2") return undefined;
      spoilt = true;
      return bad;
    },
  }));
  const own = register(server.url);
  expect(await own.night()).toMatchObject([{ rows: 5, requests: 5 + 1 + 1 }, {}]);
  expect(await own.landed("rows", LANDED)).toHaveLength(5);
});

test.each<[string, (query: URLSearchParams, nth: number) => Reply | undefined, string]>([
  [
    "repeats a page",
    (query) => (query.get("$offset") === "2" ? json(ROWS.slice(0, 2)) : undefined),
    "sent row row-0001 on two pages",
  ],
  [
    "ends early",
    (query) => (query.get("$offset") === "4" ? json([]) : undefined),
    "sent 4 of 5 rows and then no more",
  ],
  [
    "renames a column between two pages",
    (query) => (query.get("$offset") === "2" ? json([row(3, { name: "GULL" })]) : undefined),
    'sent a column "name" it did not have a page before',
  ],
])(
  "a portal that %s is asked from the start; nothing of it lands",
  async (_name, spoil, message) => {
    const server = await portal(() => ({ rows: ROWS, spoil }));
    const own = register(server.url);
    await expect(own.night()).rejects.toThrow(`${message} after 4 attempts (retry)`);
    expect(await own.landed("rows", LANDED)).toEqual([]);
  },
);

test("a refusal says the portal's reason", async () => {
  const message =
    "Query coordinator error: query.soql.no-such-column; No such column: facilty_name";
  const server = await portal(() => ({
    spoil: (query) => (query.has("$where") ? json({ message, errorCode: "x" }, 400) : undefined),
  }));
  await expect(register(server.url, { where: "facilty_name = 1" }).night()).rejects.toThrow(
    `answered 400: ${message} (fatal)`,
  );
});

test("a renamed column stops the register and keeps what landed before", async () => {
  let columns = COLUMNS;
  const server = await portal(() => ({ rows: ROWS, columns, updated: columns.length }));
  const own = register(server.url);
  await own.night();
  columns = ["permit", "facility_name_dba", "rooms", "zone"];
  await expect(own.night({ hours: 24 * 7 })).rejects.toThrow(
    'has no column "facility_name" for hotel_name — did you mean "facility_name_dba"?; its columns are: permit, facility_name_dba,',
  );
  expect(await own.landed("rows", LANDED)).toHaveLength(5);
});

test("a mapping changed while the rows are fresh is checked and lands without a question", async () => {
  const server = await portal(() => ({ rows: ROWS }));
  const own = register(server.url);
  await own.night();
  const asked = server.seen.length;
  const settings = (columns: Row) => ({
    per_second: 1000,
    registers: [
      { name: "city_permits", url: server.url, dataset: "abcd-1234", page_rows: 2, columns },
    ],
  });
  await expect(own.night({ settings: settings({ hotel_name: "facilty" }) })).rejects.toThrow(
    'city_permits has no column "facilty" for hotel_name — did you mean "facility_name"?',
  );
  await own.night({ settings: settings({ hotel_name: "permit" }) });
  expect(server.seen).toHaveLength(asked);
  expect(
    await own.landed("mappings", "select column_name from landed where run_id = 'night-3'"),
  ).toEqual([{ column_name: "permit" }]);
  await own.night({ settings: { registers: [] } });
  expect(
    await own.landed("mappings", "select purpose, field from landed where run_id = 'night-4'"),
  ).toEqual([{ purpose: "withdrawn", field: null }]);
});

test("an app token is sent by the name of its variable, and never lands", async () => {
  process.env.TEST_APP_TOKEN = "s3cret-token";
  onTestFinished(() => void delete process.env.TEST_APP_TOKEN);
  const server = await portal(() => ({ rows: ROWS }));
  const own = register(server.url, { app_token_env: "TEST_APP_TOKEN" });
  await own.night();
  expect(server.seen.map(({ headers }) => headers["x-app-token"])).toEqual(
    server.seen.map(() => "s3cret-token"),
  );
  expect(JSON.stringify(await own.landed("rows", "select * from landed"))).not.toContain("s3cret");
  const without = register(server.url, { app_token_env: "TEST_NO_SUCH_TOKEN" });
  await expect(without.night()).rejects.toThrow(
    "needs the environment variable TEST_NO_SUCH_TOKEN, which is not set (blocked)",
  );
});

test("objects become columns: addresses inside JSON texts, and points", () => {
  const human_address = '{"address":"1 PIER WAY","zip":"77001"}';
  expect(
    flatRecord({
      location_1: { latitude: "29.1", human_address },
      point: { type: "Point", coordinates: [-95.3, 29.1] },
      human_address: "not JSON",
      tags: ["a"],
    }),
  ).toEqual({
    "location_1.latitude": "29.1",
    "location_1.human_address.address": "1 PIER WAY",
    "location_1.human_address.zip": "77001",
    "point.longitude": -95.3,
    "point.latitude": 29.1,
    human_address: "not JSON",
    tags: ["a"],
  });
});

const sample = join(SAMPLES, "gov/arcgis-socrata/SHAPE-soda-rows.json");

test.skipIf(!existsSync(sample))(
  "rows of the shape of a real portal land (needs the samples)",
  async () => {
    const rows = JSON.parse(readFileSync(sample, "utf8")) as Row[];
    const columns = ["facility_name", "rooms", "receipts", "location_1"];
    const server = await portal(() => ({ rows, columns }));
    const mapped = { hotel_name: "facility_name", city: "location_1.human_address.city" };
    const own = register(server.url, { columns: mapped });
    expect(await own.night()).toMatchObject([{ rows: rows.length }, {}]);
    expect(
      await own.landed(
        "rows",
        `select record->>'$."location_1.human_address.city"' as city from landed where record is not null order by row_number`,
      ),
    ).toEqual([{ city: "SAMPLETOWN" }, { city: null }]);
  },
);
