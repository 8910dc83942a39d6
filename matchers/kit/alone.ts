import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EltError, messageOf } from "../../engine/errors.ts";
import { literal, quote } from "../../engine/warehouse/quote.ts";
import type { Column, Warehouse } from "../../engine/warehouse/warehouse.ts";
import { type BlockedRule, measureBlocks } from "./block.ts";
import { compareSql } from "./compare.ts";
import { type LargestBlock, largestBlocks } from "./largest-blocks.ts";
import { type Matched, match } from "./match.ts";
import type { Model } from "./model.ts";
import { prepare } from "./prepare.ts";
import { scoreSql } from "./score.ts";
import type { MatcherSpec } from "./spec.ts";
import { Statements } from "./statements.ts";

/** Tables are named for it, and the column `cluster_id`. */
const ENTITY = "cluster";

export interface MatchedAlone extends Matched {
  /** Pairs that only this rule, or this rule first, found; in the spec's order. */
  readonly firstFound: readonly number[];
}

/**
 * Runs a spec on the table `records` and writes to `out`: `pairs.parquet`, `clusters.parquet` and `model.parquet`.
 * Nothing is remembered between two such runs.
 */
export async function matchAlone(
  warehouse: Warehouse,
  spec: MatcherSpec,
  options: {
    readonly out: string;
    readonly columns: readonly Column[];
    readonly allPairs?: boolean;
    readonly note?: (text: string) => void;
  },
): Promise<MatchedAlone> {
  const { out, columns, allPairs = false, note } = options;
  const alone = specAlone(spec);
  await mkdir(out, { recursive: true }).catch((error) => {
    throw new EltError(`cannot write to ${out}: ${messageOf(error)}`, { cause: error });
  });
  const identityFolder = await mkdtemp(join(tmpdir(), "elt-match-"));
  let firstFound: readonly number[] = [];
  try {
    const matched = await match(warehouse, alone, {
      entity: ENTITY,
      identityFolder,
      runId: "alone",
      startedAt: new Date(0),
      ...(note ? { note } : {}),
      ...(allPairs ? { keptWeight: -10_000 } : {}),
      inspect: async (statements, model) => {
        firstFound = await countFirstFound(statements, alone);
        await writeResults(statements, alone, { model, out });
      },
    });
    return { ...matched, firstFound };
  } catch (error) {
    throw misfit(error, columns);
  } finally {
    await rm(identityFolder, { recursive: true, force: true });
  }
}

export interface BlockingPlan {
  readonly records: number;
  readonly rules: readonly (BlockedRule & { readonly largest: readonly LargestBlock[] })[];
}

/** What blocking would do with the table `records`: exact counts, and the largest blocks of each rule; no pair is made. */
export async function explainBlocking(
  warehouse: Warehouse,
  spec: MatcherSpec,
  columns: readonly Column[],
): Promise<BlockingPlan> {
  const alone = specAlone(spec);
  const statements = new Statements(warehouse, ENTITY);
  try {
    const { records } = await prepare(statements, alone);
    const { measured } = await measureBlocks(statements, alone, records);
    const rules = [];
    for (const [index, rule] of measured.entries()) {
      const blocking = alone.blocking[index];
      const largest = blocking ? await largestBlocks(statements, alone, blocking) : [];
      rules.push({ ...rule, largest });
    }
    return { records, rules };
  } catch (error) {
    throw misfit(error, columns);
  } finally {
    await statements.dropTemporary();
  }
}

function specAlone({ verdicts: _, ...spec }: MatcherSpec): MatcherSpec {
  return { ...spec, input: "records" };
}

async function countFirstFound(
  statements: Statements,
  spec: MatcherSpec,
): Promise<readonly number[]> {
  const rows = await statements.rows<{ match_key: number; n: number }>({
    name: "first_found",
    sql: "select match_key, count(*)::double as n from temp.scored where match_key is not null group by match_key",
  });
  return spec.blocking.map((_, key) => rows.find((row) => row.match_key === key)?.n ?? 0);
}

async function writeResults(
  statements: Statements,
  spec: MatcherSpec,
  { model, out }: { readonly model: Model; readonly out: string },
): Promise<void> {
  const rules = spec.blocking.map(({ name }, key) => `when ${key} then ${literal(name)}`);
  const foundBy = rules.length === 0 ? "null" : `case match_key ${rules.join(" ")} end`;
  const table = (name: string) => `match.${quote(`${ENTITY}_${name}`)}`;
  const self = `(select id as a, id as b, null::integer as match_key from temp.rec)`;
  const compared = `(${compareSql(spec, self, ["match_key"])})`;
  await statements.run({
    name: "self_weights",
    // What a record would weigh beside itself: too little, and nothing can ever be joined to it.
    sql: `create or replace temp table self_weights as
select rec.record_id, scored.match_weight::decimal(12, 6) as self_weight
from (${scoreSql(spec, model, compared, ["match_key"])}) as scored
join temp.rec as rec on rec.id = scored.a`,
  });
  const queries = {
    pairs: `select * exclude (match_key), match_key, ${foundBy} as match_rule from ${table("pairs")} order by record_id_l, record_id_r`,
    clusters: `select clusters.*, self_weight from ${table("clusters")} as clusters join temp.self_weights using (record_id) order by record_id`,
    model: `select * from ${table("model")}`,
  };
  for (const [name, sql] of Object.entries(queries)) {
    await statements.run({
      name: `write_${name}`,
      sql: `copy (${sql}) to ${literal(join(out, `${name}.parquet`))} (format parquet, compression zstd)`,
    });
  }
}

/** SQL of a spec that does not bind is a spec that does not fit the tables. */
function misfit(error: unknown, columns: readonly Column[]): unknown {
  if (error instanceof EltError) return error;
  const message = messageOf(error);
  if (!/^(Binder|Catalog|Conversion|Parser|Invalid Input) Error/.test(message)) return error;
  const line = message.split("\n")[0]?.replace(/^\w+( \w+)? Error: /, "") ?? message;
  return new EltError(`the spec does not fit the tables: ${line}`, {
    hint: `the columns are ${columns.map(({ name, type }) => `${name} ${type}`).join(", ")}`,
    cause: error,
    exitCode: 2,
  });
}
