import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { extractor } from "../../../extract/kit/extractor.ts";
import { project } from "./night.ts";
import { type Reply, reply, serve } from "./server.ts";

const home = join(import.meta.dirname, "../../..");

const step = extractor({
  version: 1,
  stream: "pages",
  isPages: true,
  settings: z.strictObject({ urls: z.array(z.string()) }),
  defaults: { fresh_days: 7, concurrency: 2, per_second: 1000 },
  requests: ({ urls }) => urls.map((url) => ({ key: url, url })),
  async fetch(_request, { read }) {
    const content = await read("a page");
    return { response: content.body.toString() };
  },
});

/** A crawl of one host with this robots.txt; a page answers with its own path. */
async function crawl(paths: readonly string[], robots: Reply) {
  const server = await serve((response, seen) => {
    if (seen.path === "/robots.txt") return robots(response, seen);
    if (seen.path === "/moved") return reply(302, "", { location: "/private/b" })(response, seen);
    return reply(200, seen.path)(response, seen);
  });
  const own = project({
    source: "hotel_pages",
    step,
    settings: { urls: paths.map((path) => server.url + path), concurrency: 1 },
  });
  mkdirSync(join(own.root, "seeds"));
  cpSync(join(home, "seeds/public_suffixes.csv"), join(own.root, "seeds/public_suffixes.csv"));
  const asked = () => server.seen.map(({ path }) => path);
  const landed = () =>
    own.landed("pages", "select outcome, error from landed order by request_key");
  return { own, asked, landed };
}

const RULES = "User-agent: *\nDisallow: /private\n";

test("robots.txt is read once, before the first page, and obeyed at every hop", async () => {
  const { own, asked, landed } = await crawl(["/", "/moved", "/private/a"], reply(200, RULES));
  expect(await own.night()).toMatchObject([
    { warnings: ["2 requests not sent: robots.txt forbids it"] },
  ]);
  expect(asked()).toEqual(["/robots.txt", "/", "/moved"]);
  const refused = { outcome: "blocked", error: "was not fetched: robots.txt disallows it" };
  expect(await landed()).toEqual([{ outcome: "ok", error: null }, refused, refused]);
});

test.each([
  ["none", reply(404, "no")],
  ["one that is forbidden", reply(403, "no")],
  ["a page in its place", reply(200, "<html>Disallow: /</html>", { "content-type": "text/html" })],
  [
    "one that goes on for ever",
    reply(200, `${"# long\n".repeat(100_000)}User-agent: *\nDisallow: /`),
  ],
])("with %s everything may be fetched", async (_name, robots) => {
  const { own, asked } = await crawl(["/a"], robots);
  await own.night();
  expect(asked()).toEqual(["/robots.txt", "/a"]);
});

test("a robots.txt that cannot be had forbids everything for tonight", async () => {
  const answers = [reply(503, "later"), reply(200, "")];
  const { own, asked, landed } = await crawl(["/a", "/b"], (response, seen) =>
    answers.shift()?.(response, seen),
  );
  expect(await own.night()).toMatchObject([
    { warnings: ["2 requests not sent: robots.txt forbids it"] },
  ]);
  expect(asked()).toEqual(["/robots.txt"]);
  expect(await landed()).toMatchObject([
    { outcome: "blocked", error: "was not fetched: its robots.txt answered 503" },
    { outcome: "blocked" },
  ]);
  await own.night();
  expect(asked().slice(1).sort()).toEqual(["/a", "/b", "/robots.txt"]);
});

test("Crawl-delay is the gap between two pages", async () => {
  const { own, asked } = await crawl(
    ["/a", "/b", "/c"],
    reply(200, "User-agent: *\nCrawl-delay: 7"),
  );
  const before = own.clock.time;
  await own.night();
  expect(asked()).toEqual(["/robots.txt", "/a", "/b", "/c"]);
  expect(own.clock.time - before).toBeGreaterThanOrEqual(21_000);
  expect(own.clock.time - before).toBeLessThan(22_000);
});
