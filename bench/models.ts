import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, prove } from "../bin/project.ts";
import { makePlan } from "../engine/plan.ts";
import { run } from "../engine/run.ts";
import { Warehouse } from "../engine/warehouse/warehouse.ts";

// Models per second: a generated dbt project of 1,000 models (three references, a loop, a config, one check each)
// parsed, proven and built, beside the same `create table as` statements in a bare DuckDB, a transaction each.

const MODELS = 1000;
const ROUNDS = 3;

type Times = Record<"parse" | "prove" | "build" | "bare", number>;

const root = mkdtempSync(join(tmpdir(), "leadhouse-bench-"));
try {
  writeProject();
  const rounds: Times[] = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(round));
  const median = (pick: (round: Times) => number) =>
    rounds.map(pick).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  const build = median((r) => r.build);
  const bare = median((r) => r.bare);
  console.log(`parse            ${line(median((r) => r.parse))}`);
  console.log(`prove            ${line(median((r) => r.prove))}`);
  console.log(`build            ${line(build)}   with a check each`);
  console.log(`bare DuckDB      ${line(bare)}   tables only`);
  console.log(`build / bare     ${(build / bare).toFixed(2)}`);
} finally {
  rmSync(root, { recursive: true, force: true });
}

function line(ms: number): string {
  const rate = Math.round((MODELS / ms) * 1000).toLocaleString("en-US");
  return `${ms.toFixed(0).padStart(6)} ms  ${rate.padStart(7)} models/s`;
}

function writeProject(): void {
  mkdirSync(join(root, "models"));
  writeFileSync(
    join(root, "dbt_project.yml"),
    "name: bench\nprofile: bench\nversion: '1'\nmodels:\n  bench:\n    +materialized: table\n",
  );
  writeFileSync(
    join(root, "profiles.yml"),
    "bench:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: bench.duckdb }\n",
  );
  const entries = [];
  for (let index = 0; index < MODELS; index += 1) {
    const refs = [1, 7, 30].map((step) => index - step).filter((other) => other >= 0);
    const from = refs.map((other) => `select id, a from {{ ref('m${other}') }}`);
    const body =
      from.length === 0
        ? "select 1 as id, 'x' as a"
        : `select max(id) as id, min(a) as a from (${from.join(" union all ")})`;
    const loop = "{% for n in [1, 2] %}-- {{ n }}\n{% endfor %}";
    writeFileSync(
      join(root, `models/m${index}.sql`),
      `{{ config(tags=['bench']) }}\n${loop}${body}\n`,
    );
    entries.push(
      `  - name: m${index}\n    columns:\n      - name: id\n        data_tests: [not_null]\n`,
    );
  }
  writeFileSync(join(root, "models/_models.yml"), `version: 2\nmodels:\n${entries.join("")}`);
}

async function measure(round: number): Promise<Times> {
  rmSync(join(root, "bench.duckdb"), { force: true });
  const began = performance.now();
  const project = await openProject({ projectDir: root });
  const { steps, known } = await project.graph();
  makePlan(steps, known);
  const parsed = performance.now();
  await prove(project);
  const proven = performance.now();
  const report = await run({
    root: project.root,
    data: project.data,
    profile: project.profile,
    steps,
    known,
    startedAt: new Date(Date.UTC(2026, 0, 1 + round)),
    signal: new AbortController().signal,
    stopwatch: () => performance.now(),
    ...project.target(false),
  });
  const built = performance.now();
  if (report.status !== "done") throw new Error("the build failed");
  return {
    parse: parsed - began,
    prove: proven - parsed,
    build: built - proven,
    bare: await bare(project.sql),
  };
}

/** The same tables from the same compiled SQL, by nothing but DuckDB. */
async function bare(sql: Awaited<ReturnType<typeof openProject>>["sql"]): Promise<number> {
  const path = join(root, "bare.duckdb");
  rmSync(path, { force: true });
  const warehouse = await Warehouse.open(path);
  const texts = sql.nodes
    .filter((node) => node.kind === "model")
    .map((node) => [
      node.name,
      sql.compile(node.name).text.replaceAll('"bench"."main".', '"bare"."main".'),
    ]);
  const began = performance.now();
  for (const [name, text] of texts) {
    await warehouse.transaction(() =>
      warehouse.run(`create table "bare"."main"."${name}" as (${text}\n)`),
    );
  }
  // A build closes its database, too: the checkpoint is part of either.
  warehouse.close();
  return performance.now() - began;
}
