import { z } from "zod";
import { isLocal } from "./kit/address.ts";
import { Failure } from "./kit/classify.ts";
import { extractor } from "./kit/extractor.ts";

/**
 * Lodging on the map, by the Overpass API: everything tagged as a place to sleep in a bounding box.
 * https://wiki.openstreetmap.org/wiki/Overpass_API · data © OpenStreetMap contributors, ODbL.
 */
const ENDPOINT = "https://overpass-api.de/api/interpreter";
const LODGING = "hotel|motel|guest_house|hostel|apartment|chalet|camp_site";
/** Seconds the server may work on one query; it needs a place in its queue before that. */
const SERVER_TIMEOUT = 180;
/** Boxes smaller than this, in degrees, are not split further: they time out for another reason. */
const SMALLEST_SIDE = 0.02;

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
});

type Box = readonly [south: number, west: number, north: number, east: number];

export const step = extractor({
  version: 1,
  stream: "answers",
  settings: z.strictObject({
    url: z.string().min(1).default(ENDPOINT),
    areas: z.array(area).default([]),
    /** Saved answers on this computer, instead of or besides asking. */
    files: z.array(z.string().min(1)).default([]),
  }),
  // The public server asks for at most 10,000 queries a day and has two slots an address.
  defaults: { fresh_days: 7, concurrency: 1, per_second: 0.5 },

  requests: ({ url, areas, files }) => [
    ...areas.map(({ bbox }) => boxRequest(url, bbox)),
    ...files.map((path) => ({ key: path, url: path, box: undefined })),
  ],

  async fetch({ url, box }, { read }) {
    const call = box && {
      method: "POST" as const,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ data: query(box) }).toString(),
    };
    const content = await read("an Overpass answer in JSON", {
      ...call,
      firstByteMs: (SERVER_TIMEOUT + 30) * 1000,
    });
    const response = content.text("utf-8");
    const count = countElements(response, isLocal(url));
    return { outcome: count > 0 ? "ok" : "empty", response, count };
  },

  split({ url, box }) {
    if (!box) return undefined;
    const [south, west, north, east] = box;
    if (Math.max(north - south, east - west) < SMALLEST_SIDE) return undefined;
    const middle = [(south + north) / 2, (west + east) / 2] as const;
    return [
      [south, west, middle[0], middle[1]] as const,
      [south, middle[1], middle[0], east] as const,
      [middle[0], west, north, middle[1]] as const,
      [middle[0], middle[1], north, east] as const,
    ].map((part) => boxRequest(url, part));
  },
});

function boxRequest(url: string, box: Box) {
  return { key: `lodging(${degrees(box)})`, url, box };
}

function query(box: Box): string {
  return `[out:json][timeout:${SERVER_TIMEOUT}];(nwr["tourism"~"^(${LODGING})$"](${degrees(box)}););out center tags;`;
}

/** Six decimals are a decimetre; more would make two questions of one. */
function degrees(box: Box): string {
  return box.map((degree) => Number(degree.toFixed(6))).join(",");
}

/**
 * Elements of an answer. A query that ran out of time or memory is answered with status 200, the
 * elements found so far, and a `remark`: `runtime error: Query timed out in "query" at line 1 …`.
 */
function countElements(response: string, isSaved: boolean): number {
  let answer: { elements?: unknown; remark?: unknown };
  try {
    answer = JSON.parse(response) as typeof answer;
  } catch (cause) {
    throw new Failure(isSaved ? "fatal" : "retry", `sent JSON that was cut: ${String(cause)}`, {
      cause,
    });
  }
  if (typeof answer.remark === "string" && /error|timed out|out of memory/i.test(answer.remark)) {
    throw new Failure("retry", `said "${answer.remark}"`, { response, isTooMuch: true });
  }
  if (!Array.isArray(answer.elements)) {
    throw new Failure("fatal", "sent JSON without elements", { response });
  }
  return answer.elements.length;
}
