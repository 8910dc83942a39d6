import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { runEngine } from "./engine.ts";

/**
 * Scores the same records with the same model in both engines and compares every pair: the proof that what is
 * measured elsewhere differs by training, blocking and clusters alone, and never by arithmetic.
 */
export async function parity(options: {
  readonly splink: readonly string[];
  readonly leadhouse: readonly string[];
  /** A model that Splink trained and saved. */
  readonly trained: string;
  readonly base: { readonly input: string; readonly threads: number; readonly memory: string };
  readonly out: string;
  /** Columns the model reads and the records lack. */
  readonly prepare: string | undefined;
}): Promise<string> {
  const { splink, leadhouse, trained, base, out, prepare } = options;
  const settings = JSON.parse(readFileSync(trained, "utf8")) as Record<string, unknown>;
  const warehouse = await Warehouse.open(":memory:");
  try {
    const theirs = join(out, "splink");
    await runEngine(splink, {
      ...base,
      out: theirs,
      given: {
        settings,
        threshold: 0.99,
        ...(prepare === undefined ? {} : { prepare: `${prepare} from {table}` }),
      },
    });
    const input = join(out, "prepared.parquet");
    await warehouse.run(
      `copy (${prepare ?? "select *"} from read_parquet(${literal(base.input)})) to ${literal(input)}`,
    );
    const model = join(out, "model.json");
    writeFileSync(model, JSON.stringify(settings));
    const ours = join(out, "leadhouse");
    await runEngine(leadhouse, { ...base, input, out: ours, spec: { model }, columns: {} });
    const bare = (id: string) => `split_part(':' || ${id}, ':', -1)`;
    const row = await warehouse.first<Record<string, number>>(`select
  count(*)::double as pairs,
  (count(*) filter (theirs.weight is null or ours.weight is null))::double as alone,
  max(abs(theirs.weight - ours.weight)) as apart
from read_parquet(${literal(join(theirs, "pairs.parquet"))}) as theirs
full join (select * from read_parquet(${literal(join(ours, "pairs.parquet"))}) where match_key is not null) as ours
  on ${bare("theirs.id_l")} = ours.id_l and ${bare("theirs.id_r")} = ours.id_r`);
    return `one model in both engines: ${(row?.pairs ?? 0).toLocaleString("en-US")} pairs, ${row?.alone ?? 0} in one engine alone, weights at most ${(row?.apart ?? 0).toExponential(1)} apart`;
  } finally {
    warehouse.close();
  }
}
