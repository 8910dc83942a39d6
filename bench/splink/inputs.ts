import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { literal } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { personsCsv } from "./persons.ts";
import { rotatedSql } from "./rotate.ts";

export interface Input {
  /** Records of any engine: unique_id, source_dataset and the set's own columns, nothing that tells the truth. */
  readonly records: string;
  /** For the judge alone: id and cluster. */
  readonly truth: string;
  readonly count: number;
}

/** A labelled set of a folder, copied `copies` times with other letters. */
export async function labelledInput(
  warehouse: Warehouse,
  options: { readonly set: string; readonly copies: number; readonly folder: string },
): Promise<Input> {
  const { set, copies, folder } = options;
  const file = literal(join(set, "records.parquet"));
  return await writeInput(
    warehouse,
    copies === 1
      ? `select source, rec_id, cluster_id, * exclude (source, rec_id, cluster_id) from read_parquet(${file})`
      : rotatedSql(`read_parquet(${file})`, copies),
    folder,
  );
}

/** Persons made up by a generator, for a clone without any set. */
export async function generatedInput(
  warehouse: Warehouse,
  options: { readonly entities: number; readonly folder: string },
): Promise<Input> {
  const { entities, folder } = options;
  const csv = join(folder, "generated.csv");
  writeFileSync(csv, personsCsv(entities));
  return await writeInput(
    warehouse,
    `from read_csv(${literal(csv)}, header = true, all_varchar = true)`,
    folder,
  );
}

/** Ids that say nothing, in an order that says nothing: both give the truth away in many sets. */
async function writeInput(warehouse: Warehouse, sql: string, folder: string): Promise<Input> {
  const [records, truth] = [join(folder, "records.parquet"), join(folder, "truth.parquet")];
  await warehouse.run(`create or replace temp table hidden as
select row_number() over (order by md5('hidden' || rec_id), rec_id) as unique_id, * exclude (rec_id)
from (${sql})`);
  await warehouse.run(
    `copy (select unique_id, source as source_dataset, * exclude (unique_id, source, cluster_id) from hidden order by unique_id) to ${literal(records)}`,
  );
  await warehouse.run(
    `copy (select source || ':' || unique_id as id, cluster_id as cluster from hidden) to ${literal(truth)}`,
  );
  const row = await warehouse.first<{ n: number }>("select count(*)::double as n from hidden");
  await warehouse.run("drop table hidden");
  return { records, truth, count: row?.n ?? 0 };
}
