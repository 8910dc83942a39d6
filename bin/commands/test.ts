import type { Command } from "commander";
import type { Io } from "../io.ts";
import { execute, type RunCommandOptions, runOptions } from "./run.ts";

export function define(program: Command, io: Io, end: (code: number) => void): void {
  const command = program
    .command("test")
    .description("Run the checks on the published warehouse; nothing is built or published.")
    .addHelpText("after", "\nExample:\n  npx elt test -s golden_hotels");
  runOptions(command).action(async (options: RunCommandOptions) =>
    end(await execute(options, io, { keep: (step) => step.guard === true, readOnly: true })),
  );
}
