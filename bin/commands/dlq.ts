import type { Command } from "commander";
import { EltError } from "../../engine/errors.ts";
import { suggest } from "../../engine/suggest.ts";
import type { DeadLetter } from "../../extract/kit/dead-letters.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";
import type { Project } from "../project.ts";

interface DlqOptions extends ProjectOptions {
  readonly json?: boolean;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  const command = program
    .command("dlq")
    .description("Dead letters: requests that failed in three runs and are left alone for a week.")
    .addHelpText(
      "after",
      "\nExamples:\n  npx elt dlq ls\n  npx elt dlq show 3f2a9c01\n  npx elt dlq retry openstreetmap     all of a source, in the next run",
    );
  projectOptions(command.command("ls"))
    .description("List them, the latest first.")
    .option("--json", "print them as JSON lines")
    .action(async (options: DlqOptions) => end(await list(options, io)));
  projectOptions(command.command("show"))
    .description("Print every failure of one that has landed.")
    .argument("<id>", "its id, or the start of it")
    .option("--json", "print them as JSON lines")
    .action(async (id: string, options: DlqOptions) => end(await show(id, options, io)));
  for (const [verdict, description, result] of [
    ["retry", "Ask them again in the next run.", "will be asked in the next run"],
    ["drop", "Never ask them again, unless retry is said.", "dropped"],
  ] as const) {
    projectOptions(command.command(verdict))
      .description(description)
      .argument("<words...>", "ids, or names of sources")
      .action(async (words: readonly string[], options: DlqOptions) => {
        const { project, letters } = await open(options);
        const { decide } = await import("../../extract/kit/dead-letters.ts");
        const chosen = words.flatMap((word) => choose(letters, word));
        await decide(project.data, chosen, { verdict, at: project.startedAt });
        const noun = chosen.length === 1 ? "dead letter" : "dead letters";
        io.out(`${chosen.length} ${noun} ${result}`);
        end(0);
      });
  }
}

async function list(options: DlqOptions, io: Io): Promise<number> {
  const { letters } = await open(options);
  const { formatTable } = await import("../table.ts");
  if (options.json) for (const letter of letters) io.out(JSON.stringify(letter));
  else if (letters.length === 0) io.out("no dead letters");
  else {
    const names = ["id", "source", "request", "runs", "failed", "asked", "error"];
    const rows = letters.map(({ id, source, key, failedRuns, failedAt, asked, error }) => {
      return [id, source, key, failedRuns, failedAt, asked, error];
    });
    io.out(formatTable(names, rows));
  }
  return 0;
}

async function show(id: string, options: DlqOptions, io: Io): Promise<number> {
  const { project, letters } = await open(options);
  const { failuresOf } = await import("../../extract/kit/dead-letters.ts");
  const { cellText, jsonValue } = await import("../table.ts");
  for (const letter of choose(letters, id)) {
    if (!options.json) {
      io.out(`${letter.id}  ${letter.source}  ${letter.key}`);
      io.out(`failed in ${letter.failedRuns} runs, asked ${letter.asked}`);
    }
    for (const failure of await failuresOf(project.data, letter)) {
      if (options.json) {
        io.out(JSON.stringify({ id: letter.id, ...failure }, jsonValue));
        continue;
      }
      io.out("");
      for (const [name, value] of Object.entries(failure)) {
        if (value !== null) io.out(`${name.padEnd(10)}  ${cellText(value)}`);
      }
    }
  }
  return 0;
}

async function open(
  options: DlqOptions,
): Promise<{ readonly project: Project; readonly letters: readonly DeadLetter[] }> {
  const { openProject } = await import("../project.ts");
  const { profileSources } = await import("../sources.ts");
  const { deadLetters } = await import("../../extract/kit/dead-letters.ts");
  const project = await openProject(options);
  const letters: DeadLetter[] = [];
  for (const { facts } of await profileSources(project)) {
    for (const one of facts) {
      letters.push(...(await deadLetters(project.data, one, project.startedAt)));
    }
  }
  return { project, letters };
}

function choose(letters: readonly DeadLetter[], word: string): readonly DeadLetter[] {
  const chosen = letters.filter(({ id, source }) => source === word || id.startsWith(word));
  if (chosen.length > 0 && word !== "") return chosen;
  const known = letters.flatMap(({ id, source }) => [id, source]);
  throw new EltError(`no dead letter "${word}"${suggest(word, known)}`, {
    hint: "list them with: npx elt dlq ls",
    exitCode: 2,
  });
}
