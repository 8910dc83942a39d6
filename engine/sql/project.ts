import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { EltError } from "../errors.ts";
import { asList, type ConfigKind, isMap } from "./config-tree.ts";
import { readYaml, type YamlFile, type YamlMap, type YamlValue } from "./yaml.ts";
import type { YamlTexts } from "./yaml-jinja.ts";

/** One dbt folder: the project itself, or a package it uses. */
export interface Package {
  readonly name: string;
  /** Absolute. */
  readonly root: string;
  readonly profile: string;
  readonly paths: Readonly<Record<PathKind, readonly string[]>>;
  readonly vars: YamlMap;
  readonly configs: Readonly<Record<ConfigKind, YamlValue>>;
  readonly onRunStart: readonly string[];
  readonly onRunEnd: readonly string[];
  /** Macro namespace → packages searched, in order. */
  readonly dispatch: ReadonlyMap<string, readonly string[]>;
  readonly targetPath: string;
  readonly file: YamlFile;
}

export type PathKind = "model" | "seed" | "test" | "macro" | "snapshot" | "docs";

export interface ProjectFile {
  readonly package: Package;
  /** As the user knows it: relative to the root project. */
  readonly path: string;
  readonly absolute: string;
  /** Folders and file name below the configured path: `["staging", "stg_orders.sql"]`. */
  readonly parts: readonly string[];
}

/** What reading a `dbt_project.yml` needs from outside: how a text with Jinja becomes a value. */
export interface ReadOptions {
  readonly root: string;
  readonly texts: YamlTexts;
  /** The root project, for the paths shown in errors. */
  readonly base?: string;
}

const DEFAULT_PATHS: Readonly<Record<PathKind, readonly string[]>> = {
  model: ["models"],
  seed: ["seeds"],
  test: ["tests"],
  macro: ["macros"],
  snapshot: ["snapshots"],
  docs: [],
};

/** Reads `dbt_project.yml` of one folder. */
export function readPackage({ root, texts, base = root }: ReadOptions): Package {
  const path = join(root, "dbt_project.yml");
  if (!existsSync(path)) {
    throw new EltError(`no dbt_project.yml in ${root}`, {
      hint: "point --project-dir at the folder that holds dbt_project.yml",
      exitCode: 2,
    });
  }
  const file = readYaml(readFileSync(path, "utf8"), relative(base, path) || "dbt_project.yml");
  const value = isMap(file.value) ? file.value : {};
  const text = (key: string): string => {
    const found = texts.render(value[key] ?? null, file, [key]);
    return found === null || found === undefined ? "" : String(found);
  };
  const name = text("name");
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw file.error(`project name "${name}" is not made of letters, digits and _`, ["name"]);
  }
  const list = (key: string): string[] => asList(value[key]).map(String);
  const vars = readVars(root, base, value.vars);
  const tree = (...keys: string[]): YamlValue => {
    const key = keys.find((candidate) => candidate in value);
    return key === undefined ? {} : texts.renderTree(value[key] ?? {}, file, [key]);
  };
  const paths = Object.fromEntries(
    Object.entries(DEFAULT_PATHS).map(([kind, fallback]) => {
      const key = `${kind}-paths`;
      return [kind, key in value ? list(key) : fallback];
    }),
  ) as Record<PathKind, readonly string[]>;
  return {
    name,
    root,
    profile: text("profile") || name,
    paths,
    vars,
    configs: {
      models: tree("models"),
      seeds: tree("seeds"),
      data_tests: tree("data_tests", "tests"),
      sources: tree("sources"),
      snapshots: tree("snapshots"),
    },
    onRunStart: list("on-run-start"),
    onRunEnd: list("on-run-end"),
    dispatch: new Map(
      asList(value.dispatch)
        .filter(isMap)
        .map((entry) => [String(entry.macro_namespace), asList(entry.search_order).map(String)]),
    ),
    targetPath: text("target-path") || "target",
    file,
  };
}

/** The packages of `packages.yml` that lie on this computer: `local:` folders and what `dbt deps` installed. */
export function readPackages(root: Package, texts: YamlTexts): Package[] {
  const found = new Map<string, Package>();
  const visit = (owner: Package): void => {
    for (const folder of packageFolders(owner, texts)) {
      if ([...found.values()].some((known) => known.root === folder)) continue;
      const read = readPackage({ root: folder, texts, base: root.root });
      if (found.has(read.name)) continue;
      found.set(read.name, read);
      visit(read);
    }
  };
  visit(root);
  return [...found.values()];
}

function packageFolders(owner: Package, texts: YamlTexts): string[] {
  const folders: string[] = [];
  for (const name of ["packages.yml", "dependencies.yml"]) {
    const path = join(owner.root, name);
    if (!existsSync(path)) continue;
    const file = readYaml(readFileSync(path, "utf8"), name);
    const value = isMap(file.value) ? file.value : {};
    const installed = join(owner.root, "dbt_packages");
    for (const [index, entry] of asList(value.packages).entries()) {
      if (!isMap(entry)) continue;
      const where = ["packages", index];
      const local = texts.render(entry.local ?? null, file, [...where, "local"]);
      if (local) {
        folders.push(resolve(owner.root, String(local)));
        continue;
      }
      const wanted = String(entry.package ?? entry.git ?? entry.tarball ?? "");
      const short = basename(wanted).replace(/\.git$/, "");
      const folder = join(installed, short);
      if (existsSync(join(folder, "dbt_project.yml"))) folders.push(folder);
      else {
        throw file.error(
          `package "${wanted}" is not installed`,
          where,
          `put it into dbt_packages/${short}, or name a folder with local:`,
        );
      }
    }
  }
  return folders;
}

function readVars(root: string, base: string, written: YamlValue | undefined): YamlMap {
  const path = join(root, "vars.yml");
  const own = isMap(written) ? written : {};
  if (!existsSync(path)) return own;
  const file = readYaml(readFileSync(path, "utf8"), relative(base, path));
  const value = isMap(file.value) ? file.value : {};
  return { ...(isMap(value.vars) ? value.vars : {}), ...own };
}

/** The files of a package below its paths of one kind, with one of the endings, in order of path. */
export function listFiles(
  owner: Package,
  kind: PathKind | "all",
  endings: readonly string[],
  base: string,
) {
  const roots =
    kind === "all"
      ? [...new Set(Object.values(owner.paths).flat())]
      : [...new Set(owner.paths[kind])];
  const files: ProjectFile[] = [];
  for (const folder of roots) {
    const absolute = join(owner.root, folder);
    if (!existsSync(absolute)) continue;
    const entries = readdirSync(absolute, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || !endings.some((ending) => entry.name.endsWith(ending))) continue;
      const full = join(entry.parentPath, entry.name);
      const parts = relative(absolute, full).split(/[\\/]/);
      if (parts.some((part) => part.startsWith("."))) continue;
      files.push({ package: owner, path: relative(base, full), absolute: full, parts });
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
