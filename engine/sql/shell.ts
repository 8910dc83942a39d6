import { existsSync } from "node:fs";
import { EltError, EltErrors, messageOf } from "../errors.ts";
import { quote } from "../warehouse/quote.ts";
import { type Column, Warehouse } from "../warehouse/warehouse.ts";
import { Answers } from "./answers.ts";
import { placeOf } from "./checks.ts";
import type { Compiled, Compiler } from "./compile.ts";
import { proveContract } from "./contract.ts";
import { errorIn } from "./edges.ts";
import type { Environment } from "./environment.ts";
import { ensureSchema, rowsPlaced, runPlaced } from "./execute.ts";
import { hooksOf } from "./hooks.ts";
import type { Manifest } from "./manifest.ts";
import type { CheckNode, ModelNode, SeedNode, SourceNode, SqlNode } from "./nodes.ts";
import { inOrder } from "./order.ts";
import { relationSql } from "./relation.ts";
import { seedColumns } from "./seed-types.ts";
import { snapshotSelect } from "./snapshot.ts";

/** What binding every node in an empty database found out. */
export interface Proof {
  readonly errors: readonly EltError[];
  readonly warnings: readonly EltError[];
  /** Columns of each node, by its id. */
  readonly columns: ReadonlyMap<string, readonly Column[]>;
  /** Nodes that could not be checked before the run, with the reason. */
  readonly unchecked: ReadonlyMap<string, string>;
}

/** Statements of hooks that make what models need to bind; others would touch data. */
const DEFINES =
  /^\s*(create\s+(or\s+replace\s+)?(temp(orary)?\s+)?(macro|function|type|sequence)|set\s|load\s|create\s+schema)/i;

/** A pivot without its list of values binds against an empty table, without the columns it will have. */
const PIVOTS = /(^|[\s(])pivot(_wider)?\s/i;

/** Binds all nodes in an empty, typed, in-memory copy of the project: names, types and functions are proven before a row is read. */
export async function prove(
  env: Environment,
  manifest: Manifest,
  compiler: Compiler,
): Promise<Proof> {
  const shell = await Warehouse.open(":memory:");
  try {
    return await new Prover(shell, env, compiler).prove(manifest);
  } finally {
    shell.close();
  }
}

class Prover {
  readonly #shell: Warehouse;
  readonly #env: Environment;
  readonly #compiler: Compiler;
  readonly #errors: EltError[] = [];
  readonly #warnings: EltError[] = [];
  readonly #columns = new Map<string, readonly Column[]>();
  readonly #unchecked = new Map<string, string>();
  readonly #failed = new Set<string>();

  constructor(shell: Warehouse, env: Environment, compiler: Compiler) {
    this.#shell = shell;
    this.#env = env;
    this.#compiler = compiler;
  }

  async prove(manifest: Manifest): Promise<Proof> {
    await this.#prepare();
    for (const node of inOrder([...manifest.nodes.values()])) {
      const blocked = node.reads.find((read) => this.#failed.has(read.id));
      const open = node.reads.find((read) => this.#unchecked.has(read.id));
      if (blocked) this.#failed.add(node.id);
      else if (open) this.#unchecked.set(node.id, this.#unchecked.get(open.id) ?? "");
      else await this.#bind(node);
    }
    return {
      errors: this.#errors,
      warnings: this.#warnings,
      columns: this.#columns,
      unchecked: this.#unchecked,
    };
  }

  async #prepare(): Promise<void> {
    const { target, project } = this.#env;
    const names = [target.database, ...target.attach.map((each) => each.alias ?? "")];
    for (const name of new Set(names)) {
      if (name !== "" && name !== "memory")
        await this.#shell.run(`attach ':memory:' as ${quote(name)}`);
    }
    await this.#shell.run(`use ${quote(target.database)}`);
    await this.#shell.run(`set file_search_path = '${project.root.replaceAll("'", "''")}'`);
    for (const hook of project.onRunStart) {
      const sql = this.#compiler.text(hook, undefined).trim();
      if (DEFINES.test(sql)) await this.#shell.run(sql).catch(() => undefined);
    }
  }

  async #bind(node: SqlNode): Promise<void> {
    try {
      switch (node.kind) {
        case "source":
          return await this.#bindSource(node);
        case "seed":
          return await this.#bindSeed(node);
        case "model":
          return await this.#bindModel(node);
        case "check":
          return await this.#bindCheck(node);
      }
    } catch (error) {
      this.#failed.add(node.id);
      this.#errors.push(...(error instanceof EltErrors ? error.errors : [errorIn(error)]));
    }
  }

  async #bindSource(source: SourceNode): Promise<void> {
    if (source.relation.expression !== undefined) return;
    const declared = [...source.columns.values()].map((column) => ({
      name: column.name,
      type: column.dataType ?? "varchar",
    }));
    const found = this.#env.own ? declared : await this.#existing(source, declared);
    if (found.length === 0) {
      this.#unchecked.set(
        source.id,
        `source ${source.sourceName}.${source.name} has no declared columns`,
      );
      return;
    }
    await this.#createEmpty(source, found);
  }

  /** The columns of a source that is in the target database already. */
  async #existing(source: SourceNode, declared: readonly Column[]): Promise<readonly Column[]> {
    const { path } = this.#env.target;
    if (path === ":memory:" || !existsSync(path)) return declared;
    const database = await Warehouse.open(path, { readOnly: true }).catch(() => undefined);
    if (!database) return [];
    try {
      return await database.describe(`select * from ${relationSql(source.relation)}`);
    } catch {
      return [];
    } finally {
      database.close();
    }
  }

  async #bindSeed(seed: SeedNode): Promise<void> {
    await this.#createEmpty(seed, await seedColumns(this.#shell, seed));
  }

  async #bindModel(model: ModelNode): Promise<void> {
    for (const hook of hooksOf(model, "pre-hook")) {
      if (DEFINES.test(hook.sql))
        await this.#shell.run(this.#compiler.text(hook.sql, model)).catch(() => undefined);
    }
    const first = await this.#compiled(model, false);
    if (!first || model.materialized === "ephemeral") {
      if (first) this.#columns.set(model.id, await this.#describe(first, model));
      return;
    }
    if (PIVOTS.test(first.text) && !/\bin\s*\(/i.test(first.text)) {
      this.#unchecked.set(model.id, "its columns come from the rows a pivot finds");
      await this.#describe(first, model).catch((error) => {
        if (!messageOf(error).startsWith("SELECT list is empty")) throw error;
      });
      return;
    }
    const columns = await this.#describe(first, model);
    this.#columns.set(model.id, columns);
    await proveContract(this.#shell, model, columns);
    await this.#standIn(model, first, columns);
    if (model.materialized !== "incremental") return;
    const again = await this.#compiled(model, true);
    if (again) await this.#describe(again, model);
  }

  /** The empty table that readers bind against: of the known columns, so that the query is bound once. */
  async #standIn(model: ModelNode, compiled: Compiled, columns: readonly Column[]): Promise<void> {
    const names = new Set(columns.map((column) => column.name.toLowerCase()));
    if (model.materialized !== "snapshot" && names.size === columns.length) {
      const made = await this.#createEmpty(model, columns).then(
        () => true,
        () => false,
      );
      if (made) return;
    }
    await ensureSchema(this.#shell, model.relation);
    const select =
      model.materialized === "snapshot"
        ? snapshotSelect(model, { env: this.#env })
        : { before: "(\n", after: "\n)" };
    await runPlaced(this.#shell, {
      compiled,
      before: `create or replace table ${relationSql(model.relation)} as ${select.before}`,
      after: `${select.after} with no data`,
      ...this.#place(model),
    });
  }

  async #bindCheck(check: CheckNode): Promise<void> {
    const compiled = await this.#compiled(check, false);
    if (!compiled) return;
    await rowsPlaced(this.#shell, {
      compiled,
      before: "describe select * from (\n",
      after: "\n) as dbt_internal_test",
      root: this.#env.project.root,
      at: () => placeOf(check),
    }).catch((error) => {
      throw check.style === "generic" ? atYaml(error, check) : error;
    });
  }

  /** The text of a node; nothing, with the reason kept, when it must see data to be rendered. */
  async #compiled(
    node: ModelNode | CheckNode,
    incremental: boolean,
  ): Promise<Compiled | undefined> {
    const answers = new Answers(this.#shell);
    const compiled = await answers.rendering(() =>
      this.#compiler.compile(node, { incremental, database: answers }),
    );
    if (answers.sawRows) {
      this.#unchecked.set(node.id, "its text is made from rows that are read while rendering");
      return undefined;
    }
    return compiled;
  }

  async #describe(compiled: Compiled, model: ModelNode): Promise<Column[]> {
    if (/;\s*$/.test(compiled.text)) {
      throw new EltError("a model is one query without a semicolon at its end", {
        file: model.path,
        line: model.firstLine + model.text.split("\n").length - 1,
        hint: "take the semicolon out",
      });
    }
    const rows = await rowsPlaced<{ column_name: string; column_type: string }>(this.#shell, {
      compiled,
      before: "describe ",
      ...this.#place(model),
    });
    const columns = rows.map((row) => ({ name: row.column_name, type: row.column_type }));
    const names = columns.map((column) => column.name.toLowerCase());
    const twice = columns.find((_, index) => names.indexOf(names[index] ?? "") < index);
    if (twice) {
      const error = new EltError(`column "${twice.name}" is in the result twice`, {
        file: model.path,
        line: model.firstLine,
        hint: "rename one of them, or leave it out with exclude",
      });
      if (this.#env.own) throw error;
      this.#warnings.push(error);
    }
    return columns;
  }

  async #createEmpty(node: SqlNode, columns: readonly Column[]): Promise<void> {
    await ensureSchema(this.#shell, node.relation);
    const list = columns.map((column) => `${quote(column.name)} ${column.type}`).join(", ");
    try {
      await this.#shell.run(`create or replace table ${relationSql(node.relation)} (${list})`);
    } catch (error) {
      throw await this.#wrongType(node, columns, error);
    }
    this.#columns.set(node.id, columns);
  }

  /** Which declared type the database does not know. */
  async #wrongType(node: SqlNode, columns: readonly Column[], cause: unknown): Promise<EltError> {
    for (const column of columns) {
      const known = await this.#shell.run(`select null::${column.type}`).then(
        () => true,
        () => false,
      );
      if (known) continue;
      const message = `column "${column.name}" has the unknown type "${column.type}"`;
      const path = node.columns.get(column.name)?.path;
      if (node.origin && path) return node.origin.file.error(message, [...path, "data_type"]);
      return new EltError(message, { file: node.path, cause });
    }
    return new EltError(`${node.kind} "${node.name}" cannot be made`, { file: node.path, cause });
  }

  #place(model: ModelNode) {
    const at = () => ({ file: model.path, line: model.firstLine });
    return { root: this.#env.project.root, at };
  }
}

/** A generic check has no SQL of its own: its mistake stands in YAML. */
function atYaml(error: unknown, check: CheckNode): unknown {
  if (!(error instanceof EltError) || !check.origin) return error;
  const { message, details } = error;
  const shown = check.origin.file.error(
    `check ${check.test?.name ?? check.name}: ${message}`,
    check.origin.path,
    details.hint,
  );
  return shown;
}
