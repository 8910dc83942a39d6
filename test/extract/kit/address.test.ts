import { expect, test } from "vitest";
import { isLocal, publicAddress } from "../../../extract/kit/address.ts";

test.each([
  ["lists/leads.csv", true],
  ["/srv/leads.csv", true],
  ["file:///srv/leads.csv", true],
  ["https://example.com/leads.csv", false],
  ["sandbox://files/leads.csv", false],
])("%s is a file here: %s", (url, local) => {
  expect(isLocal(url)).toBe(local);
});

test.each([
  ["lists/leads.csv", "lists/leads.csv"],
  ["file:///project/lists/leads.csv", "lists/leads.csv"],
  ["/srv/leads.csv", "/srv/leads.csv"],
  ["https://example.com/a.csv?page=2&sort=key", "https://example.com/a.csv?page=2&sort=key"],
  [
    "https://example.com/a.csv?page=2&api_key=s3cret#top",
    "https://example.com/a.csv?page=2&api_key=…#top",
  ],
  [
    "https://s3.example.com/a?X-Amz-Signature=ab&X-Amz-Date=1",
    "https://s3.example.com/a?X-Amz-Signature=…&X-Amz-Date=1",
  ],
  ["https://user:word@example.com/a.csv", "https://example.com/a.csv"],
])("%s lands as %s", (url, shown) => {
  expect(publicAddress("/project", url)).toBe(shown);
});
