import type { Command } from "commander";
import { EltError, EltErrors } from "../../engine/errors.ts";
import type { Outlook } from "../../extract/kit/outlook.ts";
import type { Io } from "../io.ts";
import { type ProjectOptions, projectOptions } from "../options.ts";

interface PlanOptions extends ProjectOptions {
  readonly refresh?: readonly string[];
  readonly json?: boolean;
}

export function define(program: Command, io: Io, end: (code: number) => void): void {
  projectOptions(program.command("plan"))
    .description(
      "Say what a run would ask each source, what that costs and how long it takes; ask nothing.",
    )
    .option("--refresh <sources...>", "as if these were asked again, fresh or not")
    .option("--json", "print it as JSON lines")
    .addHelpText("after", "\nExample:\n  npx elt plan --profile prod")
    .action(async (options: PlanOptions) => {
      const outlooks = await look(options);
      const { formatTable } = await import("../table.ts");
      if (options.json) for (const outlook of outlooks) io.out(JSON.stringify(outlook));
      else io.out(formatTable(NAMES, outlooks.map(row)));
      end(0);
    });
}

const NAMES = [
  "source",
  "requests",
  "files",
  "fresh",
  "dead",
  "dropped",
  "held back",
  "at least",
  "costs",
  "at most",
];

function row(outlook: Outlook): unknown[] {
  const { source, requests, files, fresh, dead, dropped, held, seconds } = outlook;
  const counts = [requests, files, fresh, dead, dropped, held];
  const costs = [outlook.dollars, outlook.mostDollars].map(money);
  return [source, ...counts, duration(seconds), ...costs];
}

function money(dollars: number | undefined): string {
  return dollars ? `$${dollars.toFixed(2)}` : "";
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

async function look(options: PlanOptions): Promise<Outlook[]> {
  const { openProject } = await import("../project.ts");
  const { demandSources, labelOf, profileSources } = await import("../sources.ts");
  const { outlook } = await import("../../extract/kit/outlook.ts");
  const project = await openProject(options);
  const refresh = demandSources(project.profile, options.refresh);
  const outlooks: Outlook[] = [];
  const problems: EltError[] = [];
  for (const source of await profileSources(project)) {
    const { name, facts, problem } = source;
    if (problem !== undefined) problems.push(new EltError(`${name}: ${problem}`, { exitCode: 2 }));
    for (const one of facts) {
      const isRefresh = refresh?.has(name) ?? false;
      const found = await outlook(one, { ...project, isRefresh });
      outlooks.push({ ...found, source: labelOf(source, one) });
    }
  }
  if (problems.length > 0) throw new EltErrors("some sources cannot be asked", problems);
  return outlooks;
}
