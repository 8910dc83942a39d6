import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, extname, join, relative, resolve } from "node:path";
import { EltError } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { asList, isMap } from "./config-tree.ts";
import { readYaml, type YamlMap } from "./yaml.ts";
import type { YamlTexts } from "./yaml-jinja.ts";

/** The database a project builds into: one output of a `profiles.yml`, or the warehouse of our own project. */
export interface Target {
  readonly name: string;
  readonly profile: string;
  /** Catalog name inside DuckDB. */
  readonly database: string;
  readonly schema: string;
  readonly threads: number;
  /** Absolute path of the database file, or `:memory:`. */
  readonly path: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly extensions: readonly string[];
  readonly attach: readonly Attachment[];
  readonly externalRoot: string;
}

export interface Attachment {
  readonly path: string;
  readonly alias: string | undefined;
  readonly type: string | undefined;
  readonly readOnly: boolean;
}

export interface TargetOptions {
  readonly root: string;
  readonly profile: string;
  readonly target?: string | undefined;
  readonly profilesDir?: string | undefined;
  readonly texts: YamlTexts;
}

/** The warehouse of a project with `elt.yml`. */
export function warehouseTarget(root: string, profile: string, database = "warehouse"): Target {
  return {
    name: profile,
    profile,
    database,
    schema: "main",
    threads: 1,
    path: join(root, "data", "warehouse.duckdb"),
    settings: {},
    extensions: [],
    attach: [],
    externalRoot: root,
  };
}

/** Reads one output of `profiles.yml`, found where dbt looks: the option, the environment, the project, the home folder. */
export function readTarget({ root, profile, target, profilesDir, texts }: TargetOptions): Target {
  const folders = profilesDir
    ? [profilesDir]
    : [process.env.DBT_PROFILES_DIR, root, join(homedir(), ".dbt")].filter(
        (dir) => dir !== undefined,
      );
  const path = folders.map((folder) => join(folder, "profiles.yml")).find(existsSync);
  if (!path) {
    throw new EltError(`no profiles.yml for profile "${profile}"`, {
      hint: "put profiles.yml beside dbt_project.yml, or name its folder with --profiles-dir",
      exitCode: 2,
    });
  }
  const shown = relative(root, path);
  const file = readYaml(readFileSync(path, "utf8"), shown.startsWith("..") ? path : shown);
  const profiles = isMap(file.value) ? file.value : {};
  const chosen = profiles[profile];
  if (!isMap(chosen)) {
    const names = Object.keys(profiles);
    throw file.error(`unknown profile "${profile}"${suggest(profile, names)}`, []);
  }
  const outputs = isMap(chosen.outputs) ? chosen.outputs : {};
  const name =
    target ?? String(texts.render(chosen.target ?? "default", file, [profile, "target"]));
  const written = outputs[name];
  const place = [profile, "outputs", name];
  if (!isMap(written)) {
    const names = Object.keys(outputs);
    throw file.error(
      `unknown target "${name}"${suggest(name, names)}`,
      [profile, "outputs"],
      `choose one of: ${names.join(", ")}`,
    );
  }
  const output = texts.renderTree(written, file, place) as YamlMap;
  if (output.type !== "duckdb") {
    throw file.error(
      `target "${name}" is of type ${String(output.type)}; only duckdb is built here`,
      [...place, "type"],
    );
  }
  for (const key of ["plugins", "secrets", "use_credential_provider"]) {
    if (key in output) throw file.error(`${key} is not supported`, [...place, key]);
  }
  const written_path = String(output.path ?? ":memory:");
  const memory = written_path === ":memory:";
  const absolute = memory ? written_path : resolve(root, written_path);
  if (/^(md|motherduck):/.test(written_path)) {
    throw file.error("a MotherDuck database is not on this computer", [...place, "path"]);
  }
  const database = memory ? "memory" : basename(absolute, extname(absolute));
  const settings = isMap(output.settings) ? output.settings : {};
  return {
    name,
    profile,
    database: String(output.database ?? database),
    schema: String(output.schema ?? "main"),
    threads: Number(output.threads ?? 1),
    path: absolute,
    settings: Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, String(value)]),
    ),
    extensions: asList(output.extensions).map((item) =>
      isMap(item) ? String(item.name) : String(item),
    ),
    attach: asList(output.attach)
      .filter(isMap)
      .map((item) => ({
        path: String(item.path),
        alias: item.alias === undefined ? undefined : String(item.alias),
        type: item.type === undefined ? undefined : String(item.type),
        readOnly: item.read_only === true,
      })),
    externalRoot: resolve(root, String(output.external_root ?? ".")),
  };
}
