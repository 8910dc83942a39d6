/**
 * Scores published clusters of hotels, persons and organizations against the sandbox's truth:
 *   node bench/matchers.ts --data data
 * `--entity hotel` looks at one; `--again` runs its matcher on the warehouse's records first, in memory, and times it;
 * `--misses` lists the heaviest mistakes.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { literal } from "../engine/warehouse/quote.ts";
import { Warehouse } from "../engine/warehouse/warehouse.ts";
import { spec as hotel } from "../matchers/hotel.ts";
import { match } from "../matchers/kit/match.ts";
import type { MatcherSpec } from "../matchers/kit/spec.ts";
import { spec as organization } from "../matchers/organization.ts";
import { spec as person } from "../matchers/person.ts";
import { mistakes, scoreClusters, trapMerges } from "./matchers/score.ts";

interface Judged {
  readonly spec: MatcherSpec;
  readonly truth: string;
  /** What one truth is called in its file. */
  readonly id: string;
  /** Columns that tell a reader of mistakes why. */
  readonly shown: readonly string[];
}

const ENTITIES: Readonly<Record<string, Judged>> = {
  hotel: {
    spec: hotel,
    truth: "truth_records.parquet",
    id: "property_id",
    shown: [
      "hotel_name",
      "name_core",
      "brand",
      "address",
      "city_key",
      "phone",
      "website",
      "category",
    ],
  },
  person: {
    spec: person,
    truth: "truth_people.parquet",
    id: "person_id",
    shown: ["full_name", "given_key", "title", "email", "phone", "address_key", "hotel_id"],
  },
  organization: {
    spec: organization,
    truth: "truth_organizations.parquet",
    id: "organization_id",
    shown: ["legal_name", "name_core", "legal_form", "phone", "address_key", "state", "hotel_id"],
  },
};

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "data" },
    entity: { type: "string", multiple: true, default: Object.keys(ENTITIES) },
    again: { type: "boolean", default: false },
    misses: { type: "boolean", default: false },
    threads: { type: "string", default: "2" },
  },
});

for (const entity of values.entity) {
  const judged = ENTITIES[entity];
  if (!judged) throw new Error(`no truth of "${entity}": ${Object.keys(ENTITIES).join(", ")}`);
  await judge(entity, judged);
}

async function judge(entity: string, { spec, truth, id, shown }: Judged): Promise<void> {
  const warehouse = await Warehouse.open(":memory:", { settings: { threads: values.threads } });
  const published = join(values.data, "warehouse.duckdb");
  await warehouse.run(`attach ${literal(published)} as published (read_only)`);
  await warehouse.run("create schema match; create schema resolution; create schema seeds");
  await warehouse.run(`create table ${spec.input} as from published.${spec.input}`);
  console.log(`${entity}`);
  if (values.again) await matchAgain(warehouse, entity, spec);
  else {
    for (const table of ["clusters", "pairs", "model"]) {
      await warehouse.run(
        `create table match.${entity}_${table} as from published.match.${entity}_${table}`,
      );
    }
  }
  await warehouse.run(`create table truth as
select
  record_id,
  min(${id}) as true_id,
  list_sort(list_distinct(flatten(list(traps::varchar[])))) as traps
from read_parquet(${literal(join(values.data, "sandbox", truth))})
group by record_id`);
  const score = await scoreClusters(warehouse, entity);
  print([
    ["records", score.records],
    ["truths", score.truths],
    ["clusters", score.clusters],
    ["true pairs", score.wanted],
    ["pairs in clusters", score.found],
    ["right pairs", score.right],
    ["precision", score.precision.toFixed(4)],
    ["recall", score.recall.toFixed(4)],
    ["F1", score.f1.toFixed(4)],
    ["B3 F1", score.b3.toFixed(4)],
  ]);
  console.log("  merged by trap (pairs of truths in one cluster)");
  const merges = await trapMerges(warehouse);
  print(merges.length > 0 ? merges.map(({ trap, pairs }) => [trap, pairs]) : [["none", 0]]);
  if (values.misses) {
    for (const line of await mistakes(warehouse, entity, shown)) console.log(line);
  }
  console.log();
  warehouse.close();
}

async function matchAgain(opened: Warehouse, entity: string, spec: MatcherSpec): Promise<void> {
  await opened.run(
    "create table seeds.match_decisions (record_id_l varchar, record_id_r varchar, verdict varchar)",
  );
  const started = performance.now();
  const phases: [string, number][] = [];
  const matched = await match(opened, spec, {
    entity,
    identityFolder: mkdtempSync(join(tmpdir(), "leadhouse-bench-")),
    runId: "bench",
    startedAt: new Date(0),
    note: (text) => phases.push([text, performance.now()]),
  });
  const ended = performance.now();
  const { pairs, clusters, records } = matched;
  console.log(
    `matched ${records.toLocaleString("en-US")} records, ${pairs.toLocaleString("en-US")} pairs, ${clusters.toLocaleString("en-US")} clusters in ${((ended - started) / 1000).toFixed(1)}s`,
  );
  print(
    phases.map(([text, at], index) => [
      text,
      `${(((phases[index + 1]?.[1] ?? ended) - at) / 1000).toFixed(2)}s`,
    ]),
  );
  console.log();
}

function print(rows: readonly (readonly [string, string | number])[]): void {
  const names = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) {
    const text = typeof value === "number" ? value.toLocaleString("en-US") : value;
    console.log(`  ${name.padEnd(names)}  ${text.padStart(12)}`);
  }
}
