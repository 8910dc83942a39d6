import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { RoomContext, Step } from "../engine/step.ts";
import { Failure } from "./kit/classify.ts";
import { askCaptures } from "./kit/crawl-captures.ts";
import { INDEX_COLUMNS, readIndexPart } from "./kit/crawl-index.ts";
import {
  archiveRequest,
  PAGE_COLUMNS,
  pageRequests,
  readArchive,
  readPages,
} from "./kit/crawl-pages.ts";
import { crawlRules } from "./kit/crawl-rules.ts";
import type { Effects } from "./kit/effects.ts";
import { extractor } from "./kit/extractor.ts";
import { following, type Known } from "./kit/following.ts";
import { parseJson } from "./kit/registers.ts";
import { remoteFile } from "./kit/remote-file.ts";

/**
 * Pages of hotels out of Common Crawl, without touching the hotels' servers: the list of crawls, the
 * columnar index for lodging hosts nobody named, the index server for domains somebody did, and the
 * pages themselves out of the archives. https://commoncrawl.org/get-started
 */
const settings = z.strictObject({
  url: z.string().min(1).default("https://index.commoncrawl.org/collinfo.json"),
  /** Where the files lie. */
  data_url: z.string().min(1).default("https://data.commoncrawl.org"),
  /** How many of the newest crawls are read. */
  crawls: z.int().min(1).max(50).default(1),
  /** Looks through the columnar index for lodging hosts below these; none: asks nothing of it. */
  top_level_domains: z
    .array(z.string().regex(/^[a-z-]+$/, "use the last label alone: au"))
    .default([]),
  /** Domains whose pages are wanted, asked of the index server. For a few hundred, not for thousands. */
  domains: z
    .array(z.string().regex(/^[a-z0-9.-]+\.[a-z-]+$/, "use a domain: gullinn.com"))
    .default([]),
  /** Captures a host may have in the index, and pages of it that are fetched, best first. */
  captures_per_host: z.int().min(1).default(20),
  pages_per_host: z.int().min(1).default(4),
  /** WARC or WET files on this computer or elsewhere, read whole. */
  archives: z.array(z.string().min(1)).default([]),
});

/** The maintainers ask for one connection and about a second between requests. */
const POLITE = { concurrency: 1, per_second: 1 };
/** What a crawl holds never changes. */
const FOR_EVER = 3650;

const crawls = extractor({
  version: 1,
  stream: "crawls",
  settings,
  defaults: { ...POLITE, fresh_days: 1 },
  requests: ({ url, top_level_domains, domains }) =>
    top_level_domains.length + domains.length === 0 ? [] : [{ key: "collinfo", url }],
  async fetch(_request, { read }) {
    const content = await read("a list of crawls in JSON");
    const list = parseJson(content);
    if (!Array.isArray(list)) throw new Failure("retry", "sent JSON that is no list of crawls");
    return { response: content.text("utf-8"), count: list.length };
  },
});

/** The newest crawls by their end: their ids follow no rule, and those before 2013 are no WARC files. */
async function newestCrawls({ query }: Known, count: number) {
  return await query<{ id: string; api: string }>(
    { crawls: [] },
    `, newest as (
       select response from crawls
       where outcome = 'ok' and response is not null
       order by fetched_at desc, run_id desc limit 1
     ), crawl as (select unnest(from_json(response, '["JSON"]')) as crawl from newest)
     select crawl ->> 'id' as id, crawl ->> 'cdx-api' as api from crawl
     where (crawl ->> 'from') >= '2013' and (crawl ->> 'to') is not null
     order by (crawl ->> 'to') desc limit ${count}`,
  );
}

const parts = following({
  version: 1,
  stream: "parts",
  follows: ["crawls"],
  columns: ["crawl", "path"],
  settings,
  defaults: { ...POLITE, fresh_days: 1 },

  // A crawl is listed before its files are there: the one before it steps in.
  async requests({ data_url, crawls, top_level_domains }, known) {
    if (top_level_domains.length === 0) return [];
    return (await newestCrawls(known, crawls + 1)).map(({ id }) => ({
      key: id,
      url: `${data_url}/crawl-data/${id}/cc-index-table.paths.gz`,
    }));
  },

  async fetch({ key }, { read }) {
    let body: Buffer;
    try {
      ({ body } = await read("a list of files, gzipped"));
    } catch (error) {
      if (error instanceof Failure && error.details.status === 404) return { outcome: "empty" };
      throw error;
    }
    return { records: pathsIn(body).map((path) => [key, path]) };
  },
});

function pathsIn(body: Buffer): string[] {
  try {
    const lines = gunzipSync(body).toString().split("\n");
    return lines.filter((line) => line.includes("/subset=warc/"));
  } catch (cause) {
    throw new Failure("retry", `sent gzip that was cut: ${String(cause)}`, { cause });
  }
}

const index = following({
  version: 1,
  stream: "index",
  follows: ["crawls", "parts"],
  columns: INDEX_COLUMNS,
  settings,
  defaults: { concurrency: 1, per_second: 1.8, fresh_days: FOR_EVER, outage_minutes: 60 },

  async requests({ data_url, crawls, top_level_domains, captures_per_host }, known) {
    if (top_level_domains.length === 0) return [];
    const rules = crawlRules(known.root);
    const newest = (await newestCrawls(known, crawls + 1)).map(({ id }) => id);
    const files = await known.query<{ crawl: string; path: string }>(
      { parts: ["crawl", "path"] },
      " select distinct crawl, path from parts where path is not null order by path",
    );
    const readable = newest
      .filter((id) => files.some(({ crawl }) => crawl === id))
      .slice(0, crawls);
    const limits = { domains: top_level_domains, perHost: captures_per_host };
    const suffix = `${[...top_level_domains].sort().join(",")} ${captures_per_host} ${rules.fingerprint}`;
    return files
      .filter(({ crawl }) => readable.includes(crawl))
      .map(({ path }) => ({ key: `${path} ${suffix}`, url: `${data_url}/${path}`, rules, limits }));
  },

  async fetch({ url, rules, limits }, { read }) {
    const remote = remoteFile(url, read, "a part of a Parquet file");
    return { records: await readIndexPart(remote, rules, limits) };
  },
});

const captures = following({
  version: 1,
  stream: "captures",
  follows: ["crawls", "index"],
  columns: ["page", "capture"],
  settings,
  // A crawl's index may be listed before all of it is there.
  defaults: { ...POLITE, fresh_days: 30 },

  async requests({ domains, crawls }, known) {
    if (domains.length === 0) return [];
    const newest = await newestCrawls(known, crawls);
    return newest.flatMap(({ id, api }) =>
      domains.map((domain) => ({
        key: `${id} ${domain}`,
        url: api,
        domain,
        batchId: id,
        kept: [],
      })),
    );
  },

  async fetch(request, { read }) {
    const lines = await askCaptures(request, read);
    return { batchId: request.batchId, records: lines };
  },
});

const pages = following({
  version: 1,
  stream: "pages",
  follows: ["index", "captures"],
  columns: PAGE_COLUMNS,
  settings,
  defaults: { concurrency: 1, per_second: 1.8, fresh_days: FOR_EVER, outage_minutes: 60 },

  async requests({ data_url, pages_per_host, archives }, known) {
    const rules = crawlRules(known.root);
    return [
      ...(await pageRequests(known, { rules, dataUrl: data_url, perHost: pages_per_host })),
      ...archives.map((path) => archiveRequest(path)),
    ];
  },

  async fetch(request, { read, download }) {
    if (request.wanted.length === 0) {
      const { stream } = await download("a WARC file");
      return { records: readArchive(request.url, stream()) };
    }
    const remote = remoteFile(request.url, read, "a part of a WARC file");
    return { records: await readPages(request, remote) };
  },
});

export function step(room: RoomContext, effects?: Partial<Effects>): Step[] {
  return [crawls, parts, index, captures, pages].flatMap((stream) => stream(room, effects));
}
