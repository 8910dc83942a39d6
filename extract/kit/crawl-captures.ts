import type { Cells } from "../../engine/warehouse/landing.ts";
import { Failure } from "./classify.ts";
import type { Content, Tools } from "./extractor.ts";
import { isObject, parseJson } from "./registers.ts";

/** Captures of a domain and its subdomains in one crawl. */
export interface CapturesRequest {
  readonly key: string;
  /** The crawl's index: https://index.commoncrawl.org/CC-MAIN-2025-33-index */
  readonly url: string;
  readonly domain: string;
  /** Pages an earlier attempt has read. */
  readonly kept: Cells[][];
}

/**
 * All pages of an index server's answer (https://pywb.readthedocs.io, CDXJ Server API). Without
 * `page` it would give the first page and not say so. A page may be empty while later ones are not,
 * which it says with 404; 400 comes behind the last page.
 */
export async function askCaptures(
  { url, domain, kept }: CapturesRequest,
  read: Tools["read"],
): Promise<Cells[]> {
  const base = `${url}?url=${encodeURIComponent(domain)}&matchType=domain`;
  const ask = (query: string, due: string) =>
    answered(() => read(due, { url: `${base}${query}`, isPart: true }));
  const size = await ask("&showNumPages=true", "a number of pages");
  const count = typeof size === "string" ? 0 : pagesOf(size);
  while (kept.length < count) {
    const page = kept.length;
    const content = await ask(`&output=json&page=${page}`, "captures as JSON lines");
    if (content === "behind the last page") break;
    kept.push(content === "no captures" ? [] : linesOf(content, page));
  }
  return kept.splice(0).flat();
}

async function answered(
  asked: () => Promise<Content>,
): Promise<Content | "no captures" | "behind the last page"> {
  try {
    return await asked();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { status, response = "" } = error.details;
    // Another address of the server says 404 with a page: that is no answer.
    if (status === 404 && response.includes("No Captures found")) return "no captures";
    if (status === 400 && /Page \d+ invalid/.test(response)) return "behind the last page";
    throw error;
  }
}

function pagesOf(content: Content): number {
  const answer = parseJson(content);
  const pages = isObject(answer) ? Number(answer.pages) : Number.NaN;
  if (Number.isInteger(pages) && pages >= 0) return pages;
  throw new Failure("retry", "sent no number of pages", { response: content.text("utf-8") });
}

function linesOf(content: Content, page: number): Cells[] {
  const lines = content.text("utf-8").split("\n");
  return lines.flatMap((line) => {
    if (line.trim() === "") return [];
    try {
      JSON.parse(line);
    } catch (cause) {
      throw new Failure("retry", "sent captures that were cut", { cause });
    }
    return [[String(page), line]];
  });
}
