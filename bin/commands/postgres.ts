import type { Command } from "commander";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";

type Verb = "start" | "stop" | "status";

const VERBS: Readonly<Record<Verb, string>> = {
  start: "Start the sandbox's PostgreSQL, or find it running.",
  stop: "Stop it; its data stays.",
  status: "Say whether it runs, and how to connect.",
};

export function define(program: Command, io: Io, end: (code: number) => void): void {
  const command = program
    .command("postgres")
    .description("The PostgreSQL under the data folder that the sandbox profile loads into.")
    .addHelpText("after", "\nExample:\n  npx elt postgres status");
  for (const [verb, description] of Object.entries(VERBS) as [Verb, string][]) {
    projectOptions(command.command(verb))
      .description(description)
      .action(async (options: ProjectOptions) => end(await answer(verb, options, io)));
  }
}

async function answer(verb: Verb, options: ProjectOptions, io: Io): Promise<number> {
  const { startEmbedded, statusEmbedded, stopEmbedded } = await import(
    "../../loaders/kit/embedded.ts"
  );
  const { openProject } = await import("../project.ts");
  const project = await openProject(options);
  const ask = { start: startEmbedded, stop: stopEmbedded, status: statusEmbedded }[verb];
  const server = await ask(project.data);
  if (!server.running) {
    const said = verb === "stop" ? "stopped; its data stays in" : "not running; its data is in";
    io.out(`${said} ${server.folder}`);
    return verb === "status" ? 1 : 0;
  }
  io.out(`running as process ${server.pid}, data in ${server.folder}, log in ${server.log}`);
  io.out(`psql ${server.url}`);
  return 0;
}
