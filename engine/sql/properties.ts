import { z } from "zod";
import type { EltError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { asList, type Config, isMap } from "./config-tree.ts";
import { listFiles, type Package, type ProjectFile } from "./project.ts";
import type { UnitTestPatch } from "./unit-tests.ts";
import { unsupportedIn } from "./unsupported.ts";
import type { YamlFile, YamlMap, YamlPath, YamlValue } from "./yaml.ts";
import type { YamlCache } from "./yaml-cache.ts";

/** What YAML says about one model, seed or source table. */
export interface Patch {
  readonly name: string;
  readonly package: Package;
  readonly file: YamlFile;
  readonly path: YamlPath;
  /** The YAML file, and the folders below its configured path. */
  readonly source: ProjectFile;
  readonly raw: YamlMap;
  readonly description: string;
  readonly config: Config;
  readonly columns: readonly ColumnPatch[];
  readonly checks: readonly CheckPatch[];
}

export interface ColumnPatch {
  readonly name: string;
  readonly description: string;
  readonly dataType: string | undefined;
  readonly path: YamlPath;
  readonly raw: YamlMap;
  readonly checks: readonly CheckPatch[];
}

export interface CheckPatch {
  /** `unique`, `dbt_utils.equal_rowcount`. */
  readonly test: string;
  readonly name: string | undefined;
  readonly description: string;
  readonly args: YamlMap;
  readonly config: Config;
  readonly column: string | undefined;
  readonly file: YamlFile;
  readonly path: YamlPath;
}

/** A table under `sources:`, with what its source says about all of its tables. */
export interface SourcePatch extends Patch {
  readonly sourceName: string;
  readonly sourceRaw: YamlMap;
  readonly sourceDescription: string;
}

export interface Properties {
  readonly models: Patch[];
  readonly seeds: Patch[];
  readonly snapshots: Patch[];
  readonly sources: SourcePatch[];
  readonly macros: Patch[];
  readonly singular: Patch[];
  readonly unitTests: UnitTestPatch[];
  readonly warnings: EltError[];
  readonly errors: EltError[];
}

const text = z.string().nullish();
const config = z.record(z.string(), z.unknown()).nullish();
const column = z.looseObject({ name: z.string(), description: text, data_type: text, config });
const entry = z.looseObject({
  name: z.string(),
  description: text,
  config,
  columns: z.array(column).nullish(),
});
const source = z.looseObject({
  name: z.string(),
  description: text,
  config,
  schema: text,
  database: text,
  tables: z.array(z.looseObject({ ...entry.shape, identifier: text })).nullish(),
});

const KNOWN = [
  ...["version", "models", "seeds", "sources", "macros", "snapshots", "exposures", "analyses"],
  ...["unit_tests", "data_tests", "tests", "groups", "semantic_models", "metrics", "saved_queries"],
  ...["functions", "anchors"],
];
/** Settings of a check that may stand beside its arguments. */
const CHECK_CONFIG = new Set([
  ...["severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc"],
  ...["store_failures", "store_failures_as", "meta", "database", "schema", "alias", "group"],
]);
const CHECK_KEYS = ["data_tests", "tests", "data-tests"];

/** Reads every properties file of a package. Mistakes are collected, not thrown. */
export function readProperties(owner: Package, base: string, cache: YamlCache): Properties {
  const result: Properties = {
    models: [],
    seeds: [],
    snapshots: [],
    sources: [],
    macros: [],
    singular: [],
    unitTests: [],
    warnings: [],
    errors: [],
  };
  for (const found of listFiles(owner, "all", [".yml", ".yaml"], base)) {
    try {
      readFile(cache.read(found.absolute, found.path), found, result);
    } catch (error) {
      if (!isExpected(error)) throw error;
      result.errors.push(error);
    }
  }
  return result;
}

function readFile(file: YamlFile, found: ProjectFile, into: Properties): void {
  if (!isMap(file.value)) return;
  for (const key of Object.keys(file.value)) {
    if (KNOWN.includes(key)) continue;
    into.warnings.push(file.error(`unknown key "${key}"${suggest(key, KNOWN)}`, [key]));
  }
  const list = (key: string): YamlValue[] => asList((file.value as YamlMap)[key]) as YamlValue[];
  const patches = (key: string, target: Patch[]): void => {
    for (const [index, value] of list(key).entries()) {
      const patch = toPatch(value, { file, source: found, path: [key, index] }, into.errors);
      if (patch) target.push(patch);
    }
  };
  patches("models", into.models);
  patches("seeds", into.seeds);
  patches("snapshots", into.snapshots);
  patches("macros", into.macros);
  patches("data_tests", into.singular);
  patches("tests", into.singular);
  for (const [index, value] of list("sources").entries()) {
    readSource(value, { file, source: found, path: ["sources", index] }, into);
  }
  for (const [index, raw] of list("unit_tests").entries()) {
    into.unitTests.push({ raw, package: found.package, file, path: ["unit_tests", index] });
  }
  into.warnings.push(...unsupportedIn(file));
  for (const { path, message } of file.surprises) {
    if (path.includes("values")) into.warnings.push(file.error(message, path));
  }
}

interface Where {
  readonly file: YamlFile;
  readonly source: ProjectFile;
  readonly path: YamlPath;
}

function readSource(value: YamlValue, where: Where, into: Properties): void {
  if (!valid(source, value, where, into.errors)) return;
  const raw = value as YamlMap;
  for (const [index, table] of asList(raw.tables).entries()) {
    const path = [...where.path, "tables", index];
    const patch = toPatch(table as YamlValue, { ...where, path }, into.errors);
    if (!patch) continue;
    into.sources.push({
      ...patch,
      sourceName: String(raw.name),
      sourceRaw: raw,
      sourceDescription: String(raw.description ?? ""),
    });
  }
}

function toPatch(value: YamlValue, where: Where, errors: EltError[]): Patch | undefined {
  if (!valid(entry, value, where, errors)) return undefined;
  const raw = value as YamlMap;
  const columns = asList(raw.columns).map((each, index): ColumnPatch => {
    const path = [...where.path, "columns", index];
    const item = each as YamlMap;
    const name = String(item.name);
    return {
      name,
      description: String(item.description ?? ""),
      dataType: typeof item.data_type === "string" ? item.data_type : undefined,
      path,
      raw: item,
      checks: toChecks(item, name, { ...where, path }, errors),
    };
  });
  return {
    name: String(raw.name),
    package: where.source.package,
    file: where.file,
    path: where.path,
    source: where.source,
    raw,
    description: String(raw.description ?? ""),
    config: { ...own(raw), ...(isMap(raw.config) ? raw.config : {}) },
    columns,
    checks: toChecks(raw, undefined, where, errors),
  };
}

/** Settings that may stand at the top of an entry instead of under `config:`. */
function own(raw: YamlMap): Config {
  const keys = ["tags", "meta", "docs", "access", "group", "contract", "latest_version"];
  return Object.fromEntries(keys.filter((key) => key in raw).map((key) => [key, raw[key]]));
}

function toChecks(
  raw: YamlMap,
  columnName: string | undefined,
  where: Where,
  errors: EltError[],
): CheckPatch[] {
  return CHECK_KEYS.flatMap((key) =>
    asList(raw[key]).flatMap((value, index) => {
      const path = [...where.path, key, index];
      const check = toCheck(value, columnName, { ...where, path });
      if (check) return [check];
      errors.push(where.file.error("a check is a name, or a name with its arguments", path));
      return [];
    }),
  );
}

function toCheck(
  value: unknown,
  columnName: string | undefined,
  { file, path }: Where,
): CheckPatch | undefined {
  if (typeof value === "string") {
    const none = { args: {}, config: {}, name: undefined, description: "" };
    return { test: value, column: columnName, file, path, ...none };
  }
  if (!isMap(value)) return undefined;
  const keys = Object.keys(value);
  const flat = typeof value.test_name === "string";
  const test = flat ? String(value.test_name) : keys[0];
  if (test === undefined || (!flat && keys.length !== 1)) return undefined;
  const body = flat ? omit(value, ["test_name"]) : value[test];
  const written = isMap(body) ? body : {};
  const config: Config = isMap(written.config) ? { ...written.config } : {};
  const args: Record<string, YamlValue> = {};
  for (const [key, item] of Object.entries(written)) {
    if (CHECK_CONFIG.has(key)) config[key] = item;
    else if (!["config", "arguments", "name", "description", "column_name"].includes(key)) {
      args[key] = item;
    }
  }
  if (isMap(written.arguments)) Object.assign(args, written.arguments);
  return {
    test,
    name: typeof written.name === "string" ? written.name : undefined,
    description: String(written.description ?? ""),
    args,
    config,
    column:
      columnName ?? (typeof written.column_name === "string" ? written.column_name : undefined),
    file,
    path,
  };
}

function valid(
  schema: z.ZodType,
  value: unknown,
  { file, path }: Where,
  errors: EltError[],
): boolean {
  const parsed = schema.safeParse(value);
  if (parsed.success) return true;
  for (const issue of parsed.error.issues) {
    const at = [...path, ...(issue.path as (string | number)[])];
    errors.push(
      file.error(
        `${at.filter((part) => typeof part === "string").join(".")}: ${issue.message}`,
        at,
      ),
    );
  }
  return false;
}

function omit(map: YamlMap, keys: readonly string[]): YamlMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

function isExpected(error: unknown): error is EltError {
  return error instanceof Error && error.name.startsWith("EltError");
}
