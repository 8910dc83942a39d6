import { suggest } from "../suggest.ts";
import { md5 } from "./base-context.ts";
import { asList, type Config, isMap, mergeConfigs, treeConfigs } from "./config-tree.ts";
import { type Draft, type Setting, textsFor } from "./drafts.ts";
import { type Edges, errorIn } from "./edges.ts";
import { isBuiltIn, type Macro, type MacroRegistry } from "./macros.ts";
import type { GenericTest } from "./nodes.ts";
import { type Found, parseNode } from "./parse.ts";
import type { CheckPatch, Patch, Properties, SourcePatch } from "./properties.ts";
import { type Globals, parseTemplate } from "./template/template.ts";
import { PyDict, PyList, PyTuple, repr, str, type Value } from "./template/values.ts";
import type { YamlFile, YamlPath, YamlValue } from "./yaml.ts";
import { hasJinja, yamlTexts, yamlValue } from "./yaml-jinja.ts";

/** The one line a generic check consists of. */
export const CHECK_CALL = (macro: string) => `{{ ${macro}(**_dbt_generic_test_kwargs) }}`;

const BARE_CALL = /^\s*(?:env_var|ref|var|source|doc)\s*\(.+\)\s*$/s;

/** The checks that YAML asks for, one draft each. */
export function draftChecks(
  properties: readonly Properties[],
  edges: Edges,
  setting: Setting,
): Draft[] {
  const drafts: Draft[] = [];
  const seen = new Map<string, CheckPatch>();
  for (const each of properties) {
    const targets: [Patch, "ref" | "source"][] = [
      ...[...each.models, ...each.seeds, ...each.snapshots].map((patch): [Patch, "ref"] => [
        patch,
        "ref",
      ]),
      ...each.sources.map((patch): [Patch, "source"] => [patch, "source"]),
    ];
    for (const [patch, kind] of targets) {
      const checks = [...patch.checks, ...patch.columns.flatMap((column) => column.checks)];
      for (const check of checks) {
        try {
          const draft = draftCheck(check, patch, kind, edges, setting);
          if (!draft) continue;
          const first = seen.get(draft.id);
          if (first) {
            const line = first.file.place(first.path).line;
            throw check.file.error(
              `check "${draft.name}" is written twice, first in ${first.file.file}:${line}`,
              check.path,
              "give one of them a name:",
            );
          }
          seen.set(draft.id, check);
          drafts.push(draft);
        } catch (error) {
          setting.errors.push(errorIn(error));
        }
      }
    }
  }
  return drafts;
}

function draftCheck(
  check: CheckPatch,
  patch: Patch,
  kind: "ref" | "source",
  edges: Edges,
  setting: Setting,
): Draft | undefined {
  const { env } = setting;
  const owner = patch.package;
  const source = kind === "source" ? (patch as SourcePatch) : undefined;
  const call = { name: patch.name, package: undefined, version: undefined };
  const target = source
    ? edges.source(source.sourceName, patch.name, owner.name)
    : edges.ref(call, owner.name);
  // A patch of a missing or disabled model is a warning elsewhere; its checks have nothing to check.
  if (target instanceof Error) return undefined;
  const macro = findTest(check, owner.name, setting);
  const [namespace, testName] = split(check.test);
  const modelCall = source
    ? `source('${source.sourceName}', '${patch.name}')`
    : `ref('${patch.name}')`;
  const args: Record<string, YamlValue> = { ...check.args };
  if (check.column !== undefined) args.column_name = check.column;
  const subject = source ? `${source.sourceName}_${patch.name}` : patch.name;
  const prefixes = [source ? "source" : undefined, namespace, testName];
  const type = prefixes.filter((each) => each !== undefined).join("_");
  const names = checkName(type, subject, args);
  const name = check.name ?? names.full;
  const id = `test.${owner.name}.${name}.${hash(name, namespace, testName, args, modelCall)}`;
  const fqn = [owner.name, ...patch.source.parts.slice(0, -1), name];
  const trees = owner === env.project ? [owner] : [owner, env.project];
  const config = mergeConfigs(
    { tags: inheritedTags(check, patch, source) },
    ...trees.flatMap((each) => treeConfigs(each.configs.data_tests, fqn)),
    textsFor(owner, setting).renderTree(check.config as never, check.file, check.path) as Config,
  );
  const test: GenericTest = {
    name: testName,
    namespace,
    column: check.column,
    args,
    target: undefined as never,
  };
  const model = { name, resource_type: "test", package_name: owner.name, fqn };
  const relation = {
    database: env.target.database,
    schema: String(config.schema ?? "dbt_test__audit"),
    identifier: String(config.alias ?? check.name ?? names.short),
  };
  const text = CHECK_CALL(macro.name);
  const line = () => check.file.place(check.path).line;
  const shipped = isShipped(macro, env.macros);
  const parse = (firstLine: number): Found =>
    parseNode({
      env,
      // A check that came with the runner has no edges but its model and its arguments.
      template: shipped ? EMPTY : parseTemplate(text, { file: check.file.file, line: firstLine }),
      packageName: owner.name,
      self: relation,
      model: { ...model, config },
      names: (globals) =>
        checkArguments(globals, {
          test,
          modelCall: shipped ? undefined : modelCall,
          file: check.file,
          path: check.path,
        }),
    });
  const parsed = retried(
    () => parse(1),
    () => parse(line()),
  );
  const found = shipped ? withTarget(parsed, patch, source) : parsed;
  return {
    kind: "check",
    id,
    name,
    package: owner,
    fqn,
    path: check.file.file,
    absolute: patch.source.absolute,
    text,
    get firstLine() {
      return line();
    },
    config: mergeConfigs(found.config, config),
    description: check.description,
    columns: new Map(),
    relation,
    origin: { file: check.file, path: check.path },
    found,
    test: {
      ...test,
      get target() {
        return edges.node(target) as never;
      },
    },
  };
}

/** The line is only looked up when something fails: the work is then done again to fail in its place. */
function retried<T>(first: () => T, again: () => T): T {
  try {
    return first();
  } catch {
    return again();
  }
}

const EMPTY = parseTemplate("", { file: "" });

/** One of the four built-in checks, with nothing of the project in its way. */
function isShipped(macro: Macro, macros: MacroRegistry): boolean {
  if (!isBuiltIn(macro.package)) return false;
  const bodies = [`default__${macro.name}`, `duckdb__${macro.name}`, "default__get_where_subquery"];
  return [...bodies, "duckdb__get_where_subquery", "get_where_subquery"].every(
    (name) => macros.written(name, "") === undefined,
  );
}

function withTarget(found: Found, patch: Patch, source: SourcePatch | undefined): Found {
  const place = undefined;
  if (source) {
    const own = { source: source.sourceName, table: patch.name, place };
    return { ...found, sources: [own, ...found.sources] };
  }
  const own = { name: patch.name, package: undefined, version: undefined, place };
  return { ...found, refs: [own, ...found.refs] };
}

/** A check has the tags of its column, and of its source and table. */
function inheritedTags(
  check: CheckPatch,
  patch: Patch,
  source: SourcePatch | undefined,
): unknown[] {
  const column = patch.columns.find((each) => each.name === check.column)?.raw;
  const above = source ? [source.sourceRaw.tags, patch.raw.tags] : [];
  const own = isMap(column?.config) ? column.config.tags : undefined;
  return [...above, column?.tags, own].flatMap(asList);
}

export interface CheckCall {
  readonly test: Pick<GenericTest, "args">;
  /** `ref('orders')`; absent where only the arguments are wanted. */
  readonly modelCall: string | undefined;
  readonly file: YamlFile;
  readonly path: YamlPath;
}

/** The arguments a generic check's macro is called with, as the name its text uses. */
export function checkArguments(
  globals: Globals,
  { test, modelCall, file, path }: CheckCall,
): ReadonlyMap<string, Value> {
  const texts = yamlTexts(globals);
  const render = (name: string, value: YamlValue): Value => {
    if (typeof value !== "string" || name === "column_name") return yamlValue(value);
    if (BARE_CALL.test(value)) return texts.renderCall(value, file, path, globals);
    return hasJinja(value) ? yamlValue(texts.render(value, file, path)) : value;
  };
  const kwargs = new PyDict();
  if (modelCall !== undefined)
    kwargs.set("model", texts.renderCall(`get_where_subquery(${modelCall})`, file, path, globals));
  for (const [name, value] of Object.entries(test.args)) {
    kwargs.set(
      name,
      Array.isArray(value)
        ? new PyList(value.map((each) => render("", each)))
        : render(name, value),
    );
  }
  return new Map([["_dbt_generic_test_kwargs", kwargs]]);
}

function findTest(check: CheckPatch, packageName: string, { env }: Setting): Macro {
  const [namespace, name] = split(check.test);
  const found = namespace
    ? env.macros.in(namespace, `test_${name}`)
    : env.macros.find(`test_${name}`, packageName);
  if (found) return found;
  const known = env.macros
    .names()
    .filter((each) => each.startsWith("test_"))
    .map((each) => each.slice(5));
  throw check.file.error(`unknown check "${check.test}"${suggest(name, known)}`, check.path);
}

function split(test: string): [string | undefined, string] {
  const [first = "", second] = test.split(".");
  return second === undefined ? [undefined, first] : [first, second];
}

/** dbt's name of a check: type, model and arguments; a long one is cut for files and tables. */
function checkName(type: string, subject: string, args: Readonly<Record<string, YamlValue>>) {
  const identifier = `${type}_${subject}`;
  const flat = Object.keys(args)
    .sort()
    .flatMap((key) => parts(yamlValue(args[key] ?? null)))
    .map((part) => part.replace(/[^0-9a-zA-Z_]+/g, "_"));
  const full = `${identifier}_${flat.join("__")}`;
  const short = full.length < 64 ? full : `${identifier.slice(0, 30)}_${md5(full)}`;
  return { full, short };
}

function parts(value: Value): string[] {
  if (value instanceof PyList || value instanceof PyTuple) return value.items.map(str);
  if (value instanceof PyDict) return value.values().map(str);
  return [str(value)];
}

/** The last ten characters of dbt's id of a check. */
function hash(
  name: string,
  namespace: string | undefined,
  testName: string,
  args: Readonly<Record<string, YamlValue>>,
  modelCall: string,
): string {
  const kwargs = { ...args, model: `{{ get_where_subquery(${modelCall}) }}` };
  const metadata = { namespace: namespace ?? null, name: testName, kwargs };
  return md5(name + repr(sortedTexts(yamlValue(metadata)))).slice(-10);
}

function sortedTexts(value: Value): Value {
  if (value instanceof PyDict) {
    const entries = Array.from(
      value.entries(),
      ([key, item]) => [str(key), sortedTexts(item)] as const,
    );
    return new PyDict(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (value instanceof PyList) return new PyList(value.items.map(sortedTexts));
  return str(value);
}
