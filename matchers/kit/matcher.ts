import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunContext, StepFactory } from "../../engine/step.ts";
import { commitIdentity, currentVersion } from "./identity-store.ts";
import { match } from "./match.ts";
import { tableNames } from "./publish.ts";
import type { MatcherSpec } from "./spec.ts";

/** The step of an entity: `export const step = matcher({…})` in `matchers/<entity>.ts`. */
export function matcher(spec: MatcherSpec): StepFactory {
  return ({ name, path }) => [
    {
      kind: "match",
      name,
      path,
      reads: [bareName(spec.input), ...(spec.verdicts ? [bareName(spec.verdicts)] : [])],
      writes: tableNames(name).map((table) => `match.${table}`),
      fingerprint: async (context) => {
        const identity = await identityState(context, name);
        const code = await codeVersion();
        return hashOf([JSON.stringify(spec), code, identity]);
      },
      run: async (context) => {
        const folder = identityFolder(context, name);
        const matched = await match(context.warehouse, spec, {
          entity: name,
          identityFolder: folder,
          runId: context.runId,
          startedAt: context.startedAt,
          compiled: context.compiled,
          note: (note) => context.progress({ done: 0, unit: "pairs", note }),
        });
        context.onPublish(() => commitIdentity(folder, matched.version));
        context.log("matched", {
          entity: name,
          records: matched.records,
          pairs: matched.pairs,
          clusters: matched.clusters,
          rules: matched.blocked.rules,
          lambda: matched.model.lambda,
          warnings: matched.warnings,
        });
        return {
          rows: matched.records,
          amount: `${counted(matched.pairs)} pairs → ${counted(matched.clusters)} clusters`,
        };
      },
    },
  ];
}

function bareName(table: string): string {
  return table.split(".").at(-1) ?? table;
}

function identityFolder(context: RunContext, entity: string): string {
  return join(context.data, "identity", entity);
}

/**
 * Empty while the memory on disk is the one the warehouse was published with; else a word that differs,
 * so that a restored or removed memory is looked at again.
 */
async function identityState(context: RunContext, entity: string): Promise<string> {
  const onDisk = await currentVersion(identityFolder(context, entity));
  const published = await publishedVersion(context, entity);
  return onDisk === published ? "" : `${onDisk ?? "none"} beside ${published ?? "none"}`;
}

async function publishedVersion(context: RunContext, entity: string): Promise<string | undefined> {
  const table = `${entity}_identity`;
  const known = await context.warehouse.first(
    "select 1 as one from information_schema.tables where table_schema = 'match' and table_name = $1",
    [table],
  );
  if (!known) return undefined;
  const row = await context.warehouse.first<{ version: string }>(
    `select version from match."${table}"`,
  );
  return row?.version;
}

/** A hash of the files that make the result: another method is another result. */
async function codeVersion(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of (await readdir(import.meta.dirname)).sort()) {
    if (file.endsWith(".ts")) hash.update(await readFile(join(import.meta.dirname, file)));
  }
  return hash.digest("hex");
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);
}

function counted(count: number): string {
  return count.toLocaleString("en-US");
}
