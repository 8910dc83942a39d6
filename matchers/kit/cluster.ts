import { compareSql } from "./compare.ts";
import { components, type Edges } from "./components.ts";
import { type Cluster, link } from "./linkage.ts";
import { linkedComponents } from "./links.ts";
import { type Model, sourcePairKey, weightOf } from "./model.ts";
import { readPatterns } from "./patterns.ts";
import { type Refit, refit } from "./refit.ts";
import { scoreSql } from "./score.ts";
import type { MatcherSpec } from "./spec.ts";
import type { Statements } from "./statements.ts";
import type { Pattern } from "./train.ts";
import type { Verdict } from "./verdicts.ts";

/** Weight from which a pair ties two records into one component, to be looked at as a whole. */
const COMPONENT_CUT = -3;
/** The same where an entity is repeated: a true pair in no component is lost, and there are more to hold it. */
const WIDE_COMPONENT_CUT = -10;
/** A component of more records is cut at a higher weight first. */
const LARGEST_COMPONENT = 400;
/** Pairs inside components, as a multiple of the candidates, above which components are drawn tighter. */
const MOST_INSIDE = 1.5;
/** So many pairs inside components are always looked at. */
const FREE_PAIRS = 2_000_000;

export interface Clustered {
  readonly clusters: readonly Cluster[];
  readonly closurePairs: number;
  readonly oversized: number;
  /** The weights inside components, learned again where that is wanted. */
  readonly inside: Refit;
  /** Weight of the lightest edges that components are made of. */
  readonly lowest: number;
  /** Of each record all it hangs together with, named by the smallest. */
  readonly whole: Int32Array;
}

/**
 * Components of `temp.scored`, every missing pair inside them scored (appended to `temp.scored` without a
 * match_key), and average linkage in each. Records without a partner are clusters of one.
 */
export async function cluster(
  statements: Statements,
  spec: MatcherSpec,
  options: {
    readonly model: Model;
    readonly records: number;
    /** SQL over `source_pair`: which pairs may match. Default all. */
    readonly allowed?: string | undefined;
    /** Candidate pairs that blocking found. */
    readonly candidates: number;
    readonly verdicts: readonly Verdict[];
    /** Codes of the sources that give a cluster one record at most. */
    readonly registers?: ReadonlySet<number>;
    readonly merge: number;
    /** What an earlier run found; default: found now. */
    readonly found?: { readonly inside: Refit; readonly lowest: number };
  },
): Promise<Clustered> {
  const { model, records, allowed, candidates, verdicts, registers = new Set(), merge } = options;
  const cut = componentCut(spec);
  const found = components(records, await readEdges(statements, verdicts, cut), {
    cut,
    largest: LARGEST_COMPONENT,
    ...(options.found
      ? { lowest: options.found.lowest }
      : { affordable: Math.max(FREE_PAIRS, candidates * MOST_INSIDE) }),
  });
  await stageComponents(statements, found.of);
  const compared = `(${compareSql(spec, "temp.closure", ["match_key"])})`;
  const wanted = allowed && lookedAt(allowed, registers);
  const closure = wanted ? `(select * from ${compared} where ${wanted})` : compared;
  await statements.runAll([
    {
      name: "closure",
      sql: `create or replace temp table closure as
select l.id as a, r.id as b, null::integer as match_key
from temp.component as l
join temp.component as r on l.component = r.component and l.id < r.id
anti join temp.scored as scored on scored.a = l.id and scored.b = r.id`,
    },
    {
      name: "closure_scored",
      sql: `insert into temp.scored by name\n${scoreSql(spec, model, closure, ["match_key"])}`,
    },
  ]);
  const [closed] = await statements.rows<{ n: number }>({
    name: "closure_count",
    sql: "select count(*)::double as n from temp.closure",
  });
  const inside =
    options.found?.inside ??
    (spec.repeats ? refit(spec, model, await componentPatterns(statements, spec)) : {});
  const clusters = await linkAll(statements, spec, {
    model: inside.model ?? model,
    rarities: model,
    of: found.of,
    count: found.count,
    verdicts,
    registers,
    cut: weightOf(merge),
  });
  return {
    clusters,
    closurePairs: closed?.n ?? 0,
    oversized: found.oversized,
    inside,
    lowest: found.lowest,
    whole: found.whole,
  };
}

/** Weight from which a pair may tie two records into one component. */
export function componentCut({ repeats = false }: MatcherSpec): number {
  return repeats ? WIDE_COMPONENT_CUT : COMPONENT_CUT;
}

/** Pairs within a register are looked at, too, though nobody asked for them: they keep their records apart. */
export function lookedAt(allowed: string, registers: ReadonlySet<number>): string {
  const within = [...registers].map((source) => sourcePairKey(source, source)).sort();
  return within.length > 0
    ? `(${allowed} or source_pair in (${within.join(", ")}))`
    : `(${allowed})`;
}

async function linkAll(
  statements: Statements,
  spec: MatcherSpec,
  options: {
    readonly model: Model;
    readonly rarities: Model;
    readonly of: Int32Array;
    readonly count: number;
    readonly verdicts: readonly Verdict[];
    readonly registers: ReadonlySet<number>;
    readonly cut: number;
  },
): Promise<Cluster[]> {
  const { of, count, cut } = options;
  const members: number[][] = Array.from({ length: count }, () => []);
  const clusters: Cluster[] = [];
  for (const [record, component] of of.entries()) {
    if (component < 0) clusters.push({ members: [record], confidence: 1 });
    else members[component]?.push(record);
  }
  const unless = spec.comparisons.map((comparison) => {
    const at = spec.comparisons.findIndex(({ name }) => name === comparison.unless);
    return at < 0 ? undefined : at;
  });
  for await (const component of linkedComponents(statements, spec, { ...options, members })) {
    for (const cluster of link({ ...component, unless }, cut)) clusters.push(cluster);
  }
  return clusters.sort((left, right) => (left.members[0] ?? 0) - (right.members[0] ?? 0));
}

async function componentPatterns(statements: Statements, spec: MatcherSpec): Promise<Pattern[]> {
  return await readPatterns(
    statements,
    spec,
    `(
  select scored.*
  from temp.scored as scored
  join temp.component as l on l.id = scored.a
  join temp.component as r on r.id = scored.b and r.component = l.component
)`,
    "component_patterns",
  );
}

async function readEdges(
  statements: Statements,
  verdicts: readonly Verdict[],
  cut: number,
): Promise<Edges> {
  const same = verdicts.filter((verdict) => verdict.same);
  const [counted] = await statements.rows<{ n: number }>({
    name: "edge_count",
    sql: `select count(*)::double as n from temp.scored where match_weight >= ${cut} and not never`,
  });
  const rows = (counted?.n ?? 0) + same.length;
  const a = new Int32Array(rows);
  const b = new Int32Array(rows);
  const weight = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  a.set(same.map((verdict) => verdict.a));
  b.set(same.map((verdict) => verdict.b));
  let filled = same.length;
  for await (const { rowCount, columns } of statements.numbers({
    name: "edges",
    sql: `select a, b, match_weight from temp.scored where match_weight >= ${cut} and not never`,
  })) {
    const [ones = [], others = [], weights = []] = columns;
    a.set(ones as Int32Array, filled);
    b.set(others as Int32Array, filled);
    weight.set(weights as Float64Array, filled);
    filled += rowCount;
  }
  return { a, b, weight };
}

/** `temp.component`: which component a record is in, if any. */
export async function stageComponents(statements: Statements, of: Int32Array): Promise<void> {
  await statements.run({
    name: "component",
    sql: "create or replace temp table component (id integer, component integer)",
  });
  const ids = Int32Array.from(of, (_, record) => record).filter(
    (record) => (of[record] ?? -1) >= 0,
  );
  await statements.warehouse.appendNumbers("component", [
    ids,
    ids.map((record) => of[record] ?? -1),
  ]);
}
