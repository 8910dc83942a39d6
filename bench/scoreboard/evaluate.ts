import type { Warehouse } from "../../engine/warehouse/warehouse.ts";

export interface Evaluation {
  readonly edge: Figures;
  /** The best F1 any cut would give, and the weight of that cut: known to the evaluator alone. */
  readonly best: { readonly f1: number; readonly weight: number };
  readonly cluster: Figures;
  /** Null where the truth is no partition of the records. */
  readonly b3: number | null;
  /** Mean distance of probability and truth, over pairs at 0.5 and above. */
  readonly calibration: number;
}

export interface Figures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Judges `match.thing_pairs` and `match.thing_clusters` by the tables `truth_pairs` (l, r; l < r) and, where only some pairs
 * were labelled, `judged_pairs`. `across` leaves out pairs within a source.
 */
export async function evaluate(
  warehouse: Warehouse,
  options: { readonly across: boolean; readonly labels: boolean; readonly partition: boolean },
): Promise<Evaluation> {
  const counts = options.labels
    ? "semi join judged_pairs using (l, r)"
    : options.across
      ? "where split_part(l, ':', 1) <> split_part(r, ':', 1)"
      : "";
  await warehouse.run(`create or replace temp table found_edges as
select l, r, match_weight::double as weight, match_probability::double as probability, truth.l is not null as hit
from (
  select
    least(record_id_l, record_id_r) as l, greatest(record_id_l, record_id_r) as r,
    match_weight, match_probability
  from match.thing_pairs
) as found
left join truth_pairs as truth using (l, r)
${counts}`);
  await warehouse.run(`create or replace temp table found_links as
select l, r, truth.l is not null as hit
from (
  select one.record_id as l, other.record_id as r
  from match.thing_clusters as one
  join match.thing_clusters as other on one.thing_id = other.thing_id and one.record_id < other.record_id
  where one.cluster_size > 1
) as found
left join truth_pairs as truth using (l, r)
${counts}`);
  const wanted = await countOf(warehouse, "select count(*)::double as n from truth_pairs");
  return {
    edge: await figuresOf(warehouse, "(from found_edges where probability >= 0.5)", wanted),
    best: await bestCut(warehouse, wanted),
    cluster: await figuresOf(warehouse, "found_links", wanted),
    b3: options.partition ? await bCubed(warehouse) : null,
    calibration: await calibrationError(warehouse),
  };
}

async function countOf(warehouse: Warehouse, sql: string): Promise<number> {
  return (await warehouse.first<{ n: number }>(sql))?.n ?? 0;
}

async function figuresOf(warehouse: Warehouse, found: string, wanted: number): Promise<Figures> {
  const row = await warehouse.first<{ found: number; hits: number }>(
    `select count(*)::double as found, count(*) filter (where hit)::double as hits from ${found}`,
  );
  const precision = (row?.hits ?? 0) / Math.max(1, row?.found ?? 0);
  const recall = (row?.hits ?? 0) / Math.max(1, wanted);
  return { precision, recall, f1: harmonic(precision, recall) };
}

async function bestCut(warehouse: Warehouse, wanted: number): Promise<Evaluation["best"]> {
  const row = await warehouse.first<{ f1: number; weight: number }>(
    `select 2 * hits / (found + $1) as f1, weight
from (
  select
    weight,
    sum(count(*)) over (order by weight desc) as found,
    sum(count(*) filter (where hit)) over (order by weight desc) as hits
  from found_edges
  group by weight
)
order by f1 desc, weight desc
limit 1`,
    [wanted],
  );
  return { f1: row?.f1 ?? 0, weight: row?.weight ?? 0 };
}

async function bCubed(warehouse: Warehouse): Promise<number> {
  const row = await warehouse.first<{ precision: number; recall: number }>(`with
both_sides as (
  select thing_id, cluster_id, count(*)::double as n
  from match.thing_clusters
  join truth_clusters using (record_id)
  group by all
),
clusters as (select thing_id, sum(n) as n from both_sides group by all),
entities as (select cluster_id, sum(n) as n from both_sides group by all)
select
  (select sum(b.n * b.n / c.n) / sum(b.n) from both_sides as b join clusters as c using (thing_id)) as precision,
  (select sum(b.n * b.n / e.n) / sum(b.n) from both_sides as b join entities as e using (cluster_id)) as recall`);
  return harmonic(row?.precision ?? 0, row?.recall ?? 0);
}

async function calibrationError(warehouse: Warehouse): Promise<number> {
  return await countOf(
    warehouse,
    `select coalesce(sum(n * abs(said - was)) / sum(n), 0) as n
from (
  select count(*)::double as n, avg(probability) as said, avg(hit::double) as was
  from found_edges
  where probability >= 0.5
  group by least(9, floor(probability * 10))
)`,
  );
}

function harmonic(one: number, other: number): number {
  return one + other === 0 ? 0 : (2 * one * other) / (one + other);
}
