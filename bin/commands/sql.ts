import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";
import { printRows, ROW_FORMATS, type RowFormat } from "../rows.ts";

interface SqlOptions extends ProjectOptions {
  readonly output: RowFormat;
  readonly limit?: string;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(
    program
      .command("sql")
      .description("Ask the published warehouse a question in SQL; it is opened read-only.")
      .argument("<query>", "DuckDB SQL; models are found by their bare name")
      .addOption(
        new Option("-o, --output <format>", "how to print the rows")
          .choices(ROW_FORMATS)
          .default("table"),
      )
      .option("--limit <rows>", "stop after so many rows (table: 100 unless set)")
      .addHelpText(
        "after",
        [
          "",
          "Examples:",
          '  npx elt sql "from hotels order by score desc limit 10"',
          '  npx elt sql "select state, count(*) from leads group by all" -o csv > states.csv',
        ].join("\n"),
      ),
  ).action(async (query: string, options: SqlOptions) => {
    const { openProject } = await import("../project.ts");
    const project = await openProject(options);
    const warehouse = await project.reader();
    try {
      await printRows(warehouse, query, options, io);
    } catch (error) {
      throw await mistakeOf(error);
    } finally {
      warehouse.close();
    }
    end(0);
  });
}

/** A query DuckDB refuses is the asker's mistake, not ours. */
async function mistakeOf(error: unknown): Promise<unknown> {
  const { DatabaseError } = await import("../../engine/warehouse/database-error.ts");
  if (!(error instanceof DatabaseError)) return error;
  const { EltError } = await import("../../engine/errors.ts");
  return new EltError(error.message, { cause: error, exitCode: 2 });
}
