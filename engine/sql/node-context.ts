import type { Row } from "../warehouse/warehouse.ts";
import { adapterValue, apiValue, type Database } from "./adapter.ts";
import type { Config } from "./config-tree.ts";
import type { Relation } from "./relation.ts";
import { RelationValue } from "./relation-value.ts";
import type { Members, Session } from "./session.ts";
import {
  type CallSite,
  fn,
  fromJs,
  type Kwargs,
  PyDict,
  PyList,
  PyObject,
  PyTuple,
  str,
  type Value,
} from "./template/values.ts";
import { toYaml, yamlValue } from "./yaml-jinja.ts";

export interface RefCall {
  readonly name: string;
  readonly package: string | undefined;
  readonly version: string | undefined;
}

/** What one node's text can do besides what every text can: the difference between the two passes. */
export interface NodeScope {
  /** False in the parse pass. */
  readonly execute: boolean;
  readonly packageName: string;
  readonly self: Relation | undefined;
  /** dbt's `model` (or `node`): the fields of the node. */
  readonly model: Readonly<Record<string, unknown>>;
  readonly incremental: boolean;
  readonly database: Database | undefined;
  ref(call: RefCall, site: CallSite): Value;
  source(source: string, table: string, site: CallSite): Value;
  /** `{{ config(…) }}` was called. */
  configure(values: Config, site: CallSite): void;
  configured(name: string): unknown;
}

/** The names a node's SQL, its hooks and the macros they call find besides the ones of every text. */
export function nodeContext(session: Session, scope: NodeScope): Members {
  const { execute, self, packageName } = scope;
  const results = new Map<string, Value>();
  const statement = fn("statement", (args, kwargs, site) => {
    const caller = kwargs.get("caller");
    const sql = caller === undefined ? "" : str(site.call(caller, []));
    const name = str(args[0] ?? kwargs.get("name") ?? "main");
    if (scope.database && sql.trim() !== "") {
      results.set(name, resultValue(scope.database.rows(sql, site)));
    }
    return "";
  });
  return {
    execute: () => execute,
    ref: () => fn("ref", (args, kwargs, site) => scope.ref(refCall(args, kwargs, site), site)),
    source: () => fn("source", (args, _, site) => sourceCall(scope, args, site)),
    config: () => new ConfigValue(scope),
    this: () => (self ? new RelationValue(self) : null),
    model: () => yamlValue(scope.model),
    node: () => yamlValue(scope.model),
    is_incremental: () => fn("is_incremental", () => scope.incremental),
    adapter: () => adapterValue(session, packageName, scope.database),
    api: apiValue,
    statement: () => statement,
    load_result: () => fn("load_result", ([name]) => results.get(str(name ?? "")) ?? null),
    store_result: () => fn("store_result", () => ""),
    store_raw_result: () => fn("store_raw_result", () => ""),
    graph: () =>
      new PyObject({ nodes: new PyDict(), sources: new PyDict(), exposures: new PyDict() }),
    selected_resources: () => new PyList(),
    render: () => fn("render", ([text]) => text ?? ""),
    write: () => fn("write", () => ""),
    doc: () => fn("doc", () => ""),
    sql: () => "",
    pre_hooks: () => yamlValue(scope.configured("pre-hook") ?? []),
    post_hooks: () => yamlValue(scope.configured("post-hook") ?? []),
    try_or_compiler_error: () =>
      fn("try_or_compiler_error", ([message, callee, ...rest], kwargs, site) => {
        try {
          return site.call(callee ?? null, rest, kwargs);
        } catch {
          return site.fail(str(message ?? ""));
        }
      }),
  };
}

function refCall(args: readonly Value[], kwargs: Kwargs, site: CallSite): RefCall {
  const names = args.map((each) => (typeof each === "string" ? each : undefined));
  const [first, second] = names;
  if (first === undefined || names.includes(undefined) || names.length > 2) {
    site.fail("ref takes the name of a model, or the name of a package and of a model");
  }
  const version = kwargs.get("v") ?? kwargs.get("version");
  return {
    name: second ?? first ?? "",
    package: second === undefined ? undefined : first,
    version: version === undefined || version === null ? undefined : str(version),
  };
}

function sourceCall(scope: NodeScope, args: readonly Value[], site: CallSite): Value {
  const [source, table] = args;
  if (typeof source !== "string" || typeof table !== "string") {
    return site.fail("source takes the name of a source and the name of a table");
  }
  return scope.source(source, table, site);
}

/** `config(…)`, `config.get`, `config.require`. */
class ConfigValue extends PyObject {
  readonly #scope: NodeScope;

  constructor(scope: NodeScope) {
    super();
    this.#scope = scope;
  }

  override call(args: readonly Value[], kwargs: Kwargs, site: CallSite): Value {
    const values: Config = {};
    const [first] = args;
    if (first instanceof PyDict) Object.assign(values, toYaml(first));
    for (const [name, value] of kwargs) values[name] = toYaml(value);
    this.#scope.configure(values, site);
    return "";
  }

  override get(name: string): Value | undefined {
    const scope = this.#scope;
    switch (name) {
      case "get":
        return fn(name, (args, kwargs) => {
          if (!scope.execute) return "";
          const found = scope.configured(str(args[0] ?? ""));
          if (found !== undefined && found !== null) return yamlValue(found);
          return args[1] ?? kwargs.get("default") ?? null;
        });
      case "require":
        return fn(name, ([key], _, site) => {
          if (!scope.execute) return "";
          const found = scope.configured(str(key ?? ""));
          if (found === undefined) site.fail(`config has no '${str(key ?? "")}'`);
          return yamlValue(found);
        });
      case "set":
        return fn(name, ([key, value], _, site) => {
          scope.configure({ [str(key ?? "")]: toYaml(value ?? null) }, site);
          return "";
        });
      case "meta_get":
        return fn(name, ([key, fallback]) => {
          const meta = scope.configured("meta") as Config | undefined;
          const found = meta?.[str(key ?? "")];
          return found === undefined ? (fallback ?? null) : yamlValue(found);
        });
      case "persist_relation_docs":
      case "persist_column_docs":
        return fn(name, () => false);
      default: {
        const found = scope.execute ? scope.configured(name) : undefined;
        return found === undefined ? undefined : yamlValue(found);
      }
    }
  }
}

/** The result of a query as macros read it: an agate table with `rows`, `columns`, `data`. */
export function resultValue(rows: readonly Row[]): Value {
  const names = Object.keys(rows[0] ?? {});
  const tuples = rows.map(
    (row) =>
      new PyTuple(
        names.map((name) => fromJs(plain(row[name]))),
        names,
      ),
  );
  const columns = names.map(
    (name, index) =>
      new ColumnOfResult(
        name,
        tuples.map((tuple) => tuple.items[index] ?? null),
      ),
  );
  const table = new PyObject({
    rows: new PyList([...tuples]),
    columns: new ColumnsOfResult(columns),
    column_names: new PyTuple(names),
    data: new PyList([...tuples]),
    print_table: fn("print_table", () => ""),
  });
  return new PyObject({ table, data: new PyList([...tuples]), response: "OK" });
}

class ColumnOfResult extends PyObject {
  readonly #values: readonly Value[];
  constructor(name: string, values: readonly Value[]) {
    super({ name, values: fn("values", () => new PyTuple(values)) });
    this.#values = values;
  }
  override iterate(): Iterator<Value> {
    return this.#values[Symbol.iterator]();
  }
  override length(): number {
    return this.#values.length;
  }
  override item(key: Value): Value | undefined {
    return this.#values.at(Number(key));
  }
}

/** By position, by name, or one after the other. */
class ColumnsOfResult extends PyObject {
  readonly #columns: readonly ColumnOfResult[];
  constructor(columns: readonly ColumnOfResult[]) {
    super({
      ...Object.fromEntries(columns.map((column) => [String(column.get("name")), column])),
      values: fn("values", () => new PyTuple(columns)),
      keys: fn("keys", () => new PyTuple(columns.map((column) => column.get("name") ?? null))),
    });
    this.#columns = columns;
  }
  override iterate(): Iterator<Value> {
    return this.#columns[Symbol.iterator]();
  }
  override length(): number {
    return this.#columns.length;
  }
  override item(key: Value): Value | undefined {
    return this.#columns.at(Number(key));
  }
}

function plain(value: unknown): unknown {
  if (value instanceof Date)
    return value
      .toISOString()
      .replace("T", " ")
      .replace(/\.000Z$/, "");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return String(value);
  return value;
}
