import { join } from "node:path";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { components, type Edges } from "../../matchers/kit/components.ts";
import { type Evaluation, evaluate } from "../scoreboard/evaluate.ts";
import type { Input } from "./inputs.ts";

export interface Judged extends Evaluation {
  readonly pairs: number;
}

/** Judges what an engine wrote to a folder. `componentsAt` puts connected components from that probability in place of its clusters. */
export async function judge(
  input: Input,
  options: { readonly out: string; readonly across: boolean; readonly componentsAt?: number },
): Promise<Judged> {
  const { out, across, componentsAt } = options;
  const warehouse = await Warehouse.open(":memory:", { settings: { threads: "2" } });
  try {
    await stageTruth(warehouse, input, across);
    await warehouse.run("create schema match");
    await warehouse.run(`create table match.thing_pairs as
select l.record_id as record_id_l, r.record_id as record_id_r, weight as match_weight, probability as match_probability
from read_parquet(${literal(join(out, "pairs.parquet"))}) as pairs
join truth_clusters as l on l.number = ${numberOf("pairs.id_l")}
join truth_clusters as r on r.number = ${numberOf("pairs.id_r")}`);
    if (componentsAt === undefined) {
      await warehouse.run(`create table match.thing_clusters as
select record_id, cluster as thing_id, count(*) over (partition by cluster) as cluster_size
from read_parquet(${literal(join(out, "clusters.parquet"))}) as clusters
join truth_clusters on number = ${numberOf("clusters.id")}`);
    } else await connect(warehouse, componentsAt);
    const evaluation = await evaluate(warehouse, { across, labels: false, partition: !across });
    const row = await warehouse.first<{ n: number }>(
      "select count(*)::double as n from match.thing_pairs",
    );
    return { ...evaluation, pairs: row?.n ?? 0 };
  } finally {
    warehouse.close();
  }
}

async function stageTruth(warehouse: Warehouse, input: Input, across: boolean): Promise<void> {
  await warehouse.run(`create table truth_clusters as
select id as record_id, split_part(id, ':', 1) as source, ${numberOf("id")} as number, cluster as cluster_id from read_parquet(${literal(input.truth)})`);
  await warehouse.run(`create table truth_pairs as
select l.record_id as l, r.record_id as r
from truth_clusters as l
join truth_clusters as r on l.cluster_id = r.cluster_id and l.record_id < r.record_id
${across ? "where l.source <> r.source" : ""}`);
}

/** Numbers are given once over all sources; what a tool puts before them is its own. */
function numberOf(id: string): string {
  return `split_part(':' || ${id}, ':', -1)::bigint`;
}

async function connect(warehouse: Warehouse, probability: number): Promise<void> {
  await warehouse.run(`create table numbered as
select record_id, (row_number() over (order by record_id) - 1)::integer as place from truth_clusters`);
  const from = `from match.thing_pairs as pairs
join numbered as l on l.record_id = record_id_l
join numbered as r on r.record_id = record_id_r
where match_probability >= ${probability}`;
  const counted = await warehouse.first<{ n: number }>(`select count(*)::double as n ${from}`);
  const rows = counted?.n ?? 0;
  const edges = {
    a: new Int32Array(rows),
    b: new Int32Array(rows),
    weight: new Float64Array(rows),
  };
  let filled = 0;
  for await (const { rowCount, columns } of warehouse.numbers(`select l.place, r.place ${from}`)) {
    edges.a.set(columns[0] as Int32Array, filled);
    edges.b.set(columns[1] as Int32Array, filled);
    filled += rowCount;
  }
  await storeComponents(warehouse, edges);
}

async function storeComponents(warehouse: Warehouse, edges: Edges): Promise<void> {
  const row = await warehouse.first<{ n: number }>("select count(*)::integer as n from numbered");
  const found = components(row?.n ?? 0, edges, { cut: 0, largest: Number.POSITIVE_INFINITY });
  await warehouse.run("create table component (place integer, component integer)");
  let alone = found.count;
  const own = found.of.map((component) => (component < 0 ? alone++ : component));
  await warehouse.appendNumbers("component", [own.map((_, place) => place), own]);
  await warehouse.run(`create table match.thing_clusters as
select record_id, component as thing_id, count(*) over (partition by component) as cluster_size
from component join numbered using (place)`);
}
