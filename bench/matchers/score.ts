import type { Warehouse } from "../../engine/warehouse/warehouse.ts";

export interface ClusterScore {
  readonly records: number;
  /** True hotels, persons or organizations. */
  readonly truths: number;
  readonly clusters: number;
  readonly wanted: number;
  readonly found: number;
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly b3: number;
}

/**
 * Pairs inside clusters against pairs of one true entity, and B³. Records that table `truth` (record_id, true_id, traps)
 * does not know are left out.
 */
export async function scoreClusters(warehouse: Warehouse, entity: string): Promise<ClusterScore> {
  await warehouse.run(`create or replace temp table judged as
select clusters.record_id, clusters.${entity}_id as found_id, truth.true_id, truth.traps
from match.${entity}_clusters as clusters
join truth using (record_id)`);
  const row = await warehouse.first<Record<string, number>>(`
with
both_sides as (select found_id, true_id, count(*)::double as n from judged group by all),
clusters as (select found_id, sum(n) as n from both_sides group by all),
truths as (select true_id, sum(n) as n from both_sides group by all)
select
  (select count(*) from judged)::double as records,
  (select count(*) from truths)::double as truths,
  (select count(*) from clusters)::double as clusters,
  (select sum(n * (n - 1) / 2) from truths) as wanted,
  (select sum(n * (n - 1) / 2) from clusters) as found,
  (select sum(n * (n - 1) / 2) from both_sides) as right_pairs,
  (select sum(b.n * b.n / c.n) / sum(b.n) from both_sides as b join clusters as c using (found_id)) as b3_precision,
  (select sum(b.n * b.n / p.n) / sum(b.n) from both_sides as b join truths as p using (true_id)) as b3_recall`);
  const figure = (name: string) => row?.[name] ?? 0;
  const precision = figure("right_pairs") / Math.max(1, figure("found"));
  const recall = figure("right_pairs") / Math.max(1, figure("wanted"));
  return {
    records: figure("records"),
    truths: figure("truths"),
    clusters: figure("clusters"),
    wanted: figure("wanted"),
    found: figure("found"),
    right: figure("right_pairs"),
    precision,
    recall,
    f1: harmonic(precision, recall),
    b3: harmonic(figure("b3_precision"), figure("b3_recall")),
  };
}

/** Pairs of different entities that ended in one cluster, by the traps both stand in. */
export async function trapMerges(
  warehouse: Warehouse,
): Promise<{ readonly trap: string; readonly pairs: number }[]> {
  return await warehouse.rows<{ trap: string; pairs: number }>(`
with
members as (select distinct found_id, true_id, traps from judged),
merged as (
  select l.true_id as one, r.true_id as other,
    l.traps as l_traps, r.traps as r_traps
  from members as l
  join members as r on l.found_id = r.found_id and l.true_id < r.true_id
),
named as (
  select one, other, unnest(
    case when len(list_intersect(l_traps, r_traps)) > 0 then list_intersect(l_traps, r_traps) else ['(no trap in common)'] end
  ) as trap
  from merged
)
select trap, count(distinct (one, other))::integer as pairs
from named
group by trap
order by pairs desc, trap`);
}

/** The mistakes by trap, and examples: pairs joined wrongly and pairs missed. */
export async function mistakes(
  warehouse: Warehouse,
  entity: string,
  shown: readonly string[],
): Promise<string[]> {
  const lines: string[] = [];
  // Two equality joins: one with "or" would compare every record with every other.
  await warehouse.run(`create or replace temp table judged_pairs as
select l.record_id as l, r.record_id as r, l.traps, l.found_id = r.found_id as joined, l.true_id = r.true_id as same
from judged as l
join judged as r on l.found_id = r.found_id and l.record_id < r.record_id
union
select l.record_id as l, r.record_id as r, l.traps, l.found_id = r.found_id as joined, l.true_id = r.true_id as same
from judged as l
join judged as r on l.true_id = r.true_id and l.record_id < r.record_id`);
  const counted = await warehouse.rows<{
    kind: string;
    sources: string;
    traps: string;
    n: number;
  }>(`
select
  case when joined then 'wrong' else 'missed' end as kind,
  split_part(l, ':', 1) || ' × ' || split_part(r, ':', 1) as sources,
  array_to_string(traps, ' ') as traps,
  count(*)::integer as n
from judged_pairs
where joined <> same
group by all
order by n desc, sources, traps, kind
limit 30`);
  for (const { kind, sources, traps, n } of counted)
    lines.push(`${kind}  ${n}  ${sources}  ${traps}`);
  const examples = await warehouse.rows<Record<string, unknown>>(`
select
  case when judged_pairs.joined then 'wrong' else 'missed' end as kind, array_to_string(judged_pairs.traps, ' ') as traps,
  concat_ws(' | ', a.record_id, ${shown.map((column) => `coalesce(a.${column}::varchar, '·')`).join(", ")}) as l,
  concat_ws(' | ', b.record_id, ${shown.map((column) => `coalesce(b.${column}::varchar, '·')`).join(", ")}) as r,
  pairs.match_weight::double as weight, pairs.decision
from judged_pairs
join resolution.${entity}_records as a on a.record_id = judged_pairs.l
join resolution.${entity}_records as b on b.record_id = judged_pairs.r
left join match.${entity}_pairs as pairs on pairs.record_id_l = judged_pairs.l and pairs.record_id_r = judged_pairs.r
where judged_pairs.joined <> judged_pairs.same
order by hash(judged_pairs.l || judged_pairs.r), judged_pairs.l, judged_pairs.r
limit 40`);
  for (const row of examples) {
    lines.push(
      "",
      `${row.kind}  ${row.weight ?? "no pair"}  ${row.decision ?? ""}  ${row.traps}`,
      `  ${row.l}`,
      `  ${row.r}`,
    );
  }
  return lines;
}

function harmonic(one: number, other: number): number {
  return one + other === 0 ? 0 : (2 * one * other) / (one + other);
}
