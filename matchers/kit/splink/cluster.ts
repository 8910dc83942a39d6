import { stageComponents } from "../cluster.ts";
import { components, type Edges } from "../components.ts";
import { type Cluster, type Links, link } from "../linkage.ts";
import { weightOf } from "../model.ts";
import type { Statements } from "../statements.ts";

/** Weight from which a pair ties two records into one group, to be looked at as a whole. */
const COMPONENT_CUT = -3;
/** A group of more records is cut at a higher weight first. */
const LARGEST_COMPONENT = 400;
/** Pairs inside groups, as a multiple of the candidates, above which groups are drawn tighter. */
const MOST_INSIDE = 1.5;
const FREE_PAIRS = 2_000_000;
/** No single pair says more, for or against, of two clusters. */
const MOST_BITS = 15;

/**
 * Clusters of `temp.scored`: the pairs that no rule found inside a group are scored too (appended without a match_key),
 * then the clusters that fit best on average are merged. Makes `temp.assigned`.
 */
export async function linkPairs(
  statements: Statements,
  options: { readonly scored: (pairs: string) => string; readonly merge: number },
): Promise<{ readonly clusters: number; readonly closurePairs: number }> {
  const { scored, merge } = options;
  const [counted] = await statements.rows<{ records: number; candidates: number }>({
    name: "counts",
    sql: `select
  (select count(*) from temp.rec)::integer as records,
  (select count(*) from temp.scored)::double as candidates`,
  });
  const { records = 0, candidates = 0 } = counted ?? {};
  const { of, count } = components(records, await readEdges(statements), {
    cut: COMPONENT_CUT,
    largest: LARGEST_COMPONENT,
    affordable: Math.max(FREE_PAIRS, candidates * MOST_INSIDE),
  });
  await stageComponents(statements, of);
  await statements.runAll([
    {
      name: "closure",
      sql: `create or replace temp table closure as
select l.id as a, r.id as b, null::integer as match_key
from temp.component as l
join temp.component as r on l.component = r.component and l.id < r.id
anti join temp.scored as scored on scored.a = l.id and scored.b = r.id`,
    },
    { name: "closure_scored", sql: `insert into temp.scored by name\n${scored("temp.closure")}` },
  ]);
  const [closure] = await statements.rows<{ n: number }>({
    name: "closure_count",
    sql: "select count(*)::double as n from temp.closure",
  });
  const clusters = await linkAll(statements, { of, count, cut: weightOf(merge) });
  await stageClusters(statements, records, clusters);
  return { clusters: clusters.length, closurePairs: closure?.n ?? 0 };
}

async function readEdges(statements: Statements): Promise<Edges> {
  const from = `from temp.scored where match_weight >= ${COMPONENT_CUT}`;
  const [counted] = await statements.rows<{ n: number }>({
    name: "edge_count",
    sql: `select count(*)::double as n ${from}`,
  });
  const rows = counted?.n ?? 0;
  const edges = {
    a: new Int32Array(rows),
    b: new Int32Array(rows),
    weight: new Float64Array(rows),
  };
  let filled = 0;
  for await (const { rowCount, columns } of statements.numbers({
    name: "edges",
    sql: `select a, b, match_weight ${from}`,
  })) {
    const [ones = [], others = [], weights = []] = columns;
    edges.a.set(ones as Int32Array, filled);
    edges.b.set(others as Int32Array, filled);
    edges.weight.set(weights as Float64Array, filled);
    filled += rowCount;
  }
  return edges;
}

async function linkAll(
  statements: Statements,
  groups: { readonly of: Int32Array; readonly count: number; readonly cut: number },
): Promise<Cluster[]> {
  const { of, count, cut } = groups;
  const members: number[][] = Array.from({ length: count }, () => []);
  const place = new Int32Array(of.length);
  const clusters: Cluster[] = [];
  for (const [record, component] of of.entries()) {
    const inside = members[component];
    if (inside) place[record] = inside.push(record) - 1;
    else clusters.push({ members: [record], confidence: 1 });
  }
  const open = {
    component: -1,
    one: [] as number[],
    other: [] as number[],
    weight: [] as number[],
  };
  const close = () => {
    if (open.component < 0) return;
    const links = linksOf(open);
    clusters.push(...link({ members: members[open.component] ?? [], links }, cut));
    for (const column of [open.one, open.other, open.weight]) column.length = 0;
  };
  for await (const { rowCount, columns } of statements.numbers({
    name: "links",
    sql: `select l.component, a, b, greatest(-${MOST_BITS}, least(${MOST_BITS}, match_weight)) as weight
from temp.scored
join temp.component as l on l.id = a
join temp.component as r on r.id = b and r.component = l.component
order by l.component, a, b`,
  })) {
    const [component, a, b, weight] = columns;
    for (let row = 0; row < rowCount; row += 1) {
      if (component?.[row] !== open.component) {
        close();
        open.component = Number(component?.[row]);
      }
      open.one.push(place[Number(a?.[row])] ?? 0);
      open.other.push(place[Number(b?.[row])] ?? 0);
      open.weight.push(Number(weight?.[row]));
    }
  }
  close();
  return clusters.sort((left, right) => (left.members[0] ?? 0) - (right.members[0] ?? 0));
}

/** The weight as a whole stands where a matcher of ours keeps what was believed before, and each comparison beside it. */
function linksOf(pairs: {
  readonly one: readonly number[];
  readonly other: readonly number[];
  readonly weight: readonly number[];
}): Links {
  const count = pairs.weight.length;
  return {
    count,
    one: Int32Array.from(pairs.one),
    other: Int32Array.from(pairs.other),
    prior: Float64Array.from(pairs.weight),
    comparisons: 0,
    evidence: new Float64Array(0),
    verdict: new Int8Array(count),
  };
}

async function stageClusters(
  statements: Statements,
  records: number,
  clusters: readonly Cluster[],
): Promise<void> {
  const columns = {
    id: new Int32Array(records),
    cluster: new Int32Array(records),
    size: new Int32Array(records),
    confidence: new Float64Array(records),
  };
  let row = 0;
  for (const [index, { members, confidence }] of clusters.entries()) {
    for (const member of members) {
      columns.id[row] = member;
      columns.cluster[row] = index + 1;
      columns.size[row] = members.length;
      columns.confidence[row] = confidence;
      row += 1;
    }
  }
  await statements.run({
    name: "assigned",
    sql: "create or replace temp table assigned (id integer, cluster_id integer, cluster_size integer, confidence double)",
  });
  await statements.warehouse.appendNumbers("assigned", Object.values(columns));
}
