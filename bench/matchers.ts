/**
 * Scores published clusters against the sandbox's truth:
 *   node bench/matchers.ts --truth data/sandbox/truth_records.parquet --warehouse data/warehouse.duckdb
 * `--again` runs the matcher on the warehouse's hotel_records first, in memory, and times it; `--misses` lists the
 * heaviest mistakes.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { literal } from "../engine/warehouse/quote.ts";
import { Warehouse } from "../engine/warehouse/warehouse.ts";
import { spec } from "../matchers/hotel.ts";
import { match } from "../matchers/kit/match.ts";
import { mistakes, scoreClusters, trapMerges } from "./matchers/score.ts";

const { values } = parseArgs({
  options: {
    truth: { type: "string", default: "data/sandbox/truth_records.parquet" },
    warehouse: { type: "string", default: "data/warehouse.duckdb" },
    again: { type: "boolean", default: false },
    misses: { type: "boolean", default: false },
    threads: { type: "string", default: "2" },
  },
});

const warehouse = await Warehouse.open(":memory:", { settings: { threads: values.threads } });
await warehouse.run(`attach ${literal(values.warehouse)} as published (read_only)`);
await warehouse.run("create schema match; create schema resolution; create schema seeds");
await warehouse.run(
  "create table resolution.hotel_records as from published.resolution.hotel_records",
);
if (values.again) await matchAgain(warehouse);
else {
  for (const table of ["hotel_clusters", "hotel_pairs", "hotel_model"]) {
    await warehouse.run(`create table match.${table} as from published.match.${table}`);
  }
}
await warehouse.run(`create table truth as
select
  record_id,
  min(property_id) as property_id,
  bool_or(is_lodging) as is_lodging,
  list_sort(list_distinct(flatten(list(traps::varchar[])))) as traps
from read_parquet(${literal(values.truth)})
group by record_id`);

const score = await scoreClusters(warehouse);
print([
  ["records", score.records],
  ["true hotels", score.properties],
  ["clusters", score.clusters],
  ["true pairs", score.wanted],
  ["pairs in clusters", score.found],
  ["right pairs", score.right],
  ["precision", score.precision.toFixed(4)],
  ["recall", score.recall.toFixed(4)],
  ["F1", score.f1.toFixed(4)],
  ["B3 F1", score.b3.toFixed(4)],
]);
console.log("\nmerged properties by trap (pairs of properties in one cluster)");
const merges = await trapMerges(warehouse);
print(merges.length > 0 ? merges.map(({ trap, pairs }) => [trap, pairs]) : [["none", 0]]);
if (values.misses) {
  for (const line of await mistakes(warehouse)) console.log(line);
}
warehouse.close();

async function matchAgain(opened: Warehouse): Promise<void> {
  await opened.run(
    "create table seeds.match_decisions (record_id_l varchar, record_id_r varchar, verdict varchar)",
  );
  const started = performance.now();
  const phases: [string, number][] = [];
  const matched = await match(opened, spec, {
    entity: "hotel",
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
