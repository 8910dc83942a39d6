import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { EltError, messageOf } from "../../engine/errors.ts";
import type { AutoSpec } from "../../matchers/kit/shapes/auto.ts";
import type { ShapeName } from "../../matchers/kit/shapes/guess.ts";
import type { LinkType, MatcherSpec } from "../../matchers/kit/spec.ts";
import type { Io } from "../io.ts";

export interface MatchCommandOptions {
  readonly input: readonly string[];
  readonly out?: string;
  readonly id?: string;
  readonly source?: string;
  readonly shape?: string;
  readonly link?: boolean;
  readonly dedupe?: boolean;
  readonly oneToOne?: boolean;
  readonly printSpec?: boolean;
  readonly explainBlocking?: boolean;
  readonly allPairs?: boolean;
  readonly identity?: string;
  readonly verdicts?: string;
  readonly threads?: string;
  readonly memory?: string;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command("match")
    .description("Run a matcher's spec alone on any tables; write pairs and clusters as Parquet.")
    .argument(
      "[spec]",
      "a TypeScript file with `export const spec`, as matchers/hotel.ts; or a model saved by Splink 4 or 5 (.json); default auto: made from the columns",
    )
    .requiredOption(
      "-i, --input <files...>",
      "tables: .parquet, .csv, .tsv, .json; one source each",
    )
    .option("--out <folder>", "where pairs, clusters and model go")
    .option("--id <column>", "column that names a record; default: the spec's, record_id or id")
    .option("--source <column>", "column that names its source; default: the spec's, or the file")
    .option(
      "--shape <shape>",
      "what the tables list: persons, companies, places, things; default: found out",
    )
    .option("--link", "only pairs across inputs")
    .option("--dedupe", "only pairs within an input")
    .option("--one-to-one", "each input lists an entity once at most")
    .option(
      "--print-spec",
      "write the spec that would be made as a TypeScript file to edit, and stop",
    )
    .option("--explain-blocking", "count the pairs of every rule and stop before any is made")
    .option("--all-pairs", "keep every candidate, also those that weigh next to nothing")
    .option("--identity <folder>", "remember ids there, so that they last from run to run")
    .option("--verdicts <file>", "what people decided: record_id_l, record_id_r, verdict")
    .option("--threads <count>", "threads of DuckDB; default: all")
    .option("--memory <size>", "memory of DuckDB: 4GB")
    .addHelpText(
      "after",
      "\nExamples:\n  npx elt match matchers/hotel.ts --input hotels.parquet --out matched\n  npx elt match people.ts --input crm.csv --input fair.csv --id email --explain-blocking\n  npx elt match --input members.csv --print-spec > members.ts\n  npx elt match --input register.csv shops.csv --link --out matched\n  npx elt match splink-model.json --input people.csv --out matched",
    )
    .action(async (file: string | undefined, options: MatchCommandOptions) => {
      if (file?.endsWith(".json")) {
        const { matchWithSplink } = await import("./match/splink.ts");
        await matchWithSplink(file, options, io);
      } else await matchTables(file, options, io);
      end(0);
    });
}

/** Stages the tables, runs the spec on them, prints the report. */
export async function matchTables(
  file: string | undefined,
  options: MatchCommandOptions,
  io: Io,
): Promise<void> {
  const { input, out, explainBlocking = false, allPairs = false, printSpec = false } = options;
  if (out === undefined && !explainBlocking && !printSpec) {
    throw new EltError("--out is missing", {
      hint: "name a folder with --out, or look only with --explain-blocking",
      exitCode: 2,
    });
  }
  const loaded = await loadSpec(file, options);
  const { Warehouse } = await import("../../engine/warehouse/warehouse.ts");
  const { stageTables } = await import("../../matchers/kit/tables.ts");
  const { explainBlocking: plan, matchAlone } = await import("../../matchers/kit/alone.ts");
  const { blockingLines, guessLines, matchLines } = await import("./match/report.ts");
  const started = performance.now();
  const warehouse = await Warehouse.open(":memory:", { settings: settingsOf(options) });
  try {
    const staged = await stageTables(warehouse, input, {
      spec: { id: loaded.id ?? "record_id", source: loaded.source ?? "source" },
      ...(options.id === undefined ? {} : { id: options.id }),
      ...(options.source === undefined ? {} : { source: options.source }),
    });
    for (const note of staged.notes) io.err(note);
    const { makeSpec, isAuto } = await import("../../matchers/kit/shapes/auto.ts");
    const made = isAuto(loaded) ? await makeSpec(warehouse, loaded) : undefined;
    if (printSpec) {
      if (!made) throw new EltError(`${file} is a spec already`, { exitCode: 2 });
      const { specText } = await import("../../matchers/kit/shapes/print.ts");
      const folder = relative("", resolve(import.meta.dirname, "../../matchers"));
      io.out(specText(made, folder.startsWith(".") ? folder : `./${folder}`).trimEnd());
      return;
    }
    const said = made?.spec ?? (loaded as MatcherSpec);
    const spec = options.oneToOne
      ? { ...said, registers: staged.sources.map(({ source }) => source) }
      : said;
    if (made) for (const line of guessLines(made)) io.out(line);
    if (explainBlocking) {
      const planned = await plan(warehouse, spec, staged.columns);
      for (const line of blockingLines(planned)) io.out(line);
      return;
    }
    const matched = await matchAlone(warehouse, spec, {
      out: out ?? ".",
      columns: staged.columns,
      allPairs,
      ...(options.verdicts === undefined ? {} : { verdicts: options.verdicts }),
      ...(options.identity === undefined
        ? {}
        : { identity: { folder: options.identity, startedAt: new Date() } }),
      note: (text) => io.transient?.(`\r\u001b[2K${text}`),
    });
    io.transient?.("\r\u001b[2K");
    const sizes = await warehouse.rows<{ size: number; clusters: number }>(
      "select cluster_size as size, (count(*) / cluster_size)::integer as clusters from match.cluster_clusters group by cluster_size order by 1",
    );
    const seconds = (performance.now() - started) / 1000;
    const report = { matched, sources: staged.sources, sizes, seconds };
    for (const line of matchLines(report)) io.out(line);
    io.out(`\npairs.parquet, clusters.parquet, model.parquet in ${relative("", out ?? "") || "."}`);
  } finally {
    warehouse.close();
  }
}

async function loadSpec(
  file: string | undefined,
  options: MatchCommandOptions,
): Promise<MatcherSpec | AutoSpec> {
  const linkType = linkTypeOf(options);
  const said = {
    ...(linkType ? { linkType } : {}),
    ...(options.shape === undefined ? {} : { shape: options.shape as ShapeName }),
  };
  if (file === undefined || file === "auto") return { auto: true, ...said };
  if (!existsSync(file)) throw new EltError(`no file ${file}`, { exitCode: 2 });
  const module = (await import(pathToFileURL(resolve(file)).href).catch((error) => {
    throw new EltError(`cannot load ${file}: ${messageOf(error)}`, { cause: error, exitCode: 2 });
  })) as { readonly spec?: Partial<MatcherSpec> };
  const { spec } = module;
  if (spec && "auto" in spec) return { ...(spec as AutoSpec), ...said };
  const lists = ["comparisons", "blocking", "constraints"] as const;
  const missing = spec ? lists.filter((name) => !Array.isArray(spec[name])) : ["spec"];
  if (spec && !spec.training) missing.push("training");
  if (missing.length > 0) {
    throw new EltError(`${file} lacks ${missing.join(", ")}`, {
      hint: "write it as: export const spec: MatcherSpec = {…}, as matchers/hotel.ts does",
      exitCode: 2,
    });
  }
  return {
    id: "record_id",
    source: "source",
    ...spec,
    ...(linkType ? { linkType } : {}),
  } as MatcherSpec;
}

function linkTypeOf({ link, dedupe }: MatchCommandOptions): LinkType | undefined {
  if (link && dedupe) {
    throw new EltError("--link and --dedupe exclude each other", {
      hint: "leave out both: pairs across and within inputs are then found",
      exitCode: 2,
    });
  }
  return link ? "link" : dedupe ? "dedupe" : undefined;
}

/** DuckDB's settings. */
export function settingsOf({ threads, memory }: MatchCommandOptions): Record<string, string> {
  if (threads !== undefined && !/^[1-9][0-9]*$/.test(threads)) {
    throw new EltError(`--threads must be a whole number, not "${threads}"`, { exitCode: 2 });
  }
  return {
    ...(threads === undefined ? {} : { threads }),
    ...(memory === undefined ? {} : { memory_limit: memory }),
  };
}
