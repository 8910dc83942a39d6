import { quote } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { Blocked } from "./block.ts";
import { type Delta, matchDelta } from "./delta.ts";
import { type Drift, driftBetween, measure } from "./drift.ts";
import { type Frozen, sourcesOf } from "./frozen.ts";
import { readTerms } from "./frozen-terms.ts";
import type { Model } from "./model.ts";
import { nameClusters } from "./name.ts";
import { publish } from "./publish.ts";
import { DEFAULT_THRESHOLDS, frozenWeights, type Resolved, resolve } from "./resolve.ts";
import type { MatcherSpec } from "./spec.ts";
import { forgetState, hasState, saveState, stateTable } from "./state.ts";
import { Statements } from "./statements.ts";

export interface MatchOptions {
  readonly entity: string;
  /** Folder with what is remembered of the entity. */
  readonly identityFolder: string;
  readonly runId: string;
  readonly startedAt: Date;
  /** A model version trained before; default: trained on tonight's records. */
  readonly frozen?: Frozen | undefined;
  /** Names all besides records and verdicts that decides the result. With a model: match only what changed since last night. */
  readonly stateKey?: string;
  readonly compiled?: (name: string, sql: string) => void;
  readonly note?: (text: string) => void;
  /** Bits from which a pair is kept. Default -6. */
  readonly keptWeight?: number;
  /** A look at the temporary tables before they are dropped. */
  readonly inspect?: (statements: Statements, model: Model) => Promise<void>;
}

export interface Matched {
  readonly records: number;
  readonly pairs: number;
  readonly clusters: number;
  readonly blocked: Blocked;
  readonly model: Model;
  readonly warnings: readonly string[];
  /** What was matched again; nothing when all was. */
  readonly delta?: Delta;
  /** How far tonight lies from the records the model was trained on, beyond its limits. */
  readonly drift: readonly Drift[];
  /** Version of the identity memory that was written, to be committed when the tables are published. */
  readonly version: string;
}

/**
 * From records to pairs, clusters and lasting ids. With a model and the state of last night only what changed is matched, with
 * the same result; a spec that allows some pairs of sources only is matched whole.
 */
export async function match(
  warehouse: Warehouse,
  spec: MatcherSpec,
  options: MatchOptions,
): Promise<Matched> {
  const { frozen, stateKey: key } = options;
  const anyPair = spec.linkType === undefined && spec.sourcePairs === undefined;
  if (frozen && anyPair && key !== undefined && (await hasState(warehouse, { ...options, key }))) {
    return await warehouse.transaction(() => matchChanges(warehouse, spec, { ...options, frozen }));
  }
  return await matchAll(warehouse, spec, options);
}

async function matchChanges(
  warehouse: Warehouse,
  spec: MatcherSpec,
  options: MatchOptions & { readonly frozen: Frozen },
): Promise<Matched> {
  const { entity, frozen, note = () => undefined } = options;
  const statements = new Statements(warehouse, entity, options.compiled);
  const delta = await matchDelta(statements, spec, { ...options, note });
  const sources = sourcesOf(frozen);
  const [clusters] = await statements.rows<{ n: number }>({
    name: "clusters_count",
    sql: `select count(distinct ${quote(`${entity}_id`)})::integer as n from match.${quote(`${entity}_clusters`)}`,
  });
  const drift = await driftOf(statements, spec, frozen, {
    records: stateTable(entity, "rec"),
    pairs: `match.${quote(`${entity}_pairs`)}`,
  });
  await statements.dropTemporary();
  const { model, found } = frozenWeights(frozen, sources);
  return {
    records: delta.records,
    pairs: delta.pairs,
    clusters: clusters?.n ?? 0,
    blocked: { rules: [], pairs: delta.pairs },
    model,
    warnings: warningsOf({ model, inside: found.inside, oversized: delta.oversized }),
    delta,
    drift,
    version: delta.version,
  };
}

async function driftOf(
  statements: Statements,
  spec: MatcherSpec,
  frozen: Frozen,
  tables: { readonly records: string; readonly pairs: string },
): Promise<Drift[]> {
  return driftBetween(frozen.measured, await measure(statements, spec, tables), frozen.limits);
}

async function matchAll(
  warehouse: Warehouse,
  spec: MatcherSpec,
  options: MatchOptions,
): Promise<Matched> {
  const { entity, identityFolder, frozen, note } = options;
  const statements = new Statements(warehouse, entity, options.compiled);
  const at = frozen && { frozen, identityFolder };
  await forgetState(warehouse, entity);
  const resolved = await resolve(statements, spec, { at, ...(note ? { note } : {}) });
  const { prepared, verdicts, model, blocked, clusters } = resolved;
  note?.("naming");
  const { version, log } = await nameClusters(statements, clusters, options);
  const sources = frozen ? sourcesOf(frozen) : prepared.sources;
  await publish(statements, spec, {
    entity,
    model: frozen ? frozenWeights(frozen, sources).model : model,
    sources,
    verdicts,
    review: (spec.thresholds ?? DEFAULT_THRESHOLDS).review,
    version,
    log,
    ...(options.keptWeight === undefined ? {} : { keptWeight: options.keptWeight }),
  });
  await options.inspect?.(statements, model);
  const tables = { records: "temp.rec", pairs: "temp.scored" };
  const drift = frozen ? await driftOf(statements, spec, frozen, tables) : [];
  if (frozen && options.stateKey !== undefined) {
    await saveState(statements, spec, {
      entity,
      key: options.stateKey,
      frozen,
      whole: resolved.whole,
      terms: readTerms(identityFolder, frozen),
    });
  }
  await statements.dropTemporary();
  return {
    records: prepared.records,
    pairs: blocked.pairs + resolved.closurePairs,
    clusters: clusters.length,
    blocked,
    model,
    warnings: warningsOf(resolved),
    drift,
    version,
  };
}

function warningsOf({
  model,
  inside,
  oversized,
}: Pick<Resolved, "model" | "inside" | "oversized">): string[] {
  const warnings = [...model.warnings];
  if (inside.skipped)
    warnings.push(`weights inside groups are those of all pairs: ${inside.skipped}`);
  if (oversized > 0)
    warnings.push(`${oversized} groups of records hang together too closely to be cut`);
  return warnings;
}
