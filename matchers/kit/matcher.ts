import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunContext, StepFactory } from "../../engine/step.ts";
import { type Drift, driftText } from "./drift.ts";
import { type Frozen, fittingFrozen, modelFile } from "./frozen.ts";
import { commitIdentity, currentVersion } from "./identity-store.ts";
import { type Matched, match } from "./match.ts";
import { tableNames } from "./publish.ts";
import type { MatcherSpec } from "./spec.ts";
import { publishedVersion } from "./state.ts";

/** Drifts told by name. */
const SHOWN = 5;

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
        const { frozen, misfit } = await modelFor(context, spec, { name, path });
        return hashOf([JSON.stringify(spec), code, identity, frozen?.version ?? "", misfit ?? ""]);
      },
      run: async (context) => {
        const folder = identityFolder(context, name);
        const { frozen, misfit } = await modelFor(context, spec, { name, path });
        const matched = await match(context.warehouse, spec, {
          entity: name,
          identityFolder: folder,
          runId: context.runId,
          startedAt: context.startedAt,
          frozen,
          stateKey: hashOf([JSON.stringify(spec), await codeVersion(), frozen?.version ?? ""]),
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
          model: frozen?.version ?? "trained tonight",
          warnings: matched.warnings,
          drift: matched.drift,
        });
        return {
          rows: matched.records,
          amount: amountOf(matched),
          warnings: [
            ...doubts(name, { frozen, misfit, drift: matched.drift }),
            ...(matched.delta?.flipped ?? []).map(
              ({ rule, values }) => `${counted(values)} values crossed the cap of ${rule}`,
            ),
          ],
        };
      },
    },
  ];
}

function amountOf({ delta, pairs, clusters }: Matched): string {
  if (!delta) return `${counted(pairs)} pairs → ${counted(clusters)} clusters`;
  const changed = delta.inserted + delta.updated + delta.deleted;
  return `${counted(changed)} changed, ${counted(pairs)} pairs → ${counted(clusters)} clusters`;
}

async function modelFor(
  context: RunContext,
  spec: MatcherSpec,
  { name, path }: { readonly name: string; readonly path: string },
): Promise<{ readonly frozen?: Frozen; readonly misfit?: string }> {
  const file = modelFile(join(context.root, dirname(path)), name, context.profile.name);
  return await fittingFrozen(file, {
    spec,
    identityFolder: identityFolder(context, name),
    warehouse: context.warehouse,
  });
}

/** Why the night's model may not be the right one, and what to do. */
function doubts(
  entity: string,
  night: {
    readonly frozen: Frozen | undefined;
    readonly misfit: string | undefined;
    readonly drift: readonly Drift[];
  },
): string[] {
  const { frozen, misfit, drift } = night;
  const again = `train again: npx elt train ${entity}`;
  if (misfit !== undefined) return [`${misfit}: trained on tonight's records; ${again}`];
  if (!frozen || drift.length === 0) return [];
  const shown = drift.slice(0, SHOWN).map(driftText);
  if (drift.length > SHOWN) shown.push(`${drift.length - SHOWN} more`);
  const date = frozen.trainedAt.slice(0, 10);
  return [`the records left the limits of the model of ${date}; ${again}`, ...shown];
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
  const published = await publishedVersion(context.warehouse, entity);
  return onDisk === published ? "" : `${onDisk ?? "none"} beside ${published ?? "none"}`;
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
