import { describe, expect, test } from "vitest";
import { parseOverpassQuery } from "../../sandbox/kit/overpass-query.ts";

const HOTEL = { tourism: "hotel", name: "Salt Heron Inn", "addr:city": "Tampa" };
const RESTAURANT = { amenity: "restaurant", name: "Copper Gull Grill" };

function matches(filter: string, tags: Readonly<Record<string, string>>): boolean {
  const [statement] = parseOverpassQuery(`[out:json];nwr${filter};out center;`).statements;
  return statement!.filters.every((holds) => holds(tags));
}

describe("filters", () => {
  test.each([
    ['["tourism"="hotel"]', true, false],
    ["[tourism=hotel]", true, false],
    ['["tourism"~"^(hotel|motel)$"]', true, false],
    ['["tourism"~"HOTEL",i]', true, false],
    ['["tourism"]', true, false],
    ['["addr:city"]', true, false],
    ['[!"tourism"]', false, true],
    ['["tourism"!="hotel"]', false, true],
    ['["tourism"!~"hot"]', false, true],
    ['["name"]["tourism"="motel"]', false, false],
  ])("%s", (filter, hotel, restaurant) => {
    expect(matches(filter, HOTEL)).toBe(hotel);
    expect(matches(filter, RESTAURANT)).toBe(restaurant);
  });
});

describe("shapes of queries", () => {
  test("a union of types, each with its box", () => {
    const query = parseOverpassQuery(`
      [out:json][timeout:90];
      // lodging of a corner
      (
        node["tourism"="hotel"](25.1,-80.9,25.9,-80.1);
        way["tourism"="hotel"](25.1,-80.9,25.9,-80.1);
      );
      out body center qt;`);
    expect(query.timeout).toBe(90);
    expect(query.statements.map(({ types }) => types)).toEqual([["node"], ["way"]]);
    expect(query.statements[0]!.box).toEqual([25.1, -80.9, 25.9, -80.1]);
    expect(query.out).toEqual({ verbosity: "body", center: true, limit: undefined });
  });

  test("one box for the whole query, and a limit", () => {
    const query = parseOverpassQuery("[out:json][bbox:1,2,3,4];nwr[tourism];out tags center 10;");
    expect(query.statements[0]!.box).toEqual([1, 2, 3, 4]);
    expect(query.out.limit).toBe(10);
  });
});

describe("what is not understood is a parse error with its line", () => {
  test.each([
    ["[out:xml];nwr;out;", "line 1: parse error: 'json' expected - 'xml' found."],
    [
      "[out:json];\nhotel[tourism];out;",
      "line 2: parse error: 'node', 'way', 'relation' or 'nwr' expected - 'hotel' found.",
    ],
    ["[out:json];nwr[tourism](1,2,3);out;", "',' expected - ')' found"],
    ["[out:json];nwr[tourism](1,2,here,4);out;", "Number expected - 'here' found"],
    ["[out:json];nwr[tourism];", "'out' expected"],
    ['[out:json];nwr["tourism"~"("];out;', "Regular expression expected"],
    ["[out:json];nwr[tourism](5,2,3,4);out;", "Bounding box expected"],
    ["[out:json];nwr[tourism];out;>;out;", "End of query expected"],
    ["[out:json];nwr[tourism]§;out;", "Unknown character '§'"],
  ])("%s", (query, message) => {
    expect(() => parseOverpassQuery(query)).toThrow(message);
  });
});
