import type { YamlMap, YamlValue } from "./yaml.ts";

export type Config = Record<string, unknown>;

/** Kinds of nodes that have a tree of configs in `dbt_project.yml`. */
export type ConfigKind = "models" | "seeds" | "data_tests" | "sources" | "snapshots";

const APPENDED = new Set(["tags", "pre-hook", "post-hook", "packages"]);
const MERGED = new Set(["meta", "docs", "contract", "quoting", "column_types", "persist_docs"]);
const ALIASES: Readonly<Record<string, string>> = { pre_hook: "pre-hook", post_hook: "post-hook" };

/**
 * The configs a folder tree of `dbt_project.yml` gives to one node, outermost first. A level's own
 * settings are the keys with `+`, and plain keys whose value is not a mapping; the rest are folders.
 */
export function treeConfigs(tree: YamlValue | undefined, fqn: readonly string[]): Config[] {
  const result: Config[] = [];
  let level: YamlValue | undefined = tree;
  for (let depth = 0; isMap(level); depth += 1) {
    const own = Object.entries(level).filter(
      ([key, value]) => key.startsWith("+") || !isMap(value),
    );
    if (own.length > 0) {
      result.push(Object.fromEntries(own.map(([key, value]) => [key.replace(/^\+/, ""), value])));
    }
    const step: string | undefined = fqn[depth];
    level = step === undefined ? undefined : level[step];
  }
  return result;
}

/** Folders of a config tree that no node lies under: most often a typing mistake. */
export function unusedFolders(tree: YamlValue | undefined, fqns: readonly (readonly string[])[]) {
  const used = new Set(
    fqns.flatMap((fqn) => fqn.map((_, index) => fqn.slice(0, index + 1).join("."))),
  );
  const result: string[][] = [];
  const walk = (level: YamlValue | undefined, path: string[]): void => {
    if (!isMap(level)) return;
    for (const [key, value] of Object.entries(level)) {
      if (key.startsWith("+") || !isMap(value)) continue;
      if (used.has([...path, key].join("."))) walk(value, [...path, key]);
      else result.push([...path, key]);
    }
  };
  walk(tree, []);
  return result;
}

/** Later configs win key by key; lists such as tags and hooks add up, mappings such as meta merge. */
export function mergeConfigs(...configs: readonly Config[]): Config {
  const result: Config = {};
  for (const config of configs) {
    for (const [written, value] of Object.entries(config)) {
      const key = ALIASES[written] ?? written;
      if (APPENDED.has(key)) {
        const added = asList(value);
        const before = asList(result[key]);
        result[key] = key === "tags" ? [...new Set([...before, ...added])] : [...before, ...added];
      } else if (MERGED.has(key) && isMap(result[key]) && isMap(value)) {
        result[key] = { ...result[key], ...value };
      } else {
        result[key] = value;
      }
    }
  }
  return result;
}

export function asList(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function isMap(value: unknown): value is YamlMap {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
