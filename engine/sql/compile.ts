import { EltError } from "../errors.ts";
import type { Database } from "./adapter.ts";
import type { Config } from "./config-tree.ts";
import { checkArguments } from "./draft-checks.ts";
import type { Environment } from "./environment.ts";
import { injectCtes, type NamedCte } from "./ephemeral.ts";
import type { Manifest } from "./manifest.ts";
import { type NodeScope, nodeContext } from "./node-context.ts";
import type { CheckNode, ModelNode, SqlNode } from "./nodes.ts";
import type { Relation } from "./relation.ts";
import { RelationValue } from "./relation-value.ts";
import { type Overrides, Session } from "./session.ts";
import { type Located, parseTemplate, renderTemplate, type Template } from "./template/template.ts";
import type { Value } from "./template/values.ts";
import type { YamlMap } from "./yaml.ts";

/** SQL as DuckDB gets it, with the way back to the files it came from. */
export interface Compiled {
  readonly text: string;
  /** The place that printed the character at an offset (UTF-16). */
  readonly locate: (offset: number) => Located | undefined;
}

export interface CompileOptions {
  /** What `is_incremental()` answers. Default false. */
  readonly incremental?: boolean;
  /** Asked by templates that look at the database while rendering. */
  readonly database?: Database | undefined;
  /** Names that win over every other: `results` of on-run-end, the macros a unit test replaces. */
  readonly names?: Overrides;
  /** Vars that win over all others: of a unit test. */
  readonly vars?: YamlMap;
  /** Ephemeral models that are tables here: the given rows of a unit test. */
  readonly tables?: ReadonlySet<string>;
}

const PREFIX = "__dbt__cte__";

/** Renders nodes: the second pass, with every name resolved. */
export class Compiler {
  readonly #env: Environment;
  readonly #manifest: Manifest;
  readonly #templates = new Map<string, Template>();
  readonly #done = new Map<string, Compiled>();

  constructor(env: Environment, manifest: Manifest) {
    this.#env = env;
    this.#manifest = manifest;
  }

  compile(node: ModelNode | CheckNode, options: CompileOptions = {}): Compiled {
    const { names, vars, tables } = options;
    if (names || vars || tables) return this.#compile(node, options);
    const key = `${node.id} ${options.incremental === true}`;
    const known = this.#done.get(key);
    if (known) return known;
    const { database, asked } = watched(options.database ?? NO_DATABASE);
    const compiled = this.#compile(node, { ...options, database });
    // What did not look at the database is the same text however often it is asked for.
    if (!asked()) this.#done.set(key, compiled);
    return compiled;
  }

  /** A text of the command line, in the eyes of the root project. */
  inline(text: string, options: CompileOptions = {}): Compiled {
    const used: ModelNode[] = [];
    const packageName = this.#env.project.name;
    const scope = this.#scope({ packageName, used, options });
    const session = new Session(this.#env, (each) => nodeContext(each, scope));
    const template = parseTemplate(text.trim(), { file: "inline" });
    return this.#render(template, session.globals(packageName), used, options);
  }

  /** A text such as a hook, rendered as if it stood in the node. */
  text(text: string, node: SqlNode | undefined, options: CompileOptions = {}): string {
    const packageName = node?.package.name ?? this.#env.project.name;
    const scope = this.#scope({ packageName, used: [], options, ...(node ? { node } : {}) });
    const session = new Session(this.#env, (each) => nodeContext(each, scope), options.names);
    const template = parseTemplate(text, { file: node?.path ?? "dbt_project.yml" });
    return renderTemplate(template, this.#rendering(session.globals(packageName))).text;
  }

  #compile(node: ModelNode | CheckNode, options: CompileOptions): Compiled {
    const used: ModelNode[] = [];
    const packageName = node.package.name;
    const scope = this.#scope({ packageName, used, options, node });
    const { vars, names } = options;
    const env = vars ? { ...this.#env, vars: { ...this.#env.vars, ...vars } } : this.#env;
    const session = new Session(env, (each) => nodeContext(each, scope), names);
    const lookup = session.globals(packageName);
    const args = node.kind === "check" ? checkNames(node, lookup) : undefined;
    const globals = args ? (name: string) => args.get(name) ?? lookup(name) : lookup;
    const template =
      this.#templates.get(node.id) ??
      parseTemplate(node.text, { file: node.path, line: () => node.firstLine });
    this.#templates.set(node.id, template);
    return this.#render(template, globals, used, options);
  }

  #render(
    template: Template,
    globals: (name: string) => Value | undefined,
    used: readonly ModelNode[],
    options: CompileOptions,
  ): Compiled {
    const rendered = renderTemplate(template, this.#rendering(globals));
    const compiled = { text: rendered.text, locate: (offset: number) => rendered.locate(offset) };
    return injectCtes(compiled, this.#ctes(used, options));
  }

  /** The ephemeral models a text reads, innermost first, each once. */
  #ctes(used: readonly ModelNode[], options: CompileOptions): NamedCte[] {
    const ordered: ModelNode[] = [];
    const visit = (model: ModelNode): void => {
      if (ordered.includes(model)) return;
      for (const read of model.reads) {
        if (read.kind === "model" && read.materialized === "ephemeral") visit(read);
      }
      ordered.push(model);
    };
    used.forEach(visit);
    return ordered.map((model) => ({ name: PREFIX + model.name, sql: this.#body(model, options) }));
  }

  /** An ephemeral model's own text, without the models it reads. */
  #body(model: ModelNode, options: CompileOptions): Compiled {
    const packageName = model.package.name;
    const scope = this.#scope({ packageName, used: [], options, node: model });
    const session = new Session(this.#env, (each) => nodeContext(each, scope));
    const template = parseTemplate(model.text, { file: model.path, line: model.firstLine });
    const rendered = renderTemplate(template, this.#rendering(session.globals(packageName)));
    return { text: rendered.text, locate: (offset) => rendered.locate(offset) };
  }

  #rendering(globals: (name: string) => Value | undefined) {
    const { own, warn } = this.#env;
    return { globals, undefined: own ? "strict" : "lenient", warn } as const;
  }

  #scope({ packageName, used, options, node }: ScopeOptions): NodeScope {
    const { edges, nodes } = this.#manifest;
    const config: Config = node?.config ?? {};
    return {
      execute: true,
      packageName,
      self: node?.relation,
      model: node ? modelFields(node) : {},
      incremental: options.incremental === true,
      database: options.database ?? NO_DATABASE,
      ref(call, site) {
        const found = edges.ref(call, packageName);
        if (found instanceof EltError) return site.fail(found.message);
        const target = nodes.get(found.id);
        if (!target) return site.fail(`"${call.name}" is not part of the project`);
        if (node && node.kind !== "seed" && !isKnown(node, target)) {
          return site.fail(
            `ref to "${call.name}" appears only while executing: write -- depends_on: {{ ref('${call.name}') }} into the file`,
          );
        }
        const isTable = options.tables?.has(target.id) === true;
        if (target.kind !== "model" || target.materialized !== "ephemeral" || isTable) {
          const view = target.kind === "model" && target.materialized === "view";
          return new RelationValue(target.relation, view ? "view" : "table");
        }
        if (!used.includes(target)) used.push(target);
        return new RelationValue(ephemeral(target), "cte");
      },
      source(source, table, site) {
        const found = edges.source(source, table, packageName);
        if (found instanceof EltError) return site.fail(found.message);
        return new RelationValue(found.relation, "table");
      },
      configure: () => undefined,
      configured: (name) =>
        config[name === "pre_hook" ? "pre-hook" : name === "post_hook" ? "post-hook" : name],
    };
  }
}

interface ScopeOptions {
  readonly packageName: string;
  readonly used: ModelNode[];
  readonly options: CompileOptions;
  readonly node?: SqlNode;
}

const NEEDS = "this text asks the database while rendering: it can only be compiled during a build";

const NO_DATABASE: Database = {
  columns: (_, site) => site.fail(NEEDS),
  type: (_, site) => site.fail(NEEDS),
  rows: (_, site) => site.fail(NEEDS),
};

/** A database that tells whether anything was asked of it. */
function watched(database: Database) {
  let isAsked = false;
  const asked = (): Database => {
    isAsked = true;
    return database;
  };
  const noting: Database = {
    columns: (relation, site) => asked().columns(relation, site),
    type: (relation, site) => asked().type(relation, site),
    rows: (sql, site) => asked().rows(sql, site),
  };
  return { database: noting, asked: () => isAsked };
}

function checkNames(node: CheckNode, globals: (name: string) => Value | undefined) {
  const { test, origin } = node;
  if (!test || !origin) return undefined;
  const { target } = test;
  const modelCall =
    target.kind === "source"
      ? `source('${target.sourceName}', '${target.name}')`
      : `ref('${target.name}')`;
  return checkArguments(globals, { test, modelCall, file: origin.file, path: origin.path });
}

function ephemeral(model: ModelNode): Relation {
  return { ...model.relation, expression: PREFIX + model.name };
}

function isKnown(node: SqlNode, target: SqlNode): boolean {
  return node.id === target.id || node.reads.some((read) => read.id === target.id);
}

/** dbt's `model`, `node`, `results[…].node`: the fields of a node that macros read. */
export function modelFields(node: SqlNode): Record<string, unknown> {
  const { database, schema, identifier } = node.relation;
  return {
    unique_id: node.id,
    name: node.name,
    alias: identifier,
    database,
    schema,
    resource_type: node.id.split(".")[0],
    package_name: node.package.name,
    original_file_path: node.path,
    path: node.path,
    fqn: node.fqn,
    tags: node.tags,
    config: node.config,
    description: node.description,
    columns: Object.fromEntries([...node.columns].map(([name, column]) => [name, column.raw])),
    depends_on: { nodes: node.reads.map((read) => read.id) },
    meta: node.config.meta ?? {},
    version: null,
  };
}
