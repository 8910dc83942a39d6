import { type Blocked, block } from "./block.ts";
import { type Clustered, cluster, lookedAt } from "./cluster.ts";
import { compareSql } from "./compare.ts";
import { type Frozen, modelOf } from "./frozen.ts";
import { readTerms } from "./frozen-terms.ts";
import { mayMatchSql, refuseBadLinks } from "./link-type.ts";
import type { Model } from "./model.ts";
import { trainingData } from "./patterns.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Refit } from "./refit.ts";
import { findRegisters } from "./registers.ts";
import { scoreSql } from "./score.ts";
import type { MatcherSpec } from "./spec.ts";
import type { Statement, Statements } from "./statements.ts";
import { train } from "./train.ts";
import { readVerdicts, type Verdict } from "./verdicts.ts";

export const DEFAULT_THRESHOLDS = { merge: 0.8, review: 0.5 } as const;

/** Everything known before entities get their names; the tables stand in temp. */
export interface Resolved extends Clustered {
  readonly prepared: Prepared;
  readonly verdicts: readonly Verdict[];
  readonly blocked: Blocked;
  readonly model: Model;
  /** Codes of the sources that list each entity once. */
  readonly registers: ReadonlySet<number>;
}

/** A model version and the folder that holds what it knows of values. */
export interface FrozenAt {
  readonly frozen: Frozen;
  readonly identityFolder: string;
}

/** From records to clusters: prepares, blocks, compares, trains unless a model is given, scores, links. */
export async function resolve(
  statements: Statements,
  spec: MatcherSpec,
  options: { readonly at?: FrozenAt | undefined; readonly note?: (text: string) => void } = {},
): Promise<Resolved> {
  const { at, note = () => undefined } = options;
  const terms = at && readTerms(at.identityFolder, at.frozen);
  note("preparing records");
  const prepared = await prepare(statements, spec, terms);
  refuseBadLinks(spec, prepared.sources);
  const allowed = mayMatchSql(spec, prepared.sources);
  const verdicts = await readVerdicts(statements, spec);
  note("finding candidates");
  const blocked = await block(statements, spec, prepared, terms);
  note(at ? "comparing" : "training");
  const weights = at
    ? await scoreFrozen(statements, spec, at.frozen, prepared.sources)
    : await learn(statements, spec, { prepared, pairs: blocked.pairs, note });
  await statements.drop("gammas");
  await statements.drop("cand");
  if (allowed) await keepOnly(statements, "looked_at", lookedAt(allowed, weights.registers));
  note("linking");
  const clustered = await cluster(statements, spec, {
    ...weights,
    allowed,
    records: prepared.records,
    candidates: blocked.pairs,
    verdicts,
    merge: (spec.thresholds ?? DEFAULT_THRESHOLDS).merge,
  });
  if (allowed) await keepOnly(statements, "asked_for", allowed);
  return { ...weights, ...clustered, prepared, verdicts, blocked };
}

async function keepOnly(statements: Statements, name: string, pairs: string): Promise<void> {
  await statements.run({ name, sql: `delete from temp.scored where not (${pairs})` });
}

interface Weights {
  readonly model: Model;
  readonly registers: ReadonlySet<number>;
  readonly found?: { readonly inside: Refit; readonly lowest: number };
}

/** The weights of a written model, by tonight's codes of the sources. */
export function frozenWeights(frozen: Frozen, sources: readonly string[]): Required<Weights> {
  const registers = frozen.registers.map((source) => sources.indexOf(source));
  return {
    model: { ...modelOf(frozen.weights, sources), warnings: frozen.warnings },
    registers: new Set(registers.filter((code) => code >= 0)),
    found: {
      lowest: frozen.lowest,
      inside: {
        ...(frozen.inside ? { model: modelOf(frozen.inside, sources) } : {}),
        ...(frozen.notRefitted === undefined ? {} : { skipped: frozen.notRefitted }),
      },
    },
  };
}

async function scoreFrozen(
  statements: Statements,
  spec: MatcherSpec,
  frozen: Frozen,
  sources: readonly string[],
): Promise<Weights> {
  const weights = frozenWeights(frozen, sources);
  await statements.run(scoredStatement(spec, weights.model));
  return weights;
}

async function learn(
  statements: Statements,
  spec: MatcherSpec,
  options: {
    readonly prepared: Prepared;
    readonly pairs: number;
    readonly note: (text: string) => void;
  },
): Promise<Weights> {
  const { prepared, pairs, note } = options;
  const data = await trainingData(statements, spec, prepared, pairs);
  const trained = train(spec, data);
  note("comparing");
  await statements.run(
    scoredStatement(spec, trained, data.whole ? "temp.gammas" : comparedSql(spec)),
  );
  const { model, sources: registers } = await findRegisters(statements, spec, trained, prepared);
  if (registers.size > 0) await statements.run(scoredStatement(spec, model, "temp.scored"));
  return { model, registers };
}

/** The candidates, compared while they are scored. */
function comparedSql(spec: MatcherSpec): string {
  return `(${compareSql(spec, "temp.cand", ["match_key"])})`;
}

/** Makes `temp.scored` of compared pairs. */
export function scoredStatement(
  spec: MatcherSpec,
  model: Model,
  compared = comparedSql(spec),
): Statement {
  return {
    name: "scored",
    sql: `create or replace temp table scored as\n${scoreSql(spec, model, compared, ["match_key"])}`,
  };
}
