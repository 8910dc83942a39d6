import { type Command, Option } from "commander";
import { EltError } from "../../engine/errors.ts";
import { sqlError } from "../../engine/sql/sql-error.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";
import { printRows, ROW_FORMATS, type RowFormat } from "../rows.ts";

interface ShowOptions extends ProjectOptions {
  readonly inline?: string;
  readonly output: RowFormat;
  readonly limit: string;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(program.command("show"))
    .description("Run a model's SQL as it stands in the file now, on the published warehouse.")
    .argument("[model]", "the model to preview")
    .option("--inline <sql>", "a template to preview instead; ref() and macros work")
    .addOption(
      new Option("-o, --output <format>", "how to print the rows")
        .choices(ROW_FORMATS)
        .default("table"),
    )
    .option("--limit <rows>", "stop after so many rows", "5")
    .addHelpText(
      "after",
      "\nExamples:\n  npx elt show golden_hotels --limit 10\n  npx elt show --inline \"select source, count(*) from {{ ref('hotel_records') }} group by all\"",
    )
    .action(async (model: string | undefined, options: ShowOptions) => {
      const { openProject } = await import("../project.ts");
      const project = await openProject(options);
      const sql = project.sql;
      if (model === undefined && options.inline === undefined) {
        throw new EltError("name a model, or give a template with --inline", { exitCode: 2 });
      }
      const compiled =
        options.inline === undefined ? sql.compile(model ?? "") : sql.compileInline(options.inline);
      const warehouse = await project.reader();
      try {
        await printRows(warehouse, compiled.text, options, io);
      } catch (error) {
        const file = model === undefined ? "inline" : sql.find(model).path;
        throw sqlError(error, {
          offset: 0,
          compiled,
          root: project.root,
          file,
        });
      } finally {
        warehouse.close();
      }
      end(0);
    });
}
