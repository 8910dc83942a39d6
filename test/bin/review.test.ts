import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { review } from "../../bin/commands/review/session.ts";
import { readKeys } from "../../bin/keys.ts";
import { spec } from "../../matchers/hotel.ts";
import { openQuestions } from "../../matchers/kit/questions.ts";
import { VerdictFile } from "../../matchers/kit/verdict-file.ts";
import { HotelNight, type HotelRow, makeHotels } from "../matchers/kit/hotels.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const HEADER = "record_id_l,record_id_r,verdict,decided_by,decided_on,reason\n";
/** Pairs that share one weak thing each: doubtful by design. */
const DOUBTS: readonly HotelRow[] = Array.from({ length: 12 }, (_, at) => {
  const first = ["Osprey", "Heron", "Pelican", "Egret"][at % 4];
  const place = { city_key: `town ${at % 2}`, state: "FL", zip_code: `3300${at % 2}` };
  const named = (words: string) => ({
    hotel_name: words,
    name_core: words.toLowerCase().split(" ").sort().join(" "),
    name_tokens: [...words.toLowerCase().split(" "), "hotel"],
  });
  return [
    { record_id: `map:d${at}`, source: "map", ...named(`${first} Point${at}`), ...place },
    { record_id: `list:d${at}`, source: "list", ...named(`${first} Pointe${at} Bay`), ...place },
  ];
}).flat();

let night: HotelNight;
let path: string;

beforeAll(async () => {
  night = await HotelNight.open();
  await night.match([...makeHotels(80), ...DOUBTS]);
  await night.warehouse.run(
    "update match.hotel_pairs set decision = 'review', match_probability = 0.6 where record_id_l like 'list:d%' and record_id_r like 'map:d%' and decision = 'separate'",
  );
});
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "elt-review-")), "match_decisions.csv");
  writeFileSync(path, HEADER);
});
afterAll(() => night.close());

async function press(letters: string) {
  const said: string[] = [];
  const input = new PassThrough();
  input.end(letters);
  const counts = await review(
    {
      out: (line) => void said.push(line),
      err: (line) => void said.push(line),
      bytes: () => undefined,
      transient: undefined,
      exit: () => undefined,
      keys: () => readKeys(input as unknown as ReadStream),
    },
    {
      warehouse: night.warehouse,
      spec,
      entity: "hotel",
      file: await VerdictFile.open(path, night.warehouse),
      by: { name: 'Ann "A", Clerk', date: "2026-11-20" },
    },
  );
  return {
    counts,
    said: stripVTControlCharacters(said.join("\n")),
    file: readFileSync(path, "utf8"),
  };
}

test("questions nearest to even odds come first, one for two entities", async () => {
  const questions = await openQuestions(night.warehouse, "hotel", []);
  expect(questions.length).toBeGreaterThan(2);
  const reviews = questions.filter(({ decision }) => decision === "review");
  const worth = reviews.map(
    ({ probability, sizes }) =>
      Math.max(0.15, 1 - Math.abs(2 * probability - 1)) * (1 + Math.log2(sizes[0] * sizes[1])),
  );
  expect(worth).toEqual([...worth].sort((left, right) => right - left));
});

test("a key is a verdict, with who and when, and is on disk at once", async () => {
  const [first, second] = await openQuestions(night.warehouse, "hotel", []);
  const { counts, said, file } = await press("sdq");
  expect(counts).toEqual({ same: 1, different: 1, skipped: 0 });
  expect(file).toBe(
    `${HEADER}${first?.l},${first?.r},same,"Ann ""A"", Clerk",2026-11-20,\n` +
      `${second?.l},${second?.r},different,"Ann ""A"", Clerk",2026-11-20,\n`,
  );
  expect(said).toContain("1 of ");
  expect(said).toContain("hotel_name");
  expect(said).toMatch(/prior .*\n/);
  expect(said).toContain("2 verdicts (1 same, 1 different)");
});

test("undo takes back a verdict or a skip, one after the other", async () => {
  const { counts, file, said } = await press("snuud");
  expect(said).toContain("took back: skipped");
  expect(said).toContain("took back: same");
  expect(counts).toEqual({ same: 0, different: 1, skipped: 0 });
  expect(file.split("\n")).toHaveLength(3);
  expect(file).toContain(",different,");
});

test("undo before anything, and a key that is none, change nothing", async () => {
  const { counts, file } = await press("ux?");
  expect(counts).toEqual({ same: 0, different: 0, skipped: 0 });
  expect(file).toBe(HEADER);
});

test("what was answered is not asked again", async () => {
  const before = await openQuestions(night.warehouse, "hotel", []);
  await press("sq");
  const { said } = await press("q");
  expect(said).toContain(`1 of ${before.length - 1}`);
});

test("a verdict that contradicts others is refused and asked again", async () => {
  const [first] = await openQuestions(night.warehouse, "hotel", []);
  writeFileSync(
    path,
    `${HEADER}${first?.l},between,same,x,2026-01-01,\nbetween,${first?.r},same,x,2026-01-01,`,
  );
  const { counts, said, file } = await press("dq");
  expect(counts.different).toBe(0);
  expect(said).toContain("verdicts contradict each other");
  expect(file.trim().split("\n")).toHaveLength(3);
});

test("a verdict survives and outranks the next night", async () => {
  const [first] = await openQuestions(night.warehouse, "hotel", []);
  await press("sq");
  const other = await HotelNight.open();
  const [, line] = readFileSync(path, "utf8").split("\n");
  const [l = "", r = "", verdict] = (line ?? "").split(",");
  expect([l, r]).toEqual([first?.l, first?.r]);
  await other.match([...makeHotels(80), ...DOUBTS], [{ l, r, verdict: verdict as "same" }]);
  expect(await other.decisionOf(l, r)).toBe("same");
  expect(await other.hotelOf(l)).toBe(await other.hotelOf(r));
  other.close();
});
