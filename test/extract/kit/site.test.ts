import { join } from "node:path";
import { expect, test } from "vitest";
import { siteNames } from "../../../extract/kit/site.ts";

const siteOf = siteNames(join(import.meta.dirname, "../../.."));

test.each([
  ["www.gullinn.com", "gullinn.com"],
  ["gullinn.com", "gullinn.com"],
  ["book.www.gullinn.com.au", "gullinn.com.au"],
  ["gullinn.com.au", "gullinn.com.au"],
  ["127.0.0.1:8080", "127.0.0.1:8080"],
  ["[::1]:8080", "[::1]:8080"],
  ["localhost:8080", "localhost:8080"],
])("%s is a host of %s", (host, site) => {
  expect(siteOf(host)).toBe(site);
});
