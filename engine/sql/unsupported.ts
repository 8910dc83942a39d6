import { readFileSync } from "node:fs";
import { EltError } from "../errors.ts";
import { asList, isMap } from "./config-tree.ts";
import { listFiles, type Package } from "./project.ts";
import type { YamlFile } from "./yaml.ts";

/** Parts of dbt that are read and not run: each is said once, where it is written. */
const NOT_RUN: Readonly<Record<string, string>> = {
  unit_tests: "unit tests",
  snapshots: "snapshots",
  functions: "functions",
  saved_queries: "saved queries",
};

/** What a YAML file asks for that the runner leaves undone. */
export function unsupportedIn(file: YamlFile): EltError[] {
  if (!isMap(file.value)) return [];
  const said: EltError[] = [];
  for (const [key, name] of Object.entries(NOT_RUN)) {
    if (asList(file.value[key]).length > 0) said.push(file.error(`${name} are not run`, [key]));
  }
  for (const [index, model] of asList(file.value.models).entries()) {
    if (!isMap(model) || model.versions === undefined) continue;
    said.push(file.error("versions of a model are not supported", ["models", index, "versions"]));
  }
  return said;
}

/** Snapshot files: a `ref` to one is an unknown model, so say why. */
export function unsupportedFiles(owner: Package, base: string): EltError[] {
  return listFiles(owner, "snapshot", [".sql"], base).flatMap((file) => {
    const lines = readFileSync(file.absolute, "utf8").split("\n");
    const at = lines.findIndex((line) => /\{%-?\s*snapshot\b/.test(line));
    if (at < 0) return [];
    return [new EltError("snapshots are not run", { file: file.path, line: at + 1 })];
  });
}
