import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { EltError, messageOf } from "../../../engine/errors.ts";
import { literal } from "../../../engine/warehouse/quote.ts";
import type { Column, Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { Statements } from "../statements.ts";
import { linkPairs } from "./cluster.ts";
import type { SplinkModel } from "./model.ts";
import { inputOf, needsOf } from "./needs.ts";
import {
  candidatesStatement,
  levelWeight,
  type Needs,
  pairsSql,
  recStatements,
  scoredSql,
} from "./statements.ts";

export interface SplinkMatched {
  readonly records: number;
  readonly candidates: number;
  /** Pairs that this rule, or this rule first, found; in the model's order. */
  readonly firstFound: readonly number[];
  /** Pairs of one group that no rule found, scored to see the group as a whole. */
  readonly closurePairs: number;
  readonly clusters: number;
  readonly sizes: readonly { readonly size: number; readonly clusters: number }[];
  readonly notes: readonly string[];
}

export interface SplinkOptions {
  readonly out: string;
  readonly columns: readonly Column[];
  readonly allPairs?: boolean;
  /** Probability from which two clusters are merged, and from which a pair apart is asked about. */
  readonly merge: number;
  readonly review: number;
  readonly compiled?: (name: string, sql: string) => void;
  readonly note?: (text: string) => void;
}

/** Pairs below this weight are not kept, unless their group was looked at as a whole. */
const KEPT_WEIGHT = -6;
const EVERY_WEIGHT = -10_000;

/**
 * Runs a Splink model on the table `records`: its rules find the pairs, its weights score them, exactly; clusters are
 * ours. Writes `pairs.parquet`, `clusters.parquet` and `model.parquet` to `out`.
 */
export async function matchSplink(
  warehouse: Warehouse,
  model: SplinkModel,
  options: SplinkOptions,
): Promise<SplinkMatched> {
  const { out, columns, allPairs = false, merge, review, note = () => undefined } = options;
  await mkdir(out, { recursive: true }).catch((error) => {
    throw new EltError(`cannot write to ${out}: ${messageOf(error)}`, { cause: error });
  });
  const statements = new Statements(warehouse, "splink", options.compiled);
  try {
    const needs = await needsOf(warehouse, model, columns);
    note("preparing records");
    await statements.runAll(recStatements(model, needs, await inputOf(warehouse, model)));
    note("finding candidates");
    await run(statements, candidatesStatement(model), "a blocking rule does not fit the tables");
    note("scoring");
    await run(
      statements,
      {
        name: "scored",
        sql: `create or replace temp table scored as\n${scoredSql(model, needs, "temp.cand")}`,
      },
      "a comparison does not fit the tables",
    );
    note("linking");
    const { clusters, closurePairs } = await linkPairs(statements, {
      scored: (pairs) => scoredSql(model, needs, pairs),
      merge,
    });
    note("writing");
    const cuts = { review, kept: allPairs ? EVERY_WEIGHT : KEPT_WEIGHT };
    await write(statements, out, {
      pairs: pairsSql(model, cuts),
      clusters: clustersSql(model, needs),
      model: modelSql(model),
    });
    return { ...(await countsOf(statements, model)), clusters, closurePairs, notes: model.notes };
  } finally {
    await statements.dropTemporary();
  }
}

async function write(
  statements: Statements,
  out: string,
  queries: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, sql] of Object.entries(queries)) {
    await statements.run({
      name: `write_${name}`,
      sql: `copy (${sql}) to ${literal(join(out, `${name}.parquet`))} (format parquet, compression zstd)`,
    });
  }
}

/** With what a record would weigh beside itself: too little, and nothing can ever be joined to it. */
function clustersSql(model: SplinkModel, needs: Needs): string {
  const self = "(select _id as a, _id as b, null::integer as match_key from temp.rec)";
  return `select
  rec._record as record_id, assigned.cluster_id, assigned.cluster_size,
  assigned.confidence::decimal(5, 4) as cluster_confidence,
  self.match_weight::decimal(12, 6) as self_weight
from temp.assigned as assigned
join temp.rec as rec on rec._id = assigned.id
join (${scoredSql(model, needs, self)}) as self on self.a = rec._id
order by rec._record`;
}

function modelSql(model: SplinkModel): string {
  const prior = Math.log2(model.lambda / (1 - model.lambda));
  const rows = [
    `('prior', null, 'any two records', '${model.lambda}'::double, null, '${prior}'::double)`,
    ...model.comparisons.flatMap(({ name, levels }) =>
      levels
        .filter(({ gamma }) => gamma >= 0)
        .map(
          (level) =>
            `(${literal(name)}, ${level.gamma}, ${literal(level.label)}, '${level.m}'::double, '${level.u}'::double, '${levelWeight(level)}'::double)`,
        ),
    ),
  ];
  return `select comparison, gamma::tinyint as gamma, level, m, u, match_weight
from (values ${rows.join(", ")}) as model (comparison, gamma, level, m, u, match_weight)`;
}

async function countsOf(statements: Statements, model: SplinkModel) {
  const [records] = await statements.rows<{ n: number }>({
    name: "records",
    sql: "select count(*)::double as n from temp.rec",
  });
  const found = await statements.rows<{ match_key: number; n: number }>({
    name: "first_found",
    sql: "select match_key, count(*)::double as n from temp.cand group by match_key",
  });
  const sizes = await statements.rows<{ size: number; clusters: number }>({
    name: "sizes",
    sql: "select cluster_size as size, count(distinct cluster_id)::integer as clusters from temp.assigned group by 1 order by 1",
  });
  return {
    records: records?.n ?? 0,
    candidates: found.reduce((sum, { n }) => sum + n, 0),
    firstFound: model.blocking.map((_, key) => found.find((row) => row.match_key === key)?.n ?? 0),
    sizes,
  };
}

/** SQL that parsed and yet does not run: a function another dialect has, or a column of another type. */
async function run(
  statements: Statements,
  statement: { readonly name: string; readonly sql: string },
  complaint: string,
): Promise<void> {
  try {
    await statements.run(statement);
  } catch (error) {
    const [line = ""] = messageOf(error).split("\n");
    if (!/^(Binder|Catalog|Conversion|Invalid Input) Error/.test(line)) throw error;
    throw new EltError(`${complaint}: ${line.replace(/^\w+( \w+)? Error: /, "")}`, {
      hint: "name the columns and types as the tables have them that Splink was trained on",
      cause: error,
      exitCode: 2,
    });
  }
}
