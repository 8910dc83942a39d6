/**
 * Runs a spec per shape on labelled sets and prints what it reaches, beside the target and what is published:
 *   node bench/scoreboard.ts <folder of sets> [--only febrl3,cora] [--auto] [--model]
 * The folder may also be named by LEADHOUSE_ER. Ids are replaced and rows shuffled first; truth is read by the evaluator alone.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { literal } from "../engine/warehouse/quote.ts";
import { Warehouse } from "../engine/warehouse/warehouse.ts";
import { block } from "../matchers/kit/block.ts";
import { match } from "../matchers/kit/match.ts";
import { prepare } from "../matchers/kit/prepare.ts";
import type { MatcherSpec } from "../matchers/kit/spec.ts";
import { Statements } from "../matchers/kit/statements.ts";
import { evaluate } from "./scoreboard/evaluate.ts";
import { loadMade, MADE_SETS } from "./scoreboard/made/sets.ts";
import { type LabelledSet, SETS } from "./scoreboard/sets.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    threads: { type: "string", default: "2" },
    model: { type: "boolean", default: false },
    auto: { type: "boolean", default: false },
  },
});

const folder = positionals[0] ?? process.env.LEADHOUSE_ER;
if (folder === undefined || !existsSync(folder)) {
  console.log(
    folder === undefined
      ? "no labelled sets: name their folder, or set LEADHOUSE_ER"
      : `no labelled sets: ${folder} does not exist`,
  );
  process.exit(0);
}
const only = values.only?.split(",");
const HEAD = [
  "set",
  "edge P",
  "R",
  "F1",
  "best (at)",
  "cluster P",
  "R",
  "F1",
  "B3",
  "ECE",
  "blocked",
  "pairs",
  "time",
  "target",
  "published: Splink",
];
const WIDTHS = [22, 6, 6, 6, 13, 9, 6, 6, 6, 6, 7, 9, 6, 27, 30];
console.log(line(HEAD));
for (const set of SETS) {
  if (only && !only.includes(set.name)) continue;
  const path = join(folder, set.name);
  const there = existsSync(path);
  console.log(
    there
      ? line(
          await run(
            set,
            (warehouse) => load(warehouse, set, path),
            (warehouse) => loadTruth(warehouse, set, path),
          ),
        )
      : `${set.name.padEnd(22)}  not there`,
  );
}
for (const set of MADE_SETS) {
  if (only && !only.includes(set.name)) continue;
  const judged = {
    name: set.name,
    spec: set.spec,
    truth: "clusters",
    target: "-",
    published: "made",
  } as const;
  console.log(
    line(
      await run(
        judged,
        (warehouse) => loadMade(warehouse, set),
        async () => undefined,
      ),
    ),
  );
}

/** The spec nobody wrote: from names and contents of the columns. */
async function guessed(warehouse: Warehouse, { spec }: LabelledSet): Promise<MatcherSpec> {
  const { linkType } = spec;
  const { makeSpec } = await import("../matchers/kit/shapes/auto.ts");
  const made = await makeSpec(warehouse, { auto: true, ...(linkType ? { linkType } : {}) });
  if (values.model) {
    console.log(`  ${made.guess.shape} ${JSON.stringify(made.guess.roles)}`);
    for (const { column, how } of made.also) console.log(`  also ${column} as ${how}`);
  }
  return made.spec;
}

type Load = (warehouse: Warehouse) => Promise<void>;

async function run(set: LabelledSet, loadSet: Load, loadItsTruth: Load): Promise<string[]> {
  const memory = mkdtempSync(join(tmpdir(), "leadhouse-scoreboard-"));
  const warehouse = await Warehouse.open(":memory:", { settings: { threads: values.threads } });
  try {
    await loadSet(warehouse);
    const spec = values.auto ? await guessed(warehouse, set) : set.spec;
    const started = performance.now();
    const matched = await match(warehouse, spec, {
      entity: "thing",
      identityFolder: memory,
      runId: "scoreboard",
      startedAt: new Date(0),
    });
    const seconds = (performance.now() - started) / 1000;
    await loadItsTruth(warehouse);
    const score = await evaluate(warehouse, {
      across: set.across ?? false,
      labels: set.truth === "labels",
      partition: set.truth === "clusters",
    });
    if (values.model) await printModel(warehouse, matched.warnings);
    const statements = new Statements(warehouse, "thing");
    await block(statements, spec, await prepare(statements, spec));
    const [blocked] = await warehouse.rows<{ share: number }>(`select
  count(*) filter (where cand.a is not null) / count(*) as share
from truth_pairs as truth
join temp.rec as l on l.record_id = truth.l
join temp.rec as r on r.record_id = truth.r
left join temp.cand as cand on cand.a = l.id and cand.b = r.id`);
    return [
      set.name,
      ...[score.edge.precision, score.edge.recall, score.edge.f1].map(figure),
      `${figure(score.best.f1)} (${score.best.weight.toFixed(1)})`,
      ...[score.cluster.precision, score.cluster.recall, score.cluster.f1].map(figure),
      score.b3 === null ? "-" : figure(score.b3),
      score.calibration.toFixed(3),
      (blocked?.share ?? 0).toFixed(3),
      matched.pairs.toLocaleString("en-US"),
      `${seconds.toFixed(1)}s`,
      set.target,
      set.published,
    ];
  } finally {
    warehouse.close();
    rmSync(memory, { recursive: true, force: true });
  }
}

/** Ids that say nothing: they and the order of the rows give the truth away in many sets. */
function hidden(id: string): string {
  return `source || ':' || md5('hidden' || ${id})`;
}

async function load(warehouse: Warehouse, set: LabelledSet, path: string): Promise<void> {
  const hide = ["rec_id", "cluster_id", "source", ...(set.without ?? [])];
  await warehouse.run(`create table records as
select ${hidden("rec_id")} as record_id, source, columns(c -> c not in (${hide.map(literal).join(", ")}))
from read_parquet(${literal(join(path, "records.parquet"))})
order by record_id`);
}

async function loadTruth(warehouse: Warehouse, set: LabelledSet, path: string): Promise<void> {
  const records = `read_parquet(${literal(join(path, "records.parquet"))})`;
  await warehouse.run(
    `create table hidden_ids as select rec_id, ${hidden("rec_id")} as record_id from ${records}`,
  );
  const named = (file: string, rest: string) => `
select distinct least(l.record_id, r.record_id) as l, greatest(l.record_id, r.record_id) as r${rest}
from read_parquet(${literal(join(path, file))}) as pairs
join hidden_ids as l on l.rec_id = pairs.id_l
join hidden_ids as r on r.rec_id = pairs.id_r`;
  if (set.truth === "clusters") {
    await warehouse.run(
      `create table truth_clusters as
select record_id, source, cluster_id from ${records} join hidden_ids using (rec_id)`,
    );
    await warehouse.run(`create table truth_pairs as
select l.record_id as l, r.record_id as r
from truth_clusters as l
join truth_clusters as r on l.cluster_id = r.cluster_id and l.record_id < r.record_id
${set.across ? "where l.source <> r.source" : ""}`);
  } else if (set.truth === "mapping") {
    await warehouse.run(`create table truth_pairs as ${named("truth_pairs.parquet", "")}`);
  } else {
    await warehouse.run(`create table judged_pairs as
select l, r, max(label) as label from (${named("labels.parquet", ", label")}) group by l, r having count(*) = 1`);
    await warehouse.run(
      "create table truth_pairs as select l, r from judged_pairs where label = 1",
    );
  }
}

async function printModel(warehouse: Warehouse, warnings: readonly string[]): Promise<void> {
  for (const row of await warehouse.rows("from match.thing_model")) {
    console.log(
      `  ${row.comparison} ${row.gamma ?? ""} ${row.level}: m ${Number(row.m).toFixed(4)} u ${Number(row.u).toExponential(2)} weight ${Number(row.match_weight).toFixed(2)}`,
    );
  }
  for (const warning of warnings) console.log(`  warning: ${warning}`);
}

function figure(value: number): string {
  return value.toFixed(4);
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 8))
    .join("  ")
    .trimEnd();
}
