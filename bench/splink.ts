/**
 * Splink and leadhouse on the same records, each in its own process with the same threads and memory:
 *   npm run bench splink [folder of labelled sets] [-- --only febrl3,persons --runs 3 --copies 1,5,20 --limit 1800]
 * LEADHOUSE_SPLINK4 and LEADHOUSE_SPLINK5 name the python of an environment with that Splink; LEADHOUSE_ER the folder.
 * Without them those rows are left out. Ids are hidden, rows shuffled, and truth is read by the judge alone.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Warehouse } from "../engine/warehouse/warehouse.ts";
import { type Case, casesOf } from "./splink/cases.ts";
import { phasesText, type Report, runEngine } from "./splink/engine.ts";
import { expressed } from "./splink/express.ts";
import type { Input } from "./splink/inputs.ts";
import { type Judged, judge } from "./splink/judge.ts";
import { parity } from "./splink/parity.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    copies: { type: "string", default: "1,5,20" },
    runs: { type: "string", default: "1" },
    threads: { type: "string", default: "2" },
    memory: { type: "string", default: "8GB" },
    /** Seconds an engine has for one job. */
    limit: { type: "string", default: "3600" },
    keep: { type: "string" },
  },
});

interface Engine {
  readonly name: string;
  readonly command: readonly string[];
}

const here = import.meta.dirname;
const splinks = splinksThere();
const leadhouse = {
  name: "leadhouse",
  command: [process.execPath, join(here, "splink/leadhouse.ts")],
};
const folder = values.keep ?? mkdtempSync(join(tmpdir(), "leadhouse-splink-"));
const shared = { threads: Number(values.threads), memory: values.memory };
const cases = casesOf(positionals[0] ?? process.env.LEADHOUSE_ER, {
  copies: values.copies.split(",").map(Number),
});
const versions = new Set<string>();
const growth = new Map<
  string,
  { readonly records: number; readonly precision: number; readonly f1: number }[]
>();
const HEAD = "engine,edge P,R,F1,best (at),cluster P,R,F1,B3,ECE,pairs,wall,CPU,peak,phases".split(
  ",",
);
const WIDTHS = [34, 6, 6, 6, 14, 9, 6, 6, 6, 5, 11, 14, 8, 8, 0];

try {
  for (const one of cases) {
    if (values.only && !values.only.split(",").includes(one.name)) continue;
    await runCase(one);
  }
  console.log(`\n${[...versions].join("; ")}`);
  const grown = growthLines();
  if (grown.length > 0) console.log(`\n${["growth, pairs in clusters", ...grown].join("\n")}`);
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

/** How cluster precision and F1 move as the same data grow. */
function growthLines(): string[] {
  return [...growth].flatMap(([name, steps]) => {
    const [first] = steps;
    const last = steps.at(-1);
    if (!first || !last || steps.length < 2) return [];
    const points = (first.precision - last.precision) * 100;
    const listed = steps.map(
      ({ records, precision, f1 }) =>
        `${records.toLocaleString("en-US")} P ${figure(precision)} F1 ${figure(f1)}`,
    );
    return [
      `${name.padEnd(WIDTHS[0] ?? 0)}  ${listed.join(", ")}: precision ${points > 0 ? "falls" : "rises"} by ${Math.abs(points).toFixed(1)} points`,
    ];
  });
}

async function runCase(one: Case): Promise<void> {
  const warehouse = await Warehouse.open(":memory:", { settings: { threads: values.threads } });
  let input: Input;
  try {
    input = await one.input(warehouse, folder);
  } finally {
    warehouse.close();
  }
  console.log(
    `\n${one.name}: ${input.count.toLocaleString("en-US")} records, ${values.threads} threads, ${values.memory}`,
  );
  console.log(line(HEAD));
  const out = (name: string) => join(folder, one.name, name.replaceAll(/[^\w]+/g, "-"));
  const base = { ...shared, input: input.records };
  for (const { name, command } of splinks) {
    const own = `${name}, its authors' settings`;
    await measure(own, one, {
      input,
      command,
      job: { ...base, out: out(own), settings: one.settings, weight: -6 },
    });
  }
  if (one.demo) {
    const own = "leadhouse, Splink's rules, levels";
    await measure(own, one, {
      input,
      command: leadhouse.command,
      job: { ...base, out: out(own), spec: "demo", columns: {} },
    });
  }
  const ours = "leadhouse, persons";
  await measure(ours, one, {
    input,
    command: leadhouse.command,
    job: { ...base, out: out(ours), spec: "persons", columns: one.columns },
  });
  row(
    "  its pairs in components, p ≥ .95",
    await judge(input, { out: out(ours), across: one.across, componentsAt: 0.95 }),
  );
  if (splinks.length > 0 && one.express) {
    const given = await expressed(input, {
      columns: one.columns,
      folder: join(folder, one.name),
      across: one.across,
    });
    for (const { name, command } of splinks) {
      const own = `${name}, our rules, levels`;
      await measure(own, one, {
        input,
        command,
        job: { ...base, input: given.records, out: out(own), given: given.job, weight: -6 },
      });
    }
  }
  for (const { name, command } of splinks) {
    const trained = join(out(`${name}, its authors' settings`), "model.json");
    if (!one.parity || !existsSync(trained)) continue;
    const text = await parity({
      splink: command,
      leadhouse: leadhouse.command,
      trained,
      base,
      out: out(`${name} parity`),
      prepare: one.prepare,
    });
    console.log(`${name}: ${text}`);
  }
}

async function measure(
  name: string,
  one: Case,
  run: {
    readonly input: Input;
    readonly command: readonly string[];
    readonly job: Readonly<Record<string, unknown>> & { readonly out: string };
  },
): Promise<void> {
  const reports: Report[] = [];
  try {
    for (let round = 0; round < Number(values.runs); round += 1) {
      reports.push(await runEngine(run.command, run.job, Number(values.limit)));
    }
    for (const { version } of reports) versions.add(version);
    const judged = await judge(run.input, { out: run.job.out, across: one.across });
    row(name, judged, reports);
    if (one.grows) {
      const steps = growth.get(name) ?? [];
      growth.set(name, [...steps, { records: run.input.count, ...judged.cluster }]);
    }
  } catch (error) {
    console.log(
      `${name.padEnd(WIDTHS[0] ?? 0)}  failed: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function row(name: string, judged: Judged, reports: readonly Report[] = []): void {
  const { edge, best, cluster, b3, calibration, pairs } = judged;
  const walls = reports.map(({ wall }) => wall).sort((left, right) => left - right);
  const middle = [...reports].sort((left, right) => left.wall - right.wall)[
    Math.floor(reports.length / 2)
  ];
  const spread = walls.length > 1 ? ` (${walls[0]?.toFixed(1)}–${walls.at(-1)?.toFixed(1)})` : "";
  console.log(
    line([
      name,
      ...[edge.precision, edge.recall, edge.f1].map(figure),
      `${figure(best.f1)} (${best.weight.toFixed(1)})`,
      ...[cluster.precision, cluster.recall, cluster.f1].map(figure),
      b3 === null ? "-" : figure(b3),
      calibration.toFixed(3),
      pairs.toLocaleString("en-US"),
      ...(middle
        ? [
            `${middle.wall.toFixed(1)}s${spread}`,
            `${middle.cpu.toFixed(1)}s`,
            `${(middle.peak / 2 ** 30).toFixed(2)}G`,
            phasesText(middle.phases),
          ]
        : []),
    ]),
  );
}

function splinksThere(): Engine[] {
  return [4, 5].flatMap((version) => {
    const variable = `LEADHOUSE_SPLINK${version}`;
    const python = process.env[variable];
    if (python !== undefined && existsSync(python)) {
      return [{ name: `Splink ${version}`, command: [python, join(here, "splink/run.py")] }];
    }
    console.log(
      `no Splink ${version}: python3 -m venv splink${version} && splink${version}/bin/pip install 'splink==${version}.*' duckdb==1.5.5, then set ${variable} to splink${version}/bin/python`,
    );
    return [];
  });
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
