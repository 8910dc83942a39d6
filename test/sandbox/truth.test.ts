import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { files } from "../../sandbox/files.ts";
import { floridaDbpr } from "../../sandbox/florida_dbpr.ts";
import { isLodging, type Trap } from "../../sandbox/kit/property.ts";
import { RATES } from "../../sandbox/kit/rates.ts";
import { openstreetmap } from "../../sandbox/openstreetmap.ts";
import { generateTruth } from "../../sandbox/truth.ts";

const TRAPS: readonly Trap[] = [
  "chain_next_door",
  "chain_neighbours",
  "restaurant_inside",
  "shared_address",
  "shared_switchboard",
  "engine_website",
  "rebrand",
  "move",
  "closure",
  "legal_name",
  "twin_buildings",
  "annex",
  "misspelling",
  "abbreviation",
  "unit_rows",
  "single_unit",
  "wrong_coordinates",
  "missing_longitude",
  "brand_number",
  "portfolio_domain",
  "mapped_twice",
];

function viewsOf(seed: number, properties: number) {
  const truth = generateTruth({ seed, properties });
  return { truth, views: [floridaDbpr(truth), openstreetmap(truth), files(truth)] };
}

function hashOf(seed: number, properties: number): string {
  const { truth, views } = viewsOf(seed, properties);
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify(truth, (_, value) => (value instanceof Set ? [...value].sort() : value)),
  );
  const ask = {
    method: "GET",
    headers: {},
    body: Buffer.alloc(0),
    concurrent: 1,
    now: new Date(0),
  };
  const [register, map, lists] = views;
  for (const district of [1, 2, 3, 4, 5, 6, 7]) {
    const path = `/sto/file_download/extracts/hrlodge${district}.csv`;
    hash.update(register!.answer({ ...ask, path }).body);
  }
  hash.update(map!.answer({ ...ask, path: "/api/interpreter?data=[out:json];nwr;out;" }).body);
  for (const path of ["/directory/texas.csv", "/crm/florida.csv", "/people/contacts.xlsx"]) {
    hash.update(lists!.answer({ ...ask, path }).body);
  }
  return hash.digest("hex");
}

describe("one seed, one world", () => {
  test("the same seed gives the same bytes", () => {
    expect(hashOf(7, 300)).toBe(hashOf(7, 300));
  });

  test("another seed gives another world", () => {
    expect(hashOf(8, 300)).not.toBe(hashOf(7, 300));
  });

  test("a size too small for every trap is refused", () => {
    expect(() => generateTruth({ seed: 1, properties: 20 })).toThrow("too small");
  });

  test("50,000 properties are as many hotels", () => {
    const truth = generateTruth({ seed: 1, properties: 50_000 });
    expect(truth.properties.filter(isLodging)).toHaveLength(50_000);
  });
});

describe.each([
  { seed: 1, size: 50 },
  { seed: 2, size: 50 },
  { seed: 3, size: 50 },
  { seed: 7, size: 2000 },
])("a world of $size from seed $seed", ({ seed, size }) => {
  const { truth, views } = viewsOf(seed, size);
  const records = views.flatMap((view) => view.records);
  const lodging = truth.properties.filter(isLodging);

  test("has as many lodging properties as asked for", () => {
    expect(lodging).toHaveLength(size);
  });

  test("keeps the share of each state", () => {
    for (const [state, share] of RATES.states) {
      const count = lodging.filter(({ address }) => address.city.state === state).length;
      expect(count / size).toBeGreaterThan(share - 0.05);
      expect(count / size).toBeLessThan(share + 0.05);
    }
  });

  test("holds every trap, and a record that shows it", () => {
    const shown = new Set(records.flatMap(({ traps }) => traps));
    const taking = new Set(truth.properties.flatMap(({ traps }) => [...traps]));
    const missing = TRAPS.filter((trap) => !shown.has(trap) && !taking.has(trap));
    expect(missing).toEqual([]);
    const reported = new Set(records.map(({ propertyId }) => propertyId));
    const unseen = truth.properties.filter(
      (property) =>
        property.traps.size > 0 &&
        !property.traps.has("restaurant_inside") &&
        !reported.has(property.id),
    );
    expect(unseen).toEqual([]);
  });

  test("gives each record an id of its own and a property that exists", () => {
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(records.length);
    const ids = new Set(truth.properties.map(({ id }) => id));
    expect(records.every(({ propertyId }) => ids.has(propertyId))).toBe(true);
  });

  test("never gives one name twice in a town, nor one domain to two houses without a reason", () => {
    const names = truth.properties.map(({ name, address }) => `${name}/${address.city.name}`);
    expect(new Set(names).size).toBe(names.length);
    const domains = truth.properties.filter(
      ({ domain, traps }) => domain && !traps.has("twin_buildings") && !traps.has("annex"),
    );
    expect(new Set(domains.map(({ domain }) => domain)).size).toBe(domains.length);
  });

  test("tells true neighbours apart by name, and puts them side by side", () => {
    for (const trap of [
      "chain_next_door",
      "chain_neighbours",
      "twin_buildings",
      "annex",
    ] as const) {
      const members = truth.properties.filter(({ traps }) => traps.has(trap));
      expect(members.length % 2).toBe(0);
      for (let index = 0; index < members.length; index += 2) {
        const [one, two] = [members[index]!, members[index + 1]!];
        expect(one.name).not.toBe(two.name);
        expect(one.address.street).toBe(two.address.street);
        expect(Math.abs(one.address.latitude - two.address.latitude)).toBeLessThan(0.003);
      }
    }
  });

  test("says of each person and company that a source names who it is", () => {
    const mentions = views.flatMap((view) => view.mentions ?? []);
    const known = new Set(records.map(({ recordId }) => recordId));
    expect(mentions.filter(({ recordId }) => !known.has(recordId.replace(/:\w+$/, "")))).toEqual(
      [],
    );
    expect(mentions.filter(({ person, company }) => !person === !company)).toEqual([]);
  });

  test("registers a company's name once in a state", () => {
    const owners = new Map(
      truth.properties.map(({ owner, address }) => [
        owner.id,
        `${address.city.state}/${owner.company}`,
      ]),
    );
    expect(new Set(owners.values()).size).toBe(owners.size);
  });
});

test("a world of 2,000 has namesakes, sister companies and names written in every way", () => {
  const { truth, views } = viewsOf(7, 2000);
  const mentions = views.flatMap((view) => view.mentions ?? []);
  const traps = new Set(mentions.flatMap((mention) => mention.traps));
  expect([...traps].sort()).toEqual([
    "abbreviation",
    "family",
    "initial",
    "legal_form",
    "misspelling",
    "short_name",
    "swapped",
    "trading_name",
  ]);
  const bearers = Map.groupBy(
    new Set(truth.properties.map(({ contact }) => contact)),
    ({ first, last }) => `${first} ${last}`,
  );
  expect([...bearers.values()].some((persons) => persons.length > 1)).toBe(true);
  const stems = Map.groupBy(new Set(truth.properties.map(({ owner }) => owner.company)), (name) =>
    name.split(" ").slice(0, 2).join(" "),
  );
  expect([...stems.values()].some((names) => names.length > 1)).toBe(true);
});
