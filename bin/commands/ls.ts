import { type Command, Option } from "commander";
import { makePlan } from "../../engine/plan.ts";
import { selectSteps } from "../../engine/select.ts";
import type { Step } from "../../engine/step.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions, selectionOptions } from "../options.ts";

interface LsOptions extends ProjectOptions {
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  readonly output: "table" | "name" | "path" | "json";
  readonly all?: boolean;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  selectionOptions(projectOptions(program.command("ls")))
    .alias("list")
    .description("List the steps of the graph in the order they run.")
    .addOption(
      new Option("-o, --output <format>", "how to print them")
        .choices(["table", "name", "path", "json"])
        .default("table"),
    )
    .option("-a, --all", "list checks, too")
    .addHelpText("after", "\nExamples:\n  npx elt ls\n  npx elt ls -s +leads -o path")
    .action(async (options: LsOptions) => {
      const { openProject } = await import("../project.ts");
      const project = await openProject(options);
      const { steps, known } = await project.graph();
      const plan = makePlan(steps, known);
      const selected = selectSteps(plan, options);
      const shown = plan.steps.filter(
        (step) => selected.has(step) && (options.all || options.select || !step.guard),
      );
      for (const line of lines(shown, options.output)) io.out(line);
      end(0);
    });
}

function lines(steps: readonly Step[], output: LsOptions["output"]): string[] {
  if (output === "name") return steps.map((step) => step.name);
  if (output === "path") return [...new Set(steps.flatMap((step) => step.path ?? []))];
  if (output === "json") return steps.map((step) => JSON.stringify(describe(step)));
  const width = Math.max(0, ...steps.map((step) => step.name.length));
  return steps.map((step) =>
    `${step.kind.padEnd(8)} ${step.name.padEnd(width)}  ${step.path ?? ""}`.trimEnd(),
  );
}

function describe({ kind, name, path, reads, writes, tags, phase }: Step): object {
  return { kind, name, path, reads, writes, tags: tags ?? [], phase: phase ?? "build" };
}
