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
    // A tool that knows one source leaves it out of its ids.
    const named = (id: string) =>
      `case when ${id}::varchar like '%:%' then ${id}::varchar else 'all:' || ${id} end`;
    await warehouse.run(`create schema match`);
    await warehouse.run(`create table match.thing_pairs as
select ${named("id_l")} as record_id_l, ${named("id_r")} as record_id_r, weight as match_weight, probability as match_probability
from read_parquet(${literal(join(out, "pairs.parquet"))})`);
    if (componentsAt === undefined) {
      await warehouse.run(`create table match.thing_clusters as
select ${named("id")} as record_id, cluster as thing_id, count(*) over (partition by cluster) as cluster_size
from read_parquet(${literal(join(out, "clusters.parquet"))})`);
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
select id as record_id, split_part(id, ':', 1) as source, cluster as cluster_id from read_parquet(${literal(input.truth)})`);
  await warehouse.run(`create table truth_pairs as
select l.record_id as l, r.record_id as r
from truth_clusters as l
join truth_clusters as r on l.cluster_id = r.cluster_id and l.record_id < r.record_id
${across ? "where l.source <> r.source" : ""}`);
}

async function connect(warehouse: Warehouse, probability: number): Promise<void> {
  await warehouse.run(`create table numbered as
select record_id, (row_number() over (order by record_id) - 1)::integer as place from truth_clusters`);
  const edges: { a: number[]; b: number[]; weight: number[] } = { a: [], b: [], weight: [] };
  for await (const batch of warehouse.batches(`select l.place, r.place, 1::double
from match.thing_pairs as pairs
join numbered as l on l.record_id = record_id_l
join numbered as r on r.record_id = record_id_r
where match_probability >= ${probability}`)) {
    const [a = [], b = [], weight = []] = batch.columns as readonly (readonly number[])[];
    for (let row = 0; row < batch.rowCount; row += 1) {
      edges.a.push(a[row] ?? 0);
      edges.b.push(b[row] ?? 0);
      edges.weight.push(weight[row] ?? 0);
    }
  }
  await storeComponents(warehouse, edges);
}

async function storeComponents(warehouse: Warehouse, edges: Edges): Promise<void> {
  const row = await warehouse.first<{ n: number }>("select count(*)::integer as n from numbered");
  const found = components(row?.n ?? 0, edges, { cut: 0, largest: Number.POSITIVE_INFINITY });
  await warehouse.run("create table component (place integer, component integer)");
  const appender = await warehouse.appender("component");
  let alone = found.count;
  for (const [at, component] of found.of.entries()) {
    appender.appendInteger(at);
    appender.appendInteger(component < 0 ? alone++ : component);
    appender.endRow();
  }
  appender.closeSync();
  await warehouse.run(`create table match.thing_clusters as
select record_id, component as thing_id, count(*) over (partition by component) as cluster_size
from component join numbered using (place)`);
}
