import type { Command } from "commander";
import { EltError } from "../../engine/errors.ts";
import { watchInterrupt } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";

export function define(program: Command, io: Io, end: (code: number) => void): void {
  const command = program
    .command("sandbox")
    .description("The small outside world on loopback that the default profile asks.");
  projectOptions(command.command("serve"))
    .description("Serve it until Ctrl-C, to look at its answers by hand.")
    .addHelpText("after", "\nExample:\n  npx elt sandbox serve")
    .action(async (options: ProjectOptions) => {
      const { openProject } = await import("../project.ts");
      const project = await openProject(options);
      if (!project.profile.sandbox) {
        throw new EltError(`profile ${project.profile.name} has no sandbox`, {
          hint: "take one that has: --profile sandbox",
          exitCode: 2,
        });
      }
      const { openSandbox } = await import("../sandbox-world.ts");
      const world = await openSandbox(project.profile, project.data);
      const interrupt = watchInterrupt(io);
      for (const line of world.lines) io.out(line);
      await new Promise((resolve) => interrupt.signal.addEventListener("abort", resolve));
      interrupt.close();
      await world.close();
      end(0);
    });
}
