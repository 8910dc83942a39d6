import { Command, CommanderError } from "commander";
import { EltError, messageOf } from "../engine/errors.ts";
import { errorText } from "../engine/report.ts";
import { define as compile } from "./commands/compile.ts";
import { define as dlq } from "./commands/dlq.ts";
import { define as doctor } from "./commands/doctor.ts";
import { define as evaluate } from "./commands/evaluate.ts";
import { define as explain } from "./commands/explain.ts";
import { define as ls } from "./commands/ls.ts";
import { define as match } from "./commands/match.ts";
import { define as plan } from "./commands/plan.ts";
import { define as postgres } from "./commands/postgres.ts";
import { define as review } from "./commands/review.ts";
import { define as run } from "./commands/run.ts";
import { define as sandbox } from "./commands/sandbox.ts";
import { define as seed } from "./commands/seed.ts";
import { define as show } from "./commands/show.ts";
import { define as sql } from "./commands/sql.ts";
import { define as test } from "./commands/test.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

const COMMANDS = [
  run,
  test,
  seed,
  compile,
  ls,
  plan,
  show,
  sql,
  explain,
  match,
  evaluate,
  review,
  doctor,
  dlq,
  postgres,
  sandbox,
];

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
  for (const define of COMMANDS) {
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

function report(error: unknown, io: Io, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  io.err(errorText(error));
  if (debug) io.err((error instanceof Error && error.stack) || messageOf(error));
  return error instanceof EltError ? (error.details.exitCode ?? 1) : 1;
}

function write(line: (text: string) => void): (text: string) => void {
  return (text) => line(text.replace(/\n$/, ""));
}
