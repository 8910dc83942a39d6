import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Profile, RoomSection } from "./config.ts";
import { EltError, EltErrors } from "./errors.ts";
import type { Step, StepFactory } from "./step.ts";
import { suggest } from "./suggest.ts";

/** The rooms whose every file is one step maker, and the word under which a profile switches them on. */
const ROOMS: readonly { readonly folder: string; readonly section?: RoomSection }[] = [
  { folder: "extract", section: "sources" },
  { folder: "matchers" },
  { folder: "loaders", section: "loaders" },
  { folder: "exports", section: "exports" },
];

/**
 * Asks every file of every room for its steps under a profile.
 *
 * @throws EltErrors naming each file that breaks its room's contract and each setting that does not fit.
 */
export async function roomSteps(root: string, data: string, profile: Profile): Promise<Step[]> {
  const problems: EltError[] = [];
  const steps: Step[] = [];
  for (const { folder, section } of ROOMS) {
    const names = roomFiles(root, folder);
    if (section) problems.push(...unknownNames(profile, section, folder, names));
    for (const name of names) {
      const path = `${folder}/${name}.ts`;
      try {
        const factory = await importFactory(root, path);
        steps.push(...(await factory({ root, data, profile, name, path })));
      } catch (error) {
        problems.push(...expected(error, path));
      }
    }
  }
  if (problems.length > 0) throw new EltErrors("the project has mistakes", problems);
  return steps;
}

function roomFiles(root: string, folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => basename(file, ".ts"))
    .sort();
}

async function importFactory(root: string, path: string): Promise<StepFactory> {
  const module = (await import(pathToFileURL(join(root, path)).href)) as { step?: unknown };
  if (typeof module.step === "function") return module.step as StepFactory;
  throw new EltError(`${path} has no field "step"`, {
    file: path,
    hint: "export const step = …, made by the room's kit",
    exitCode: 2,
  });
}

function unknownNames(
  profile: Profile,
  section: RoomSection,
  folder: string,
  names: readonly string[],
): EltError[] {
  return [...profile.sections(section)]
    .filter(([name]) => !names.includes(name))
    .map(([name, place]) =>
      place.error(
        `${section}.${name}: there is no ${folder}/${name}.ts${suggest(name, names)}`,
        `choose one of: ${names.join(", ")}`,
      ),
    );
}

function expected(error: unknown, path: string): readonly EltError[] {
  if (error instanceof EltErrors) return error.errors;
  if (error instanceof EltError) return [error];
  throw new EltError(`${path} cannot be loaded: ${(error as Error).message}`, {
    file: path,
    cause: error,
    exitCode: 2,
  });
}
