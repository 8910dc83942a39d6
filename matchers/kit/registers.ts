import { type Model, probabilityOf, sourcePairKey, weightOf } from "./model.ts";
import type { Prepared } from "./prepare.ts";
import { priorSql } from "./score.ts";
import type { MatcherSpec } from "./spec.ts";
import type { Statements } from "./statements.ts";

/** Pairs of one weight, in eighths of a bit, without what was believed before they were looked at. */
export type WeightCount = {
  readonly one: number;
  readonly other: number;
  readonly evidence: number;
  readonly pairs: number;
};

export interface Registers {
  /** Codes of the sources that list each entity once. */
  readonly sources: ReadonlySet<number>;
  /** The model with priors by which a pair across registers is more likely a match than not from weight 0 on. */
  readonly model: Model;
}

/** Best pairs across two sources that are needed before anything is concluded. */
const LEAST_PAIRS = 50;
/** Where to look for repetition: at the weight that so large a share of the likely matches reach. */
const MOST = 0.9;
/** Pairs a register may hold within itself there, as a share of its matches. */
const MOST_REPEATED = 0.03;
/** What a register holds twice by mistake: prior of a pair inside it. */
const REPEATED_PRIOR = 1e-9;

/**
 * Finds the sources that list each entity once, and moves the prior across them to where it belongs: pairs within such a source
 * are no matches, so they show how much evidence chance alone gives.
 */
export async function findRegisters(
  statements: Statements,
  { registers }: MatcherSpec,
  model: Model,
  prepared: Prepared,
): Promise<Registers> {
  if (registers === undefined || prepared.sources.length < 2) return { sources: new Set(), model };
  if (registers !== "found") {
    const sources = prepared.sources.flatMap((name, code) =>
      registers.includes(name) ? [code] : [],
    );
    return { sources: new Set(sources), model };
  }
  const counts = await statements.rows<WeightCount>({
    name: "best_evidence",
    // Only the best pair of both its records could be joined, if each had one partner.
    sql: `with

weighed as (

  select
    a, b,
    source_pair // 65536 as one,
    source_pair % 65536 as other,
    round(8 * (match_weight - (${priorSql(model)}))) as evidence
  from temp.scored
  where not never

),

across as (

  select record, max(evidence) as evidence
  from (
    select a as record, evidence from weighed where one <> other
    union all
    select b as record, evidence from weighed where one <> other
  )
  group by record

)

select weighed.one, weighed.other, weighed.evidence, count(*)::double as pairs
from weighed
left join across as l on l.record = weighed.a
left join across as r on r.record = weighed.b
where
  weighed.evidence >= coalesce(l.evidence, weighed.evidence)
  and weighed.evidence >= coalesce(r.evidence, weighed.evidence)
group by weighed.one, weighed.other, weighed.evidence
order by weighed.one, weighed.other, weighed.evidence desc`,
  });
  return judgeRegisters(counts, model, prepared.sourceSizes);
}

/** The arithmetic of `findRegisters`, on counts of pairs that are the best of both their records. */
export function judgeRegisters(
  counts: readonly WeightCount[],
  model: Model,
  sizes: readonly number[],
): Registers {
  const sources = new Set(sizes.flatMap((_, source) => (isRegister(source) ? [source] : [])));
  const priors = new Map(model.priors);
  for (const one of sources) {
    priors.set(sourcePairKey(one, one), REPEATED_PRIOR);
    for (const other of sources) {
      if (other <= one) continue;
      // Few pairs within show little of what chance can do: a cut is raised by them, never lowered.
      const cut = cutBetween(one, other);
      if (cut !== undefined && cut > -priorOf(one, other))
        priors.set(sourcePairKey(one, other), probabilityOf(-cut));
    }
  }
  return { sources, model: { ...model, priors } };

  function isRegister(source: number): boolean {
    const across = counts.filter(
      ({ one, other }) => one !== other && (one === source || other === source),
    );
    const likely = across.filter(
      ({ one, other, evidence }) => evidence / 8 >= -priorOf(one, other),
    );
    const pairs = sumOf(likely);
    if (pairs < LEAST_PAIRS) return false;
    const low = evidenceOf(likely, pairs * MOST);
    const repeated = counts.filter(
      ({ one, other, evidence }) => one === source && other === source && evidence >= low,
    );
    return sumOf(repeated) <= MOST_REPEATED * pairs;
  }

  function priorOf(one: number, other: number): number {
    return weightOf(model.priors.get(sourcePairKey(one, other)) ?? model.lambda);
  }

  /** Evidence from which right pairs outnumber wrong ones; nothing when there is too little to tell. */
  function cutBetween(one: number, other: number): number | undefined {
    const left = sizes[one] ?? 0;
    const right = sizes[other] ?? 0;
    const inside = (left * (left - 1) + right * (right - 1)) / 2;
    const scale = inside > 0 ? (left * right) / inside : 0;
    const gains = new Map<number, number>();
    let pairs = 0;
    for (const count of counts) {
      const across = count.one === one && count.other === other;
      const within = count.one === count.other && (count.one === one || count.one === other);
      if (across) pairs += count.pairs;
      const gain = across ? count.pairs : within ? -2 * scale * count.pairs : 0;
      gains.set(count.evidence, (gains.get(count.evidence) ?? 0) + gain);
    }
    if (pairs < LEAST_PAIRS) return undefined;
    let sum = 0;
    let best = 0;
    let cut: number | undefined;
    for (const evidence of [...gains.keys()].sort((high, low) => low - high)) {
      sum += gains.get(evidence) ?? 0;
      if (sum > best) {
        best = sum;
        cut = evidence / 8;
      }
    }
    return cut;
  }
}

/** Evidence that so many of the pairs reach, the heaviest first. */
function evidenceOf(counts: readonly WeightCount[], share: number): number {
  let seen = 0;
  for (const { evidence, pairs } of [...counts].sort((a, b) => b.evidence - a.evidence)) {
    seen += pairs;
    if (seen >= share) return evidence;
  }
  return Number.POSITIVE_INFINITY;
}

function sumOf(counts: readonly WeightCount[]): number {
  let sum = 0;
  for (const { pairs } of counts) sum += pairs;
  return sum;
}
