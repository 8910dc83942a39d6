import { stageComponents } from "../cluster.ts";
import { components } from "../components.ts";
import { type Link, link } from "../linkage.ts";
import { weightOf } from "../model.ts";
import type { Statements } from "../statements.ts";

/** Weight from which a pair ties two records into one group, to be looked at as a whole. */
const COMPONENT_CUT = -3;
/** A group of more records is cut at a higher weight first. */
const LARGEST_COMPONENT = 400;
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
  const [counted] = await statements.rows<{ n: number }>({
    name: "records_count",
    sql: "select count(*)::integer as n from temp.rec",
  });
  const records = counted?.n ?? 0;
  const edges = await readPairs(
    statements,
    "edges",
    `from temp.scored where match_weight >= ${COMPONENT_CUT}`,
  );
  const found = components(records, edges, { cut: COMPONENT_CUT, largest: LARGEST_COMPONENT });
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
    { name: "closure_scored", sql: `insert into temp.scored by name\n${scored("temp.closure")}` },
  ]);
  const [closure] = await statements.rows<{ n: number }>({
    name: "closure_count",
    sql: "select count(*)::double as n from temp.closure",
  });
  const members: number[][] = Array.from({ length: found.count }, () => []);
  const position = new Int32Array(records);
  const clusters: { readonly members: readonly number[]; readonly confidence: number }[] = [];
  for (let record = 0; record < records; record += 1) {
    const inside = members[found.of[record] ?? -1];
    if (inside) position[record] = inside.push(record) - 1;
    else clusters.push({ members: [record], confidence: 1 });
  }
  const links: Link[][] = members.map(() => []);
  const inside = await readPairs(
    statements,
    "links",
    `from temp.scored
join temp.component as lc on lc.id = a
join temp.component as rc on rc.id = b and rc.component = lc.component`,
  );
  for (const [row, a] of inside.a.entries()) {
    const weight = Math.max(-MOST_BITS, Math.min(MOST_BITS, inside.weight[row] ?? 0));
    links[found.of[a] ?? 0]?.push({
      one: position[a] ?? 0,
      other: position[inside.b[row] ?? 0] ?? 0,
      prior: weight,
      evidence: [],
    });
  }
  for (const [component, own] of members.entries()) {
    clusters.push(...link({ members: own, links: links[component] ?? [] }, weightOf(merge)));
  }
  clusters.sort((left, right) => (left.members[0] ?? 0) - (right.members[0] ?? 0));
  await stageClusters(statements, clusters);
  return { clusters: clusters.length, closurePairs: closure?.n ?? 0 };
}

async function readPairs(statements: Statements, name: string, from: string) {
  const pairs: { a: number[]; b: number[]; weight: number[] } = { a: [], b: [], weight: [] };
  for await (const batch of statements.batches({
    name,
    sql: `select a, b, match_weight ${from} order by a, b`,
  })) {
    const [a = [], b = [], weight = []] = batch.columns as readonly (readonly number[])[];
    for (let row = 0; row < batch.rowCount; row += 1) {
      pairs.a.push(a[row] ?? 0);
      pairs.b.push(b[row] ?? 0);
      pairs.weight.push(weight[row] ?? 0);
    }
  }
  return pairs;
}

async function stageClusters(
  statements: Statements,
  clusters: readonly { readonly members: readonly number[]; readonly confidence: number }[],
): Promise<void> {
  await statements.run({
    name: "assigned",
    sql: "create or replace temp table assigned (id integer, cluster_id bigint, cluster_size integer, confidence double)",
  });
  const appender = await statements.warehouse.appender("assigned");
  for (const [index, { members, confidence }] of clusters.entries()) {
    for (const member of members) {
      appender.appendInteger(member);
      appender.appendBigInt(BigInt(index + 1));
      appender.appendInteger(members.length);
      appender.appendDouble(confidence);
      appender.endRow();
    }
  }
  appender.closeSync();
}
