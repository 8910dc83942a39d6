import { describe, expect, test } from "vitest";
import { place } from "../../matchers/comparisons/place.ts";
import { levelOf, type Values } from "./kit/levels.ts";

const [address, area] = place("place", {
  number: "number",
  street: "street",
  unit: "unit",
  city: "city",
  zip: "zip",
  state: "state",
  latitude: "lat",
  longitude: "lon",
});
const COLUMNS = {
  number: "varchar",
  street: "varchar",
  unit: "varchar",
  city: "varchar",
  zip: "varchar",
  state: "varchar",
  lat: "double",
  lon: "double",
};
const HERE = { city: "tarpon key", zip: "33333", state: "FL" };
const at = (number: string, street: string, rest: Values = {}): Values => ({
  ...HERE,
  number,
  street,
  ...rest,
});

const ADDRESSES: readonly (readonly [string, Values, Values, string | null])[] = [
  ["equal", at("12", "gulf blvd"), at("12", "gulf blvd"), "same address"],
  [
    "one without a city",
    at("12", "gulf blvd"),
    at("12", "gulf blvd", { city: null, zip: null }),
    "same address",
  ],
  [
    "another town's street",
    at("12", "main st"),
    at("12", "main st", { city: "elsewhere", zip: "44444" }),
    "addresses differ, elsewhere",
  ],
  [
    "another state, same names",
    at("12", "main st"),
    at("12", "main st", { state: "TX", zip: null }),
    "addresses differ, elsewhere",
  ],
  [
    "two units",
    at("12", "gulf blvd", { unit: "4" }),
    at("12", "gulf blvd", { unit: "9" }),
    "same address, another unit",
  ],
  [
    "misspelt street",
    at("12", "gulfview blvd"),
    at("12", "gulfveiw blvd"),
    "same number, street alike",
  ],
  ["a range", at("12-16", "gulf blvd"), at("12", "gulf blvd"), "same address"],
  ["next door", at("12", "gulf blvd"), at("16", "gulf blvd"), "numbers close in one street"],
  [
    "down the street",
    at("12", "gulf blvd"),
    at("1216", "gulf blvd"),
    "another number in the street",
  ],
  [
    "a corner",
    at("12", "gulf blvd", { lat: 27.12345, lon: -82.12345 }),
    at("3", "palm ave", { lat: 27.12365, lon: -82.12345 }),
    "within 60 m, another street",
  ],
  [
    "beside",
    at("12", "gulf blvd", { lat: 27.12345, lon: -82.12345 }),
    at("140", "gulf blvd", { lat: 27.12365, lon: -82.12345 }),
    "within 60 m, another number in the street",
  ],
  ["no street", at("12", "gulf blvd"), { ...HERE, lat: 27.1, lon: -82.1 }, null],
];

const AREAS: readonly (readonly [string, Values, Values, string | null])[] = [
  [
    "on the spot",
    { lat: 27.12345, lon: -82.12345 },
    { lat: 27.12347, lon: -82.12349 },
    "within 60 m",
  ],
  [
    "a block away",
    { lat: 27.12345, lon: -82.12345 },
    { lat: 27.12445, lon: -82.12345 },
    "within 200 m",
  ],
  [
    "a coarse position",
    { lat: 27.12, lon: -82.12 },
    { lat: 27.12345, lon: -82.12345 },
    "within 200 m",
  ],
  [
    "half a position",
    { ...HERE, lat: 27.12345 },
    { ...HERE, lat: 27.12345, lon: -82.12345 },
    "same postcode",
  ],
  [
    "no number at all",
    { ...HERE, lat: Number.NaN, lon: Number.NaN },
    { ...HERE, lat: 27.1, lon: -82.1 },
    "same postcode",
  ],
  ["one town", { city: "tarpon key" }, { city: "tarpon key" }, "same town"],
  ["two towns", { city: "tarpon key" }, { city: "heron bay" }, "elsewhere"],
  [
    "one town's name, far apart",
    { city: "a", lat: 27.12345, lon: -82.12345 },
    { city: "a", lat: 28.12345, lon: -82.12345 },
    "elsewhere",
  ],
  ["nothing known", {}, { city: "tarpon key" }, null],
  ["both have addresses", at("1", "a st"), at("1", "a st"), null],
];

describe("places", () => {
  test.each(ADDRESSES)("address, %s", async (_, left, right, level) => {
    expect(await levelOf([address, area], "address", COLUMNS, [left, right])).toBe(level);
  });

  test.each(AREAS)("area, %s", async (_, left, right, level) => {
    expect(await levelOf([address, area], "area", COLUMNS, [left, right])).toBe(level);
  });

  test("an address that one source gives to three records is shared", async () => {
    const tower = at("12", "gulf blvd");
    const level = await levelOf(
      [address, area],
      "address",
      COLUMNS,
      [tower, tower],
      [tower, tower, tower],
    );
    expect(level).toBe("same address, shared by several");
  });
});
