import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { loadProfile } from "../../engine/config.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { extractor } from "../../extract/kit/extractor.ts";

const step = extractor({
  version: 1,
  stream: "answers",
  settings: z.strictObject({ url: z.string(), count: z.int() }),
  defaults: { fresh_days: 1, concurrency: 64, per_second: 100_000, burst: 1000 },
  requests: ({ url, count }) =>
    Array.from({ length: count }, (_, index) => ({ key: String(index), url: `${url}/${index}` })),
  async fetch(_request, { read }) {
    const { body } = await read("an answer", { isXml: true });
    return { response: body.toString() };
  },
});

/** One night of a source that asks `<url>/0` up to the count: planned, governed, classified, landed. */
export async function askAll(url: string, count: number): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "leadhouse-requests-"));
  const data = join(root, "data");
  const settings = { url, count, private_hosts: ["127.0.0.1"] };
  const elt = {
    default_profile: "bench",
    contact: { url: "https://example.com", email: "crawler@example.com" },
    profiles: { bench: { sources: { answers: settings } } },
  };
  writeFileSync(join(root, "elt.yml"), JSON.stringify(elt));
  const profile = loadProfile(root);
  const warehouse = await Warehouse.open(":memory:");
  try {
    const [extract] = step({ root, data, profile, name: "answers", path: "bench/requests.ts" });
    const result = await extract?.run({
      runId: "bench",
      startedAt: new Date(),
      root,
      data,
      profile,
      warehouse,
      signal: new AbortController().signal,
      progress: () => undefined,
      log: () => undefined,
      compiled: () => undefined,
      onPublish: () => undefined,
      resolve: async (address) => address,
    });
    if (result?.rows !== count) throw new Error(`landed ${result?.rows} of ${count}`);
  } finally {
    warehouse.close();
    rmSync(root, { recursive: true, force: true });
  }
}
