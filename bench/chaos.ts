import { excesses, type Outcome, storm, weather } from "../test/extract/kit/storm.ts";

// Every fault on every source, all sources at once: what landed equals a calm run's, and by the stand-ins' own
// log nothing was asked above its limit.
// npm run bench chaos [seed] [requests of each run, about]

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
const LIMITS = { per_second: 400, concurrency: 8 };
/** What the loopback and a busy computer may bunch up. */
const WOBBLE_MS = 250;

const seed = Number(process.argv[2] ?? 7);
const total = Number(process.argv[3] ?? 50_000);
const side = Math.sqrt((6.8 * 7.9) / (total * 0.45));
const settings = {
  google_maps: {
    areas: [{ name: "florida", bbox: [24.3, -87.7, 31.1, -79.8], country: "US" }],
    largest_cell: side,
    smallest_cell: side,
    budget: {},
  },
  openstreetmap: { areas: boxes(Math.round(total * 0.45)) },
};
const common = { seed, properties: 3000, settings, limits: LIMITS };

const calm = await timed("calm", () => weather({ ...common, faults: "calm", nights: 1 }));
const stormy = await timed("storm", () =>
  weather({ ...common, faults: storm(SOURCES, { every: 180, wallEvery: 4000 }), nights: 12 }),
);
let isWell = true;
for (const [source, rows] of calm.landed) {
  const isEqual = JSON.stringify(stormy.landed.get(source)) === JSON.stringify(rows);
  isWell &&= isEqual;
  const words = isEqual ? "equal" : "DIFFERENT";
  console.log(
    `${source.padEnd(16)} ${rows.length.toLocaleString("en-US").padStart(8)} rows  ${words}`,
  );
}
const above = excesses(stormy.log, LIMITS.per_second, WOBBLE_MS);
const most = Math.max(...SOURCES.map((name) => mostAtOnce(stormy, name)));
console.log(
  `above ${LIMITS.per_second} a second: ${above.length === 0 ? "never" : JSON.stringify(above)}`,
);
console.log(`at once, of ${LIMITS.concurrency}: ${most}`);
process.exitCode = isWell && above.length === 0 && most <= LIMITS.concurrency ? 0 : 1;

async function timed(name: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const began = performance.now();
  const outcome = await work();
  const faults = outcome.log.filter(({ fault }) => fault !== undefined).length;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${name}: ${outcome.log.length.toLocaleString("en-US")} requests, ${faults.toLocaleString("en-US")} faults, nights ${outcome.whole.length}, ${seconds} s`,
  );
  return outcome;
}

function mostAtOnce({ log }: Outcome, source: string): number {
  return log.reduce(
    (most, entry) => (entry.source === source ? Math.max(most, entry.concurrent) : most),
    0,
  );
}

/** Florida in so many boxes. */
function boxes(count: number) {
  const columns = Math.ceil(Math.sqrt(count));
  const height = 6.8 / columns;
  const width = 7.9 / columns;
  return Array.from({ length: count }, (_, index) => {
    const south = 24.3 + Math.floor(index / columns) * height;
    const west = -87.7 + (index % columns) * width;
    return { name: `box ${index}`, bbox: [south, west, south + height, west + width] };
  });
}
