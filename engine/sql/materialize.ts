import { EltError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { quote } from "../warehouse/quote.ts";
import { Answers } from "./answers.ts";
import type { Build, Result } from "./build.ts";
import { hasComments, missingColumns, writeComments } from "./comments.ts";
import type { Compiled } from "./compile.ts";
import { contractColumns, hasContract } from "./contract.ts";
import { ensureSchema, knownType, noteType, rowsPlaced, runPlaced } from "./execute.ts";
import { hooksOf, runHooks } from "./hooks.ts";
import { insertIncrement } from "./incremental.ts";
import type { ModelNode, SqlNode } from "./nodes.ts";
import { relationSql } from "./relation.ts";
import { snapshotSelect, takeSnapshot } from "./snapshot.ts";

const KINDS = ["table", "view", "incremental", "ephemeral", "snapshot"];

/** Builds one model: complete, with its comments and hooks, or not at all. */
export async function buildModel(model: ModelNode, build: Build): Promise<Result> {
  const { compiler, env, warehouse } = build;
  const { materialized, relation } = model;
  if (!KINDS.includes(materialized)) {
    throw new EltError(
      `materialization "${materialized}" is not supported${suggest(materialized, KINDS)}`,
      {
        file: model.path,
        line: 1,
        hint: `use one of: ${KINDS.join(", ")}`,
      },
    );
  }
  const existing = await knownType(warehouse, relation);
  const incremental =
    materialized === "incremental" &&
    existing === "table" &&
    !isFullRefresh(model, env.fullRefresh);
  const answers = new Answers(warehouse);
  const compiled = await answers.rendering(() =>
    compiler.compile(model, { incremental, database: answers }),
  );
  build.compiled(model.name, compiled.text);
  const hooks = { warehouse, compiler, node: model, incremental };
  await ensureSchema(warehouse, relation);
  await runHooks(hooks, "pre-hook", false);
  let warnings: readonly string[] = [];
  let rows: number | undefined;
  const work = async () => {
    await runHooks(hooks, "pre-hook", true);
    if (materialized === "snapshot" && existing === "table") {
      await takeSnapshot(model, compiled, build);
    } else if (materialized === "view") await createView(model, compiled, existing, build);
    else if (incremental) await insertIncrement(model, compiled, build);
    else rows = await createTable(model, compiled, existing, build);
    warnings = await describeResult(model, materialized === "view" ? "view" : "table", build);
    await runHooks(hooks, "post-hook", true);
  };
  if (isOneStatement(model, existing)) await work();
  else await warehouse.transaction(work);
  noteType(warehouse, relation, materialized === "view" ? "view" : "table");
  await runHooks(hooks, "post-hook", false);
  const extra = warnings.length > 0 ? { warnings } : {};
  if (materialized === "view") return { amount: "view", ...extra };
  // A hook may have added or removed some.
  if (rows === undefined || hasHooks(model)) rows = await countRows(model, build);
  return { rows, ...extra };
}

/** Made by one statement, which is complete or nothing without a transaction around it. */
function isOneStatement(model: ModelNode, existing: "table" | "view" | undefined): boolean {
  const { materialized } = model;
  if (materialized !== "table" && materialized !== "view") return false;
  if (existing !== undefined && existing !== materialized) return false;
  return !hasComments(model) && !hasContract(model) && !hasHooks(model);
}

function hasHooks(model: ModelNode): boolean {
  return hooksOf(model, "pre-hook").length + hooksOf(model, "post-hook").length > 0;
}

export async function countRows(node: SqlNode, { warehouse }: Build): Promise<number> {
  const row = await warehouse.first<{ rows: bigint }>(
    `select count(*) as rows from ${relationSql(node.relation)}`,
  );
  return Number(row?.rows ?? 0);
}

function isFullRefresh(model: ModelNode, asked: boolean): boolean {
  const own = model.config.full_refresh;
  return typeof own === "boolean" ? own : asked;
}

/** Gives the number of rows written. */
async function createTable(
  model: ModelNode,
  compiled: Compiled,
  existing: "table" | "view" | undefined,
  { warehouse, env }: Build,
): Promise<number | undefined> {
  const name = relationSql(model.relation);
  if (existing === "view") await warehouse.run(`drop view ${name}`);
  let before = `create or replace table ${name} as (\n`;
  let after = "\n)";
  if (model.materialized === "snapshot") {
    const select = snapshotSelect(model, { env });
    before = `create or replace table ${name} as ${select.before}`;
    after = select.after;
  }
  if (hasContract(model)) {
    await warehouse.run(`create or replace table ${name} (${contractColumns(model)})`);
    const columns = [...model.columns.keys()].map(quote).join(", ");
    before = `insert into ${name} (${columns}) select ${columns} from (\n`;
  }
  const [written] = await rowsPlaced<{ Count?: bigint }>(warehouse, {
    compiled,
    before,
    after,
    root: env.project.root,
    at: () => ({ file: model.path, line: model.firstLine }),
  });
  return written?.Count === undefined ? undefined : Number(written.Count);
}

async function createView(
  model: ModelNode,
  compiled: Compiled,
  existing: "table" | "view" | undefined,
  { warehouse, env }: Build,
): Promise<void> {
  const name = relationSql(model.relation);
  if (existing === "table") await warehouse.run(`drop table ${name}`);
  await runPlaced(warehouse, {
    compiled,
    before: `create or replace view ${name} as (\n`,
    after: "\n)",
    root: env.project.root,
    at: () => ({ file: model.path, line: model.firstLine }),
  });
}

/** Writes the comments; gives a warning for each described column that the result lacks. */
async function describeResult(
  model: ModelNode,
  type: "table" | "view",
  { warehouse }: Build,
): Promise<string[]> {
  if (model.columns.size === 0 && !hasComments(model)) return [];
  const names = await warehouse.columnNames(relationSql(model.relation));
  await writeComments(warehouse, model, type, names);
  return missingColumns(model, names).map(
    (name) =>
      `${model.name} has no column "${name}", which its YAML describes${suggest(name, names)}`,
  );
}
