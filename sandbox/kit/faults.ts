import { gzipSync } from "node:zlib";
import { overpassJson, tooBusy } from "./overpass-pages.ts";
import { createRandom } from "./random.ts";
import { type Answer, textAnswer } from "./stand-in.ts";

export type SourceName =
  | "florida_dbpr"
  | "texas_hotel_tax"
  | "socrata"
  | "arcgis"
  | "ckan"
  | "openstreetmap"
  | "google_maps"
  | "common_crawl"
  | "web_data_commons"
  | "abn_bulk"
  | "abn_lookup"
  | "asic_companies"
  | "s3"
  | "files";

/** What goes wrong with an answer. */
export type Fault =
  /** The first byte comes late. */
  | { readonly kind: "slow"; readonly ms: number }
  /** The body comes in small pieces. */
  | { readonly kind: "drip"; readonly bytes: number; readonly ms: number }
  /** No answer ever. */
  | { readonly kind: "hang" }
  /** The connection is reset in the body, or before the head when `bytes` is absent. */
  | { readonly kind: "reset"; readonly bytes?: number }
  /** Fewer bytes than `Content-Length` says, then the end. */
  | { readonly kind: "short"; readonly bytes: number }
  /** The document ends in the middle though the transfer is whole: cut JSON, truncated CSV. */
  | { readonly kind: "cut"; readonly share?: number }
  | {
      readonly kind: "throttle";
      readonly status: 429 | 503 | 504;
      /** `2`, `-1`, `abc`, or `date+2` for an HTTP date in two seconds. Absent: no header. */
      readonly retryAfter?: string;
    }
  /** A page of HTML with status 200. */
  | { readonly kind: "html" }
  /** 403 and a page that asks for proof of being human. */
  | { readonly kind: "wall" }
  /** Compressed though nobody asked for it. */
  | { readonly kind: "gzip" }
  | { readonly kind: "redirect_loop" }
  /** Overpass only: status 200, no elements and a remark about a timeout. */
  | { readonly kind: "remark" }
  /** A column of a CSV gets another name, goes, or comes. */
  | {
      readonly kind: "column";
      readonly change: "renamed" | "missing" | "added";
      readonly column: string;
    }
  /** Nobody listens on the port; with `ms` only that long after the start of the world. */
  | { readonly kind: "refused"; readonly ms?: number };

/** When a fault strikes: of the source's requests (or of those whose path holds `path`), counted from 1. */
export interface FaultRule {
  readonly source: SourceName;
  readonly path?: string;
  readonly nth?: number;
  readonly every?: number;
  /** The nth and all after it. */
  readonly from?: number;
  readonly fault: Fault;
}

export type Mood = "calm" | "outage" | "chaos";

/** Named weather. `calm` is what a newcomer meets: two stumbles, no waiting. */
export function moodRules(mood: Mood, seed: string): readonly FaultRule[] {
  const random = createRandom(`${seed}/mood`);
  switch (mood) {
    case "calm":
      return [
        {
          source: "openstreetmap",
          path: "/api/interpreter",
          nth: random.int(1, 2),
          fault: { kind: "throttle", status: random.pick([429, 504]), retryAfter: "0" },
        },
        {
          source: "florida_dbpr",
          nth: random.int(2, 6),
          fault: { kind: "throttle", status: 503, retryAfter: "0" },
        },
      ];
    case "outage":
      return [
        { source: "openstreetmap", from: 1, fault: { kind: "throttle", status: 504 } },
        { source: "florida_dbpr", path: "hrlodge3", from: 1, fault: { kind: "html" } },
        {
          source: "common_crawl",
          path: "/warc/CC-MAIN",
          from: 2,
          fault: { kind: "throttle", status: 503 },
        },
      ];
    case "chaos":
      return [
        ...(
          [
            "florida_dbpr",
            "texas_hotel_tax",
            "openstreetmap",
            "web_data_commons",
            "files",
            "abn_bulk",
            "asic_companies",
          ] as const
        ).flatMap((source) => [
          {
            source,
            every: 3,
            fault: { kind: "throttle", status: 429, retryAfter: "0" } as const,
          },
          { source, every: 5, fault: { kind: "reset", bytes: 2000 } as const },
          { source, every: 7, fault: { kind: "short", bytes: 500 } as const },
          { source, nth: random.int(1, 4), fault: { kind: "html" } as const },
        ]),
        // Their questions come in rows of pages, each of which can go wrong.
        ...(
          ["socrata", "arcgis", "ckan", "google_maps", "common_crawl", "abn_lookup", "s3"] as const
        ).flatMap((source) => [
          {
            source,
            every: 4,
            fault: { kind: "throttle", status: 429, retryAfter: "0" } as const,
          },
          { source, every: 7, fault: { kind: "cut" } as const },
          { source, every: 9, fault: { kind: "reset", bytes: 200 } as const },
          { source, nth: random.int(1, 3), fault: { kind: "html" } as const },
        ]),
      ];
  }
}

export interface Counts {
  /** Requests of the source so far, this one included. */
  readonly of: (source: SourceName, path: string | undefined) => number;
}

/** The first rule that strikes this request. */
export function strikingFault(
  rules: readonly FaultRule[],
  source: SourceName,
  path: string,
  counts: Counts,
): Fault | undefined {
  return rules.find((rule) => {
    if (rule.source !== source || (rule.path !== undefined && !path.includes(rule.path)))
      return false;
    const count = counts.of(source, rule.path);
    if (rule.nth !== undefined) return count === rule.nth;
    if (rule.every !== undefined) return count % rule.every === 0;
    return rule.from === undefined || count >= rule.from;
  })?.fault;
}

/** An answer as a fault leaves it, as far as that is a matter of content; transfer faults come later. */
export function spoil(
  answer: Answer,
  fault: Fault,
  source: SourceName,
  path: string,
  now: Date,
): Answer {
  switch (fault.kind) {
    case "throttle": {
      const page =
        source === "openstreetmap" && fault.status === 504
          ? tooBusy()
          : textAnswer(
              fault.status,
              "text/html; charset=utf-8",
              `<html><head><title>${fault.status}</title></head><body><h1>Too many requests, please slow down.</h1></body></html>\n`,
            );
      const header = retryAfterHeader(fault.retryAfter, now);
      return {
        status: fault.status,
        headers: { ...page.headers, ...(header === undefined ? {} : { "retry-after": header }) },
        body: page.body,
      };
    }
    case "html":
      return textAnswer(
        200,
        "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<html><head><title>Scheduled maintenance</title></head><body><p>This service is down for maintenance. Please try again later.</p></body></html>\n",
      );
    case "wall":
      return textAnswer(
        403,
        "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head><body>Checking your browser before you proceed.</body></html>\n",
      );
    case "redirect_loop":
      return { status: 302, headers: { location: path }, body: Buffer.alloc(0) };
    case "remark":
      return overpassJson(
        [],
        'runtime error: Query timed out in "query" at line 1 after 181 seconds.',
      );
    case "cut":
      return {
        ...answer,
        body: answer.body.subarray(0, Math.floor(answer.body.length * (fault.share ?? 0.6))),
      };
    case "gzip":
      return {
        ...answer,
        headers: { ...answer.headers, "content-encoding": "gzip" },
        body: gzipSync(answer.body),
      };
    case "column":
      return { ...answer, body: changeColumn(answer.body, fault.change, fault.column) };
    default:
      return answer;
  }
}

function retryAfterHeader(text: string | undefined, now: Date): string | undefined {
  const date = /^date\+(\d+)$/.exec(text ?? "");
  return date ? new Date(now.getTime() + Number(date[1]) * 1000).toUTCString() : text;
}

/** Works on CSV whose header has no quoted comma; bytes beyond the header are left as they are. */
function changeColumn(
  body: Buffer,
  change: "renamed" | "missing" | "added",
  column: string,
): Buffer {
  const text = body.toString("latin1");
  const lines = text.split("\n");
  const header = lines[0] ?? "";
  const names = header.replace(/\r$/, "").split(",");
  const index = names.findIndex((name) => name.replaceAll('"', "") === column);
  if (change === "renamed") {
    return Buffer.from(text.replace(column, `${column} (revised)`), "latin1");
  }
  const edited = lines.map((line, row) => {
    if (line.trim() === "") return line;
    const end = line.endsWith("\r") ? "\r" : "";
    const bare = line.replace(/\r$/, "");
    if (change === "added") return `${bare},"${row === 0 ? column : row}"${end}`;
    const cells = bare.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)?.filter((cell) => cell !== "") ?? [];
    const kept = cells
      .map((cell) => cell.replace(/,$/, ""))
      .filter((_, position) => position !== index)
      .join(",");
    return `${kept}${end}`;
  });
  return Buffer.from(edited.join("\n"), "latin1");
}
