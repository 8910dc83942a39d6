import { gzipSync } from "node:zlib";
import { type Archive, archive, type Capture, type Crawl, surtOf } from "./kit/crawl-archive.ts";
import { tableParts } from "./kit/crawl-table.ts";
import { recordKey } from "./kit/markup.ts";
import { isLodging } from "./kit/property.ts";
import { createRandom } from "./kit/random.ts";
import {
  type Answer,
  type Asked,
  fileAnswer,
  notFound,
  type StandIn,
  textAnswer,
} from "./kit/stand-in.ts";
import { webSites } from "./kit/web-sites.ts";
import type { Truth } from "./truth.ts";

/** Listed before its files are there. */
const LISTED = "CC-MAIN-2026-38";
const CRAWLS: readonly Crawl[] = [
  { id: "CC-MAIN-2026-34", from: "20260810000000", leaveOut: 0 },
  { id: "CC-MAIN-2026-30", from: "20260713000000", leaveOut: 3 },
];
const COLLINFO = [
  entry(LISTED, "2026-09-07T00:10:00", "2026-09-13T21:00:00"),
  entry("CC-MAIN-2026-34", "2026-08-10T00:00:00", "2026-08-22T22:10:00"),
  entry("CC-MAIN-2026-30", "2026-07-13T00:00:00", "2026-07-25T20:40:00"),
  entry("CC-MAIN-2012", "2012-01-27T17:41:51", "2012-06-05T06:28:50"),
  entry("CC-MAIN-2008-2009"),
];
const PARTS = 2;
/** Lines of an index page; the real ones have 15,000. */
const PAGE_LINES = 4;
/** Other sites of the web, which only the index knows. */
const OTHERS = 3000;
/** No word for a lodging can be made of them. */
const LETTERS = "acdfgjkpqwxyz";

/**
 * Common Crawl: the list of crawls, an index server (pywb) with its paging, the columnar index as
 * Parquet parts, and WARC files read by ranges. It archives the websites of the invented hotels. Record
 * ids are host and name of a house as its markup says them.
 */
export function commonCrawl(truth: Truth): StandIn {
  const sites = webSites(truth.seed, truth.properties);
  const archives = new Map<string, Archive>();
  const tables = new Map<string, Buffer>();
  const archiveOf = (crawl: Crawl): Archive => {
    const known = archives.get(crawl.id) ?? archive(crawl, sites);
    archives.set(crawl.id, known);
    return known;
  };
  const preparing = new Map<string, Promise<void>>();

  async function makeTable(crawl: Crawl): Promise<void> {
    const captures = [...archiveOf(crawl).captures, ...otherCaptures(crawl, truth.seed)];
    captures.sort((a, b) => (a.surt < b.surt ? -1 : 1));
    const parts = await tableParts(captures, PARTS);
    for (const [part, bytes] of parts.entries()) tables.set(partPath(crawl, part), bytes);
  }

  function answer(asked: Asked): Answer {
    const { pathname, searchParams } = new URL(asked.path, "http://crawl");
    if (pathname === "/collinfo.json") {
      return fileAnswer(
        asked,
        "application/json",
        Buffer.from(JSON.stringify(COLLINFO, undefined, 2)),
      );
    }
    const crawl = CRAWLS.find(({ id }) => pathname.includes(id));
    if (pathname === `/${LISTED}-index`) return search([], searchParams);
    if (!crawl) return notFound();
    if (pathname === `/${crawl.id}-index`) return search(archiveOf(crawl).captures, searchParams);
    const path = pathname.slice(1);
    if (path === `crawl-data/${crawl.id}/cc-index-table.paths.gz`) {
      const robots = partPath(crawl, 0).replace("subset=warc", "subset=robotstxt");
      const paths = [robots, ...Array.from({ length: PARTS }, (_, part) => partPath(crawl, part))];
      return fileAnswer(asked, "application/octet-stream", gzipSync(`${paths.join("\n")}\n`));
    }
    const file = tables.get(path) ?? archiveOf(crawl).files.get(path);
    return file ? fileAnswer(asked, "application/octet-stream", file) : notFound();
  }

  return {
    records: sites.flatMap(({ property, markup, host }) =>
      markup && isLodging(property)
        ? [
            {
              recordId: `common_crawl:${recordKey(host, markup.name)}`,
              propertyId: property.id,
              traps: [],
            },
          ]
        : [],
    ),
    async prepare({ path }) {
      const crawl = CRAWLS.find(({ id }) => path.includes(`crawl=${id}`));
      if (!crawl) return;
      const made = preparing.get(crawl.id) ?? makeTable(crawl);
      preparing.set(crawl.id, made);
      await made;
    },
    answer,
  };
}

function entry(id: string, from?: string, to?: string) {
  const base = `sandbox://common_crawl/${id}`;
  return {
    id,
    name: `${id} Index`,
    timegate: `${base}/`,
    "cdx-api": `${base}-index`,
    ...(from && to ? { from, to } : {}),
  };
}

function partPath({ id }: Crawl, part: number): string {
  return `cc-index/table/cc-main/warc/crawl=${id}/subset=warc/part-0000${part}-4dd72944-e9c0-41a1-9026-dfd2d0615bf2.c000.gz.parquet`;
}

function otherCaptures({ id, from }: Crawl, seed: string): Capture[] {
  const random = createRandom(`${seed}/common_crawl/${id}`);
  return Array.from({ length: OTHERS }, (_, index) => {
    const domain = `${random.text(9, LETTERS)}.${random.pick(["de", "fr", "com", "net", "org"])}`;
    const path = random.pick(["/", "/contact", "/news/1", "/shop/cart"]);
    return {
      surt: surtOf(domain, path),
      url: `https://${domain}${path}`,
      host: domain,
      domain,
      path,
      timestamp: from,
      status: "200",
      mime: "text/html",
      digest: String(index).padStart(32, "A"),
      charset: "UTF-8",
      truncated: undefined,
      redirect: undefined,
      filename: `crawl-data/${id}/segments/1757000000000.99/warc/CC-MAIN-${from}-${from}-00099.warc.gz`,
      offset: index * 4000,
      length: 4000,
    };
  });
}

/** The index server: key range first, then the page, then its filters; without `page` the first page. */
function search(captures: readonly Capture[], query: URLSearchParams): Answer {
  const url = query.get("url") ?? "";
  const bare = url.replace(/^\*\./, "").replace(/\/?\*$/, "");
  const type =
    query.get("matchType") ??
    (url.startsWith("*.") ? "domain" : url.endsWith("*") ? "prefix" : "exact");
  const [host = "", ...rest] = bare.replace(/^https?:\/\//, "").split("/");
  const key = surtOf(host, `/${rest.join("/")}`);
  const found = captures.filter(({ surt }) => matches(surt, key, type));
  const pages = Math.ceil(found.length / PAGE_LINES);
  if (query.get("showNumPages") === "true") {
    return textAnswer(200, "text/x-cdxj", JSON.stringify({ pages, pageSize: 5, blocks: pages }));
  }
  const page = Number(query.get("page") ?? 0);
  if (page > 0 && page >= pages) {
    const message = `Page ${page} invalid: First Page is 0, Last Page is ${Math.max(0, pages - 1)}`;
    return json(400, { message });
  }
  const filters = query.getAll("filter").map(filterOf);
  const lines = found
    .slice(page * PAGE_LINES, (page + 1) * PAGE_LINES)
    .map(lineOf)
    .filter((line) => filters.every((filter) => filter(line)));
  if (lines.length === 0) return json(404, { message: `No Captures found for: ${bare}` });
  const body = gzipSync(`${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  return {
    status: 200,
    headers: { "content-type": "text/x-ndjson", "content-encoding": "gzip" },
    body,
  };
}

/** Half-open ranges of keys: `*` follows `)`, `-` follows `,`. */
function matches(surt: string, key: string, type: string): boolean {
  const host = key.slice(0, key.indexOf(")"));
  switch (type) {
    case "exact":
      return surt === key;
    case "prefix":
      return surt.startsWith(key);
    case "host":
      return surt.startsWith(`${host})`);
    default:
      return surt.startsWith(`${host})`) || surt.startsWith(`${host},`);
  }
}

type Line = Readonly<Record<string, string>>;

function lineOf(capture: Capture): Line {
  const { redirect, charset, truncated, status } = capture;
  return {
    urlkey: capture.surt,
    timestamp: capture.timestamp,
    url: capture.url,
    mime: capture.mime,
    "mime-detected": capture.mime,
    status,
    digest: capture.digest,
    length: String(capture.length),
    offset: String(capture.offset),
    filename: capture.filename,
    ...(redirect ? { redirect } : { languages: "eng" }),
    ...(charset ? { encoding: charset } : {}),
    ...(truncated ? { truncated } : {}),
  };
}

/** `[!][=|~]field:expression`: contains, equals, or a regular expression that begins where the value does. */
function filterOf(text: string): (line: Line) => boolean {
  const [, not, kind, field = "", expression = ""] = /^(!?)([=~]?)([\w-]+):(.*)$/.exec(text) ?? [];
  const test = (value: string) =>
    kind === "="
      ? value === expression
      : kind === "~"
        ? new RegExp(`^(?:${expression})`).test(value)
        : value.includes(expression);
  return (line) => test(line[field] ?? "") !== (not === "!");
}

function json(status: number, value: unknown): Answer {
  return textAnswer(status, "application/json; charset=utf-8", JSON.stringify(value));
}
