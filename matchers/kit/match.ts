import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { type Blocked, block } from "./block.ts";
import { cluster, lookedAt } from "./cluster.ts";
import { compareSql } from "./compare.ts";
import { identify } from "./identity.ts";
import { readIdentity, stageIdentity, versionOf, writeIdentity } from "./identity-store.ts";
import { mayMatchSql, refuseBadLinks } from "./link-type.ts";
import type { Model } from "./model.ts";
import { trainingData } from "./patterns.ts";
import { prepare } from "./prepare.ts";
import { publish } from "./publish.ts";
import { findRegisters } from "./registers.ts";
import { scoreSql } from "./score.ts";
import type { MatcherSpec } from "./spec.ts";
import { type Statement, Statements } from "./statements.ts";
import { train } from "./train.ts";
import { readVerdicts } from "./verdicts.ts";

export const DEFAULT_THRESHOLDS = { merge: 0.8, review: 0.5 } as const;

export interface MatchOptions {
  readonly entity: string;
  /** Folder with what is remembered of the entity. */
  readonly identityFolder: string;
  readonly runId: string;
  readonly startedAt: Date;
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
  /** Version of the identity memory that was written, to be committed when the tables are published. */
  readonly version: string;
}

/** From records to pairs, clusters and lasting ids: prepares, blocks, trains, scores, links, names, publishes. */
export async function match(
  warehouse: Warehouse,
  spec: MatcherSpec,
  options: MatchOptions,
): Promise<Matched> {
  const { entity, identityFolder, note = () => undefined } = options;
  const statements = new Statements(warehouse, entity, options.compiled);
  const thresholds = spec.thresholds ?? DEFAULT_THRESHOLDS;
  note("preparing records");
  const prepared = await prepare(statements, spec);
  refuseBadLinks(spec, prepared.sources);
  const allowed = mayMatchSql(spec, prepared.sources);
  const verdicts = await readVerdicts(statements, spec);
  note("finding candidates");
  const blocked = await block(statements, spec, prepared);
  note("training");
  const data = await trainingData(statements, spec, prepared, blocked.pairs);
  const trained = train(spec, data);
  note("comparing");
  const compared = data.whole ? "temp.gammas" : `(${compareSql(spec, "temp.cand", ["match_key"])})`;
  await statements.run(scoredStatement(spec, trained, compared));
  await statements.drop("gammas");
  await statements.drop("cand");
  const { model, sources: registers } = await findRegisters(statements, spec, trained, prepared);
  if (registers.size > 0) await statements.run(scoredStatement(spec, model, "temp.scored"));
  if (allowed) {
    const sql = `delete from temp.scored where not ${lookedAt(allowed, registers)}`;
    await statements.run({ name: "looked_at", sql });
  }
  note("linking");
  const { clusters, closurePairs, oversized, notRefitted } = await cluster(statements, spec, {
    model,
    records: prepared.records,
    allowed,
    candidates: blocked.pairs,
    verdicts,
    registers,
    merge: thresholds.merge,
  });
  if (allowed) {
    const sql = `delete from temp.scored where not (${allowed})`;
    await statements.run({ name: "asked_for", sql });
  }
  note("naming");
  const version = await name(statements, clusters, { ...options, identityFolder });
  await publish(statements, spec, {
    entity,
    model,
    sources: prepared.sources,
    verdicts,
    review: thresholds.review,
    version,
    ...(options.keptWeight === undefined ? {} : { keptWeight: options.keptWeight }),
  });
  await options.inspect?.(statements, model);
  await statements.dropTemporary();
  const warnings = [...model.warnings];
  if (notRefitted) warnings.push(`weights inside groups are those of all pairs: ${notRefitted}`);
  if (oversized > 0)
    warnings.push(`${oversized} groups of records hang together too closely to be cut`);
  return {
    records: prepared.records,
    pairs: blocked.pairs + closurePairs,
    clusters: clusters.length,
    blocked,
    model,
    warnings,
    version,
  };
}

function scoredStatement(spec: MatcherSpec, model: Model, compared: string): Statement {
  return {
    name: "scored",
    sql: `create or replace temp table scored as\n${scoreSql(spec, model, compared, ["match_key"])}`,
  };
}

async function name(
  statements: Statements,
  clusters: readonly { readonly members: readonly number[]; readonly confidence: number }[],
  options: MatchOptions,
): Promise<string> {
  const { entity, identityFolder, runId, startedAt } = options;
  const { warehouse } = statements;
  const rows = await statements.rows<{ record_id: string }>({
    name: "record_ids",
    sql: "select record_id from temp.rec order by id",
  });
  const before = await readIdentity(warehouse, identityFolder);
  const { ids, after } = identify(
    entity,
    before,
    clusters.map(({ members }) => members.map((member) => rows[member]?.record_id ?? "")),
    { runId, startedAt },
  );
  await statements.run({
    name: "assigned",
    sql: "create or replace temp table assigned (id integer, entity_id bigint, cluster_size integer, confidence double)",
  });
  const appender = await warehouse.appender("assigned");
  for (const [index, { members, confidence }] of clusters.entries()) {
    for (const member of members) {
      appender.appendInteger(member);
      appender.appendBigInt(ids[index] ?? 0n);
      appender.appendInteger(members.length);
      appender.appendDouble(confidence);
      appender.endRow();
    }
  }
  appender.closeSync();
  await stageIdentity(warehouse, after);
  const version = versionOf(after);
  await writeIdentity(warehouse, identityFolder, version);
  return version;
}
