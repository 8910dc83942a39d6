import type { Warehouse } from "../../engine/warehouse/warehouse.ts";

export interface ClusterScore {
  readonly records: number;
  readonly properties: number;
  readonly clusters: number;
  readonly wanted: number;
  readonly found: number;
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly b3: number;
}

/** Pairs inside clusters against pairs of one true property, and B³. Records the truth does not know are left out. */
export async function scoreClusters(warehouse: Warehouse): Promise<ClusterScore> {
  await warehouse.run(`create or replace temp table judged as
select clusters.record_id, clusters.hotel_id, truth.property_id, truth.is_lodging, truth.traps
from match.hotel_clusters as clusters
join truth using (record_id)`);
  const row = await warehouse.first<Record<string, number>>(`
with
both_sides as (select hotel_id, property_id, count(*)::double as n from judged group by all),
clusters as (select hotel_id, sum(n) as n from both_sides group by all),
properties as (select property_id, sum(n) as n from both_sides group by all)
select
  (select count(*) from judged)::double as records,
  (select count(*) from properties)::double as properties,
  (select count(*) from clusters)::double as clusters,
  (select sum(n * (n - 1) / 2) from properties) as wanted,
  (select sum(n * (n - 1) / 2) from clusters) as found,
  (select sum(n * (n - 1) / 2) from both_sides) as right_pairs,
  (select sum(b.n * b.n / c.n) / sum(b.n) from both_sides as b join clusters as c using (hotel_id)) as b3_precision,
  (select sum(b.n * b.n / p.n) / sum(b.n) from both_sides as b join properties as p using (property_id)) as b3_recall`);
  const figure = (name: string) => row?.[name] ?? 0;
  const precision = figure("right_pairs") / Math.max(1, figure("found"));
  const recall = figure("right_pairs") / Math.max(1, figure("wanted"));
  return {
    records: figure("records"),
    properties: figure("properties"),
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

/** Pairs of different properties that ended in one cluster, by the traps both stand in. */
export async function trapMerges(
  warehouse: Warehouse,
): Promise<{ readonly trap: string; readonly pairs: number }[]> {
  return await warehouse.rows<{ trap: string; pairs: number }>(`
with
members as (select distinct hotel_id, property_id, traps from judged),
merged as (
  select l.property_id as one, r.property_id as other,
    l.traps as l_traps, r.traps as r_traps
  from members as l
  join members as r on l.hotel_id = r.hotel_id and l.property_id < r.property_id
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
export async function mistakes(warehouse: Warehouse): Promise<string[]> {
  const lines: string[] = [];
  // Two equality joins: one with "or" would compare every record with every other.
  await warehouse.run(`create or replace temp table judged_pairs as
select l.record_id as l, r.record_id as r, l.traps, l.hotel_id = r.hotel_id as joined, l.property_id = r.property_id as same
from judged as l
join judged as r on l.hotel_id = r.hotel_id and l.record_id < r.record_id
union
select l.record_id as l, r.record_id as r, l.traps, l.hotel_id = r.hotel_id as joined, l.property_id = r.property_id as same
from judged as l
join judged as r on l.property_id = r.property_id and l.record_id < r.record_id`);
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
  a.record_id as l, a.hotel_name as l_name, a.name_core as l_core, a.brand as l_brand, a.address as l_address, a.city_key as l_city, a.phone as l_phone, a.website as l_site, a.latitude as l_lat, a.category as l_category,
  b.record_id as r, b.hotel_name as r_name, b.name_core as r_core, b.brand as r_brand, b.address as r_address, b.city_key as r_city, b.phone as r_phone, b.website as r_site, b.latitude as r_lat, b.category as r_category,
  pairs.match_weight::double as weight, pairs.decision
from judged_pairs
join resolution.hotel_records as a on a.record_id = judged_pairs.l
join resolution.hotel_records as b on b.record_id = judged_pairs.r
left join match.hotel_pairs as pairs on pairs.record_id_l = judged_pairs.l and pairs.record_id_r = judged_pairs.r
where judged_pairs.joined <> judged_pairs.same
order by hash(judged_pairs.l || judged_pairs.r), judged_pairs.l, judged_pairs.r
limit 40`);
  for (const row of examples) {
    const side = (at: "l" | "r") =>
      ["", "_name", "_core", "_brand", "_address", "_city", "_phone", "_site", "_lat", "_category"]
        .map((part) => row[`${at}${part}`] ?? "·")
        .join(" | ");
    lines.push(
      "",
      `${row.kind}  ${row.weight ?? "no pair"}  ${row.decision ?? ""}  ${row.traps}`,
      `  ${side("l")}`,
      `  ${side("r")}`,
    );
  }
  return lines;
}

function harmonic(one: number, other: number): number {
  return one + other === 0 ? 0 : (2 * one * other) / (one + other);
}
