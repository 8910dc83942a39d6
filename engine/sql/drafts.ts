import { readFileSync } from "node:fs";
import type { EltError } from "../errors.ts";
import { asList, type Config, isMap, mergeConfigs, treeConfigs } from "./config-tree.ts";
import type { Docs } from "./docs.ts";
import { errorIn } from "./edges.ts";
import type { Environment } from "./environment.ts";
import type { ColumnInfo, GenericTest, Origin } from "./nodes.ts";
import { type Found, parseNode } from "./parse.ts";
import { listFiles, type Package, type ProjectFile } from "./project.ts";
import type { Patch, Properties, SourcePatch } from "./properties.ts";
import type { Relation } from "./relation.ts";
import { relationFor } from "./relation-names.ts";
import { Session } from "./session.ts";
import { parseTemplate } from "./template/template.ts";
import type { Value } from "./template/values.ts";
import type { YamlFile, YamlPath } from "./yaml.ts";
import { yamlTexts } from "./yaml-jinja.ts";

/** A node whose edges are still names. */
export interface Draft {
  readonly kind: "model" | "seed" | "check" | "source";
  readonly id: string;
  readonly name: string;
  readonly package: Package;
  readonly fqn: readonly string[];
  readonly path: string;
  readonly absolute: string;
  readonly text: string;
  readonly firstLine: number;
  readonly config: Config;
  readonly description: string;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  readonly relation: Relation;
  readonly origin: Origin | undefined;
  readonly found: Found | undefined;
  readonly test?: GenericTest;
  readonly sourceName?: string;
  readonly meta?: Config;
}

export interface Setting {
  readonly env: Environment;
  readonly docs: Docs;
  readonly base: string;
  readonly errors: EltError[];
  readonly warnings: EltError[];
  readonly doc: (packageName: string) => Value;
}

export function draftFiles(
  owner: Package,
  properties: Properties,
  kind: "model" | "test",
  setting: Setting,
): Draft[] {
  const files = listFiles(owner, kind, [".sql"], setting.base).filter(
    (file) => kind === "model" || file.parts[0] !== "generic",
  );
  if (kind === "model") refusePython(owner, setting);
  return files.flatMap((file) => {
    try {
      return [draftFile(file, properties, kind, setting)];
    } catch (error) {
      setting.errors.push(errorIn(error));
      return [];
    }
  });
}

function refusePython(owner: Package, { base, errors }: Setting): void {
  for (const file of listFiles(owner, "model", [".py"], base)) {
    errors.push(
      errorIn(new Error("Python models are not supported"), { file: file.path, line: 1 }),
    );
  }
}

function draftFile(
  file: ProjectFile,
  properties: Properties,
  kind: "model" | "test",
  setting: Setting,
): Draft {
  const written = readFileSync(file.absolute, "utf8");
  const patches = kind === "model" ? properties.models : properties.singular;
  const name = stem(file);
  const patch = patches.find((each) => each.name === name);
  return draftText({ file, name, kind, written, line: 1, patch }, setting);
}

export interface TextOptions {
  readonly file: ProjectFile;
  readonly name: string;
  readonly kind: "model" | "test" | "snapshot";
  /** The text as written, and the line of the file it begins in. */
  readonly written: string;
  readonly line: number;
  readonly patch: Patch | undefined;
}

const TREES = { model: "models", test: "data_tests", snapshot: "snapshots" } as const;

/** A node made of one SQL text: parsed once for its edges and its config. */
export function draftText(options: TextOptions, setting: Setting): Draft {
  const { file, name, kind, written, line, patch } = options;
  const { env } = setting;
  const owner = file.package;
  const text = written.trim();
  const firstLine = line + written.slice(0, written.indexOf(text)).split("\n").length - 1;
  const folders = file.parts.slice(0, -1);
  const fqn = [owner.name, ...folders, ...(kind === "snapshot" ? [stem(file)] : []), name];
  const before = layered(TREES[kind], fqn, patch, owner, setting);
  const model = {
    name,
    resource_type: kind,
    package_name: owner.name,
    fqn,
    path: file.parts.join("/"),
  };
  const self = relationFor(env, { ...model, config: before });
  const template = parseTemplate(text, { file: file.path, line: firstLine });
  const found = parseNode({ env, template, packageName: owner.name, self, model });
  const made = kind === "snapshot" ? { materialized: "snapshot" } : {};
  const config = mergeConfigs(before, found.config, made);
  return {
    kind: kind === "test" ? "check" : "model",
    id: `${kind}.${owner.name}.${name}`,
    name,
    package: owner,
    fqn,
    path: file.path,
    absolute: file.absolute,
    text,
    firstLine,
    config,
    ...described(patch, setting),
    relation: relationFor(env, { ...model, config }),
    found,
  };
}

export function draftSeeds(owner: Package, properties: Properties, setting: Setting): Draft[] {
  return listFiles(owner, "seed", [".csv"], setting.base).map((file) => {
    const name = stem(file);
    const fqn = [owner.name, ...file.parts.slice(0, -1), name];
    const patch = properties.seeds.find((each) => each.name === name);
    const config = layered("seeds", fqn, patch, owner, setting);
    const model = {
      name,
      resource_type: "seed",
      package_name: owner.name,
      fqn,
      path: file.parts.join("/"),
    };
    return {
      kind: "seed",
      id: `seed.${owner.name}.${name}`,
      name,
      package: owner,
      fqn,
      path: file.path,
      absolute: file.absolute,
      text: "",
      firstLine: 1,
      config,
      ...described(patch, setting),
      relation: relationFor(setting.env, { ...model, config }),
      found: undefined,
    };
  });
}

export function draftSources(properties: Properties, setting: Setting): Draft[] {
  return properties.sources.flatMap((patch) => {
    try {
      return [draftSource(patch, setting)];
    } catch (error) {
      setting.errors.push(errorIn(error));
      return [];
    }
  });
}

function draftSource(patch: SourcePatch, setting: Setting): Draft {
  const owner = patch.package;
  const { sourceRaw, sourceName } = patch;
  const fqn = [owner.name, ...patch.source.parts.slice(0, -1), sourceName, patch.name];
  const texts = textsFor(owner, setting);
  const top = isMap(sourceRaw.config) ? sourceRaw.config : {};
  const common = { ...pick(sourceRaw, ["tags", "meta"]), ...top };
  const config = mergeConfigs(
    ...treeConfigs(owner.configs.sources, fqn),
    texts.renderTree(common as never, patch.file, patch.path) as Config,
    texts.renderTree(patch.config as never, patch.file, patch.path) as Config,
  );
  const render = (key: string, fallback: string): string => {
    const value = texts.render(sourceRaw[key] ?? null, patch.file, [
      ...patch.path.slice(0, 2),
      key,
    ]);
    return value === null || value === undefined || value === "" ? fallback : String(value);
  };
  const identifier = texts.render(patch.raw.identifier ?? patch.name, patch.file, [
    ...patch.path,
    "identifier",
  ]);
  const relation = {
    database: render("database", setting.env.target.database),
    schema: render("schema", sourceName),
    identifier: String(identifier),
  };
  const meta = isMap(config.meta) ? config.meta : {};
  const location = meta.external_location ?? config.external_location;
  return {
    kind: "source",
    id: `source.${owner.name}.${sourceName}.${patch.name}`,
    name: patch.name,
    sourceName,
    meta,
    package: owner,
    fqn,
    path: patch.file.file,
    absolute: patch.source.absolute,
    text: "",
    firstLine: 1,
    config,
    ...described(patch, setting),
    relation: location
      ? { ...relation, expression: external(String(location), relation) }
      : relation,
    found: undefined,
  };
}

/** `{name}` and its kin filled in; quoted as a file unless it is a call. */
function external(location: string, relation: Relation): string {
  const text = location
    .replaceAll("{name}", relation.identifier)
    .replaceAll("{identifier}", relation.identifier)
    .replaceAll("{schema}", relation.schema)
    .replaceAll("{database}", relation.database);
  return text.includes("(") ? text : `'${text}'`;
}

/** Configs from far to near: the package's tree, the root project's tree, the YAML entry. */
export function layered(
  kind: "models" | "seeds" | "data_tests" | "snapshots",
  fqn: readonly string[],
  patch: { readonly file: YamlFile; readonly path: YamlPath; readonly config: Config } | undefined,
  owner: Package,
  setting: Setting,
): Config {
  const { env } = setting;
  const trees = owner === env.project ? [owner] : [owner, env.project];
  const written = patch
    ? textsFor(owner, setting).renderTree(patch.config as never, patch.file, patch.path)
    : {};
  const config = mergeConfigs(
    ...trees.flatMap((each) => treeConfigs(each.configs[kind], fqn)),
    written as Config,
  );
  return { ...config, tags: asList(config.tags).map(String) };
}

export function textsFor(owner: Package, { env }: Setting) {
  return yamlTexts(new Session(env).globals(owner.name));
}

function described(patch: Patch | undefined, setting: Setting) {
  const columns = new Map<string, ColumnInfo>();
  if (!patch) return { description: "", columns, origin: undefined };
  const session = new Session(setting.env, () => ({
    doc: () => setting.doc(patch.package.name),
  }));
  const globals = session.globals(patch.package.name);
  const texts = yamlTexts(globals);
  const text = (written: string, path: YamlPath): string => {
    try {
      return texts.renderText(written, patch.file, [...path, "description"]).trim();
    } catch (error) {
      setting.errors.push(errorIn(error));
      return "";
    }
  };
  for (const column of patch.columns) {
    columns.set(column.name, {
      name: column.name,
      description: text(column.description, column.path),
      dataType: column.dataType,
      path: column.path,
      raw: column.raw,
    });
  }
  const origin: Origin = { file: patch.file, path: patch.path };
  return { description: text(patch.description, patch.path), columns, origin };
}

export function stem(file: ProjectFile): string {
  return (file.parts.at(-1) ?? "").replace(/\.(sql|csv)$/, "");
}

function pick(map: Readonly<Record<string, unknown>>, keys: readonly string[]): Config {
  return Object.fromEntries(keys.filter((key) => key in map).map((key) => [key, map[key]]));
}
