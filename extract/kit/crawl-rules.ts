import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { literal } from "../../engine/warehouse/quote.ts";
import { parseCsv } from "./csv.ts";

/** Which pages of a web crawl are wanted, as SQL over a host and a path in lower case. */
export interface CrawlRules {
  /** Where lodging may be: by the host, or by a page that only lodgings have. */
  readonly isLodging: (host: string, path: string) => string;
  /** Portals and chains: their pages are about many houses. */
  readonly isShared: (registeredDomain: string) => string;
  /** What kind of page it is, null for most; and in which order they are wanted, from 1. */
  readonly pageKind: (path: string) => string;
  readonly pageRank: (path: string) => string;
  /** Changes with the rules. */
  readonly fingerprint: string;
}

/** Reads the rules of `seeds/lodging_url_patterns.csv`, `page_ranks.csv` and `shared_domains.csv`. */
export function crawlRules(root: string): CrawlRules {
  const patterns = seedRows(root, "lodging_url_patterns");
  const ranks = seedRows(root, "page_ranks");
  const shared = seedRows(root, "shared_domains").map(({ domain = "" }) => domain);
  const text = JSON.stringify([patterns, ranks, shared]);
  const matches = (part: string, value: string) => {
    const found = patterns.filter((row) => row.part === part).map(({ pattern = "" }) => pattern);
    return found.length === 0 ? "false" : `regexp_matches(${value}, ${literal(either(found))})`;
  };
  const ranked = (path: string, answer: (row: Row) => string) =>
    ranks.length === 0
      ? "null"
      : `case ${ranks
          .map(
            (row) =>
              `when regexp_matches(${path}, ${literal(row.pattern ?? "")}) then ${answer(row)}`,
          )
          .join(" ")} end`;
  return {
    isLodging: (host, path) => `(${matches("host", host)} or ${matches("path", path)})`,
    isShared: (domain) =>
      `coalesce(${domain} in (${[...shared, ""].map(literal).join(", ")}), false)`,
    pageKind: (path) => ranked(path, ({ page_kind = "" }) => literal(page_kind)),
    pageRank: (path) => ranked(path, ({ page_rank }) => String(Number(page_rank))),
    fingerprint: createHash("sha256").update(text).digest("hex").slice(0, 8),
  };
}

type Row = Readonly<Record<string, string>>;

function seedRows(root: string, seed: string): Row[] {
  const text = readFileSync(join(root, "seeds", `${seed}.csv`), "utf8");
  const [header, ...rows] = [...parseCsv(text)].map(({ fields }) => fields);
  return rows.map((fields) =>
    Object.fromEntries((header ?? []).map((name, place) => [name, fields[place] ?? ""])),
  );
}

function either(patterns: readonly string[]): string {
  return patterns.map((pattern) => `(?:${pattern})`).join("|");
}
