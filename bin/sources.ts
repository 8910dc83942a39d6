import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Profile } from "../engine/config.ts";
import { EltError, messageOf } from "../engine/errors.ts";
import type { StepFactory } from "../engine/step.ts";
import { suggest } from "../engine/suggest.ts";
import { isSourceStep, type SourceFacts } from "../extract/kit/extractor.ts";
import type { Project } from "./project.ts";

/** One source of a profile, or why it cannot be asked. */
export interface ProfileSource {
  readonly name: string;
  /** One per stream that asks. */
  readonly facts: readonly SourceFacts[];
  readonly problem: string | undefined;
}

/** The profile's sources, each by itself: a mistake in one does not hide the others. */
export async function profileSources({ root, data, profile }: Project): Promise<ProfileSource[]> {
  const sources: ProfileSource[] = [];
  for (const name of profile.sections("sources").keys()) {
    const path = `extract/${name}.ts`;
    try {
      if (!existsSync(join(root, path))) throw new Error(`no ${path}`);
      const module = (await import(pathToFileURL(join(root, path)).href)) as { step: StepFactory };
      const steps = await module.step({ root, data, profile, name, path });
      const facts = steps.filter(isSourceStep).map(({ source }) => source);
      sources.push({ name, facts, problem: undefined });
    } catch (error) {
      sources.push({ name, facts: [], problem: sentence(error) });
    }
  }
  return sources;
}

/** What a source's stream is called among people: its name, and its stream's where it has several. */
export function labelOf({ name, facts }: ProfileSource, { stream }: SourceFacts): string {
  return facts.length > 1 ? `${name}.${stream}` : name;
}

function sentence(error: unknown): string {
  const { errors = [] } = error as { errors?: readonly unknown[] };
  return errors.length > 0 ? errors.map(messageOf).join("; ") : messageOf(error);
}

/** The sources a command's words name. Throws for one the profile does not have. */
export function demandSources(
  profile: Profile,
  words: readonly string[] | undefined,
): ReadonlySet<string> | undefined {
  const names = [...profile.sections("sources").keys()];
  for (const word of words ?? []) {
    if (names.includes(word)) continue;
    throw new EltError(`profile ${profile.name} has no source "${word}"${suggest(word, names)}`, {
      hint: `choose from: ${names.join(", ")}`,
      exitCode: 2,
    });
  }
  return words && new Set(words);
}
