import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { step } from "../../extract/common_crawl.ts";
import type { FaultRule, Mood } from "../../sandbox/kit/faults.ts";
import { startWorld } from "../../sandbox/world.ts";
import { project } from "./kit/night.ts";

type Fields = Readonly<Record<string, unknown>>;

const SETTINGS = {
  url: "sandbox://common_crawl/collinfo.json",
  data_url: "sandbox://common_crawl",
  top_level_domains: ["com", "au"],
  per_second: 100_000,
};

async function crawl(more: Fields = {}, faults: Mood | readonly FaultRule[] = []) {
  const world = await startWorld({ seed: 3, properties: 200, faults, clock: () => 0 });
  onTestFinished(() => world.close());
  const own = project({
    source: "common_crawl",
    step,
    settings: { ...SETTINGS, ...more },
    resolve: (url) => world.resolve(url),
  });
  cpSync(join(import.meta.dirname, "../../seeds"), join(own.root, "seeds"), { recursive: true });
  return { own, world };
}

test("lodging hosts are found in the columnar index and their best pages fetched", async () => {
  const { own, world } = await crawl();
  const results = await own.night();
  console.log(results, world.log.entries.map(({ path, headers, status }) => `${status} ${path} ${headers.range ?? ""}`));
  console.log(await own.landed("pages", "select url, page_kind, http_status, charset, truncated, length(body) as l, problem from landed limit 8"));
});
