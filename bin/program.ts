import { Command, CommanderError } from "commander";
import { EltError, messageOf } from "../engine/errors.ts";
import { errorText } from "../engine/report.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

type Define = (program: Command, io: Io, end: (code: number) => void) => void;

const COMMANDS: Readonly<Record<string, () => Promise<{ readonly define: Define }>>> = {
  run: () => import("./commands/run.ts"),
  replay: () => import("./commands/replay.ts"),
  test: () => import("./commands/test.ts"),
  seed: () => import("./commands/seed.ts"),
  compile: () => import("./commands/compile.ts"),
  ls: () => import("./commands/ls.ts"),
  plan: () => import("./commands/plan.ts"),
  show: () => import("./commands/show.ts"),
  sql: () => import("./commands/sql.ts"),
  explain: () => import("./commands/explain.ts"),
  match: () => import("./commands/match.ts"),
  train: () => import("./commands/train.ts"),
  evaluate: () => import("./commands/evaluate.ts"),
  review: () => import("./commands/review.ts"),
  doctor: () => import("./commands/doctor.ts"),
  dlq: () => import("./commands/dlq.ts"),
  postgres: () => import("./commands/postgres.ts"),
  sandbox: () => import("./commands/sandbox.ts"),
};

/** Reads the arguments, runs the command, answers the exit code: 0 done, 1 failed, 2 bad usage, 130 Ctrl-C. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = new Command("elt")
    .description("From the open web and public registers to leads a sales team trusts.")
    .version(version(), "-V, --version")
    .option("--debug", "show the stack of an error")
    .showHelpAfterError("(see: npx elt --help)")
    .exitOverride()
    .configureOutput({ writeOut: write(io.out), writeErr: write(io.err) })
    .addHelpText(
      "after",
      '\nExamples:\n  npx elt run                     the whole night\n  npx elt run -s golden_hotels+   a model and what depends on it\n  npx elt sql "from hotels limit 5"',
    );
  for (const load of wanted(argv[2])) {
    const { define } = await load();
    define(program, io, (result) => {
      code = result;
    });
  }
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeOut: write(io.out), writeErr: write(io.err) });
  }
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    return report(error, io, program.opts<{ debug?: boolean }>().debug ?? false);
  }
}

/** The command the first word names; all of them where it is an option, an alias or a mistake. */
function wanted(word: string | undefined) {
  const named = word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  return named ? [named] : Object.values(COMMANDS);
}

function report(error: unknown, io: Io, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  io.err(errorText(error));
  if (debug) io.err((error instanceof Error && error.stack) || messageOf(error));
  return error instanceof EltError ? (error.details.exitCode ?? 1) : 1;
}

function write(line: (text: string) => void): (text: string) => void {
  return (text) => line(text.replace(/\n$/, ""));
}
