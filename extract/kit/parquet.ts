import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../engine/errors.ts";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { Failure } from "./classify.ts";
import type { Found } from "./formats.ts";

/** Records of a Parquet file, each column as DuckDB writes it in JSON. */
export async function* readParquet(body: Buffer): AsyncGenerator<Found> {
  const folder = await mkdtemp(join(tmpdir(), "leadhouse-parquet-"));
  const memory = await Warehouse.open(":memory:");
  try {
    const path = join(folder, "list.parquet");
    await writeFile(path, body);
    const sql = `select to_json(list)::varchar from read_parquet(${literal(path)}) as list`;
    for await (const { columns } of memory.batches(sql)) {
      for (const text of columns[0] ?? []) yield { json: String(text) };
    }
  } catch (cause) {
    throw new Failure("fatal", `is not a Parquet file: ${messageOf(cause).split("\n")[0]}`, {
      cause,
    });
  } finally {
    memory.close();
    await rm(folder, { recursive: true, force: true });
  }
}
