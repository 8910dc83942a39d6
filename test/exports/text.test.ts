import { expect, test } from "vitest";
import { cellText, heading, label, mailLink, phoneLink, webLink } from "../../exports/kit/text.ts";

test.each([
  ["a\u0000b\u0007c", "abc"],
  ["a\r\nb\rc", "a\nb\nc"],
  ["lone \ud800 surrogate", "lone \ufffd surrogate"],
  ["_x000D_", "_x005F_x000D_"],
  ["=1+1", "=1+1"],
  ["tab\tstays", "tab\tstays"],
])("%j is written as %j", (text, expected) => {
  expect(cellText(text)).toBe(expected);
});

test("a cell holds 32,767 characters and never half a character", () => {
  expect(cellText("x".repeat(40_000))).toHaveLength(32_767);
  expect(cellText("🏨".repeat(20_000)).isWellFormed()).toBe(true);
});

test.each([
  ["https://inn.example.com/a?b=c", "https://inn.example.com/a?b=c"],
  ["inn.example.com", "https://inn.example.com/"],
  ["javascript:alert(1)", undefined],
  ["file:///etc/passwd", undefined],
  ["data:text/html,x", undefined],
  ["not a url", undefined],
  [`https://inn.example.com/${"x".repeat(3000)}`, undefined],
])("the web link of %j is %j", (text, expected) => {
  expect(webLink(text)).toBe(expected);
});

test.each([
  ["stay@inn.example.com", "mailto:stay@inn.example.com"],
  ["stay@inn.example.com?bcc=x@y.example", undefined],
  ["no mail", undefined],
])("the mail link of %j is %j", (text, expected) => {
  expect(mailLink(text)).toBe(expected);
});

test.each([
  ["+1 (305) 555-0101", "tel:+13055550101"],
  ["call us", undefined],
])("the phone link of %j is %j", (text, expected) => {
  expect(phoneLink(text)).toBe(expected);
});

test("names of columns become words", () => {
  expect([
    heading("room_count"),
    heading("source_url"),
    label("with_website"),
    label("HTTP 403"),
  ]).toEqual(["Room Count", "Source URL", "With website", "HTTP 403"]);
});
