import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import type { Cells, Refused } from "../engine/warehouse/landing.ts";
import { Failure } from "./kit/classify.ts";
import { extractor } from "./kit/extractor.ts";
import { parseQuad, QUAD_COLUMNS } from "./kit/n-quads.ts";

/**
 * What hotels' own pages say of them in schema.org's words, as Web Data Commons takes it out of one
 * crawl a year: gzipped N-Quads of the class `Hotel`, some hundred parts.
 * https://webdatacommons.org/structureddata/schemaorgtables/
 */
export const step = extractor({
  version: 1,
  stream: "quads",
  columns: QUAD_COLUMNS,
  settings: z.strictObject({
    /** Parts by URL or path. */
    files: z.array(z.string().min(1)).default([]),
    /** Keeps pages of hosts below these; none: all, portals included. */
    top_level_domains: z
      .array(z.string().regex(/^[a-z-]+$/, "use the last label alone: au"))
      .default([]),
  }),
  // A release comes out once a year; parts are large.
  defaults: { fresh_days: 90, concurrency: 1, per_second: 0.5, outage_minutes: 60 },

  requests: ({ files, top_level_domains }) =>
    files.map((url) => ({
      key: [url, ...[...top_level_domains].sort()].join(" "),
      url,
      domains: new Set(top_level_domains),
    })),

  async fetch({ domains }, { download }) {
    const { stream } = await download("N-Quads, gzipped");
    return { records: quads(stream(), domains) };
  },
});

async function* quads(
  bytes: Readable,
  domains: ReadonlySet<string>,
): AsyncGenerator<Cells | Refused> {
  const plain = await plainOf(bytes);
  try {
    for await (const line of createInterface({ input: plain, crlfDelay: Infinity })) {
      const quad = parseQuad(line);
      if (!quad || !("refused" in quad || isWanted(quad[0], domains))) continue;
      yield quad;
    }
  } catch (cause) {
    throw new Failure("retry", `is gzip that was cut or broken: ${String(cause)}`, { cause });
  } finally {
    bytes.destroy();
  }
}

function isWanted(page: string | null | undefined, domains: ReadonlySet<string>): boolean {
  if (domains.size === 0) return true;
  const [, domain = ""] = /^[a-z]+:\/\/[^/:?#]*?([^./:?#]+)\.?(?:[:/?#]|$)/i.exec(page ?? "") ?? [];
  return domains.has(domain.toLowerCase());
}

/** Parts are gzipped; one that somebody has unpacked is read as well. */
async function plainOf(bytes: Readable): Promise<Readable> {
  const chunks = bytes[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  async function* whole() {
    if (!first.done) yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  const plain = Readable.from(whole());
  if (first.done || first.value[0] !== 0x1f || first.value[1] !== 0x8b) return plain;
  const gunzip = createGunzip();
  plain.on("error", (error) => gunzip.destroy(error));
  return plain.pipe(gunzip);
}
