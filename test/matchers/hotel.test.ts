import { afterEach, describe, expect, test, vi } from "vitest";
import { HotelNight, type HotelRow, makeHotels, shuffled, type Verdict } from "./kit/hotels.ts";

vi.setConfig({ testTimeout: 30_000 });

const ROWS = makeHotels(120);
let nights: HotelNight[] = [];

afterEach(() => {
  for (const night of nights) night.close();
  nights = [];
});

async function night(rows: readonly HotelRow[], verdicts: readonly Verdict[] = [], threads = 2) {
  const opened = await HotelNight.open(threads);
  nights.push(opened);
  const matched = await opened.match(rows, verdicts);
  return { night: opened, matched };
}

describe("hotels of several sources", () => {
  test("become one hotel each", async () => {
    const { night: opened } = await night(ROWS);
    const clusters = await opened.warehouse.rows<{ record_id: string; hotel_id: bigint }>(
      "select record_id, hotel_id from match.hotel_clusters",
    );
    const { precision, recall } = pairScore(ROWS, clusters);
    expect(precision).toBeGreaterThan(0.99);
    expect(recall).toBeGreaterThan(0.95);
  });

  test("give the same bytes with one thread or two, and in any order of rows", async () => {
    const [one, two] = [await night(ROWS, [], 1), await night(shuffled(ROWS, 7), [], 2)];
    expect(await two.night.fingerprint()).toEqual(await one.night.fingerprint());
  });

  test("keep their ids when nothing changed, and the log stays as it is", async () => {
    const { night: opened, matched } = await night(ROWS);
    const before = await opened.fingerprint();
    const again = await opened.match(shuffled(ROWS, 3));
    expect(again.version).toBe(matched.version);
    expect(await opened.fingerprint()).toEqual(before);
  });
});

const BASE = {
  hotel_name: "Amber Cove Hotel",
  name_core: "amber cove",
  name_tokens: ["amber", "cove", "hotel"],
  street_number: "12",
  street_name: "gulf blvd",
  city_key: "town 1",
  state: "FL",
  zip_code: "33001",
  latitude: 27.51234,
  longitude: -81.51234,
  phone: "+13055559999",
  category: "hotel",
} as const;
const ONE = { ...BASE, record_id: "map:a", source: "map" } satisfies HotelRow;
const OTHER = { ...BASE, record_id: "list:a", source: "list" } satisfies HotelRow;

async function together(
  rows: readonly HotelRow[],
  verdicts: readonly Verdict[] = [],
): Promise<boolean> {
  const { night: opened } = await night([...ROWS, ...rows], verdicts);
  const [first, second] = rows;
  return (await opened.hotelOf(first!.record_id)) === (await opened.hotelOf(second!.record_id));
}

describe("traps", () => {
  test("equal in everything is one hotel", async () => {
    expect(await together([ONE, OTHER])).toBe(true);
  });

  test("two licences are two hotels, however alike", async () => {
    const twins = [
      { ...BASE, record_id: "register:X1", source: "register", licence_number: "X1" },
      { ...BASE, record_id: "register:X2", source: "register", licence_number: "X2" },
    ];
    expect(await together(twins)).toBe(false);
  });

  test("two brands at one address are two hotels", async () => {
    const brands = [
      { ...ONE, brand: "Alder", name_core: "alder cove", name_tokens: ["alder", "cove"] },
      { ...OTHER, brand: "Birch", name_core: "birch cove", name_tokens: ["birch", "cove"] },
    ];
    expect(await together(brands)).toBe(false);
  });

  test("the restaurant in the hotel is not the hotel", async () => {
    expect(await together([ONE, { ...OTHER, category: "restaurant" }])).toBe(false);
  });

  test("north tower and south tower next door share phone and site, not the hotel", async () => {
    const towers = [
      {
        ...ONE,
        name_core: "amber cove north tower",
        name_tokens: ["amber", "cove", "north", "tower"],
        domain: "cove.example",
      },
      {
        ...OTHER,
        name_core: "amber cove south tower",
        name_tokens: ["amber", "cove", "south", "tower"],
        street_number: "16",
        domain: "cove.example",
      },
    ];
    expect(await together(towers)).toBe(false);
  });

  test("a legal name and a trading name at one address of their own are one hotel", async () => {
    const legal = {
      ...ONE,
      record_id: "register:Z1",
      source: "register",
      licence_number: "Z1",
      latitude: null,
      longitude: null,
      phone: null,
      name_core: "oxbow ventures",
      name_tokens: ["oxbow", "ventures", "llc"],
    };
    expect(await together([legal, OTHER])).toBe(true);
  });

  test("a switchboard does not merge the houses it serves", async () => {
    const phone = "+13055550000";
    const houses = FOUR.map(([core, number]) => ({
      ...BASE,
      record_id: `map:${core}`,
      source: "map",
      name_core: core,
      name_tokens: core.split(" "),
      street_number: number,
      latitude: 27.1 + Number(number) / 1000,
      phone,
    }));
    expect(await together(houses)).toBe(false);
  });

  test("the map's point and outline of one hotel are one hotel", async () => {
    expect(await together([ONE, { ...ONE, record_id: "map:way" }])).toBe(true);
  });
});

const FOUR = [
  ["dahlia fjord", "3100"],
  ["ginger knoll", "4200"],
  ["indigo quay", "5300"],
  ["thyme shoal", "6400"],
] as const;

describe("verdicts", () => {
  test("different outranks every weight", async () => {
    const verdict = { l: "list:a", r: "map:a", verdict: "different" } as const;
    expect(await together([ONE, OTHER], [verdict])).toBe(false);
  });

  test("same outranks every weight and every constraint", async () => {
    const rows = [
      { ...BASE, record_id: "register:X1", source: "register", licence_number: "X1" },
      {
        ...BASE,
        record_id: "register:X2",
        source: "register",
        licence_number: "X2",
        name_core: "thyme",
        city_key: "town 2",
        zip_code: "33002",
        phone: null,
        street_number: "9000",
        latitude: 28.4,
      },
    ];
    const verdict = { l: "register:X1", r: "register:X2", verdict: "same" } as const;
    const { night: opened } = await night([...ROWS, ...rows], [verdict]);
    expect(await opened.hotelOf("register:X1")).toBe(await opened.hotelOf("register:X2"));
    expect(await opened.decisionOf("register:X1", "register:X2")).toBe("same");
  });

  test("that contradict each other are an error naming both", async () => {
    const verdicts: Verdict[] = [
      { l: "map:a", r: "list:a", verdict: "same" },
      { l: "list:a", r: "register:L1", verdict: "same" },
      { l: "map:a", r: "register:L1", verdict: "different" },
    ];
    const error = await night([...ROWS, ONE, OTHER], verdicts).catch((caught: unknown) => caught);
    expect(String((error as { errors: unknown[] }).errors[0])).toContain(
      '"different" on map:a × register:L1 contradicts "same" on list:a × map:a, list:a × register:L1',
    );
  });
});

describe("poor input", () => {
  test("no record gives empty tables", async () => {
    const { night: opened, matched } = await night([]);
    expect(matched).toMatchObject({ records: 0, pairs: 0, clusters: 0 });
    expect(await opened.warehouse.rows("from match.hotel_pairs")).toEqual([]);
  });

  test("one record is one hotel, two that are equal are one, two that are not are two", async () => {
    expect((await night([ONE])).matched.clusters).toBe(1);
    expect((await night([ONE, OTHER])).matched.clusters).toBe(1);
    const far = {
      ...OTHER,
      name_core: "thyme shoal",
      name_tokens: ["thyme", "shoal"],
      city_key: "town 9",
      zip_code: "33009",
      street_number: "7",
      latitude: 28.9,
      phone: "+13055550001",
    };
    expect((await night([ONE, far])).matched.clusters).toBe(2);
  });

  test("records of nothing but ids stay apart", async () => {
    const empty = Array.from({ length: 50 }, (_, index) => ({
      record_id: `list:${index}`,
      source: "list",
    }));
    expect((await night(empty)).matched.clusters).toBe(50);
  });

  test("a value held by thousands makes no pairs", async () => {
    const crowd = Array.from({ length: 1500 }, (_, index) => ({
      record_id: `list:c${index}`,
      source: "list",
      phone: "+13055550000",
      name_core: `solo w${index}`,
      name_tokens: ["solo", `w${index}`],
      city_key: "town 1",
      state: "FL",
    }));
    const { matched } = await night(crowd);
    const phone = matched.blocked.rules.find(({ name }) => name === "phone");
    expect(phone).toMatchObject({ pairs: 0, suppressed: 1 });
    expect(matched.pairs).toBeLessThan(1500 * 150);
    expect(matched.clusters).toBe(1500);
  });

  test("a record_id that repeats is an error naming it", async () => {
    await expect(night([ONE, OTHER, ONE])).rejects.toThrow('record_id "map:a" occurs 2 times');
  });

  test("coordinates that are no numbers are no coordinates", async () => {
    const odd = { ...ONE, latitude: Number.NaN, longitude: Number.POSITIVE_INFINITY };
    expect(await together([odd, OTHER])).toBe(true);
  });
});

function pairScore(
  rows: readonly HotelRow[],
  clusters: readonly { record_id: string; hotel_id: bigint }[],
) {
  const truth = new Map(rows.map((row) => [row.record_id, row.truth]));
  let [found, right, wanted] = [0, 0, 0];
  for (const [index, one] of clusters.entries()) {
    for (const other of clusters.slice(index + 1)) {
      const same = truth.get(one.record_id) === truth.get(other.record_id);
      const joined = one.hotel_id === other.hotel_id;
      if (same) wanted += 1;
      if (joined) found += 1;
      if (same && joined) right += 1;
    }
  }
  return { precision: right / found, recall: right / wanted };
}
