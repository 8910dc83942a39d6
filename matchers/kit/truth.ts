import { EltError } from "../../engine/errors.ts";
import { quote } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { components } from "./components.ts";
import { firstAmong, readerSql } from "./tables.ts";

export interface ResultFiles {
  readonly pairs: string;
  readonly clusters: string;
  readonly truth: string;
}

export type TruthKind = "entities" | "pairs" | "labels";

export interface StagedTruth {
  readonly kind: TruthKind;
  readonly notes: readonly string[];
  /** Do the pairs say what the tool decided, and which rule found them? */
  readonly has: { readonly decision: boolean; readonly matchKey: boolean };
}

const LEFT = ["record_id_l", "id_l", "unique_id_l", "l"];
const RIGHT = ["record_id_r", "id_r", "unique_id_r", "r"];
const RECORD = ["record_id", "rec_id", "id", "unique_id"];
const CLUSTER = ["cluster_id", "hotel_id", "cluster", "entity_id", "entity"];
const ENTITY = ["entity", "entity_id", "cluster_id", "cluster", "property_id"];
const LABEL = ["label", "is_match", "match"];

/**
 * Stages what is to be judged and what is true: `judged_clusters` (record_id, cluster), `scored` (l, r, weight,
 * probability, decided, candidate), `true_pairs` (l, r), `labels` (l, r, label) when the truth has labels,
 * `entities` (record_id, entity) when it has not. Only records and pairs the truth knows are kept.
 */
export async function stageTruth(warehouse: Warehouse, files: ResultFiles): Promise<StagedTruth> {
  const truthColumns = await columnsOf(warehouse, files.truth);
  const truthLeft = LEFT.find((name) => truthColumns.includes(name));
  const label = truthLeft ? LABEL.find((name) => truthColumns.includes(name)) : undefined;
  const kind: TruthKind = truthLeft === undefined ? "entities" : label ? "labels" : "pairs";
  await stageClusters(warehouse, files.clusters);
  const notes =
    kind === "entities"
      ? await stageEntities(warehouse, files.truth, truthColumns)
      : await stageTruePairs(warehouse, files.truth, { columns: truthColumns, label });
  const has = await stageScored(warehouse, files.pairs, kind);
  return { kind, notes, has };
}

async function stageClusters(warehouse: Warehouse, file: string): Promise<void> {
  const columns = await columnsOf(warehouse, file);
  const record = columnAmong(RECORD, columns, file);
  const rest = columns.filter((name) => name !== record);
  const cluster = columnAmong(CLUSTER, rest, file);
  const self = columns.includes("self_weight") ? "self_weight::double" : "null::double";
  await warehouse.run(`create or replace temp table judged_clusters as
select ${quote(record)}::varchar as record_id, ${quote(cluster)}::varchar as cluster, ${self} as self_weight
from ${readerSql(file)}`);
}

async function stageEntities(
  warehouse: Warehouse,
  file: string,
  columns: readonly string[],
): Promise<string[]> {
  const record = columnAmong(RECORD, columns, file);
  const rest = columns.filter((name) => name !== record);
  const entity = rest.length === 1 ? (rest[0] ?? "") : columnAmong(ENTITY, rest, file);
  await warehouse.run(`create or replace temp table entities as
select ${quote(record)}::varchar as record_id, min(${quote(entity)}::varchar) as entity
from ${readerSql(file)}
where ${quote(entity)} is not null
group by all`);
  const [counts] = await warehouse.rows<{ absent: number; unknown: number; contrary: number }>(`
select
  (select count(*)::integer from entities anti join judged_clusters using (record_id)) as absent,
  (select count(*)::integer from judged_clusters anti join entities using (record_id)) as unknown,
  (select count(*)::integer from (
    select 1 from ${readerSql(file)} group by ${quote(record)} having count(distinct ${quote(entity)}) > 1
  )) as contrary`);
  await warehouse.run(`create or replace temp table true_pairs as
select l.record_id as l, r.record_id as r
from entities as l
join entities as r on l.entity = r.entity and l.record_id < r.record_id`);
  // A record the clusters lack is missed, and its pairs with it; one the truth lacks cannot be judged.
  await warehouse.run(
    "delete from judged_clusters where record_id not in (select record_id from entities)",
  );
  return [
    ...noteOf(counts?.absent, "of the truth are in no cluster: their pairs count as missed"),
    ...noteOf(counts?.unknown, "are not in the truth: they are left out"),
    ...noteOf(counts?.contrary, "have two entities in the truth: the first by name is taken"),
  ];
}

async function stageTruePairs(
  warehouse: Warehouse,
  file: string,
  { columns, label }: { readonly columns: readonly string[]; readonly label: string | undefined },
): Promise<string[]> {
  const [left, right] = [columnAmong(LEFT, columns, file), columnAmong(RIGHT, columns, file)];
  const [l, r] = [`${quote(left)}::varchar`, `${quote(right)}::varchar`];
  const labelSql = label === undefined ? "true" : `try_cast(${quote(label)}::varchar as boolean)`;
  await warehouse.run(`create or replace temp table labels as
select least(${l}, ${r}) as l, greatest(${l}, ${r}) as r, bool_and(${labelSql}) as label
from ${readerSql(file)}
where ${l} <> ${r}
group by 1, 2
having bool_and(${labelSql}) = bool_or(${labelSql})`);
  await warehouse.run(
    "create or replace temp table true_pairs as select l, r from labels where label",
  );
  if (label === undefined) await stageComponents(warehouse);
  const [counts] = await warehouse.rows<{ absent: number }>(`
select count(*)::integer as absent
from (select l as record_id from true_pairs union select r from true_pairs)
anti join judged_clusters using (record_id)`);
  return noteOf(counts?.absent, "of the true pairs are in no cluster: their pairs count as missed");
}

/** Records tied by true pairs are one entity, all others one each. */
async function stageComponents(warehouse: Warehouse): Promise<void> {
  const records = await warehouse.rows<{ record_id: string }>(`
select record_id from judged_clusters
union
select l from true_pairs
union
select r from true_pairs
order by 1`);
  const at = new Map(records.map(({ record_id }, index) => [record_id, index]));
  const pairs = await warehouse.rows<{ l: string; r: string }>("select l, r from true_pairs");
  const { of } = components(
    records.length,
    {
      a: Int32Array.from(pairs, ({ l }) => at.get(l) ?? 0),
      b: Int32Array.from(pairs, ({ r }) => at.get(r) ?? 0),
      weight: new Float64Array(pairs.length).fill(1),
    },
    { cut: 0, largest: Number.POSITIVE_INFINITY },
  );
  await warehouse.run("create or replace temp table entities (record_id varchar, entity varchar)");
  const appender = await warehouse.appender("entities");
  for (const [index, { record_id }] of records.entries()) {
    const component = of[index] ?? -1;
    appender.appendVarchar(record_id);
    appender.appendVarchar(component < 0 ? `alone ${index}` : String(component));
    appender.endRow();
  }
  appender.closeSync();
}

async function stageScored(
  warehouse: Warehouse,
  file: string,
  kind: TruthKind,
): Promise<StagedTruth["has"]> {
  const columns = await columnsOf(warehouse, file);
  const l = `${quote(columnAmong(LEFT, columns, file))}::varchar`;
  const r = `${quote(columnAmong(RIGHT, columns, file))}::varchar`;
  const said = columnAmong(["match_probability", "probability"], columns, file);
  const probability = `${quote(said)}::double`;
  const weight = ["match_weight", "weight"].find((name) => columns.includes(name));
  const has = {
    decision: columns.includes("decision"),
    matchKey: columns.includes("match_key"),
  };
  const known = {
    entities:
      "semi join entities as le on le.record_id = pairs.l semi join entities as re on re.record_id = pairs.r",
    pairs: "",
    labels: "semi join labels on labels.l = pairs.l and labels.r = pairs.r",
  }[kind];
  const bits = `log2(greatest(${probability}, 1e-12) / greatest(1 - ${probability}, 1e-12))`;
  await warehouse.run(`create or replace temp table scored as
with

pairs as (

  select
    least(${l}, ${r}) as l,
    greatest(${l}, ${r}) as r,
    max(${weight === undefined ? bits : quote(weight)})::double as weight,
    max(${probability})::double as probability,
    bool_or(${has.decision ? "decision in ('merge', 'same')" : `${probability} >= 0.5`}) as decided,
    bool_or(${has.matchKey ? "match_key is not null" : "true"}) as candidate
  from ${readerSql(file)}
  group by 1, 2

)

select pairs.*, true_pairs.l is not null as is_true
from pairs
${known}
left join true_pairs on true_pairs.l = pairs.l and true_pairs.r = pairs.r`);
  return has;
}

async function columnsOf(warehouse: Warehouse, file: string): Promise<string[]> {
  const columns = await warehouse.describe(`select * from ${readerSql(file)}`).catch((error) => {
    throw new EltError(`cannot read ${file}`, { cause: error, exitCode: 2 });
  });
  return columns.map(({ name }) => name);
}

function columnAmong(wanted: readonly string[], columns: readonly string[], file: string): string {
  const found = firstAmong(wanted, columns);
  if (found !== undefined) return found;
  throw new EltError(`${file} has none of the columns ${wanted.join(", ")}`, {
    hint: `rename one of ${columns.join(", ")}`,
    exitCode: 2,
  });
}

function noteOf(count: number | undefined, text: string): string[] {
  return count ? [`${count.toLocaleString("en-US")} records ${text}`] : [];
}
