import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { files } from "../../sandbox/files.ts";
import { floridaDbpr } from "../../sandbox/florida_dbpr.ts";
import type { Property, TruthRecord } from "../../sandbox/kit/property.ts";
import { RATES } from "../../sandbox/kit/rates.ts";
import type { StandIn } from "../../sandbox/kit/stand-in.ts";
import { openstreetmap } from "../../sandbox/openstreetmap.ts";
import { generateTruth } from "../../sandbox/truth.ts";

const truth = generateTruth({ seed: 11, properties: 4000 });
const properties = new Map(truth.properties.map((property) => [property.id, property]));
const register = floridaDbpr(truth);
const map = openstreetmap(truth);
const lists = files(truth);

type Row = Readonly<Record<string, string>>;

function ask(view: StandIn, path: string): Buffer {
  const asked = {
    method: "GET",
    headers: {},
    body: Buffer.alloc(0),
    concurrent: 1,
    now: new Date(0),
  };
  return view.answer({ ...asked, path }).body;
}

function csv(text: string): Row[] {
  return parse(text, { columns: true }) as Row[];
}

function ownerOf(view: StandIn): (recordId: string) => Property {
  const owners = new Map(
    view.records.map((record: TruthRecord) => [record.recordId, record.propertyId]),
  );
  return (recordId) => properties.get(owners.get(recordId)!)!;
}

/** Districts whose header is the current one. */
const licences = [1, 2, 3, 4, 5].flatMap((district) =>
  csv(ask(register, `/sto/file_download/extracts/hrlodge${district}.csv`).toString("latin1")),
);
const hotels = licences.filter((row) => !["CNDO", "DWEL"].includes(row["Rank Code"]!));

interface MapElement {
  readonly type: string;
  readonly id: number;
  readonly tags: Row;
}
const elements = (
  JSON.parse(
    ask(map, '/api/interpreter?data=[out:json];nwr["tourism"];out center;').toString("utf8"),
  ) as { elements: MapElement[] }
).elements;

const directory = csv(ask(lists, "/directory/florida.csv").toString("utf8"));
const crm = csv(ask(lists, "/crm/florida.csv").toString("utf8"));

function share<T>(items: readonly T[], holds: (item: T) => unknown): number {
  return items.filter(holds).length / items.length;
}

const digits = (text: string | undefined) => (text ?? "").replace(/\D/g, "").slice(-10);
const isTollFree = (text: string) =>
  /^1?(800|888|877|866|855|844|833)/.test(text.replace(/\D/g, ""));

describe("coverage", () => {
  test.each([
    ["register", RATES.coverage.register],
    ["map", RATES.coverage.map],
    ["directory", RATES.coverage.directory],
    ["crm", RATES.coverage.crm],
  ] as const)("%s knows about its share of Florida, traps on top", (source, expected) => {
    const florida = truth.properties.filter(
      ({ address, kind }) =>
        address.city.state === "FL" && kind !== "private_rental" && kind !== "restaurant",
    );
    const known = share(florida, ({ sources }) => sources.has(source));
    expect(known).toBeGreaterThan(expected - 0.04);
    expect(known).toBeLessThan(expected + 0.1);
  });
});

describe("the register", () => {
  const property = ownerOf(register);

  test("prints phones as often and in the forms measured", () => {
    expect(share(hotels, (row) => row["Secondary Phone Number"])).toBeCloseTo(134 / 153, 1);
    const filled = hotels.filter((row) => row["Secondary Phone Number"]);
    const dotted = share(filled, (row) =>
      /^\d{3}\.\d{3}\.\d{4}$/.test(row["Secondary Phone Number"]!),
    );
    expect(dotted).toBeCloseTo(52 / 134, 1);
  });

  test("writes capitals, and cuts towns at twenty characters", () => {
    expect(
      licences.every((row) => row["Business Name"] === row["Business Name"]!.toUpperCase()),
    ).toBe(true);
    expect(Math.max(...licences.map((row) => row["Location City"]!.length))).toBe(20);
    expect(
      share(licences, (row) => / BCH$|^(FT|ST|N) /.test(row["Location City"]!)),
    ).toBeGreaterThan(0.02);
  });

  test("names the hotel as others do in about seven of ten licences", () => {
    const named = hotels.filter((row) => row["Business Name"]);
    const agreeing = share(named, (row) => {
      const owner = property(`florida_dbpr:${row["License Number"]}`);
      return core(row["Business Name"]!, owner) === core(owner.name, owner);
    });
    expect(agreeing).toBeGreaterThan(RATES.register.nameAgrees - 0.12);
    expect(agreeing).toBeLessThan(RATES.register.nameAgrees + 0.05);
  });

  test("repeats a licence per unit with the same total", () => {
    const units = licences.filter(
      (row) => row["Rank Code"] === "CNDO" && Number(row["Number of Seats or Rental Units"]) > 1,
    );
    const perLicence = Map.groupBy(units, (row) => row["License Number"]!);
    expect(perLicence.size).toBeGreaterThan(10);
    for (const rows of perLicence.values()) {
      expect(rows.length).toBeGreaterThan(1);
      expect(new Set(rows.map((row) => row["Number of Seats or Rental Units"])).size).toBe(1);
      expect(new Set(rows.map((row) => row["Location Address Line 2"])).size).toBe(rows.length);
    }
  });

  test("agrees with the map on the phone in about one pair of five", () => {
    const onMap = new Map<number, string>();
    const place = ownerOf(map);
    for (const { type, id, tags } of elements) {
      if (tags.phone) onMap.set(place(`openstreetmap:${type}/${id}`).id, digits(tags.phone));
    }
    const pairs = hotels
      .map((row) => [
        digits(row["Secondary Phone Number"]),
        onMap.get(property(`florida_dbpr:${row["License Number"]}`).id),
      ])
      .filter(([left, right]) => left && right);
    expect(pairs.length).toBeGreaterThan(300);
    expect(share(pairs, ([left, right]) => left === right)).toBeGreaterThan(0.12);
    expect(share(pairs, ([left, right]) => left === right)).toBeLessThan(0.27);
  });
});

describe("the map", () => {
  test.each([
    ["name", 139 / 145],
    ["addr:street", 120 / 145],
    ["addr:city", 117 / 145],
    ["addr:postcode", 112 / 145],
    ["phone", 64 / 145],
    ["website", 69 / 145],
    ["brand", 26 / 145],
  ])("fills %s about as often as measured", (tag, expected) => {
    expect(Math.abs(share(elements, ({ tags }) => tags[tag]) - expected)).toBeLessThan(0.08);
  });

  test("draws houses as points, outlines and relations, some twice", () => {
    expect(new Set(elements.map(({ type }) => type))).toEqual(new Set(["node", "way", "relation"]));
    expect(
      map.records.filter(({ traps }) => traps.includes("mapped_twice")).length,
    ).toBeGreaterThan(20);
  });
});

describe("the lists", () => {
  test("the directory gives toll-free numbers and long zips as often as measured", () => {
    const phones = directory.filter((row) => row.phone);
    expect(share(phones, (row) => isTollFree(row.phone!))).toBeCloseTo(17 / 64, 1);
    expect(share(directory, (row) => /\d{5}-\d{4}$/.test(row.address!))).toBeCloseTo(55 / 65, 1);
    expect(share(directory, (row) => row.website!.includes("utm_"))).toBeCloseTo(6 / 65, 1);
  });

  test("the sales list never has a longitude, and mostly an engine's booking page", () => {
    expect(crm.every((row) => row.Longitude === "")).toBe(true);
    expect(share(crm, (row) => row.Latitude)).toBeGreaterThan(0.98);
    expect(
      share(
        crm,
        (row) =>
          row["Booking URL"]!.includes("/reservations") &&
          row["Booking URL"]!.includes("-stay.com"),
      ),
    ).toBeLessThan(0.25);
    expect(share(crm, (row) => row.PMS === "unknown_booking_api")).toBeCloseTo(299 / 1839, 1);
    expect(share(crm, (row) => row.PMS === "Cloudbeds")).toBeGreaterThan(0.04);
  });
});

/** Rough core of a name: folded, without lodging words and the town, as the silver pairs were judged. */
function core(name: string, { address }: Property): string {
  const fold = (text: string) =>
    text
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replaceAll("&", " and ")
      .replace(/[^a-z0-9]+/g, " ");
  const town = fold(address.city.name).split(" ");
  const noise =
    /^(the|and|hotel|htl|inn|motel|mtr|motor|resort|rsrt|suites|lodge|house|guest|guesthouse|bed|breakfast|b|apartments|apts|villas|club|beach|bch|boutique|n|ft|st|saint|)$/;
  return fold(name)
    .split(" ")
    .filter((word) => !noise.test(word) && !town.includes(word))
    .join(" ");
}
