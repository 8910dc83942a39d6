import { createHash } from "node:crypto";
import type { SourceName } from "./faults.ts";

export interface LoggedRequest {
  /** Milliseconds of the world's clock. */
  readonly time: number;
  readonly source: SourceName;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** SHA-256 of the body, hexadecimal. */
  readonly bodyHash: string;
  /** Requests of the source being answered when this one arrived, itself included. */
  readonly concurrent: number;
  /** Of the answer; 0 when the connection broke before one. */
  status: number;
  /** The fault that struck, by its kind. */
  readonly fault: string | undefined;
}

type Counted = (entry: LoggedRequest) => boolean;

export interface Traffic {
  readonly requests: number;
  readonly maxPerSecond: number;
  readonly maxConcurrent: number;
  readonly userAgents: readonly string[];
  /** Method, path and body hash of what was answered 2xx more than once. */
  readonly askedTwice: readonly string[];
}

/** Remembers every request of the world, and can say how its clients behaved. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  /** What was counted once is counted on: a look through all entries for each is quadratic. */
  readonly #counts = new Map<string, { readonly counts: Counted; count: number }>();

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
    for (const known of this.#counts.values()) if (known.counts(entry)) known.count += 1;
  }

  /** Requests of a source so far, or of those whose path holds a text. */
  count(source: SourceName, path = ""): number {
    const key = `${source} ${path}`;
    const known = this.#counts.get(key);
    if (known) return known.count;
    const counts = (entry: LoggedRequest) => entry.source === source && entry.path.includes(path);
    const { length: count } = this.entries.filter(counts);
    this.#counts.set(key, { counts, count });
    return count;
  }

  /** How a source was asked; all sources when none is named. */
  traffic(source?: SourceName): Traffic {
    const entries = this.entries.filter((entry) => source === undefined || entry.source === source);
    const times = entries.map((entry) => entry.time).sort((a, b) => a - b);
    const answered = entries.filter((entry) => entry.status >= 200 && entry.status < 300);
    const seen = new Map<string, number>();
    for (const entry of answered) {
      const range = entry.headers.range === undefined ? "" : ` ${entry.headers.range}`;
      const key = `${entry.method} ${entry.source}${entry.path} ${entry.bodyHash.slice(0, 12)}${range}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    return {
      requests: entries.length,
      maxPerSecond: densest(times, 1000),
      maxConcurrent: Math.max(0, ...entries.map((entry) => entry.concurrent)),
      userAgents: [...new Set(entries.map((entry) => entry.headers["user-agent"] ?? ""))].sort(),
      askedTwice: [...seen].filter(([, count]) => count > 1).map(([key]) => key),
    };
  }
}

export function hashOf(body: Buffer): string {
  return createHash("sha256").update(body).digest("hex");
}

/** The most times that fall into any window of that length. */
function densest(sorted: readonly number[], window: number): number {
  let first = 0;
  let most = 0;
  sorted.forEach((time, last) => {
    while ((sorted[first] ?? time) <= time - window) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}
