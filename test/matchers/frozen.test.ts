import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { spec } from "../../matchers/hotel.ts";
import { driftText } from "../../matchers/kit/drift.ts";
import { fittingFrozen, readFrozen, writeFrozen } from "../../matchers/kit/frozen.ts";
import type { MatcherSpec } from "../../matchers/kit/spec.ts";
import { HotelNight, makeHotels, shuffled } from "./kit/hotels.ts";

vi.setConfig({ testTimeout: 30_000 });

const ROWS = makeHotels(120);
let nights: HotelNight[] = [];

afterEach(() => {
  for (const night of nights) night.close();
  nights = [];
});

async function opened(threads = 2): Promise<HotelNight> {
  const night = await HotelNight.open(threads);
  nights.push(night);
  return night;
}

test("a night with the model trained on its records gives what training on the spot gives", async () => {
  const [free, frozen] = [await opened(), await opened(1)];
  await free.match(ROWS);
  await frozen.train(shuffled(ROWS, 5));
  const matched = await frozen.match(ROWS);
  expect(await frozen.fingerprint()).toEqual(await free.fingerprint());
  expect(matched.drift).toEqual([]);
});

test("training twice on the same records gives the same model, in any order of rows", async () => {
  const [one, other] = [await opened(1), await opened(2)];
  const first = await one.train(ROWS);
  const second = await other.train(shuffled(ROWS, 3));
  expect(second.frozen).toEqual(first.frozen);
});

test("a pair weighs the same whatever else is listed later", async () => {
  const night = await opened();
  await night.train(ROWS);
  await night.match(ROWS);
  const weights = async () =>
    await night.warehouse.rows<{ l: string; r: string; w: number }>(
      "select record_id_l as l, record_id_r as r, match_weight::double as w from match.hotel_pairs where match_key is not null order by all",
    );
  const before = await weights();
  await night.match([...ROWS, ...makeHotels(40, 9).map(renamed)]);
  const after = new Map((await weights()).map(({ l, r, w }) => [`${l} ${r}`, w]));
  const moved = before.filter(({ l, r, w }) => after.get(`${l} ${r}`) !== w);
  expect(moved).toEqual([]);
});

test("a model comes back from its file as it was, and only its limits may be edited", async () => {
  const night = await opened();
  const { frozen } = await night.train(ROWS);
  const file = join(mkdtempSync(join(tmpdir(), "elt-model-")), "hotel.test.model.json");
  await writeFrozen(file, frozen);
  expect(await readFrozen(file)).toEqual(frozen);
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('"lambda": 1.25', '"lambda": 3'));
  expect((await readFrozen(file))?.limits.lambda).toBe(3);
  writeFileSync(file, text.replace(/"m": 0\.\d+/, '"m": 0.5'));
  await expect(readFrozen(file)).rejects.toThrow('only "limits" may be');
  writeFileSync(file, text.slice(0, 300));
  await expect(readFrozen(file)).rejects.toThrow("cannot be read");
});

test("a model is not used for another spec, nor without what it knows of values", async () => {
  const night = await opened();
  const { frozen } = await night.train(ROWS);
  const file = join(mkdtempSync(join(tmpdir(), "elt-model-")), "hotel.test.model.json");
  const { identityFolder, warehouse } = night;
  const fitting = (wanted: MatcherSpec, folder = identityFolder) =>
    fittingFrozen(file, { spec: wanted, identityFolder: folder, warehouse });
  expect(await fitting(spec)).toEqual({});
  await writeFrozen(file, frozen);
  expect((await fitting(spec)).frozen).toEqual(frozen);
  const stricter = { ...spec, thresholds: { merge: 0.9, review: 0.5 } };
  expect((await fitting(stricter)).frozen).toEqual(frozen);
  const other = { ...spec, blocking: spec.blocking.slice(1) };
  expect((await fitting(other)).misfit).toContain("another spec");
  expect((await fitting(spec, "elsewhere")).misfit).toContain("not in elsewhere");
});

test("records that left what the model was trained on are told by name", async () => {
  const night = await opened();
  await night.train(ROWS);
  expect((await night.match(ROWS.filter((_, index) => index % 20 > 0))).drift).toEqual([]);
  const poor = ROWS.filter(({ source }) => source !== "list").map((row) => ({
    ...row,
    phone: null,
  }));
  const texts = (await night.match(poor)).drift.map(driftText);
  expect(texts).toContainEqual(expect.stringMatching(/^records of list: \d+ then, 0 now$/));
  expect(texts).toContainEqual(expect.stringMatching(/^share of records with phone_own: 0/));
});

function renamed<T extends { readonly record_id: string }>(row: T): T {
  return { ...row, record_id: `${row.record_id}-later` };
}
