import { createHash } from "node:crypto";
import type { TruthMention, TruthRecord } from "./property.ts";

/** One source of the world, made from the truth: what it holds, and how it answers over its own protocol. */
export interface StandIn {
  /** Which row or element is which property. */
  readonly records: readonly TruthRecord[];
  /** Which persons and companies its rows name. */
  readonly mentions?: readonly TruthMention[];
  readonly answer: (request: Asked) => Answer;
  /** Makes what an answer needs and takes time. */
  readonly prepare?: (request: Asked) => Promise<void>;
}

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Requests of this source being answered at this moment, this one included. */
  readonly concurrent: number;
  readonly now: Date;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The world stands still on this day: nothing in it depends on when it is looked at. */
export const WORLD_DATE = new Date("2026-09-14T04:20:00Z");

export function textAnswer(status: number, type: string, text: string): Answer {
  return { status, headers: { "content-type": type }, body: Buffer.from(text, "utf8") };
}

/** For a service that answers calls and nothing else: not even whether it is there. */
export function onlyCalls(method: "GET" | "POST"): Answer {
  return { status: 405, headers: { allow: method }, body: Buffer.alloc(0) };
}

/** A file as web servers give it: validators, 304, ranges. */
export function fileAnswer(asked: Asked, type: string, body: Buffer): Answer {
  const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
  const lastModified = WORLD_DATE.toUTCString();
  const headers = { etag, "last-modified": lastModified, "accept-ranges": "bytes" };
  if (asked.method !== "GET" && asked.method !== "HEAD") {
    return { status: 405, headers: { allow: "GET, HEAD" }, body: Buffer.alloc(0) };
  }
  if (isUnchanged(asked, etag, lastModified)) {
    return { status: 304, headers, body: Buffer.alloc(0) };
  }
  const range = /^bytes=(\d*)-(\d*)$/.exec(asked.headers.range ?? "");
  if (!range) return { status: 200, headers: { ...headers, "content-type": type }, body };
  const [, first = "", last = ""] = range;
  const start = first === "" ? Math.max(0, body.length - Number(last)) : Number(first);
  const end =
    first === "" || last === "" ? body.length - 1 : Math.min(Number(last), body.length - 1);
  if (start > end) {
    return {
      status: 416,
      headers: { "content-range": `bytes */${body.length}` },
      body: Buffer.alloc(0),
    };
  }
  return {
    status: 206,
    headers: {
      ...headers,
      "content-type": type,
      "content-range": `bytes ${start}-${end}/${body.length}`,
    },
    body: body.subarray(start, end + 1),
  };
}

export function notFound(): Answer {
  return textAnswer(
    404,
    "text/html; charset=utf-8",
    "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n",
  );
}

/** `If-None-Match` wins over `If-Modified-Since` (RFC 9110, 13.2.2). */
function isUnchanged(asked: Asked, etag: string, lastModified: string): boolean {
  const wanted = asked.headers["if-none-match"];
  if (wanted !== undefined) {
    return wanted
      .split(",")
      .some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*");
  }
  const since = Date.parse(asked.headers["if-modified-since"] ?? "");
  return !Number.isNaN(since) && Date.parse(lastModified) <= since;
}
