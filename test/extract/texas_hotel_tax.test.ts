import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EltError } from "../../engine/errors.ts";
import { step } from "../../extract/texas_hotel_tax.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { reply, serve } from "./kit/server.ts";

interface Filing {
  readonly taxpayer?: string;
  readonly number?: string;
  readonly name?: string;
  readonly quarter?: string;
}

function row({
  taxpayer = "39000000001",
  number = "00006",
  name = "GULL HARBOR INN",
  quarter = "2025Q3",
}: Filing = {}): string {
  const text = (value: string, width: number) => `"${value.padEnd(width)}"`;
  return [
    taxpayer,
    text("GULL HARBOR HOLDINGS LLC", 50),
    text("1 PIER WAY", 40),
    text("FORT PELICAN", 20),
    text("GA", 2),
    text("30328", 5),
    "000",
    text("5125550101", 10),
    number,
    text(name, 50),
    text("100 PIER WAY", 40),
    text("FT PELICAN", 20),
    text("TX", 2),
    text("76179", 5),
    "079",
    text("", 10),
    "   42",
    "20200301",
    "        ",
    quarter,
    "60",
    "      9032.17",
    "      9032.17",
    "",
  ].join(",");
}

function file(rows: readonly string[], end = "\r\n"): string {
  return rows.map((text) => `${text}${end}`).join("");
}

function register(settings: Readonly<Record<string, unknown>>) {
  return project({ source: "texas_hotel_tax", step, settings: { per_second: 1000, ...settings } });
}

const LANDED =
  "select location_number, location_name, unit_capacity, row_number from landed order by request_key, row_number::int";

test("rows land as sent: padding, leading zeros and blanks; the comma at the end is no column", async () => {
  const server = await serve(reply(200, file([row(), row({ number: "00007" })])));
  const own = register({ files: [`${server.url}/hot-2025Q3.csv`] });
  expect(await own.night()).toMatchObject([{ rows: 2, requests: 1, warnings: [] }]);
  expect(await own.landed("filings", "select * from landed where row_number = '1'")).toMatchObject([
    {
      outcome: "ok",
      source_url: `${server.url}/hot-2025Q3.csv`,
      taxpayer_number: "39000000001",
      taxpayer_county_code: "000",
      location_number: "00006",
      location_name: "GULL HARBOR INN".padEnd(50),
      location_county_code: "079",
      location_phone: "          ",
      unit_capacity: "   42",
      responsibility_end_date: "        ",
      reporting_quarter: "2025Q3",
      taxable_receipts: "      9032.17",
    },
  ]);
});

test("a folder's files are all read, in LF and CRLF, Latin-1, with quotes inside a name", async () => {
  const own = register({ folders: ["drop"] });
  mkdirSync(join(own.root, "drop"));
  own.write("drop/b.csv", Buffer.from(file([row({ name: "CAFÉ DEL SOL" })], "\n"), "latin1"));
  own.write("drop/a.TXT", file([row({ name: 'THE "OLD" PIER' }), row({ name: 'MO"S MOTEL' })]));
  own.write("drop/readme.md", "not a file of the register");
  expect(await own.night()).toMatchObject([{ rows: 3, warnings: [] }]);
  expect(
    (await own.landed("filings", LANDED)).map((landed) => String(landed.location_name).trim()),
  ).toEqual(['THE "OLD" PIER', 'MO"S MOTEL', "CAFÉ DEL SOL"]);
  expect(await own.night()).toMatchObject([{ rows: 0, unchanged: true }]);
  own.write("drop/c.csv", file([row({ quarter: "2025Q4" })]));
  expect(await own.night()).toMatchObject([{ rows: 1 }]);
});

test("a folder that is not there says so", async () => {
  await expect(register({ folders: ["drop"] }).night()).rejects.toThrow(/cannot list .*drop/);
});

test("one row of another shape is set aside and named; many refuse the file", async () => {
  const rows = Array.from({ length: 300 }, (_, at) => row({ number: String(at + 1) }));
  const own = register({ files: ["hot.csv"] });
  own.write("hot.csv", file(rows.map((text, at) => (at === 4 ? `${text}"X",` : text))));
  expect(await own.night()).toMatchObject([
    { rows: 299, warnings: ["1 record could not be read, set aside in landing"] },
  ]);
  expect(await own.landed("filings", "select error from landed where outcome = 'fatal'")).toEqual([
    { error: "line 5: 25 fields where the layout has 23" },
  ]);
  own.write("hot.csv", file(rows.map((text, at) => (at % 9 === 4 ? text.slice(12) : text))));
  await expect(own.night()).rejects.toThrow("33 of 300 rows are not laid out as the hotel tax");
});

test("a file with a header, or with other columns, is no file of the register", async () => {
  const own = register({ files: ["hot.csv"] });
  own.write("hot.csv", "Taxpayer Number,Taxpayer Name,Location\r\n1,2,3\r\n4,5,6\r\n7,8,9\r\n");
  const error = (await own.night().catch((caught: unknown) => caught)) as EltError;
  expect(error.message).toMatch(/3 fields where the layout has 23, the file was cut|not laid out/);
});

test.each([
  ["inside a row", file([row(), row()]).slice(0, -150)],
  ["inside a text", file([row(), row()]).slice(0, -330)],
])("a file cut %s is asked again, and lands once", async (_name, cut) => {
  const server = await serve(reply(200, cut), reply(200, file([row(), row()])));
  const own = register({ files: [`${server.url}/hot.csv`] });
  expect(await own.night()).toMatchObject([{ rows: 2, requests: 2 }]);
});

const sample = join(SAMPLES, "gov/texas_hot/hot-2025Q3.csv");

test.skipIf(!existsSync(sample))(
  "the Comptroller's own file is read whole (needs the samples)",
  async () => {
    const own = register({ files: ["hot.csv"] });
    const bytes = readFileSync(sample);
    own.write("hot.csv", bytes);
    const lines = bytes.toString("latin1").trim().split("\n").length;
    expect(await own.night()).toMatchObject([{ rows: lines, warnings: [] }]);
  },
);
