import { createHash } from "node:crypto";
import { EltError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { type Environment, findVar, varNames } from "./environment.ts";
import { datetimeValue, modulesValue } from "./python-modules.ts";
import type { Members } from "./session.ts";
import {
  type CallSite,
  fn,
  fromJs,
  type Kwargs,
  PyDict,
  PyList,
  PyObject,
  PySet,
  PyTuple,
  repr,
  str,
  toJs,
  type Value,
} from "./template/values.ts";
import { readYaml } from "./yaml.ts";
import { yamlValue } from "./yaml-jinja.ts";

/** Names every Jinja text of a project can use, whether in SQL or in YAML. */
export function baseContext(env: Environment, packageName: string): Members {
  const { target } = env;
  return {
    var: () => new VarValue(env, packageName),
    env_var: () => fn("env_var", (args, kwargs, site) => envVar(env, args, kwargs, site)),
    target: () => targetValue(env),
    project_name: () => env.project.name,
    schema: () => target.schema,
    database: () => target.database,
    flags: () => fromJs(flags(env)),
    dbt_version: () => "1.12.0",
    invocation_id: () => env.runId,
    invocation_args_dict: () => fromJs({ ...flags(env), vars: toJs(yamlValue(env.vars)) }),
    run_started_at: () => datetimeValue(env.startedAt),
    thread_id: () => "Thread-1 (worker)",
    dbt_metadata_envs: () => new PyDict(),
    modules: () => modulesValue(env.startedAt),
    exceptions: () => exceptions(env),
    log: () => fn("log", (args, kwargs) => note(env, args, kwargs)),
    print: () => fn("print", (args, kwargs) => note(env, args, kwargs)),
    toyaml: () => fn("toyaml", (args) => JSON.stringify(toJs(args[0] ?? null))),
    fromyaml: () =>
      fn("fromyaml", ([text]) => yamlValue(readYaml(str(text ?? ""), "fromyaml").value)),
    local_md5: () => fn("local_md5", ([text]) => md5(str(text ?? ""))),
    diff_of_two_dicts: () => fn("diff_of_two_dicts", ([a, b]) => difference(a, b)),
    set_strict: () => fn("set_strict", ([items]) => new PySet(itemsOf(items))),
    zip_strict: () => fn("zip_strict", (args) => zip(args.map(itemsOf))),
  };
}

export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

class VarValue extends PyObject {
  readonly #env: Environment;
  readonly #package: string;

  constructor(env: Environment, packageName: string) {
    super();
    this.#env = env;
    this.#package = packageName;
  }

  override get(name: string): Value | undefined {
    if (name !== "has_var") return undefined;
    return fn(
      "has_var",
      ([key]) => findVar(this.#env, this.#package, str(key ?? "")) !== undefined,
    );
  }

  override call(args: readonly Value[], kwargs: Kwargs, site: CallSite): Value {
    const name = str(args[0] ?? kwargs.get("var_name") ?? site.fail("var needs a name"));
    const found = findVar(this.#env, this.#package, name);
    if (found !== undefined) return yamlValue(found);
    const fallback = args.length > 1 ? args[1] : kwargs.get("default");
    if (fallback !== undefined && (args.length > 1 || kwargs.has("default"))) return fallback;
    const near = suggest(name, varNames(this.#env, this.#package));
    return site.fail(`Required var '${name}' not found${near}`);
  }
}

function envVar(env: Environment, args: readonly Value[], kwargs: Kwargs, site: CallSite): Value {
  const name = str(args[0] ?? kwargs.get("var") ?? site.fail("env_var needs a name"));
  if (name.startsWith("DBT_ENV_SECRET")) {
    const place = site.place?.file ?? "";
    if (!/(profiles|packages)\.yml$/.test(place)) {
      site.fail(
        `Secret env vars are allowed only in profiles.yml or packages.yml. Found '${name}' referenced elsewhere`,
      );
    }
  }
  const found = env.variable(name);
  if (found !== undefined) return found;
  const fallback = args.length > 1 ? args[1] : kwargs.get("default");
  if (fallback === undefined || fallback === null) {
    return site.fail(`Env var required but not provided: '${name}'`);
  }
  return str(fallback);
}

function targetValue({ target }: Environment): Value {
  return new PyDict(
    Object.entries({
      name: target.name,
      target_name: target.name,
      profile_name: target.profile,
      schema: target.schema,
      database: target.database,
      dbname: target.database,
      type: "duckdb",
      threads: BigInt(target.threads),
      path: target.path,
      external_root: target.externalRoot,
    }),
  );
}

function flags(env: Environment): Record<string, unknown> {
  return {
    FULL_REFRESH: env.fullRefresh,
    WHICH: "build",
    STORE_FAILURES: false,
    EMPTY: false,
    INDIRECT_SELECTION: "eager",
    PROFILE: env.target.profile,
    TARGET: env.target.name,
    USE_COLORS: false,
  };
}

function exceptions(env: Environment): Value {
  const raise = (name: string) =>
    fn(name, (args, kwargs, site) => site.fail(str(args[0] ?? kwargs.get("msg") ?? name)));
  const warn = fn("warn", (args, kwargs, site) => {
    const message = str(args[0] ?? kwargs.get("msg") ?? "");
    env.warn(new EltError(message, site.place ? { ...site.place } : {}));
    return "";
  });
  const names = [
    "raise_compiler_error",
    "raise_not_implemented",
    "raise_contract_error",
    "raise_invalid_dispatch",
    "missing_config",
    "relation_wrong_type",
  ];
  return new PyObject({
    warn,
    warn_snapshot_timestamp_data_types: warn,
    ...Object.fromEntries(names.map((name) => [name, raise(name)])),
  });
}

function note(env: Environment, args: readonly Value[], kwargs: Kwargs): Value {
  env.log(str(args[0] ?? kwargs.get("msg") ?? ""));
  return "";
}

/** The entries of one mapping that another lacks, or holds with other values. */
function difference(a: Value | undefined, b: Value | undefined): Value {
  if (!(a instanceof PyDict) || !(b instanceof PyDict)) return new PyDict();
  const other = b;
  return new PyDict(
    [...a.entries()].filter(([key, value]) => repr(other.get(key) ?? null) !== repr(value)),
  );
}

function itemsOf(value: Value | undefined): Value[] {
  if (value instanceof PyList || value instanceof PyTuple) return [...value.items];
  if (value instanceof PySet) return [...value.values()];
  if (value instanceof PyDict) return value.keys();
  return [];
}

function zip(lists: readonly Value[][]): Value {
  const length = Math.min(...lists.map((list) => list.length));
  return new PyList(
    Array.from({ length }, (_, index) => new PyTuple(lists.map((list) => list[index] ?? null))),
  );
}
