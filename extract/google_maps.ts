import { z } from "zod";
import { EltError } from "../engine/errors.ts";
import { Failure } from "./kit/classify.ts";
import { extractor } from "./kit/extractor.ts";
import { type Box, explainPlaces, PROVIDERS } from "./kit/places.ts";
import { parseJson } from "./kit/registers.ts";

/**
 * Lodging on Google Maps, by a search of each cell of a grid that is as fine as the town is dense. Asked
 * through Serper, or by Google's own Places API (New) for about three times the price; both land in one
 * stream. What Google says may be kept for 30 days, place ids for ever: `window_days` in
 * `seeds/freshness.csv` is how old an answer may be to count.
 */
const MOST_PAGES = 3;

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
const area = z.strictObject({
  name: z.string().min(1),
  /** South, west, north, east, in degrees. */
  bbox: z
    .tuple([latitude, longitude, latitude, longitude])
    .refine(
      ([south, west, north, east]) => south < north && west < east,
      "must be [south, west, north, east], south below north and west of east",
    ),
  /** Whose phone numbers and addresses are meant where a place does not say. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, "use two capitals, as US")
    .optional(),
});

interface Cell {
  readonly key: string;
  readonly url: string;
  readonly provider: keyof typeof PROVIDERS;
  readonly keyEnv: string;
  readonly term: string;
  readonly box: Box;
  readonly country: string | undefined;
  readonly smallest: number;
  /** Pages an attempt read before it failed: they are paid for. */
  readonly kept: { text: string; ids: readonly string[]; token: string | undefined }[];
}

export const step = extractor({
  version: 1,
  stream: "answers",
  settings: z.strictObject({
    provider: z.enum(["serper", "places"]).default("serper"),
    /** Another address of the same protocol. */
    url: z.string().min(1).optional(),
    key_env: z.string().min(1).optional(),
    areas: z.array(area).default([]),
    terms: z.array(z.string().trim().min(1)).min(1).default(["lodging"]),
    /** Sides of the cells, in degrees: of those asked first, and of those not split however full. */
    largest_cell: z.number().positive().default(0.5),
    smallest_cell: z.number().positive().default(0.01),
  }),
  keys: ({ provider, url, key_env = PROVIDERS[provider].keyEnv }) =>
    url?.startsWith("sandbox://") ? [] : [key_env],
  dollarsPerCall: ({ provider, url }) =>
    url?.startsWith("sandbox://") ? 0 : PROVIDERS[provider].dollarsPerCall,
  // Every question costs money: a night that needs more says so in `elt.yml`.
  defaults: { fresh_days: 28, concurrency: 4, per_second: 5, budget: { requests: 1000 } },

  requests: ({ provider, areas, terms, largest_cell, ...settings }) =>
    terms.flatMap((term) =>
      areas.flatMap(({ bbox, country }) =>
        tiles(bbox, largest_cell).map((box) =>
          withKey({
            url: settings.url ?? PROVIDERS[provider].url,
            provider,
            keyEnv: settings.key_env ?? PROVIDERS[provider].keyEnv,
            term,
            box,
            country,
            smallest: settings.smallest_cell,
          }),
        ),
      ),
    ),

  async fetch(cell, { read }) {
    const { kept } = cell;
    const provider = PROVIDERS[cell.provider];
    const key = keyOf(cell);
    let hasMore = true;
    let isFull = false;
    while (hasMore && kept.length < MOST_PAGES) {
      const { token } = kept.at(-1) ?? {};
      const question = { ...cell, page: kept.length + 1, token };
      try {
        const call = { ...provider.call(question, key), isPart: true };
        const content = await read("places in JSON", call);
        const text = content.text("utf-8");
        const page = provider.pageOf(parseJson(content));
        const known = new Set(kept.flatMap(({ ids }) => ids));
        // A page that says nothing new says that there are no more.
        const isNew = page.ids.some((id) => !known.has(id));
        hasMore = isNew && page.hasMore;
        isFull = isNew && page.isFull;
        kept.push({ text, ids: page.ids, token: page.token });
      } catch (error) {
        throw explainPlaces(error);
      }
    }
    // Google gives no token after its third page, whatever lies behind it.
    const isCut = isFull && kept.length === MOST_PAGES;
    const response = `[${kept.map(({ text }) => text).join(",")}]`;
    const count = new Set(kept.flatMap(({ ids }) => ids)).size;
    kept.length = 0;
    // What it found lands either way; what lies behind it needs smaller cells.
    if (isCut && quarters(cell)) {
      throw new Failure("fatal", `showed ${count} places and may hold more`, {
        response,
        isTooMuch: true,
      });
    }
    return { outcome: count > 0 ? "ok" : "empty", response, count };
  },

  split: (cell) => quarters(cell)?.map((box) => withKey({ ...cell, box })),
});

function withKey(cell: Omit<Cell, "key" | "kept">): Cell {
  const { provider, term, box } = cell;
  // Six decimals are a decimetre; more would make two questions of one.
  const degrees = box.map((degree) => Number(degree.toFixed(6))).join(",");
  return { ...cell, key: `${provider} ${term} (${degrees})`, kept: [] };
}

/** A sandbox knows no other key, and no real key ever goes there. */
function keyOf({ url, keyEnv }: Cell): string {
  const key = url.startsWith("sandbox://") ? "sandbox" : process.env[keyEnv];
  if (key) return key;
  throw new EltError(`google_maps needs the environment variable ${keyEnv}, which is not set`, {
    hint: `put the provider's API key into ${keyEnv}`,
  });
}

function tiles([south, west, north, east]: Box, side: number): Box[] {
  const rows = Math.ceil((north - south) / side - 1e-9);
  const columns = Math.ceil((east - west) / side - 1e-9);
  const height = (north - south) / rows;
  const width = (east - west) / columns;
  return Array.from({ length: rows * columns }, (_, index) => {
    const bottom = south + Math.floor(index / columns) * height;
    const left = west + (index % columns) * width;
    return [bottom, left, bottom + height, left + width] as const;
  });
}

function quarters({ box, smallest }: Cell): Box[] | undefined {
  const [south, west, north, east] = box;
  const side = Math.max(north - south, east - west) / 2;
  return side < smallest - 1e-9 ? undefined : tiles(box, side);
}
