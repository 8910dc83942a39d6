import type { Command } from "commander";
import { EltError } from "../../engine/errors.ts";
import { isSourceStep } from "../../extract/kit/extractor.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";
import { execute, outputOptions, type RunCommandOptions } from "./run.ts";

export function define(program: Command, io: Io, end: (code: number) => void): void {
  const command = program
    .command("replay")
    .description(
      "Rebuild everything from what has landed, the identities and the seeds; ask nobody.",
    )
    .addHelpText("after", "\nExample:\n  npx elt replay --profile prod");
  outputOptions(projectOptions(command)).action(async (options: RunCommandOptions) => {
    await demandLanding(options);
    end(await execute(options, io, { keep: (step) => !isSourceStep(step), isReplay: true }));
  });
}

/** Without landing the result would be a warehouse of nothing in the place of a good one. */
async function demandLanding(options: ProjectOptions): Promise<void> {
  const { openProject } = await import("../project.ts");
  const { profileSources } = await import("../sources.ts");
  const { landedParts } = await import("../../engine/warehouse/landing-parts.ts");
  const project = await openProject(options);
  for (const { facts } of await profileSources(project)) {
    for (const { name, stream } of facts) {
      if (landedParts(project.data, name, stream).length > 0) return;
    }
  }
  const { name, data } = project.profile;
  throw new EltError(`nothing has landed in ${data}/landing`, {
    hint: `ask the sources first: npx elt run --profile ${name}`,
  });
}
