import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { z } from "zod";
import { extractor } from "../../../extract/kit/extractor.ts";
import { project } from "./night.ts";
import { cut, gzipped, type Reply, reply, serve } from "./server.ts";

/** One record a line, read from the file on disk. */
const step = extractor({
  version: 1,
  stream: "lines",
  columns: ["line"],
  settings: z.strictObject({ url: z.string(), cap: z.int().default(2 ** 30) }),
  defaults: { fresh_days: 1, concurrency: 1, per_second: 1000 },
  requests: ({ url, cap }) => [{ key: url, url, cap }],
  async fetch({ cap }, { download }) {
    const file = await download("a list", { maxBytes: cap });
    async function* records() {
      for await (const line of createInterface({ input: file.stream() })) yield [line];
    }
    return { records: records() };
  },
});

function source(url: string, more = {}) {
  return project({ source: "register", step, settings: { url, ...more } });
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `line ${index} ${"x".repeat(80)}`).join("\n");
}

test("a large body goes by way of the disk, and its file is gone once it has landed", async () => {
  const body = lines(50_000);
  const server = await serve(gzipped(body));
  const own = source(server.url);
  expect(await own.night()).toMatchObject([{ rows: 50_000, requests: 1 }]);
  expect(await own.landed("lines", "select count(distinct line) as n from landed")).toEqual([
    { n: 50_000n },
  ]);
  expect(existsSync(join(own.data, "tmp", "register.lines"))).toBe(false);
  // The same bytes the next night are no new rows.
  expect(await own.night()).toMatchObject([{ rows: 0, requests: 1 }]);
  expect(readdirSync(own.root)).toContain("data");
});

test("not modified needs no body", async () => {
  const server = await serve(reply(200, lines(10), { etag: '"1"' }), reply(304));
  const own = source(server.url);
  await own.night();
  expect(await own.night()).toMatchObject([{ rows: 0, requests: 1 }]);
  expect(server.seen[1]?.headers["if-none-match"]).toBe('"1"');
});

test.each<[string, Reply]>([
  ["a body that was cut", cut(lines(1000))],
  [
    "a gzip stream that was cut",
    reply(200, gzipSync(lines(1000)).subarray(0, 900), { "content-encoding": "gzip" }),
  ],
  ["a page where a list was due", reply(200, "<html><title>Maintenance</title></html>")],
  ["nothing", reply(200)],
])("%s is asked again, and lands once", async (_name, bad) => {
  const server = await serve(bad, reply(200, lines(20)));
  const own = source(server.url);
  expect(await own.night()).toMatchObject([{ rows: 20, requests: 2 }]);
});

test("a body beyond its cap is refused, and leaves no file", async () => {
  const server = await serve(gzipped(Buffer.alloc(2 ** 20, "a")));
  const own = source(server.url, { cap: 2 ** 16 });
  await expect(own.night()).rejects.toThrow("sent more than the cap of 65536 bytes (decoded)");
  expect(existsSync(join(own.data, "tmp", "register.lines"))).toBe(false);
});

test("a file on disk is read where it lies", async () => {
  const own = source("list.txt");
  own.write("list.txt", lines(30));
  expect(await own.night()).toMatchObject([{ rows: 30, requests: 0 }]);
  expect(await own.night()).toMatchObject([{ rows: 0, unchanged: true }]);
  expect(existsSync(join(own.root, "list.txt"))).toBe(true);
});
