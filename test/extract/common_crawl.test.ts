import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { step } from "../../extract/common_crawl.ts";
import type { FaultRule, Mood } from "../../sandbox/kit/faults.ts";
import { type Site, webSites } from "../../sandbox/kit/web-sites.ts";
import { startWorld } from "../../sandbox/world.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { reply, serve } from "./kit/server.ts";

type Fields = Readonly<Record<string, unknown>>;

const SETTINGS = {
  url: "sandbox://common_crawl/collinfo.json",
  data_url: "sandbox://common_crawl",
  top_level_domains: ["com", "au"],
  per_second: 100_000,
};

function crawler(settings: Fields, resolve?: (url: string) => string) {
  const own = project({ source: "common_crawl", step, settings, ...(resolve ? { resolve } : {}) });
  cpSync(join(import.meta.dirname, "../../seeds"), join(own.root, "seeds"), { recursive: true });
  return own;
}

async function crawl(more: Fields = {}, faults: Mood | readonly FaultRule[] = []) {
  const world = await startWorld({ seed: 3, properties: 90, faults, clock: () => 0 });
  onTestFinished(() => world.close());
  const own = crawler({ ...SETTINGS, ...more }, (url) => world.resolve(url));
  return { own, world, sites: webSites("3", world.truth().properties) };
}

const PAGES =
  "select * exclude (request, attempt, fetched_at, run_id, date, run, request_key) from landed where body is not null order by url";
const TAKEN = `select url, body from landed where body is not null order by url`;

function wantedOf(sites: readonly Site[]) {
  const wanted = sites.flatMap(({ host, pages }) =>
    pages
      .filter(({ path }) => !path.startsWith("/blog"))
      .map(({ path, html }) => ({ url: `https://${host}${path}`, body: html })),
  );
  return wanted.sort((a, b) => (a.url < b.url ? -1 : 1));
}

describe("discovery", () => {
  test("lodging hosts are found in the columnar index and their best pages fetched", async () => {
    const { own, world, sites } = await crawl();
    await own.night();
    const wanted = wantedOf(sites);
    const found = await own.landed("pages", TAKEN);
    const cut = await own.landed(
      "pages",
      "select url, body from landed where truncated = 'length'",
    );
    expect(cut.length).toBeGreaterThan(0);
    expect(found.map(({ url }) => url)).toEqual(wanted.map(({ url }) => url));
    const isWhole = ({ url }: Fields) => !cut.some((other) => other.url === url);
    expect(found.filter(isWhole)).toEqual(wanted.filter(isWhole));
    // The crawl that is listed before its files are there was asked for, and the one before it read.
    const paths = world.log.entries.map(({ path, status }) => `${status} ${path}`);
    expect(paths).toContain("404 /crawl-data/CC-MAIN-2026-38/cc-index-table.paths.gz");
    expect(paths.filter((path) => path.includes("CC-MAIN-2026-30/segments"))).toEqual([]);
  });

  test("of the columnar index, only what can hold a lodging is read", async () => {
    const { own, world } = await crawl();
    await own.night();
    const parts = world.log.entries.filter(({ path }) => path.endsWith(".parquet"));
    expect(parts.every(({ status, headers }) => status === 206 && headers.range)).toBe(true);
    // The second part begins behind .com: its footer says so.
    expect(parts.map(({ path }) => /part-(\d+)/.exec(path)?.[1])).toEqual([
      "00000",
      "00000",
      "00000",
      "00001",
    ]);
    const hosts = await own.landed(
      "index",
      "select distinct url_host_name as host from landed where url is not null order by 1",
    );
    expect(hosts.length).toBeGreaterThan(20);
    expect(hosts.filter(({ host }) => !/-stay\.com/.test(String(host)))).toEqual([]);
  });

  test("neighbours in an archive are one read", async () => {
    const { own, world } = await crawl();
    await own.night();
    const reads = world.log.entries.filter(({ path }) => path.endsWith(".warc.gz"));
    const [landed] = await own.landed("pages", "select count(*)::int as pages from landed");
    expect(reads.length).toBeLessThan(Number(landed?.pages) / 10);
    expect(reads.every(({ status }) => status === 206)).toBe(true);
  });

  test("the second night asks for the list of crawls and nothing else", async () => {
    const { own, world } = await crawl();
    await own.night();
    const before = world.log.entries.length;
    await own.night();
    const after = world.log.entries.slice(before).map(({ path, status }) => `${status} ${path}`);
    expect(after).toEqual([
      "304 /collinfo.json",
      "404 /crawl-data/CC-MAIN-2026-38/cc-index-table.paths.gz",
      "304 /crawl-data/CC-MAIN-2026-34/cc-index-table.paths.gz",
    ]);
    expect(world.log.traffic().askedTwice).toEqual([]);
  });

  test("an older crawl adds what the newer one lacks, and no page twice", async () => {
    const { own, world } = await crawl();
    await own.night();
    const once = await own.landed("pages", PAGES);
    await own.night({ settings: { ...SETTINGS, crawls: 2 } });
    expect(await own.landed("pages", PAGES)).toEqual(once);
    expect(world.log.count("common_crawl", "crawl-data/CC-MAIN-2026-30/segments")).toBe(0);
    expect(world.log.count("common_crawl", "crawl=CC-MAIN-2026-30")).toBeGreaterThan(0);
  });
});

describe("the index server", () => {
  const ONLY = { top_level_domains: [] };

  test("a domain's captures are all its pages, empty ones passed over", async () => {
    const { world, sites } = await crawl();
    const domain = String(sites[1]?.property.domain);
    const own = crawler(
      { ...SETTINGS, ...ONLY, domains: [domain, "nobody-stay.com"], crawls: 3 },
      (url) => world.resolve(url),
    );
    await own.night();
    const rows = await own.landed(
      "captures",
      "select page, capture from landed where capture is not null",
    );
    const captures = rows.map(
      ({ capture }) => JSON.parse(String(capture)) as Record<string, string>,
    );
    // The page at its door, robots.txt and a redirect, in two crawls; one is not there yet.
    expect(captures).toHaveLength(2 * ((sites[1]?.pages.length ?? 0) + 2));
    expect(new Set(captures.map(({ status }) => status))).toEqual(new Set(["200", "301"]));
    const pages = await own.landed("pages", TAKEN);
    expect(pages.map(({ url }) => String(url).replace(/^.*\.com(\.au)?/, ""))).toEqual(
      sites[1]?.pages
        .map(({ path }) => path)
        .filter((path) => !path.startsWith("/blog"))
        .sort(),
    );
  });

  const LINE = {
    urlkey: "com,gull)/",
    timestamp: "20260810000000",
    url: "https://gull.com/",
    "mime-detected": "text/html",
    status: "301",
    filename: "crawl-data/X/crawldiagnostics/a.warc.gz",
    offset: "0",
    length: "9",
  };
  const collinfo = (url: string) =>
    JSON.stringify([
      {
        id: "X",
        "cdx-api": `${url}/X-index`,
        from: "2026-01-01T00:00:00",
        to: "2026-01-09T00:00:00",
      },
    ]);

  async function server(answers: (query: URLSearchParams) => readonly [number, string]) {
    const own = await serve((response, seen) => {
      const { pathname, searchParams } = new URL(seen.path, "http://index");
      const [status, body] =
        pathname === "/collinfo.json" ? [200, collinfo(own.url)] : answers(searchParams);
      reply(status, body)(response, seen);
    });
    const more = { url: `${own.url}/collinfo.json`, data_url: own.url, domains: ["gull.com"] };
    return { server: own, own: crawler({ ...SETTINGS, ...ONLY, ...more }) };
  }

  const pagesOf = (query: URLSearchParams) => Number(query.get("page") ?? -1);
  const NONE = '{"message": "No Captures found for: gull.com"}';

  test("a page without captures is not the end of them", async () => {
    const { server: seen, own } = await server((query) => {
      if (query.has("showNumPages")) return [200, '{"pages": 3, "pageSize": 5, "blocks": 9}'];
      return pagesOf(query) === 1 ? [404, NONE] : [200, `${JSON.stringify(LINE)}\n`];
    });
    await own.night();
    expect(await own.landed("captures", "select page from landed order by page")).toEqual([
      { page: "0" },
      { page: "2" },
    ]);
    expect(seen.seen.map(({ path }) => /page=(\d)/.exec(path)?.[1]).filter(Boolean)).toEqual([
      "0",
      "1",
      "2",
    ]);
  });

  test("a page behind the last one is the end", async () => {
    const { own } = await server((query) => {
      if (query.has("showNumPages")) return [200, '{"pages": 9}'];
      return pagesOf(query) < 2
        ? [200, JSON.stringify(LINE)]
        : [400, '{"message": "Page 2 invalid: First Page is 0, Last Page is 1"}'];
    });
    await own.night();
    expect(await own.landed("captures", "select page from landed")).toHaveLength(2);
  });

  test("no captures at all is an answer, and fresh", async () => {
    const { server: seen, own } = await server(() => [404, NONE]);
    await own.night();
    expect(await own.landed("captures", "select outcome from landed")).toEqual([
      { outcome: "empty" },
    ]);
    const asked = seen.seen.length;
    await own.night();
    expect(seen.seen.length - asked).toBe(1);
  });

  test("a stumble between pages asks only the page again", async () => {
    let stumbles = 1;
    const { server: seen, own } = await server((query) => {
      if (query.has("showNumPages")) return [200, '{"pages": 2}'];
      if (pagesOf(query) === 1 && stumbles-- > 0) return [503, "<html>503</html>"];
      return [200, JSON.stringify(LINE)];
    });
    await own.night();
    expect(seen.seen.map(({ path }) => /page=(\d)/.exec(path)?.[1]).filter(Boolean)).toEqual([
      "0",
      "1",
      "1",
    ]);
    expect(await own.landed("captures", "select page from landed")).toHaveLength(2);
  });

  test.each<[string, number, string, string]>([
    ["a 404 of another kind is our mistake", 404, "<html>Not Found</html>", "fatal"],
    ["a 403 is a block, and nothing more is asked", 403, "", "blocked"],
  ])("%s", async (_name, status, body, outcome) => {
    const { server: seen, own } = await server(() => [status, body]);
    await expect(own.night()).rejects.toThrow(
      outcome === "blocked" ? /blocked|left alone/ : /fatal/,
    );
    expect(seen.seen).toHaveLength(2);
    expect(await own.landed("captures", "select outcome from landed")).toEqual([{ outcome }]);
  });
});

describe("when the archives stumble", () => {
  test("chaos lands what calm lands, in a few nights", async () => {
    const { own, world, sites } = await crawl({}, "chaos");
    let left = 1;
    for (let night = 0; night < 6 && left > 0; night += 1) {
      await own.night().catch(() => undefined);
      const pages = await own.landed("pages", TAKEN).catch(() => []);
      left = wantedOf(sites).length - pages.length;
    }
    expect(left).toBe(0);
    expect(world.log.entries.filter(({ fault }) => fault).length).toBeGreaterThan(2);
    expect(world.log.traffic("common_crawl").maxConcurrent).toBe(1);
  });

  test.each<[string, FaultRule]>([
    [
      "503 SlowDown",
      {
        source: "common_crawl",
        path: ".warc.gz",
        nth: 1,
        fault: { kind: "throttle", status: 503, retryAfter: "0" },
      },
    ],
    [
      "a short body",
      { source: "common_crawl", path: ".warc.gz", nth: 1, fault: { kind: "short", bytes: 300 } },
    ],
    [
      "a connection closed without an answer",
      { source: "common_crawl", path: ".parquet", nth: 2, fault: { kind: "reset" } },
    ],
    [
      "a page in place of Parquet",
      { source: "common_crawl", path: ".parquet", nth: 1, fault: { kind: "html" } },
    ],
    [
      "fewer bytes than the range has",
      { source: "common_crawl", path: ".parquet", nth: 2, fault: { kind: "cut" } },
    ],
    [
      "a list of files that was cut",
      { source: "common_crawl", path: "paths.gz", nth: 2, fault: { kind: "cut" } },
    ],
    [
      "a list of crawls that was cut",
      { source: "common_crawl", path: "collinfo", nth: 1, fault: { kind: "cut" } },
    ],
  ])("after %s the night ends as if nothing had been", async (_name, rule) => {
    const { own, world, sites } = await crawl({}, [rule]);
    await own.night();
    expect(world.log.entries.map(({ fault }) => fault)).toContain(rule.fault.kind);
    expect(await own.landed("pages", TAKEN)).toHaveLength(wantedOf(sites).length);
  });

  test("a server that sends the whole file for a range is not read to its end", async () => {
    const whole = Buffer.alloc(4 * 2 ** 20, 65);
    const server = await serve((response, seen) => {
      if (seen.path.endsWith(".json")) {
        return reply(
          200,
          JSON.stringify([
            { id: "X", "cdx-api": "http://x", from: "2026-01-01", to: "2026-01-02" },
          ]),
        )(response, seen);
      }
      if (seen.path.endsWith(".gz"))
        return reply(200, gzipSync("a/subset=warc/part-0.parquet\n"))(response, seen);
      reply(200, whole)(response, seen);
    });
    const own = crawler({ ...SETTINGS, url: `${server.url}/collinfo.json`, data_url: server.url });
    await expect(own.night()).rejects.toThrow("sent the whole file where a range of it was asked");
  });

  test("a record that is damaged lands with its reason, and its neighbours land whole", async () => {
    const { own, world } = await crawl({ pages_per_host: 1 });
    const { resolve } = world;
    const proxy = await serve(async (response, seen) => {
      const answer = await fetch(resolve(`sandbox://common_crawl${seen.path}`), {
        headers: seen.headers.range ? { range: seen.headers.range } : {},
      });
      const body = Buffer.from(await answer.arrayBuffer());
      if (seen.path.includes("/warc/CC-MAIN")) body.fill(0x55, 40, 60);
      const range = answer.headers.get("content-range");
      reply(answer.status, body, range ? { "content-range": range } : {})(response, seen);
    });
    const through = crawler({ ...SETTINGS, pages_per_host: 1, data_url: proxy.url }, resolve);
    await own.night();
    await through.night();
    const count = "select count(*)::int as pages, count(problem)::int as problems from landed";
    const [whole] = await own.landed("pages", count);
    const [damaged] = await through.landed("pages", count);
    expect(damaged).toEqual({ pages: whole?.pages, problems: 2 });
    expect(whole?.problems).toBe(0);
  });
});

test("an archive on disk is read whole: pages, texts, and what is wrong in it", async () => {
  const own = crawler({ archives: ["crawl.warc.gz"] });
  const record = (type: string, block: string) =>
    gzipSync(
      `WARC/1.0\r\nWARC-Type: ${type}\r\nWARC-Target-URI: https://gull.example/\r\nWARC-Date: 2026-01-12T00:10:00Z\r\nContent-Length: ${Buffer.byteLength(block)}\r\n\r\n${block}\r\n\r\n`,
    );
  const bytes = Buffer.concat([
    record("warcinfo", "format: WARC File Format 1.1\r\n"),
    record("response", "HTTP/1.1 200 \r\ncontent-type: text/html\r\n\r\n<title>Gull Inn</title>"),
    Buffer.from("rubbish"),
    record("conversion", "Gull Inn, rooms by the water"),
  ]);
  own.write("crawl.warc.gz", bytes);
  await own.night();
  expect(
    await own.landed(
      "pages",
      "select url, record_type, http_status, body, problem, captured_at from landed order by record_type nulls last",
    ),
  ).toEqual([
    {
      url: "https://gull.example/",
      record_type: "conversion",
      http_status: null,
      body: "Gull Inn, rooms by the water",
      problem: null,
      captured_at: "2026-01-12 00:10:00",
    },
    {
      url: "https://gull.example/",
      record_type: "response",
      http_status: "200",
      body: "<title>Gull Inn</title>",
      problem: null,
      captured_at: "2026-01-12 00:10:00",
    },
    {
      url: null,
      record_type: null,
      http_status: null,
      body: null,
      problem: "7 bytes could not be inflated",
      captured_at: null,
    },
  ]);
});

const samples = join(SAMPLES, "commoncrawl");

test.skipIf(!existsSync(samples))(
  "the real list of crawls, captures and answers are read (needs the samples)",
  async () => {
    const sample = (name: string) => readFileSync(join(samples, name));
    const member = sample("range-206-CC-MAIN-20250804083340-20250804113340-00340.member.warc.gz");
    const lines = sample("cdx-200.ndjson")
      .toString()
      .split("\n")
      .filter((line) => !line.includes("/warc/") || line.includes('"667474763"'))
      .join("\n");
    const server = await serve((response, seen) => {
      if (seen.path === "/collinfo.json") {
        const list = sample("collinfo.json")
          .toString()
          .replaceAll("https://index.commoncrawl.org", server.url);
        return reply(200, list)(response, seen);
      }
      if (seen.path.includes("showNumPages"))
        return reply(200, sample("shownumpages-200.json"))(response, seen);
      if (seen.path.includes("-index?")) {
        return reply(200, lines)(response, seen);
      }
      const range = /^bytes=(\d+)-(\d+)$/.exec(seen.headers.range ?? "");
      const isKnown = range?.[1] === "667474763";
      const body = isKnown ? member : Buffer.alloc(Number(range?.[2]) - Number(range?.[1]) + 1);
      reply(206, body, { "content-range": `bytes ${range?.[1]}-${range?.[2]}/1000000000` })(
        response,
        seen,
      );
    });
    const own = crawler({
      url: `${server.url}/collinfo.json`,
      data_url: server.url,
      domains: ["commoncrawl.org"],
      per_second: 1000,
    });
    await own.night();
    expect(server.seen[1]?.path).toMatch(/^\/CC-MAIN-2025-33-index\?url=commoncrawl\.org/);
    const pages = await own.landed(
      "pages",
      "select url, http_status, charset, problem from landed where body is not null",
    );
    expect(pages).toEqual([
      { url: "https://www.commoncrawl.org/", http_status: "200", charset: "utf-8", problem: null },
    ]);
  },
);
