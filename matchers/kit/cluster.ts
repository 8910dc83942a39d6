import { quote } from "../../engine/warehouse/quote.ts";
import { compareSql } from "./compare.ts";
import { components } from "./components.ts";
import { type Cluster, type Link, link } from "./linkage.ts";
import { type Model, sourcePairKey, weightOf } from "./model.ts";
import { readPatterns } from "./patterns.ts";
import { type Refit, refit } from "./refit.ts";
import { evidenceSql, priorSql, scoreSql } from "./score.ts";
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

export interface Clustered {
  readonly clusters: readonly Cluster[];
  readonly closurePairs: number;
  readonly oversized: number;
  /** Why the weights inside components were not learned again, when they were to be. */
  readonly notRefitted?: string;
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
    readonly verdicts: readonly Verdict[];
    /** Codes of the sources that give a cluster one record at most. */
    readonly registers?: ReadonlySet<number>;
    readonly merge: number;
  },
): Promise<Clustered> {
  const { model, records, allowed, verdicts, registers = new Set(), merge } = options;
  const cut = spec.repeats ? WIDE_COMPONENT_CUT : COMPONENT_CUT;
  const found = components(records, await readEdges(statements, verdicts, cut), {
    cut,
    largest: LARGEST_COMPONENT,
  });
  await stageComponents(statements, found.of);
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
      name: "closure_gammas",
      sql: `create or replace temp table closure_gammas as\n${compareSql(spec, "temp.closure", ["match_key"])}`,
    },
    {
      name: "closure_scored",
      sql: `insert into temp.scored by name\n${scoreSql(spec, model, allowed ? `(select * from temp.closure_gammas where ${allowed})` : "temp.closure_gammas", ["match_key"])}`,
    },
  ]);
  const [closure] = await statements.rows<{ n: number }>({
    name: "closure_count",
    sql: "select count(*)::double as n from temp.closure",
  });
  const refitted: Refit = spec.repeats
    ? refit(spec, model, await componentPatterns(statements, spec))
    : { model };
  const links = await readLinks(statements, spec, {
    model: refitted.model ?? model,
    count: found.count,
    verdicts,
    registers,
  });
  const unless = spec.comparisons.map((comparison) => {
    const at = spec.comparisons.findIndex(({ name }) => name === comparison.unless);
    return at < 0 ? undefined : at;
  });
  const sourceOf = allowed && registers.size > 0 ? await readSources(statements) : undefined;
  const members: number[][] = Array.from({ length: found.count }, () => []);
  const clusters: Cluster[] = [];
  for (let record = 0; record < records; record += 1) {
    const component = found.of[record] ?? -1;
    if (component < 0) clusters.push({ members: [record], confidence: 1 });
    else members[component]?.push(record);
  }
  for (const [component, inside] of members.entries()) {
    const position = new Map(inside.map((record, index) => [record, index]));
    const local = (links[component] ?? []).map((edge) => ({
      ...edge,
      one: position.get(edge.one) ?? 0,
      other: position.get(edge.other) ?? 0,
    }));
    if (sourceOf) local.push(...forbidden(inside, local, { sourceOf, registers }));
    clusters.push(...link({ members: inside, links: local, unless }, weightOf(merge)));
  }
  clusters.sort((left, right) => (left.members[0] ?? 0) - (right.members[0] ?? 0));
  return {
    clusters,
    closurePairs: closure?.n ?? 0,
    oversized: found.oversized,
    ...(refitted.skipped ? { notRefitted: refitted.skipped } : {}),
  };
}

async function readSources(statements: Statements): Promise<readonly number[]> {
  const rows = await statements.rows<{ source_code: number }>({
    name: "source_codes",
    sql: "select source_code from temp.rec order by id",
  });
  return rows.map((row) => row.source_code);
}

/** Two records of one register are never together, also where their pair was not asked for and so has no link. */
function forbidden(
  members: readonly number[],
  links: readonly Link[],
  options: { readonly sourceOf: readonly number[]; readonly registers: ReadonlySet<number> },
): Link[] {
  const { sourceOf, registers } = options;
  const linked = new Set(links.map(({ one, other }) => `${one} ${other}`));
  const evidence = links[0]?.evidence.map(() => null) ?? [];
  return members.flatMap((record, one) =>
    members.flatMap((second, other): Link[] => {
      const source = sourceOf[record] ?? -1;
      const apart = one < other && source === sourceOf[second] && registers.has(source);
      if (!apart || linked.has(`${one} ${other}`)) return [];
      return [{ one, other, prior: 0, evidence, verdict: "never" }];
    }),
  );
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

async function readEdges(statements: Statements, verdicts: readonly Verdict[], cut: number) {
  const edges: { a: number[]; b: number[]; weight: number[] } = { a: [], b: [], weight: [] };
  for await (const batch of statements.batches({
    name: "edges",
    sql: `select a, b, match_weight
from temp.scored
where match_weight >= ${cut} and not never
order by a, b`,
  })) {
    const [a = [], b = [], weight = []] = batch.columns as readonly (readonly number[])[];
    for (let row = 0; row < batch.rowCount; row += 1) {
      edges.a.push(a[row] ?? 0);
      edges.b.push(b[row] ?? 0);
      edges.weight.push(weight[row] ?? 0);
    }
  }
  for (const { a, b, same } of verdicts) {
    if (!same) continue;
    edges.a.push(a);
    edges.b.push(b);
    edges.weight.push(Number.POSITIVE_INFINITY);
  }
  return edges;
}

async function stageComponents(statements: Statements, of: Int32Array): Promise<void> {
  await statements.run({
    name: "component",
    sql: "create or replace temp table component (id integer, component integer)",
  });
  const appender = await statements.warehouse.appender("component");
  for (const [record, component] of of.entries()) {
    if (component < 0) continue;
    appender.appendInteger(record);
    appender.appendInteger(component);
    appender.endRow();
  }
  appender.closeSync();
}

async function readLinks(
  statements: Statements,
  spec: MatcherSpec,
  options: {
    readonly model: Model;
    readonly count: number;
    readonly verdicts: readonly Verdict[];
    readonly registers: ReadonlySet<number>;
  },
): Promise<Link[][]> {
  const { model, count, verdicts, registers } = options;
  const repeats = [...registers].map((source) => sourcePairKey(source, source)).sort();
  const links: Link[][] = Array.from({ length: count }, () => []);
  const judged = new Map(verdicts.map(({ a, b, same }) => [`${a} ${b}`, same]));
  const evidence = spec.comparisons.map((comparison) => {
    const gamma = quote(`gamma_${comparison.name}`);
    return `case when ${gamma} >= 0 then ${evidenceSql(comparison, model)} end as ${quote(comparison.name)}`;
  });
  for await (const batch of statements.batches({
    name: "links",
    sql: `select
  l.component,
  scored.a,
  scored.b,
  never${repeats.length > 0 ? ` or source_pair in (${repeats.join(", ")})` : ""} as never,
  ${[`${priorSql(model)} as prior`, ...evidence].join(",\n  ")}
from temp.scored as scored
join temp.component as l on l.id = scored.a
join temp.component as r on r.id = scored.b and r.component = l.component
order by scored.a, scored.b`,
  })) {
    const [component = [], a = [], b = [], never = [], prior = [], ...weights] = batch.columns;
    for (let row = 0; row < batch.rowCount; row += 1) {
      const one = a[row] as number;
      const other = b[row] as number;
      const same = judged.get(`${one} ${other}`);
      const forbidden = same === undefined ? (never[row] as boolean) : !same;
      links[component[row] as number]?.push({
        one,
        other,
        prior: prior[row] as number,
        evidence: weights.map((column) => (column[row] ?? null) as number | null),
        ...(same ? { verdict: "must" } : forbidden ? { verdict: "never" } : {}),
      });
    }
  }
  return links;
}
