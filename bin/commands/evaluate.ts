import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import type { Io } from "../io.ts";

export interface EvaluateOptions {
  readonly pairs: string;
  readonly clusters: string;
  readonly truth: string;
  readonly model?: string;
  readonly json?: boolean;
  readonly html?: string;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  program
    .command("evaluate")
    .description("Judge pairs and clusters by a truth: precision, recall, F1, B³, calibration.")
    .requiredOption("--pairs <file>", "what elt match wrote, or record ids with a probability")
    .requiredOption("--clusters <file>", "record_id and cluster_id")
    .requiredOption(
      "--truth <file>",
      "record_id and entity; or id_l, id_r, and label if it has one",
    )
    .option("--model <file>", "m and u for the report; default: model.parquet beside the pairs")
    .option("--json", "the figures as data")
    .option("--html <file>", "write a report with charts, one file that needs nothing else")
    .addHelpText(
      "after",
      "\nExample:\n  npx elt evaluate --pairs out/pairs.parquet --clusters out/clusters.parquet --truth truth.csv --html report.html",
    )
    .action(async (options: EvaluateOptions) => {
      await evaluateFiles(options, io);
      end(0);
    });
}

async function evaluateFiles(options: EvaluateOptions, io: Io): Promise<void> {
  const { json = false, html } = options;
  const { Warehouse } = await import("../../engine/warehouse/warehouse.ts");
  const { evaluate } = await import("../../matchers/kit/evaluate.ts");
  const warehouse = await Warehouse.open(":memory:");
  try {
    const evaluation = await evaluate(warehouse, options);
    for (const note of evaluation.notes) io.err(note);
    if (html !== undefined) {
      const { readDetails } = await import("./evaluate/details.ts");
      const { reportHtml } = await import("./evaluate/html.ts");
      const beside = join(dirname(options.pairs), "model.parquet");
      const model = options.model ?? (existsSync(beside) ? beside : undefined);
      const details = await readDetails(warehouse, { pairs: options.pairs, model });
      await mkdir(dirname(html), { recursive: true });
      await writeFile(html, reportHtml(evaluation, details));
    }
    if (json) {
      io.out(JSON.stringify(evaluation, null, 2));
    } else {
      const { evaluationLines } = await import("./evaluate/report.ts");
      for (const line of evaluationLines(evaluation)) io.out(line);
      if (html !== undefined) io.out(`\n${html}`);
    }
  } finally {
    warehouse.close();
  }
}
