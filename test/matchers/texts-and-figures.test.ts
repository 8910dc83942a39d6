import { describe, expect, test } from "vitest";
import { arrayOverlap } from "../../matchers/comparisons/array-overlap.ts";
import { distance } from "../../matchers/comparisons/distance.ts";
import { freeText } from "../../matchers/comparisons/free-text.ts";
import { number } from "../../matchers/comparisons/number.ts";
import { levelOf } from "./kit/levels.ts";

type Case = readonly [left: string | null, right: string | null, level: string | null];

const NUMBERS: readonly Case[] = [
  ["1,250.00", "1250", "same price"],
  ["$ 99.90", "100", "price within 2 %"],
  ["95", "100", "price within 10 %"],
  ["75", "100", "price within 30 %"],
  ["10", "100", "another price"],
  ["0", "0.0", "same price"],
  ["-5", "5", "another price"],
  ["on request", "100", null],
];

const TITLES: readonly Case[] = [
  ["The Salt Road", "the salt road!", "same title"],
  ["Kiln firing for beginners", "Kiln firing for begginers", "title almost the same"],
  ["Harbour lights", "Harbour lights: a history of pilots", "one title contains the other"],
  ["Mending nets 2", "Mending nets 3", "title alike but for a number"],
  ["Mending nets", "Growing quinces", "another title"],
  ["Mending nets", "?!", null],
];

describe.each([
  ["numbers", number("it", { sql: "value", label: "price" }), NUMBERS],
  ["free texts", freeText("it", { sql: "value", label: "title", numbers: true }), TITLES],
] as const)("%s", (_, comparison, cases) => {
  test.each(cases)("%s and %s: %s", async (left, right, level) => {
    const pair = [{ value: left }, { value: right }] as const;
    expect(await levelOf([comparison], "it", { value: "varchar" }, pair)).toBe(level);
  });
});

const LISTS: readonly (readonly [readonly string[], readonly string[], string | null])[] = [
  [["quist", "vik"], ["vik", "quist"], "same authors"],
  [["quist"], ["vik", "quist"], "all authors of the shorter list"],
  [["quist", "undset"], ["undset", "vik", "bo"], "most authors in common"],
  [["quist", "vik", "bo"], ["quist", "undset", "lund"], "some authors in common"],
  [["quist"], ["undset"], "no authors in common"],
  [[], ["undset"], null],
];

test.each(LISTS)("lists %j and %j: %s", async (left, right, level) => {
  const authors = arrayOverlap("authors", { sql: "names", label: "authors" });
  const pair = [{ names: left }, { names: right }] as const;
  expect(await levelOf([authors], "authors", { names: "varchar[]" }, pair)).toBe(level);
});

const HERE = [54.00123, 10.00123] as const;

test.each([
  [HERE, "within 25 m"],
  [[54.00163, 10.00123], "within 75 m"],
  [[54.00233, 10.00123], "within 150 m"],
  [[54.00423, 10.00123], "within 400 m"],
  [[54.00923, 10.00123], "within 1 km"],
  [[54.10123, 10.00123], "farther away"],
  [[Number.NaN, 10.00123], null],
  [[54.00123, 999], null],
] as const)("positions: %j is %s", async ([latitude, longitude], level) => {
  const near = distance("near", { latitude: "latitude", longitude: "longitude" });
  const columns = { latitude: "double", longitude: "double" };
  const pair = [
    { latitude: HERE[0], longitude: HERE[1] },
    { latitude, longitude },
  ] as const;
  expect(await levelOf([near], "near", columns, pair)).toBe(level);
});
