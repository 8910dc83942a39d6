import type { Command } from "commander";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";

interface CompileOptions extends ProjectOptions {
  readonly inline?: string;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(program.command("compile"))
    .description("Prove the whole project without touching data, or print the SQL of one model.")
    .argument("[model]", "print this model's SQL")
    .option("--inline <sql>", "print the SQL of a template given here")
    .addHelpText(
      "after",
      "\nExamples:\n  npx elt compile                 every model and check, bound in an empty database\n  npx elt compile golden_hotels",
    )
    .action(async (model: string | undefined, options: CompileOptions) => {
      const { openProject, prove } = await import("../project.ts");
      const project = await openProject(options);
      const sql = project.sql;
      if (options.inline !== undefined) io.out(sql.compileInline(options.inline).text);
      else if (model !== undefined) io.out(sql.compile(model).text);
      else {
        await prove(project);
        const { steps } = await project.graph();
        io.out(`${steps.filter((step) => step.kind !== "ledger").length} steps hold together`);
      }
      end(0);
    });
}
