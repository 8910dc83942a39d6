import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Site } from "./web-sites.ts";

/** One capture of a crawl, as its indexes tell of it. */
export interface Capture {
  readonly surt: string;
  readonly url: string;
  readonly host: string;
  readonly domain: string;
  readonly path: string;
  /** 14 digits. */
  readonly timestamp: string;
  readonly status: string;
  readonly mime: string;
  readonly digest: string;
  readonly charset: string | undefined;
  readonly truncated: string | undefined;
  readonly redirect: string | undefined;
  readonly filename: string;
  readonly offset: number;
  readonly length: number;
}

export interface Archive {
  readonly captures: readonly Capture[];
  /** Bytes of each file, by its path below the server. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface Crawl {
  readonly id: string;
  /** When it began, 14 digits. */
  readonly from: string;
  /** Captures of every so many sites are left out. */
  readonly leaveOut: number;
}

const FILES = 2;
/** Tens of thousands of small members are made while somebody waits. */
const CHEAP = { level: 1, memLevel: 1, windowBits: 10, chunkSize: 4096 };
/** A page is cut at so many bytes, as crawlers do at a million. */
const CUT = 700;

/** Archives one crawl of the sites: gzip members of request, response and metadata, and their index. */
export function archive(crawl: Crawl, sites: readonly Site[]): Archive {
  const writers = new Map<string, Writer>();
  const captures: Capture[] = [];
  let seconds = 0;
  sites.forEach((site, index) => {
    if (crawl.leaveOut > 0 && index % crawl.leaveOut === 0) return;
    const writer = (kind: string) => writerOf(writers, crawl, { kind, file: index % FILES });
    const at = () => {
      seconds += 7;
      return stampOf(crawl.from, seconds);
    };
    const { host, property } = site;
    const domain = property.domain ?? host;
    const place = { host, domain, timestamp: at() };
    captures.push(
      writer("robotstxt").write({
        ...place,
        path: "/robots.txt",
        body: Buffer.from("User-agent: *\n"),
        mime: "text/plain",
      }),
      writer("crawldiagnostics").write({
        ...place,
        host: domain,
        path: "/",
        redirect: `https://${host}/`,
      }),
    );
    for (const [turn, { path, html, charset }] of site.pages.entries()) {
      const whole = Buffer.from(html, charset === "utf-8" ? "utf8" : "latin1");
      const isCut = index % 50 === 7 && turn === 2;
      const body = isCut ? whole.subarray(0, CUT) : whole;
      const more = { body, mime: "text/html", charset, isCut };
      captures.push(writer("warc").write({ ...place, timestamp: at(), path, ...more }));
    }
  });
  captures.sort((a, b) =>
    a.surt < b.surt ? -1 : a.surt > b.surt ? 1 : a.timestamp < b.timestamp ? -1 : 1,
  );
  return { captures, files: new Map([...writers].map(([name, { bytes }]) => [name, bytes()])) };
}

/** `https://www.gullinn.com/contact` → `com,gullinn)/contact` */
export function surtOf(host: string, path: string): string {
  const labels = host
    .toLowerCase()
    .replace(/^www\./, "")
    .split(".")
    .reverse();
  return `${labels.join(",")})${path.toLowerCase()}`;
}

/** Twenty bytes in base 32, as digests of archives are written. */
function digestOf(bytes: Buffer): string {
  const bits = [...createHash("sha1").update(bytes).digest()].map((byte) =>
    byte.toString(2).padStart(8, "0"),
  );
  return (bits.join("").match(/.{5}/g) ?? [])
    .map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five, 2)])
    .join("");
}

interface Written {
  readonly host: string;
  readonly domain: string;
  readonly path: string;
  readonly timestamp: string;
  readonly body?: Buffer;
  readonly mime?: string;
  readonly charset?: string;
  readonly redirect?: string;
  readonly isCut?: boolean;
}

interface Writer {
  readonly write: (page: Written) => Capture;
  readonly bytes: () => Buffer;
}

function writerOf(
  writers: Map<string, Writer>,
  { id, from }: Crawl,
  { kind, file }: { readonly kind: string; readonly file: number },
): Writer {
  const name = `crawl-data/${id}/segments/1757000000000.${10 + file}/${kind}/CC-MAIN-${from}-${from}-${String(file).padStart(5, "0")}.warc.gz`;
  const known = writers.get(name) ?? openWriter(name, id);
  writers.set(name, known);
  return known;
}

function openWriter(filename: string, crawl: string): Writer {
  const members: Buffer[] = [];
  let size = 0;

  function add(type: string, headers: readonly string[], block: Buffer): number {
    const head = ["WARC/1.0", `WARC-Type: ${type}`, ...headers, `Content-Length: ${block.length}`];
    const record = Buffer.concat([
      Buffer.from(`${head.join("\r\n")}\r\n\r\n`),
      block,
      Buffer.from("\r\n\r\n"),
    ]);
    const member = gzipSync(record, CHEAP);
    members.push(member);
    size += member.length;
    return member.length;
  }

  add(
    "warcinfo",
    [`WARC-Filename: ${filename}`],
    Buffer.from(`isPartOf: ${crawl}\r\nformat: WARC File Format 1.1\r\n`),
  );

  function write(page: Written): Capture {
    const { host, domain, path, timestamp, body = Buffer.alloc(0), redirect, isCut } = page;
    const url = `https://${host}${path}`;
    const iso = timestamp.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z");
    const common = [`WARC-Date: ${iso}`, `WARC-Target-URI: ${url}`];
    const digest = digestOf(body);
    add(
      "request",
      [...common, "Content-Type: application/http; msgtype=request"],
      Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
    );
    const offset = size;
    // A charset other than UTF-8 stands in the page alone.
    const type =
      page.mime === "text/html" && page.charset === "utf-8"
        ? "text/html; charset=utf-8"
        : page.mime;
    const http = redirect
      ? `HTTP/1.1 301 Moved Permanently\r\nLocation: ${redirect}\r\n\r\n`
      : `HTTP/1.1 200 \r\ncontent-type: ${type}\r\nx-crawler-content-encoding: br\r\ncontent-length: ${body.length}\r\n\r\n`;
    const length = add(
      "response",
      [
        ...common,
        "Content-Type: application/http; msgtype=response",
        "WARC-Protocol: h2",
        "WARC-Protocol: tls/1.3",
        `WARC-Payload-Digest: sha1:${digest}`,
        ...(isCut ? ["WARC-Truncated: length"] : []),
      ],
      Buffer.concat([Buffer.from(http), body]),
    );
    add(
      "metadata",
      [...common, "Content-Type: application/warc-fields"],
      Buffer.from("fetchTimeMs: 120\r\n"),
    );
    return {
      surt: surtOf(host, path),
      url,
      host,
      domain,
      path,
      timestamp,
      status: redirect ? "301" : "200",
      mime: redirect ? "unk" : (page.mime ?? "unk"),
      digest,
      charset: page.charset === "utf-8" ? "UTF-8" : page.charset,
      truncated: isCut ? "length" : undefined,
      redirect,
      filename,
      offset,
      length,
    };
  }

  return { write, bytes: () => Buffer.concat(members) };
}

/** A number of seconds after 14 digits. */
function stampOf(from: string, seconds: number): string {
  const iso = from.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z");
  return new Date(Date.parse(iso) + seconds * 1000).toISOString().replace(/\D/g, "").slice(0, 14);
}
