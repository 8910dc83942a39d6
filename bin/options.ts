import type { Command } from "commander";

export interface ProjectOptions {
  readonly projectDir?: string;
  readonly profile?: string;
  readonly target?: string;
  readonly profilesDir?: string;
  readonly vars?: string;
  /** ISO time that stands for now. */
  readonly at?: string;
  readonly fullRefresh?: boolean;
}

export function projectOptions(command: Command): Command {
  return command
    .option("--project-dir <folder>", "the project; default: this folder")
    .option("--profile <name>", "profile of elt.yml (of profiles.yml in a dbt project)")
    .option("--target <name>", "output of profiles.yml, in a dbt project")
    .option("--profiles-dir <folder>", "where profiles.yml is, in a dbt project")
    .option("--vars <yaml>", "vars for the models: '{min_score: 50}'")
    .option("--at <time>", "the run's clock, ISO 8601; default: now");
}

export function selectionOptions(command: Command): Command {
  return command
    .option(
      "-s, --select <words...>",
      "steps to run: names, +name, name+, tag:, path:, source:, kind:",
    )
    .option("--exclude <words...>", "steps to leave out");
}
