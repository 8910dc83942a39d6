import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EltError } from "../engine/errors.ts";
import type { MatcherSpec } from "../matchers/kit/spec.ts";

/** The spec of an entity of the project, by its name. */
export async function entitySpec(root: string, entity: string): Promise<MatcherSpec> {
  const file = join(root, "matchers", `${entity}.ts`);
  if (!/^[a-z][a-z0-9_]*$/.test(entity) || !existsSync(file)) {
    throw new EltError(`no matcher "${entity}"`, { hint: "name a file of matchers/", exitCode: 2 });
  }
  const { spec } = (await import(pathToFileURL(file).href)) as { spec?: MatcherSpec };
  if (spec) return spec;
  throw new EltError(`matchers/${entity}.ts exports no spec`, { exitCode: 2 });
}
