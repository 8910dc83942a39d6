import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { EltError, type EltErrors } from "../../engine/errors.ts";
import { step } from "../../extract/florida_dbpr.ts";
import { project } from "./kit/night.ts";
import { cut, gzipped, reply, reset, serve } from "./kit/server.ts";

const HEADER = [
  "Board Code",
  "License Type Code",
  "Licensee Name",
  "Rank Code",
  "Modifier Code",
  "Mailing Name",
  "Mailing Street Address",
  "Mailing Address Line 2",
  "Mailing Address Line 3",
  "Mailing City",
  "Mailing State Code",
  "Mailing Zip Code",
  "Primary Phone Number",
  "Mailing County Code",
  "Business Name",
  "Filler",
  "Location Street Address",
  "Location Address Line 2",
  "Location Address Line 3",
  "Location City",
  "Location State Code",
  "Location Zip Code",
  "Location County Code",
  "Location County",
  "Secondary Phone Number",
  "District",
  "Region",
  "License Number",
  "Primary Status Code",
  "Secondary Status Code",
  "License Expiry Date",
  "Last Inspection Date",
  "Number of Seats or Rental Units",
  "Base Risk Level",
  "Secondary Risk Level",
];

const LICENCE: Readonly<Record<string, string>> = {
  "Board Code": "200",
  "License Type Code": "2001",
  "Licensee Name": "GULL HARBOR HOLDINGS LLC",
  "Rank Code": "HOTL",
  "Business Name": "GULL HARBOR INN",
  "Location Street Address": "0100 PIER WAY",
  "Location City": "PELICAN KEY",
  "Location State Code": "FL",
  "Location Zip Code": "01234",
  "Primary Status Code": "20",
  "License Number": "HOT9900001",
  "Number of Seats or Rental Units": "042",
};

function csv(licences: readonly Readonly<Record<string, string>>[], header = HEADER): string {
  const line = (cells: readonly string[]) => `${cells.map((cell) => `"${cell}"`).join(",")}\r\n`;
  return [
    line(header),
    ...licences.map((licence) => line(header.map((name) => licence[name] ?? ""))),
  ].join("");
}

const SMALL = csv([LICENCE, { ...LICENCE, "License Number": "HOT9900002" }]);

function register(files: readonly string[], more = {}) {
  const settings = { files, per_second: 1000, ...more };
  return project({ source: "florida_dbpr", step, settings });
}

const LANDED =
  "select license_number, business_name, outcome, status, attempt, error, extra from landed order by fetched_at, row_number";

test("a file lands one row per record; the next night in the window asks nothing", async () => {
  const server = await serve(reply(200, SMALL));
  const own = register([`${server.url}/hrlodge1.csv`], { fresh_days: 3 });
  expect(await own.night()).toEqual([{ rows: 2, requests: 1, warnings: [], unchanged: false }]);
  expect(await own.night()).toEqual([{ rows: 0, requests: 0, warnings: [], unchanged: true }]);
  expect(server.seen).toHaveLength(1);
  expect(server.seen[0]?.headers["user-agent"]).toMatch(
    /^leadhouse\/\d+\.\d+\.\d+ \(\+https:\/\/example\.com\/leadhouse; mailto:data@example\.com\)$/,
  );
  expect(own.parts("licences")).toHaveLength(1);
  expect(
    await own.landed(
      "licences",
      "select * exclude (request, fetched_at, date, run) from landed limit 1",
    ),
  ).toMatchObject([
    {
      request_key: `${server.url}/hrlodge1.csv`,
      response: null,
      status: 200,
      outcome: "ok",
      source_url: `${server.url}/hrlodge1.csv`,
      license_number: "HOT9900001",
      location_street_address: "0100 PIER WAY",
      location_zip_code: "01234",
      number_of_seats_or_rental_units: "042",
      filler: null,
      extra: null,
      row_number: "1",
    },
  ]);
});

test("not modified is an answer: nothing lands again, the file stays fresh", async () => {
  const headers = { etag: '"v1"', "last-modified": "Thu, 19 Nov 2026 00:00:00 GMT" };
  const server = await serve(reply(200, SMALL, headers), reply(304));
  const own = register([`${server.url}/hrlodge1.csv`]);
  await own.night();
  await own.night();
  await own.night();
  expect(server.seen.map(({ headers: sent }) => sent["if-none-match"])).toEqual([
    undefined,
    '"v1"',
    '"v1"',
  ]);
  expect(server.seen[2]?.headers["if-modified-since"]).toBe(headers["last-modified"]);
  expect(
    await own.landed(
      "licences",
      "select status, outcome, count(license_number) as licences from landed group by all order by 1",
    ),
  ).toEqual([
    { status: 200, outcome: "ok", licences: 2n },
    { status: 304, outcome: "ok", licences: 0n },
  ]);
});

test("a server without validators is compared by the bytes", async () => {
  const server = await serve(reply(200, SMALL));
  const own = register([`${server.url}/hrlodge1.csv`]);
  await own.night();
  expect(await own.night()).toMatchObject([{ rows: 0, requests: 1, unchanged: true }]);
  expect(
    await own.landed("licences", "select count(license_number) as licences from landed"),
  ).toEqual([{ licences: 2n }]);
});

test.each([
  ["seconds", "30", 30_000],
  ["a date", "Fri, 20 Nov 2026 02:00:45 GMT", 45_000],
])("Retry-After as %s pauses the source and costs no attempt", async (_name, header, pause) => {
  const server = await serve(reply(429, "slow down", { "retry-after": header }), reply(200, SMALL));
  const own = register([`${server.url}/hrlodge1.csv`]);
  expect(await own.night()).toMatchObject([{ rows: 2, requests: 2 }]);
  expect(own.clock.slept).toEqual([pause]);
  expect(await own.landed("licences", "select distinct attempt from landed")).toEqual([
    { attempt: 1 },
  ]);
});

test.each([
  ["504", reply(504, "<title>504 Gateway Time-out</title>")],
  ["a maintenance page with 200", reply(200, "<!doctype html><title>Maintenance</title>")],
  ["an empty body with 200", reply(200, "")],
  ["fewer bytes than promised", cut(SMALL.slice(0, 900))],
  ["a reset in the body", reset(SMALL.slice(0, 900))],
  ["a cut gzip body", reply(200, gzipSync(SMALL).subarray(0, 200), { "content-encoding": "gzip" })],
  ["a file that ends inside a field", reply(200, SMALL.slice(0, -5))],
  ["a file that ends inside a record", reply(200, SMALL.slice(0, -40).replace(/[^,]*$/, '""'))],
  ["no answer at all", (response: { destroy(): void }) => response.destroy()],
])("after %s the file is asked again, and lands once", async (_name, bad) => {
  const server = await serve(bad, reply(200, SMALL));
  const own = register([`${server.url}/hrlodge1.csv`]);
  expect(await own.night()).toMatchObject([{ rows: 2, requests: 2 }]);
  expect(own.clock.slept).toEqual([500]);
  expect(
    await own.landed("licences", "select outcome, attempt, count(*) as n from landed group by all"),
  ).toEqual([{ outcome: "ok", attempt: 2, n: 2n }]);
});

test("a file that stays broken fails alone, says why, and lands one row about it", async () => {
  const server = await serve((response, seen) =>
    reply(200, seen.path === "/hrlodge2.csv" ? "<title>Maintenance</title>" : SMALL)(
      response,
      seen,
    ),
  );
  const own = register([1, 2, 3].map((district) => `${server.url}/hrlodge${district}.csv`));
  const error = await own.night().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(EltError);
  expect((error as EltError).message).toBe(
    `florida_dbpr: ${server.url}/hrlodge2.csv: sent a page ("Maintenance") where a CSV file was due after 4 attempts (retry)`,
  );
  expect((error as EltError).details.hint).toBe(
    "2 other answers landed and kept; run again to ask for the rest",
  );
  expect(
    await own.landed(
      "licences",
      "select request_key[-5], outcome, attempt, response, count(license_number) as licences from landed group by all order by 1",
    ),
  ).toMatchObject([
    { outcome: "ok", licences: 2n },
    { outcome: "retry", attempt: 4, response: "<title>Maintenance</title>", licences: 0n },
    { outcome: "ok", licences: 2n },
  ]);
});

test("after three failed nights a file is a dead letter: left alone, with a warning", async () => {
  const server = await serve(reply(404, "gone"));
  const own = register([`${server.url}/hrlodge1.csv`]);
  for (let night = 0; night < 3; night += 1) {
    await expect(own.night()).rejects.toThrow("answered 404 (fatal)");
  }
  expect(await own.night()).toEqual([
    {
      rows: 0,
      requests: 0,
      unchanged: false,
      warnings: [`${server.url}/hrlodge1.csv failed in three runs and is left alone for a week`],
    },
  ]);
  expect(server.seen).toHaveLength(3);
  await expect(own.night({ hours: 24 * 7 })).rejects.toThrow("answered 404");
});

test("a refusal stops the source at once and is not argued with", async () => {
  const server = await serve(reply(403, "<title>Access Denied</title>"));
  const own = register([1, 2, 3, 4].map((district) => `${server.url}/hrlodge${district}.csv`));
  const error = (await own.night().catch((caught: unknown) => caught)) as EltErrors;
  expect(error.errors.map(({ message }) => message)).toEqual([
    `florida_dbpr: ${server.url}/hrlodge1.csv: answered 403 ("Access Denied") (blocked)`,
    "3 requests not sent: the source was left alone",
  ]);
  expect(server.seen).toHaveLength(1);
});

test("five failing files in a row open the breaker: the others wait for the next night", async () => {
  const server = await serve(reply(500));
  const own = register(
    [1, 2, 3, 4, 5, 6, 7].map((district) => `${server.url}/hrlodge${district}.csv`),
  );
  await expect(own.night()).rejects.toThrow("florida_dbpr: 5 requests failed");
  // Five first attempts, and the ten repeats a small night may make.
  expect(server.seen).toHaveLength(5 + 10);
});

test.each([
  [{ requests: 2 }, 2, "the budget of 2 requests a run is used"],
  [{ megabytes: 0.001 }, 1, "the budget of 0.001 MB a run is used"],
  [{ minutes: 0.01 }, 2, "the budget of 0.01 minutes a run is used"],
])("a budget of %j is kept, and the next run goes on", async (budget, asked, reason) => {
  const server = await serve(reply(200, SMALL));
  const files = [1, 2, 3].map((number) => `${server.url}/hrlodge${number}.csv`);
  const own = register(files, { budget, per_second: 1 });
  expect(await own.night()).toMatchObject([
    { requests: asked, warnings: [expect.stringContaining(reason)] },
  ]);
  expect(server.seen).toHaveLength(asked);
  await own.night({ hours: 1 });
  expect(server.seen.slice(asked).map(({ path }) => path)).toContain(`/hrlodge${asked + 1}.csv`);
});

test("a refresh asks a fresh file again, conditionally", async () => {
  const server = await serve(reply(200, SMALL, { etag: '"1"' }), reply(304));
  const own = register([`${server.url}/hrlodge1.csv`]);
  await own.night();
  expect(await own.night({ hours: 1 })).toMatchObject([{ requests: 0 }]);
  expect(await own.night({ hours: 1, refresh: ["openstreetmap"] })).toMatchObject([
    { requests: 0 },
  ]);
  expect(await own.night({ hours: 1, refresh: ["florida_dbpr"] })).toMatchObject([{ requests: 1 }]);
  expect(server.seen[1]?.headers["if-none-match"]).toBe('"1"');
});

test("the seed says when a file is asked again; elt.yml outranks it", async () => {
  const server = await serve(reply(200, SMALL));
  const own = register([`${server.url}/hrlodge1.csv`]);
  mkdirSync(join(own.root, "seeds"));
  own.write("seeds/freshness.csv", "source,window_days,ask_again_days\nflorida_dbpr,35,3\n");
  await own.night();
  expect(await own.night()).toMatchObject([{ requests: 0 }]);
  expect(await own.night({ hours: 48 })).toMatchObject([{ requests: 1 }]);
  const settings = { files: [`${server.url}/hrlodge1.csv`], fresh_days: 1 };
  expect(await own.night({ settings })).toMatchObject([{ requests: 1 }]);
});

test("a refusal is remembered by a run half an hour later, and not by one the next night", async () => {
  const server = await serve(reply(403, "no"));
  const own = register([`${server.url}/hrlodge1.csv`]);
  await expect(own.night()).rejects.toThrow("answered 403");
  expect(await own.night({ hours: 0.5 })).toMatchObject([
    { requests: 0, warnings: ["1 request not sent: the source was left alone"] },
  ]);
  await expect(own.night()).rejects.toThrow("answered 403");
  expect(server.seen).toHaveLength(2);
});

test("a day's quota is kept over the runs of the day", async () => {
  const server = await serve(reply(200, SMALL));
  const files = [1, 2, 3].map((number) => `${server.url}/hrlodge${number}.csv`);
  const own = register(files, { per_day: 2 });
  expect(await own.night()).toMatchObject([
    { requests: 2, warnings: ["1 request not sent: the quota of 2 a day is used"] },
  ]);
  expect(await own.night({ hours: 1 })).toMatchObject([{ requests: 0 }]);
  expect(await own.night({ hours: 24 })).toMatchObject([{ requests: 2 }]);
});

test("redirects are followed five times and kept; a loop ends", async () => {
  const hop = (to: string) => reply(302, "", { location: to });
  const server = await serve((response, seen) => {
    if (seen.path === "/loop") return hop("/loop")(response, seen);
    if (seen.path === "/old") return hop("/new.csv")(response, seen);
    return reply(200, SMALL)(response, seen);
  });
  const own = register([`${server.url}/old`]);
  await own.night();
  expect(
    await own.landed("licences", "select distinct request->>'$.redirects[0]' as hop from landed"),
  ).toEqual([{ hop: `${server.url}/new.csv` }]);
  const looped = register([`${server.url}/loop`]);
  await expect(looped.night()).rejects.toThrow("redirected more than 5 times (fatal)");
  expect(server.seen.filter(({ path }) => path === "/loop")).toHaveLength(6);
});

test("bytes are Latin-1, compressed or not; a byte order mark is not part of the header", async () => {
  const own = register(["latin.csv", "marked.csv"]);
  const licence = { ...LICENCE, "Business Name": "CAFÉ DEL SOL \u0096 NIÑO" };
  own.write("latin.csv", Buffer.from(csv([licence]), "latin1"));
  own.write("marked.csv", Buffer.from(`\ufeff${csv([{ ...licence, "License Number": "M" }])}`));
  await own.night();
  expect(await own.landed("licences", LANDED)).toMatchObject([
    { business_name: "CAFÉ DEL SOL \u0096 NIÑO", status: null },
    { business_name: "CAFÉ DEL SOL \u0096 NIÑO", license_number: "M" },
  ]);
  const server = await serve(gzipped(Buffer.from(csv([licence]), "latin1")));
  const fetched = register([`${server.url}/hrlodge1.csv`]);
  await fetched.night();
  expect(await fetched.landed("licences", LANDED)).toMatchObject([
    { business_name: "CAFÉ DEL SOL \u0096 NIÑO" },
  ]);
});

test("header texts of older files, any order, and added columns are understood", async () => {
  const older: Record<string, string> = {
    "Business Name": "Business Name (Location)",
    "Primary Status Code": "Primary Status Code (see table below)",
    "Secondary Phone Number": "SECONDARY TELEPHONE NUMBER",
    "License Expiry Date": "Expiry Date",
  };
  const header = [...HEADER.map((name) => older[name] ?? name).reverse(), "Energy Class"];
  const licence = Object.fromEntries(
    Object.entries({ ...LICENCE, "License Expiry Date": "12/01/2027", "Energy Class": "B" }).map(
      ([name, value]) => [older[name] ?? name, value],
    ),
  );
  const own = register(["old.csv"]);
  own.write("old.csv", csv([licence], header));
  await own.night();
  expect(
    await own.landed(
      "licences",
      "select business_name, license_expiry_date, primary_status_code, extra from landed",
    ),
  ).toEqual([
    {
      business_name: "GULL HARBOR INN",
      license_expiry_date: "12/01/2027",
      primary_status_code: "20",
      extra: '{"Energy Class":"B"}',
    },
  ]);
});

test("a missing column names the file, the column and the header found", async () => {
  const own = register(["changed.csv", "good.csv"]);
  const header = HEADER.map((name) => (name === "License Number" ? "Lic Numbr" : name));
  own.write("changed.csv", csv([LICENCE], header));
  own.write("good.csv", SMALL);
  const error = (await own.night().catch((caught: unknown) => caught)) as EltError;
  expect(error.message).toContain('florida_dbpr: changed.csv: line 1: no column "license_number"');
  expect(error.message).toContain("the header found is: Board Code, License Type Code,");
  expect(error.message).toContain("Lic Numbr");
  expect(
    await own.landed("licences", "select count(license_number) as licences from landed"),
  ).toEqual([{ licences: 2n }]);
});

test("one record of another width is set aside, many refuse the file", async () => {
  const licences = Array.from({ length: 300 }, (_, row) => ({
    ...LICENCE,
    "License Number": `HOT${row}`,
  }));
  const lines = csv(licences).split("\r\n");
  const own = register(["one.csv"]);
  own.write("one.csv", lines.map((line, at) => (at === 4 ? `${line},"X"` : line)).join("\r\n"));
  expect(await own.night()).toMatchObject([
    { rows: 299, warnings: ["1 record could not be read, set aside in landing"] },
  ]);
  expect(
    await own.landed(
      "licences",
      "select error, response[-3:] as last from landed where outcome = 'fatal'",
    ),
  ).toEqual([{ error: "line 5: 36 fields where the header has 35", last: '"X"' }]);
  own.write(
    "one.csv",
    lines.map((line, at) => (at % 9 === 4 && at < 300 ? `${line},"X"` : line)).join("\r\n"),
  );
  await expect(own.night()).rejects.toThrow(
    "33 of 300 records have another number of fields than the header (fatal)",
  );
});

test.each([
  ["no such file", undefined, "missing.csv: there is no such file (fatal)"],
  ["an empty file", "", "missing.csv: sent nothing where a CSV file was due (fatal)"],
])("%s says so", async (_name, content, message) => {
  const own = register(["missing.csv"]);
  if (content !== undefined) own.write("missing.csv", content);
  await expect(own.night()).rejects.toThrow(message);
});

test("a header without records is an empty answer", async () => {
  const own = register(["new.csv"]);
  own.write("new.csv", csv([]));
  await own.night();
  expect(await own.landed("licences", "select outcome from landed")).toEqual([
    { outcome: "empty" },
  ]);
});

test("a full disk stops the source, and the next night asks again", async () => {
  const server = await serve(reply(200, SMALL));
  const own = register([`${server.url}/hrlodge1.csv`]);
  const { rename } = own.effects;
  const full = {
    ...own.effects,
    rename: async () => Promise.reject(new Error("ENOSPC: no space left on device")),
  };
  Object.assign(own.effects, full);
  await expect(own.night()).rejects.toThrow("disk full while landing florida_dbpr.licences");
  Object.assign(own.effects, { rename });
  expect(await own.night({ hours: 0 })).toMatchObject([{ rows: 2, requests: 1 }]);
});

test("killed between writing and renaming, the part is swept and the file asked again", async () => {
  const server = await serve(reply(200, SMALL));
  const own = register([`${server.url}/hrlodge1.csv`], { fresh_days: 9 });
  const killed = join(own.data, "landing/florida_dbpr/licences/date=2026-11-19/run=night-0");
  await own.night();
  const [part = ""] = own.parts("licences");
  expect(readdirSync(dirname(part))).toEqual(["part-0001.parquet"]);
  const left = `${part}.tmp-999999999`;
  writeFileSync(left, "PAR1");
  const { renameSync, mkdirSync, rmSync } = await import("node:fs");
  mkdirSync(killed, { recursive: true });
  renameSync(left, join(killed, "part-0001.parquet.tmp-999999999"));
  rmSync(part);
  expect(await own.night({ hours: 1 })).toMatchObject([{ rows: 2, requests: 1 }]);
  expect(existsSync(join(killed, "part-0001.parquet.tmp-999999999"))).toBe(false);
});

test("a stopped run lands what it has and asks for nothing more", async () => {
  const stop = new AbortController();
  const server = await serve(reply(200, SMALL), (response, seen) => {
    reply(200, SMALL)(response, seen);
    stop.abort();
  });
  const own = register([1, 2, 3, 4, 5].map((district) => `${server.url}/hrlodge${district}.csv`));
  await own.night({ signal: stop.signal });
  expect(server.seen).toHaveLength(2);
  const [first] = await own.landed(
    "licences",
    "select count(distinct request_key) as files from landed",
  );
  expect(Number(first?.files)).toBeGreaterThanOrEqual(1);
  expect(await own.night({ hours: 1 })).toMatchObject([{ unchanged: false }]);
  expect(await own.landed("licences", "select request_key from landed group by 1")).toHaveLength(5);
});
