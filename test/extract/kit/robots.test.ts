import { expect, test } from "vitest";
import { parseRobots } from "../../../extract/kit/robots.ts";

const allows = (text: string, path: string) => parseRobots(text, "leadhouse").allows(path);

test.each([
  ["", "/a", true],
  ["User-agent: *\nDisallow: /", "/a", false],
  ["User-agent: *\nDisallow:", "/a", true],
  ["User-agent: *\rDisallow: /a\r\nAllow: /a/b\n", "/a/c", false],
  ["\ufeffUser-agent: *\nDisallow: /a", "/a", false],
  // The longest pattern decides, whatever its order; on a tie, Allow.
  ["User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/b/c", true],
  ["User-agent: *\nDisallow: /a\nAllow: /a", "/a", true],
  ["User-agent: *\nDisallow: /*.php\nAllow: /shop/x", "/shop/x.php", true],
  // Our token in any case and with a version; then `*` is not for us.
  ["User-agent: *\nDisallow: /\n\nUser-agent: LeadHouse/2.0\nDisallow: /b", "/a", true],
  ["User-agent: leadhouse-extra\nDisallow: /", "/a", true],
  ["User-agent: leadhouse\n\nUser-agent: *\nDisallow: /", "/a", false],
  // Groups of one token are merged; one group may have several tokens.
  ["User-agent: leadhouse\nDisallow: /a\n\nUser-agent: leadhouse\nDisallow: /b", "/a", false],
  ["User-agent: other\nUser-agent: leadhouse\nDisallow: /a", "/a", false],
  ["User-agent: leadhouse\nSitemap: https://x.example/s.xml\nDisallow: /a", "/a", false],
  ["User-agent: other\nDisallow: /a\nUser-agent: leadhouse\nDisallow: /b", "/a", true],
  // Wildcards, the end, escapes.
  ["User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", false],
  ["User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", true],
  ["User-agent: *\nDisallow: /a$", "/a", false],
  ["User-agent: *\nDisallow: /a$", "/ab", true],
  ["User-agent: *\nDisallow: /a*a$", "/a", true],
  ["User-agent: *\nDisallow: /*?session=", "/rooms?session=1", false],
  ["User-agent: *\nDisallow: /caf%c3%a9", "/caf\u00e9/menu", false],
  ["User-agent: *\nDisallow: /caf\u00e9", "/caf%C3%A9/menu", false],
  ["User-agent: *\nDisallow: /%7ejoe", "/~joe/", false],
  ["User-agent: *\nDisallow: /a%2Fb", "/a/b", true],
  ["User-agent: *\nDisallow: /a # not these", "/a", false],
  ["User-agent: *\nDisallow: /", "/robots.txt", true],
  ["Disallow: /", "/a", true],
  ["<html>\nDisallow /", "/a", true],
])("%j and %s: %s", (text, path, answer) => {
  expect(allows(text, path)).toBe(answer);
});

test.each([
  ["User-agent: *\nCrawl-delay: 2.5", 2.5],
  ["User-agent: *\nCrawl-delay: 3600", 30],
  ["User-agent: *\nCrawl-delay: soon", undefined],
  ["User-agent: other\nCrawl-delay: 5", undefined],
])("%j asks for %s seconds", (text, seconds) => {
  expect(parseRobots(text, "leadhouse").crawlDelay).toBe(seconds);
});

test("a hostile pattern costs no more than its length", () => {
  const pattern = `/${"*a".repeat(5000)}$`;
  expect(allows(`User-agent: *\nDisallow: ${pattern}`, `/${"a".repeat(4999)}b`)).toBe(true);
});
