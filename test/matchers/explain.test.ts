import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { explain } from "../../bin/commands/explain.ts";
import { HotelNight, type HotelRow, makeHotels } from "./kit/hotels.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const HOUSE = {
  hotel_name: "Amber Cove Hotel",
  name_core: "amber cove",
  name_tokens: ["amber", "cove", "hotel"],
  address: "12 Gulf Blvd",
  street_number: "12",
  street_name: "gulf blvd",
  city: "Town 1",
  city_key: "town 1",
  state: "FL",
  zip_code: "33001",
  phone: "+13055559999",
} as const;
const ROWS: readonly HotelRow[] = [
  ...makeHotels(60),
  { ...HOUSE, record_id: "map:a", source: "map" },
  { ...HOUSE, record_id: "list:a", source: "list" },
];

describe("explaining", () => {
  let night: HotelNight;
  const said = async (...terms: string[]) =>
    stripVTControlCharacters(await explain(terms, night.warehouse));

  beforeAll(async () => {
    night = await HotelNight.open();
    await night.match(ROWS);
  });
  afterAll(() => night.close());

  test("a hotel is found by a record, by its id and by part of its name", async () => {
    const id = await night.hotelOf("map:a");
    const byRecord = await said("map:a");
    expect(byRecord).toContain("2 records, weakest link");
    expect(await said(String(id))).toBe(byRecord);
    expect(await said("amber", "cove", "hotel")).toBe(byRecord);
  });

  test("the waterfall adds up to the published weight", async () => {
    const lines = (await said("map:a", "list:a")).split("\n");
    const sums = lines.filter((line) => /^ {2}(name|phone|address) /.test(line));
    const total = lines.find((line) => line.includes("probability"));
    const last = sums.at(-1)?.trim().split(/\s+/).at(-1);
    expect(total).toContain(`${last} bits`);
    expect(total).toContain("merge");
  });

  test("two records nobody compared say which rules missed them", async () => {
    const text = await said("map:a", "register:L1");
    expect(text).toContain("two hotels");
    expect(text).toMatch(/no blocking rule finds them|found by .*, but too light to be kept/);
  });

  test("an unknown name is an error with a hint, and so is one record of two", async () => {
    await expect(said("nowhere at all")).rejects.toThrow(
      'no hotel, record or name like "nowhere at all"',
    );
    await expect(said("map:a", "map:zzz")).rejects.toThrow('no record "map:zzz"');
  });

  test("a hotel can be told as it was on a day, also one that is gone", async () => {
    const history = await HotelNight.open();
    try {
      await history.match(ROWS);
      const id = await history.hotelOf("map:a");
      await history.match(ROWS.filter(({ record_id }) => record_id !== "list:a"));
      const asked = async (term: string, day: string) =>
        stripVTControlCharacters(await explain([term], history.warehouse, { asOf: day }));
      expect(await asked("map:a", "2026-01-01T12:00")).toMatch(
        /2 records[\s\S]*list:a[\s\S]*map:a/,
      );
      const later = await asked(String(id), "2026-01-03");
      expect(later).toMatch(/1 record\n/);
      expect(later).toMatch(/2026-01-02 00:00 +retired +list:a/);
      expect(await asked(String(id), "2025-12-31")).toContain("0 records");
      await expect(asked("map:a", "yesterday")).rejects.toThrow("--as-of must be an ISO time");
    } finally {
      history.close();
    }
  });

  test("a pair that was no candidate weighs by the model of the night", async () => {
    const frozen = await HotelNight.open();
    try {
      await frozen.train(ROWS);
      await frozen.match(ROWS);
      const whole = stripVTControlCharacters(
        await explain(["map:a", "register:L1"], frozen.warehouse),
      );
      await frozen.match([...ROWS, ...ROWS.slice(0, 30).map(renamed)]);
      const later = stripVTControlCharacters(
        await explain(["map:a", "register:L1"], frozen.warehouse),
      );
      expect(later).toBe(whole);
    } finally {
      frozen.close();
    }
  });
});

function renamed(row: HotelRow): HotelRow {
  return { ...row, record_id: `${row.record_id}-later` };
}
