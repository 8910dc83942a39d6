import { quote } from "../../engine/warehouse/quote.ts";
import { compareSql } from "./compare.ts";
import { mayMatch, mayMatchSql } from "./link-type.ts";
import { sourcePairKey } from "./model.ts";
import type { Prepared } from "./prepare.ts";
import type { MatcherSpec } from "./spec.ts";
import type { Statements } from "./statements.ts";
import { type Pattern, sumOf, type TrainingData } from "./train.ts";

/** Random pairs compared to learn u; what blocking finds is counted whole, so they need not be many. */
const RANDOM_PAIRS = 300_000;

/** Candidates compared to learn from at most; of more a part is taken that stands for all. */
const LEARNED_PAIRS = 1_000_000;

/**
 * What training needs: pattern counts of the candidates and of random pairs that are no candidates. Leaves the
 * candidates it compared in `temp.gammas`; `whole` says that they are all.
 */
export async function trainingData(
  statements: Statements,
  spec: MatcherSpec,
  prepared: Prepared,
  pairs: number,
): Promise<TrainingData & { readonly whole: boolean }> {
  const { records, sources, sourceSizes, rarities } = prepared;
  const everyPair = (records * (records - 1)) / 2;
  const chosen = Math.ceil((1 + Math.sqrt(1 + 8 * Math.min(RANDOM_PAIRS, everyPair))) / 2);
  const allowed = mayMatchSql(spec, sources);
  const only = (compared: string) =>
    allowed ? `(select * from ${compared} where ${allowed})` : compared;
  await statements.run({
    name: "random_pairs",
    // A hash chooses the sample; no id is made of it.
    sql: `create or replace temp table random_pairs as
with

chosen as (

  select id from temp.rec order by hash(record_id), record_id limit ${chosen}

)

select l.id as a, r.id as b
from chosen as l
join chosen as r on l.id < r.id
anti join temp.cand as cand on cand.a = l.id and cand.b = r.id`,
  });
  const parts = Math.max(1, Math.ceil(pairs / LEARNED_PAIRS));
  const chosenPairs = parts > 1 ? `(from temp.cand where hash(a, b) % ${parts} = 0)` : "temp.cand";
  await statements.run({
    name: "gammas",
    sql: `create or replace temp table gammas as\n${compareSql(spec, chosenPairs, ["match_key"])}`,
  });
  const learned = await readPatterns(statements, spec, only("temp.gammas"), "patterns");
  const candidates = learned.map((pattern) => ({ ...pattern, count: pattern.count * parts }));
  const others = await readPatterns(
    statements,
    spec,
    only(`(${compareSql(spec, "temp.random_pairs")})`),
    "random_patterns",
  );
  const sourcePairs = new Map<number, number>();
  for (const [one, size] of sourceSizes.entries()) {
    for (let other = one; other < sourceSizes.length; other += 1) {
      const pairs = one === other ? (size * (size - 1)) / 2 : size * (sourceSizes[other] ?? 0);
      if (pairs > 0 && mayMatch(spec, sources, [one, other]))
        sourcePairs.set(sourcePairKey(one, other), pairs);
    }
  }
  const totalPairs = sumOf([...sourcePairs.values()]);
  return { candidates, others, totalPairs, sourcePairs, rarities, whole: parts === 1 };
}

/** Counts the pairs of a compared table, or query in brackets, by the levels they reached. */
export async function readPatterns(
  statements: Statements,
  spec: MatcherSpec,
  compared: string,
  name: string,
): Promise<Pattern[]> {
  const gammas = spec.comparisons.map((comparison) => `gamma_${comparison.name}`);
  const columns = gammas.map(quote).join(", ");
  const rows = await statements.rows<Record<string, number>>({
    name,
    sql: `select source_pair, ${columns}, count(*)::double as pairs
from ${compared}
where not never
group by all`,
  });
  return rows.map((row) => ({
    sourcePair: row.source_pair ?? 0,
    gammas: gammas.map((gamma) => row[gamma] ?? -1),
    count: row.pairs ?? 0,
  }));
}
