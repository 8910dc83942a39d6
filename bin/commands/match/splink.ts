import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { styleText } from "node:util";
import { EltError } from "../../../engine/errors.ts";
import { integer } from "../../../engine/report.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { DEFAULT_THRESHOLDS } from "../../../matchers/kit/resolve.ts";
import { matchSplink, type SplinkMatched } from "../../../matchers/kit/splink/match.ts";
import { readSplinkModel, type SplinkModel } from "../../../matchers/kit/splink/model.ts";
import { stageTables } from "../../../matchers/kit/tables.ts";
import type { Io } from "../../io.ts";
import { formatTable } from "../../table.ts";
import { type MatchCommandOptions, settingsOf } from "../match.ts";
import { line, sizesText } from "./report.ts";

/** Stages the tables, runs a model that Splink saved on them, prints the report. */
export async function matchWithSplink(
  file: string,
  options: MatchCommandOptions,
  io: Io,
): Promise<void> {
  const { input, out, explainBlocking = false, allPairs = false } = options;
  if (explainBlocking) {
    throw new EltError("--explain-blocking counts the rules of a spec, not those of Splink", {
      hint: "run the model with --out: the report says what each rule found",
      exitCode: 2,
    });
  }
  if (out === undefined) {
    throw new EltError("--out is missing", { hint: "name a folder with --out", exitCode: 2 });
  }
  if (!existsSync(file)) throw new EltError(`no file ${file}`, { exitCode: 2 });
  const model = readSplinkModel(readFileSync(file, "utf8"), file);
  const started = performance.now();
  const warehouse = await Warehouse.open(":memory:", { settings: settingsOf(options) });
  try {
    const staged = await stageTables(warehouse, input, {
      spec: { id: model.idColumn, source: model.sourceColumn },
      ...(options.id === undefined ? {} : { id: options.id }),
      ...(options.source === undefined ? {} : { source: options.source }),
    });
    for (const note of [...staged.notes, ...model.notes]) io.err(note);
    const matched = await matchSplink(warehouse, model, {
      ...DEFAULT_THRESHOLDS,
      out,
      columns: staged.columns,
      allPairs,
      note: (text) => io.transient?.(`\r\u001b[2K${text}`),
    });
    io.transient?.("\r\u001b[2K");
    const seconds = (performance.now() - started) / 1000;
    for (const text of splinkLines(model, { matched, sources: staged.sources, seconds })) {
      io.out(text);
    }
    io.out(`\npairs.parquet, clusters.parquet, model.parquet in ${relative("", out) || "."}`);
  } finally {
    warehouse.close();
  }
}

function splinkLines(
  model: SplinkModel,
  report: {
    readonly matched: SplinkMatched;
    readonly sources: readonly { readonly source: string; readonly records: number }[];
    readonly seconds: number;
  },
): string[] {
  const { matched, sources, seconds } = report;
  const listed = sources.map(({ source, records }) => `${source} ${integer(records)}`);
  return [
    line("records", integer(matched.records), listed.join(", ")),
    line("candidates", integer(matched.candidates), "pairs, weighed as Splink weighs them"),
    line(
      "inside groups",
      integer(matched.closurePairs),
      "more pairs, to see each group as a whole",
    ),
    line("lambda", model.lambda.toExponential(2), ""),
    line("clusters", integer(matched.clusters), sizesText(matched.sizes)),
    line("time", `${seconds.toFixed(1)}s`, ""),
    "",
    ...formatTable(
      ["rule", "found first"],
      model.blocking.map(({ sql }, index) => [sql, integer(matched.firstFound[index] ?? 0)]),
      { right: [1], widest: 100 },
    ).split("\n"),
    ...(matched.candidates === 0 ? [styleText("yellow", "warning: no rule found a pair")] : []),
  ];
}
