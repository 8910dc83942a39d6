/**
 * Runs one job with leadhouse, in this process: node bench/splink/leadhouse.ts job.json
 * Writes pairs.parquet, clusters.parquet and report.json to the job's folder, as run.py does.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { match } from "../../matchers/kit/match.ts";
import { persons } from "../../matchers/kit/shapes/persons.ts";
import { matchSplink } from "../../matchers/kit/splink/match.ts";
import { readSplinkModel } from "../../matchers/kit/splink/model.ts";
import { demo } from "./demo.ts";

export interface LeadhouseJob {
  readonly input: string;
  readonly out: string;
  readonly threads: number;
  readonly memory: string;
  /** Our persons; Splink's demo as a spec; or a model that Splink saved. */
  readonly spec: "persons" | "demo" | { readonly model: string };
  /** Standard column → column of the set, for our persons. */
  readonly columns: Readonly<Record<string, string>>;
}

const job = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as LeadhouseJob;
const started = performance.now();
const phases: Record<string, number> = {};
let current: { readonly name: string; readonly at: number } | undefined;

const warehouse = await Warehouse.open(":memory:", {
  settings: {
    threads: String(job.threads),
    memory_limit: job.memory,
    temp_directory: join(job.out, "spill"),
  },
});
const version = await warehouse.first<{ version: string }>("select version() as version");
phase("prepare");
if (typeof job.spec === "string")
  await runSpec(job.spec === "demo" ? demo : persons({ columns: job.columns }));
else await runModel(job.spec.model);
phase(undefined);
const usage = process.resourceUsage();
writeFileSync(
  join(job.out, "report.json"),
  JSON.stringify({
    version: `leadhouse, DuckDB ${version?.version.slice(1)}`,
    seconds: (performance.now() - started) / 1000,
    cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peak: usage.maxRSS * 1024,
    phases,
  }),
);
warehouse.close();

async function runSpec(spec: typeof demo): Promise<void> {
  await warehouse.run(`create table records as
select source_dataset || ':' || unique_id as record_id, source_dataset as source, *
from read_parquet(${literal(job.input)})`);
  const identityFolder = mkdtempSync(join(tmpdir(), "leadhouse-splink-"));
  try {
    await match(warehouse, spec, {
      entity: "thing",
      identityFolder,
      runId: "bench",
      startedAt: new Date(0),
      note: phase,
    });
  } finally {
    rmSync(identityFolder, { recursive: true, force: true });
  }
  phase("write");
  await write(
    "select record_id_l as id_l, record_id_r as id_r, match_weight::double as weight, match_probability::double as probability from match.thing_pairs",
    "select record_id as id, thing_id as cluster from match.thing_clusters",
  );
}

async function runModel(path: string): Promise<void> {
  const model = readSplinkModel(readFileSync(path, "utf8"), path);
  await warehouse.run(
    `create table records as select * replace (unique_id::varchar as unique_id) from read_parquet(${literal(job.input)})`,
  );
  const result = join(job.out, "matched");
  await matchSplink(warehouse, model, {
    out: result,
    columns: await warehouse.describe("select * from records"),
    allPairs: true,
    merge: 0.5,
    review: 0.5,
    note: phase,
  });
  phase("write");
  await write(
    `select record_id_l as id_l, record_id_r as id_r, match_weight as weight, match_probability as probability, match_key from read_parquet(${literal(join(result, "pairs.parquet"))})`,
    `select record_id as id, cluster_id as cluster from read_parquet(${literal(join(result, "clusters.parquet"))})`,
  );
}

async function write(pairs: string, clusters: string): Promise<void> {
  for (const [name, sql] of [
    ["pairs", pairs],
    ["clusters", clusters],
  ] as const) {
    await warehouse.run(
      `copy (${sql}) to ${literal(join(job.out, `${name}.parquet`))} (format parquet)`,
    );
  }
}

/** What runs from now on. */
function phase(name: string | undefined): void {
  const now = performance.now();
  if (current) phases[current.name] = (phases[current.name] ?? 0) + (now - current.at) / 1000;
  current = name === undefined ? undefined : { name, at: now };
}
