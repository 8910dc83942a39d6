import { literal } from "../../engine/warehouse/quote.ts";

/** The columns that the landed records of a batch have, in order of their names. */
export async function landedColumns(parts: readonly string[], batchId: string): Promise<string[]> {
  const { Warehouse } = await import("../../engine/warehouse/warehouse.ts");
  const memory = await Warehouse.open(":memory:");
  try {
    const rows = await memory.rows<{ name: string }>(
      `select distinct unnest(json_keys(record)) as name
      from read_parquet([${parts.map(literal).join(", ")}], union_by_name = true)
      where batch_id = $batch and record is not null
      order by name`,
      { batch: batchId },
    );
    return rows.map(({ name }) => name);
  } finally {
    memory.close();
  }
}
