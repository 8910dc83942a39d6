import type { Command } from "commander";
import type { Io } from "../io.ts";
import { execute, type RunCommandOptions, runOptions } from "./run.ts";

export function define(program: Command, io: Io, end: (code: number) => void): void {
  const command = program
    .command("seed")
    .description("Load the seeds that changed.")
    .addHelpText("after", "\nExample:\n  npx elt seed -s booking_engine_hosts");
  runOptions(command).action(async (options: RunCommandOptions) =>
    end(await execute(options, io, { keep: (step) => step.kind === "seed", counted: [] })),
  );
}
