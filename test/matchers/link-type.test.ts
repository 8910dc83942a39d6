import { expect, test } from "vitest";
import { persons } from "../../matchers/kit/shapes/persons.ts";
import type { MatcherSpec } from "../../matchers/kit/spec.ts";
import { matchRows } from "./kit/lists.ts";

const COLUMNS = { given_name: "first", family_name: "last", date_of_birth: "born", email: "mail" };

/** Twenty persons in two lists; each list holds the first five twice. */
const ROWS = ["a", "b"].flatMap((source) =>
  Array.from({ length: 25 }, (_, index) => {
    const person = index % 20;
    return {
      record_id: `${source}${index}`,
      source,
      first: ["Marta", "Bertil", "Ingrid", "Olav", "Sigrid"][person % 5] ?? "",
      last: ["Quist", "Undset", "Vik", "Lindqvist", "Haugen", "Moen", "Berg"][person % 7] ?? "",
      born: `19${50 + person}-0${1 + (person % 9)}-1${person % 10}`,
      mail: `p${person}@oak.example`,
    };
  }),
);

async function sourcesOf(options: Partial<MatcherSpec>): Promise<string[]> {
  const { groups } = await matchRows({ ...persons({ columns: COLUMNS }), ...options }, ROWS);
  return groups
    .filter((group) => group.length > 1)
    .map((group) => group.map((id) => id.slice(0, 1)).join(""));
}

test("by default both what a list repeats and what two lists share is found", async () => {
  const groups = await sourcesOf({});
  expect(groups.filter((group) => group === "aabb")).toHaveLength(5);
  expect(groups.filter((group) => group === "ab")).toHaveLength(15);
});

test("linking makes no pair within a list", async () => {
  const spec = { ...persons({ columns: COLUMNS }), linkType: "link" as const };
  const { groups } = await matchRows(spec, ROWS);
  expect(
    groups.filter(
      (group) => group.some((id) => id.startsWith("a")) && group.some((id) => id.startsWith("b")),
    ),
  ).toHaveLength(20);
});

test("deduplicating makes no pair across lists", async () => {
  const groups = await sourcesOf({ linkType: "dedupe" });
  expect(new Set(groups)).toEqual(new Set(["aa", "bb"]));
  expect(groups).toHaveLength(10);
});

test("lists that name each entity once give a cluster one record each", async () => {
  for (const linkType of ["link", "link_and_dedupe"] as const) {
    const groups = await sourcesOf({ linkType, registers: ["a", "b"] });
    expect(new Set(groups)).toEqual(new Set(["ab"]));
  }
});

test("pairs of sources may be named", async () => {
  const groups = await sourcesOf({ sourcePairs: [["a", "a"]] });
  expect(groups).toEqual(["aa", "aa", "aa", "aa", "aa"]);
});

test("linking one list, or a list that is not there, is refused", async () => {
  const one = ROWS.filter(({ source }) => source === "a");
  const spec = persons({ columns: COLUMNS, linkType: "link" });
  await expect(matchRows(spec, one)).rejects.toThrow('nothing to link: every record is of "a"');
  const named = persons({ columns: COLUMNS, registers: ["aa"] });
  await expect(matchRows(named, ROWS)).rejects.toThrow('no source "aa"');
});
