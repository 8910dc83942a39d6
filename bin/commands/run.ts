import type { Command } from "commander";
import { EltError } from "../../engine/errors.ts";
import type { StepReport } from "../../engine/report.ts";
import type { Step } from "../../engine/step.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions, selectionOptions } from "../options.ts";

export interface RunCommandOptions extends ProjectOptions {
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
  readonly fullRefresh?: boolean;
  readonly failFast?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly refresh?: readonly string[];
}

/** What a command runs: which steps of the graph, and where. */
export interface RunScope {
  readonly keep?: (step: Step) => boolean;
  /** Against the published warehouse, without making a new one: `elt test`. */
  readonly readOnly?: boolean;
  /** Into an empty warehouse, and no address is dialled: `elt replay`. */
  readonly isReplay?: boolean;
  /** Kinds that are counted and not listed; default: checks, seeds, the ledger. */
  readonly counted?: readonly string[];
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  const command = program
    .command("run")
    .alias("build")
    .description(
      "Run the graph: pull, build, check, publish, load and export what is not yet done.",
    )
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  npx elt run                                the whole night, sandbox profile",
        "  npx elt run --profile south_florida",
        "  npx elt run -s source:openstreetmap+       one source and all that follows from it",
        "  npx elt run --refresh openstreetmap        ask the map again, however fresh its answers are",
        "  npx elt run -s +leads --exclude tag:slow",
        "  npx elt run --project-dir ../some_dbt_project",
      ].join("\n"),
    );
  runOptions(command)
    .option("--refresh <sources...>", "ask these sources again, fresh and dead letters, too")
    .action(async (options: RunCommandOptions) => end(await execute(options, io)));
}

/** The options every command that runs steps has. */
export function runOptions(command: Command): Command {
  return outputOptions(
    selectionOptions(projectOptions(command)).option(
      "-f, --full-refresh",
      "rebuild every selected step, unchanged or not",
    ),
  );
}

/** How a run tells what it does, and when it gives up. */
export function outputOptions(command: Command): Command {
  return command
    .option("-x, --fail-fast", "stop at the first failure")
    .option("-v, --verbose", "list unchanged steps and passing checks, too")
    .option("-q, --quiet", "print failures and the last lines only")
    .option("--json", "print the report as JSON");
}

/** Runs the selected steps and prints each as it ends. */
export async function execute(
  options: RunCommandOptions,
  io: Io,
  scope: RunScope = {},
): Promise<number> {
  const { makePlan } = await import("../../engine/plan.ts");
  const { run } = await import("../../engine/run.ts");
  const { warningText } = await import("../../engine/report.ts");
  const { RunPrinter } = await import("../printer.ts");
  const { watchInterrupt } = await import("../interrupt.ts");
  const { openProject, prove } = await import("../project.ts");
  const { demandSources } = await import("../sources.ts");
  const project = await openProject(options);
  const refresh = demandSources(project.profile, options.refresh);
  const { steps, known } = await project.graph();
  makePlan(steps, known);
  for (const warning of await prove(project)) io.err(warningText(warning));
  const printer = new RunPrinter(io, steps, {
    ...options,
    ...(scope.counted ? { counted: scope.counted } : {}),
  });
  const interrupt = watchInterrupt(io);
  try {
    const report = await run({
      root: project.root,
      data: project.data,
      profile: project.profile,
      steps,
      known,
      keep: scope.keep,
      startedAt: project.startedAt,
      select: options.select,
      exclude: options.exclude,
      fullRefresh: options.fullRefresh ?? false,
      failFast: options.failFast ?? false,
      signal: interrupt.signal,
      refresh,
      resolve: scope.isReplay ? refuse : project.resolve,
      fromNothing: scope.isReplay,
      onStep: (step: StepReport) => printer.step(step),
      onProgress: (step, progress) => printer.progress(step, progress),
      stopwatch: () => performance.now(),
      ...project.target(scope.readOnly ?? false),
    });
    printer.end(report);
    if (report.status === "stopped") return 130;
    return report.status === "done" ? 0 : 1;
  } finally {
    interrupt.close();
    await project.close();
  }
}

async function refuse(url: string): Promise<never> {
  throw new EltError(`${url} was to be asked, and a replay asks nobody`);
}
