import { beforeAll, expect, test } from "vitest";
import { excesses, type Outcome, storm, type Weather, weather } from "./kit/storm.ts";

const SOURCES = [
  "florida_dbpr",
  "texas_hotel_tax",
  "socrata",
  "arcgis",
  "ckan",
  "openstreetmap",
  "google_maps",
  "files",
  "web_data_commons",
] as const;

const WEATHER: Weather = {
  seed: 11,
  properties: 120,
  faults: "calm",
  limits: { per_second: 50, concurrency: 4 },
  nights: 1,
};

let calm: Outcome;
let stormy: Outcome;

beforeAll(async () => {
  [calm, stormy] = await Promise.all([
    weather(WEATHER),
    weather({ ...WEATHER, nights: 8, faults: storm(SOURCES, { every: 14, wallEvery: 32 }) }),
  ]);
}, 60_000);

test("every fault on every source at once lands what calm lands", () => {
  expect(stormy.log.length).toBeGreaterThan(calm.log.length);
  for (const [source, rows] of calm.landed) {
    expect(rows.length, source).toBeGreaterThan(0);
    expect(stormy.landed.get(source), source).toEqual(rows);
  }
});

test("by the stand-ins' own log nothing was asked above its limits", () => {
  expect(excesses(stormy.log, WEATHER.limits.per_second, 200)).toEqual([]);
  const most = Math.max(...stormy.log.map(({ concurrent }) => concurrent));
  expect(most).toBeLessThanOrEqual(WEATHER.limits.concurrency);
});

test("a source that is down keeps no other from its night", async () => {
  const down = { source: "openstreetmap", from: 1, fault: { kind: "wall" } } as const;
  const { whole, landed } = await weather({ ...WEATHER, faults: [down] });
  const others = [...(calm.whole[0] ?? [])].filter((source) => source !== "openstreetmap");
  expect([...(whole[0] ?? [])].sort()).toEqual(others.sort());
  for (const [source, rows] of calm.landed) {
    if (source !== "openstreetmap") expect(landed.get(source), source).toEqual(rows);
  }
});
