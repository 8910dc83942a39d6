import { describe, expect, test } from "vitest";
import { date } from "../../matchers/comparisons/date.ts";
import { email } from "../../matchers/comparisons/email.ts";
import { exactText } from "../../matchers/comparisons/exact-text.ts";
import { personName } from "../../matchers/comparisons/person-name.ts";
import { postcode } from "../../matchers/comparisons/postcode.ts";
import { levelOf } from "./kit/levels.ts";

type Name = readonly [given: string | null, family: string | null];

const NAMES: readonly (readonly [Name, Name, string | null])[] = [
  [["Marta", "Ólafsdóttir"], ["MARTA", "Olafsdottir"], "same name"],
  [["Marta", "Quist"], ["Quist", "Marta"], "names swapped"],
  [["Marta", "Quist"], ["Martha", "Quistt"], "both names alike"],
  [["Martina", "Quistgaard"], ["Quistgard", "Martina"], "names swapped and alike"],
  [["M.", "Quist"], ["Marta", "Quist"], "same family name, short given name"],
  [["Jo", "Quist"], ["Josephine", "Quist"], "same family name, short given name"],
  [[null, "Quist"], ["Marta", "Quist"], "same family name, no given name"],
  [["Bertil", "Quist"], ["Marta", "Quist"], "same family name"],
  [["Marta", null], ["Marta", "Quist"], "same given name, no family name"],
  [["Marta", "Undset"], ["Marta", "Quist"], "same given name"],
  [["Quist", null], ["Bertil", "Quist"], "one name in the other's place"],
  [["Marta", "Undset"], ["Bertil", "Quist"], "different names"],
  [["李", "小龙"], ["李", "小龙"], "same name"],
  [[null, null], ["Marta", "Quist"], null],
  [["  ", "-"], ["Marta", "Quist"], null],
];

test.each(NAMES)("names of persons %j and %j: %s", async (left, right, level) => {
  const name = personName("name", { given: "given", family: "family" });
  const columns = { given: "varchar", family: "varchar" };
  const record = ([given, family]: Name) => ({ given, family });
  expect(await levelOf([name], "name", columns, [record(left), record(right)])).toBe(level);
});

/** [left, right, level] of a comparison of one text column, `value`. */
type Case = readonly [left: string | null, right: string | null, level: string | null];

const DATES: readonly Case[] = [
  ["1974-03-09", "19740309", "same birthday"],
  ["1974-03-09", "1974-03-08", "birthday mistyped"],
  ["1974-03-09", "1974-09-03", "birthday with day and month swapped"],
  ["1974-03-09", "1991-03-09", "same day of another year"],
  ["1974-03-09", "1974-02-18", "birthday within a month"],
  ["1974-03-09", "1974-11-25", "birthday within a year"],
  ["1974-03-09", "1979-11-25", "birthday within ten years"],
  ["1974-03-09", "1952-11-25", "another birthday"],
  ["1974-01-01", "1952-01-01", "another birthday"],
  // The forty-second month: no date, but digits to compare.
  ["1974-42-09", "1974-42-09", "same birthday"],
  ["1974-42-09", "1974-12-09", "birthday mistyped"],
  ["", "1974-03-09", null],
  [null, "1974-03-09", null],
];

const POSTCODES: readonly Case[] = [
  ["sw1a 1aa", "SW1A1AA", "same postcode"],
  ["SW1A 1AA", "SW1B 1AA", "postcode mistyped"],
  ["SW1A 1AA", "SW1A 1ZX", "same postcode sector"],
  ["SW1A 1AA", "SW1A 9ZX", "same postcode district"],
  ["33139", "33182", "same postcode sector"],
  ["33139", "33999", "same postcode district"],
  ["33139", "90210", "another postcode"],
  ["-", "90210", null],
];

const EMAILS: readonly Case[] = [
  ["Marta.Quist@nordfjell.example", "marta.quist@nordfjell.example", "same e-mail"],
  ["marta.quist@nordfjell.example", "marta.quist@post.example", "same mailbox, another domain"],
  ["marta.quist@nordfjell.example", "marta.qust@nordfjel.example", "e-mail spelt alike"],
  ["marta.quist@nordfjell.example", "bo@vik.test", "another e-mail"],
  ["", "bo@vik.test", null],
];

const TOWNS: readonly Case[] = [
  ["São Miguel", "sao miguel", "same town"],
  ["Lillehammer", "Lillehamer", "town spelt alike"],
  ["Lillehammer", "Oxbow", "another town"],
  [null, "Oxbow", null],
];

describe.each([
  ["dates", date("it", { sql: "value", label: "birthday" }), DATES],
  ["postcodes", postcode("it", { sql: "value" }), POSTCODES],
  ["e-mails", email("it", { sql: "value" }), EMAILS],
  ["short texts", exactText("it", { sql: "value", label: "town" }), TOWNS],
] as const)("%s", (_, comparison, cases) => {
  test.each(cases)("%s and %s: %s", async (left, right, level) => {
    const pair = [{ value: left }, { value: right }] as const;
    expect(await levelOf([comparison], "it", { value: "varchar" }, pair)).toBe(level);
  });
});
