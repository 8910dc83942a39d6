import type { EltError } from "../errors.ts";
import { asList, isMap } from "./config-tree.ts";
import type { YamlFile } from "./yaml.ts";

/** Parts of dbt that are read and not run: each is said once, where it is written. */
const NOT_RUN: Readonly<Record<string, string>> = {
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
