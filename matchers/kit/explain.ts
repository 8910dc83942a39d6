import { quote } from "../../engine/warehouse/quote.ts";
import type { Row, Warehouse } from "../../engine/warehouse/warehouse.ts";
import { ruleCondition } from "./block.ts";
import { compareSql } from "./compare.ts";
import { type Model, probabilityOf, sourcePairKey, type TrainedComparison } from "./model.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { raritiesSql, scoreSql } from "./score.ts";
import { levelAt, type MatcherSpec } from "./spec.ts";
import { Statements } from "./statements.ts";

/** Why two records are one, or are not: the evidence in bits, in the order it is added. */
export interface PairExplanation {
  readonly left: string;
  readonly right: string;
  readonly prior: { readonly label: string; readonly weight: number };
  readonly evidence: readonly Evidence[];
  readonly weight: number;
  readonly probability: number;
  /** merge, review, separate, same, different; nothing when the pair was never a candidate. */
  readonly decision: string | undefined;
  /** Name of the rule that made them candidates. */
  readonly foundBy: string | undefined;
}

export interface Evidence {
  readonly comparison: string;
  /** Nothing when a side is unknown. */
  readonly level: string | undefined;
  readonly weight: number;
  readonly rarity: number;
}

/** The explanation of a published pair, read from the tables alone; nothing when it was not published. */
export async function explainPublished(
  warehouse: Warehouse,
  spec: MatcherSpec,
  entity: string,
  records: readonly [string, string],
): Promise<PairExplanation | undefined> {
  const [left, right] = [...records].sort();
  const row = await warehouse.first(
    `select * from match.${quote(`${entity}_pairs`)}
where (record_id_l = $1 and record_id_r = $2) or (record_id_l = $2 and record_id_r = $1)`,
    [left ?? "", right ?? ""],
  );
  if (!row) return undefined;
  const published = await readModel(warehouse, entity);
  return explanationOf(spec, published, row);
}

/** Scores a pair that was no candidate, with the published model, and says which rules missed it. */
export async function explainAnyway(
  warehouse: Warehouse,
  spec: MatcherSpec,
  entity: string,
  records: readonly [string, string],
): Promise<
  | (PairExplanation & { readonly found: readonly string[]; readonly never: readonly string[] })
  | undefined
> {
  const statements = new Statements(warehouse, entity);
  const prepared = await prepare(statements, spec);
  const published = await readModel(warehouse, entity);
  const pair = `(
  select least(l.id, r.id) as a, greatest(l.id, r.id) as b, null::integer as match_key
  from temp.rec as l, temp.rec as r
  where l.record_id = $1 and r.record_id = $2
)`;
  const model = modelOf(spec, published, prepared);
  const compared = `(${compareSql(spec, pair, ["match_key"])})`;
  const row = await warehouse.first(
    `select ${["scored.*", ...raritiesSql(spec, model)].join(", ")}, l.record_id as record_id_l, r.record_id as record_id_r
from (${scoreSql(spec, model, compared, ["match_key"])}) as scored
join temp.rec as l on l.id = scored.a
join temp.rec as r on r.id = scored.b`,
    [...records],
  );
  if (!row) return undefined;
  const conditions = [
    ...spec.blocking.map((rule) => ({ name: rule.name, sql: ruleCondition(rule) })),
    ...spec.constraints.map(({ name, never }) => ({ name: `never ${name}`, sql: never })),
  ];
  const held = await warehouse.first(
    `select ${conditions.map(({ name, sql }) => `coalesce(${sql}, false) as ${quote(name)}`).join(",\n  ")}
from temp.rec as l, temp.rec as r
where l.record_id = $1 and r.record_id = $2`,
    [...records],
  );
  await statements.dropTemporary();
  return {
    ...explanationOf(spec, published, row),
    found: spec.blocking.map(({ name }) => name).filter((name) => held?.[name] === true),
    never: spec.constraints
      .map(({ name }) => name)
      .filter((name) => held?.[`never ${name}`] === true),
  };
}

interface PublishedModel {
  readonly levels: ReadonlyMap<
    string,
    { readonly m: number; readonly u: number; readonly weight: number }
  >;
  readonly priors: ReadonlyMap<string, { readonly share: number; readonly weight: number }>;
}

const GENERAL_PRIOR = "any two records";

async function readModel(warehouse: Warehouse, entity: string): Promise<PublishedModel> {
  const rows = await warehouse.rows<{
    comparison: string;
    gamma: number | null;
    level: string;
    m: number;
    u: number;
    weight: number;
  }>(
    `select comparison, gamma::integer as gamma, level, m::double as m, u::double as u, match_weight::double as weight
from match.${quote(`${entity}_model`)}`,
  );
  const priors = rows.filter(({ comparison }) => comparison === "prior");
  return {
    priors: new Map(priors.map(({ level, m, weight }) => [level, { share: m, weight }])),
    levels: new Map(
      rows.map(({ comparison, gamma, m, u, weight }) => [
        `${comparison} ${gamma}`,
        { m, u, weight },
      ]),
    ),
  };
}

function explanationOf(spec: MatcherSpec, published: PublishedModel, row: Row): PairExplanation {
  const left = String(row.record_id_l);
  const right = String(row.record_id_r);
  const sources = [left, right].map((id) => id.split(":")[0] ?? "").sort();
  const label = `${sources[0]} × ${sources[1]}`;
  const prior = published.priors.get(label);
  const evidence = spec.comparisons.map(({ name, ...comparison }) => {
    const gamma = Number(row[`gamma_${name}`] ?? -1);
    return {
      comparison: name,
      level: gamma < 0 ? undefined : levelAt({ name, ...comparison }, gamma)?.label,
      weight: gamma < 0 ? 0 : (published.levels.get(`${name} ${gamma}`)?.weight ?? 0),
      rarity: Number(row[`tf_${name}`] ?? 0),
    };
  });
  const weight = Number(row.match_weight);
  const key = row.match_key;
  return {
    left,
    right,
    prior: prior
      ? { label, weight: prior.weight }
      : { label: GENERAL_PRIOR, weight: published.priors.get(GENERAL_PRIOR)?.weight ?? 0 },
    evidence,
    weight,
    probability: Number(row.match_probability ?? probabilityOf(weight)),
    decision: row.decision === undefined ? undefined : String(row.decision),
    foundBy: key === null || key === undefined ? undefined : spec.blocking[Number(key)]?.name,
  };
}

/** The published model as a score needs it; how common values are is counted again from the same records. */
function modelOf(spec: MatcherSpec, published: PublishedModel, prepared: Prepared): Model {
  const priors = new Map<number, number>();
  for (const [one, source] of prepared.sources.entries()) {
    for (const [other, beside] of prepared.sources.entries()) {
      const share = published.priors.get(`${source} × ${beside}`)?.share;
      if (share !== undefined) priors.set(sourcePairKey(one, other), share);
    }
  }
  const comparisons = spec.comparisons.map(({ name, levels }): TrainedComparison => {
    const side = (pick: "m" | "u") =>
      levels.map((_, gamma) => published.levels.get(`${name} ${gamma}`)?.[pick] ?? 1);
    const rarity = prepared.rarities.get(name) ?? { population: 1, floor: 1 };
    return { name, m: side("m"), u: side("u"), ...rarity };
  });
  return {
    lambda: published.priors.get(GENERAL_PRIOR)?.share ?? 0.001,
    priors,
    comparisons,
    warnings: [],
  };
}
