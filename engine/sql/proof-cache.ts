import { createHash } from "node:crypto";
import type { Environment } from "./environment.ts";
import { keep, type PlainError, plainError, readKept, revivedError } from "./kept-file.ts";
import type { Manifest } from "./manifest.ts";
import { seedHash } from "./seed-hash.ts";
import type { Proof } from "./shell.ts";
import { stillHold, type Variables, type Watch } from "./watch.ts";

interface Entry extends Omit<Proof, "errors" | "warnings"> {
  readonly key: string;
  readonly variables: Variables;
  readonly warnings: readonly PlainError[];
}

export interface ProofOptions {
  readonly path: string;
  readonly manifest: Manifest;
  readonly env: Environment;
  /** What rendering has looked at so far. */
  readonly watch: Watch;
  /** The compiled texts. Throws where one needs a database. */
  readonly texts: () => readonly string[];
}

/** A query that reads a file binds against what lies there: its proof holds for that moment only. */
const READS_FILES = /\bread_|\bglob\s*\(|\bsniff_|\.(csv|parquet|json|ndjson|xlsx|duckdb|db)\b/i;

/** Proves a project, unless this very project with these seeds was proven before and nothing was wrong. */
export async function provenOnce(
  { path, manifest, env, watch, texts }: ProofOptions,
  prove: () => Promise<Proof>,
): Promise<Proof> {
  if (manifest.stamp === undefined) return await prove();
  const sum = createHash("sha256").update(manifest.stamp);
  for (const seed of manifest.seeds) sum.update(`${seed.id} ${seedHash(seed)}\n`);
  const key = sum.digest("hex");
  const entry = readKept<Entry>(path);
  if (entry?.key === key && stillHold(entry.variables, env)) {
    const { columns, unchecked, warnings } = entry;
    return { errors: [], warnings: warnings.map(revivedError), columns, unchecked };
  }
  const proof = await prove();
  const { errors, warnings, columns, unchecked } = proof;
  if (errors.length > 0 || !isClosed(texts) || watch.sawRun || watch.said.length > 0) return proof;
  const { variables } = watch;
  keep<Entry>(path, () => ({
    ...{ key, variables, columns, unchecked },
    warnings: warnings.map(plainError),
  }));
  return proof;
}

/** Whether the texts are all there is to it: none looks at a database while rendering, or at a file. */
function isClosed(texts: () => readonly string[]): boolean {
  try {
    return !texts().some((text) => READS_FILES.test(text));
  } catch {
    return false;
  }
}
