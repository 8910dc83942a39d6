import fc from "fast-check";
import { beforeAll, expect, test, vi } from "vitest";
import {
  compareNights,
  histories,
  Nights,
  type TrainedThings,
  trainThings,
} from "./kit/histories.ts";
import { HotelNight, makeHotels, shuffled } from "./kit/hotels.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

/** Histories side by side; a run is that many. */
const WORLDS = 15;

let models: readonly TrainedThings[] = [];

beforeAll(async () => {
  models = [
    await trainThings({ seed: 1, worlds: WORLDS, repeats: false }),
    await trainThings({ seed: 2, worlds: WORLDS, repeats: true }),
  ];
});

// One thread against two, shuffled rows, as of every night, and a rebuild: see `compareNights`.
test("nights that match what changed end in the bytes of nights that match all", async () => {
  for (const model of models) {
    await fc.assert(
      fc.asyncProperty(histories(WORLDS), (nights) => compareNights(model, nights)),
      { numRuns: 1, endOnFailure: true },
    );
  }
});

test("hotels by what changed are hotels matched whole", async () => {
  const rows = makeHotels(120);
  const changed = [
    ...rows
      .filter((_, index) => index % 23 !== 5)
      .map((row, index) => (index % 19 === 3 ? { ...row, phone: "+13055550007" } : row)),
    ...makeHotels(6, 8).map((row) => ({ ...row, record_id: `${row.record_id}-new` })),
  ];
  const [delta, whole] = [await HotelNight.open(1), await HotelNight.open(2)];
  try {
    for (const night of [delta, whole]) {
      await night.train(rows);
      await night.match(rows);
    }
    const matched = await delta.match(shuffled(changed, 4));
    expect(matched.delta).toMatchObject({ inserted: makeHotels(6, 8).length });
    await whole.warehouse.run("drop schema match_state cascade");
    expect((await whole.match(changed)).delta).toBe(undefined);
    expect(await sortedTables(delta)).toEqual(await sortedTables(whole));
  } finally {
    delta.close();
    whole.close();
  }
});

test("a night of another model, or beside another memory, is matched whole", async () => {
  const [model] = models;
  const [nights] = fc.sample(histories(1), 1);
  const matched = new Nights(model!, { threads: 1 });
  try {
    const [first, second] = nights!;
    await matched.match(first!, { whole: false });
    expect((await matched.match(second!, { whole: false, stateKey: "two" })).delta).toBe(undefined);
    expect((await matched.match(first!, { whole: false, stateKey: "two" })).delta).toBeDefined();
    matched.forgetIds();
    expect((await matched.match(second!, { whole: false, stateKey: "two" })).delta).toBe(undefined);
  } finally {
    matched.remove();
  }
});

test("an id that repeats stops a night of changes as it stops a whole one", async () => {
  const [model] = models;
  const [nights] = fc.sample(histories(2), { numRuns: 1, seed: 4 });
  const matched = new Nights(model!, { threads: 1 });
  try {
    const [first] = nights!;
    await matched.match(first!, { whole: false });
    const before = await matched.tables();
    const [one] = first!.things;
    for (const twin of [one!, { ...one!, town: "elsewhere" }]) {
      const things = [...first!.things, twin];
      await expect(matched.match({ ...first!, things }, { whole: false })).rejects.toThrow(
        `record_id "${one!.id}" occurs 2 times`,
      );
      expect(await matched.tables()).toBe(before);
    }
  } finally {
    matched.remove();
  }
});

async function sortedTables(night: HotelNight): Promise<string[]> {
  return (await night.fingerprint()).map((table) => table.split("\n").sort().join("\n"));
}
