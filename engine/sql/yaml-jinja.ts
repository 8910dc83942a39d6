import {
  type Globals,
  parseTemplate,
  renderNative,
  renderTemplate,
  type Template,
} from "./template/template.ts";
import { PyDict, PyList, PyTuple, type Value } from "./template/values.ts";
import type { YamlFile, YamlPath, YamlValue } from "./yaml.ts";

/** Renders the texts of a YAML file that hold Jinja. */
export interface YamlTexts {
  /** One value; a text with Jinja becomes what its expression gives, not its spelling. */
  render(value: YamlValue, file: YamlFile, path: YamlPath): YamlValue;
  /** A value with everything in it. Hooks stay as they are: they are rendered when they run. */
  renderTree(value: YamlValue, file: YamlFile, path: YamlPath): YamlValue;
  /** A description: always text. */
  renderText(text: string, file: YamlFile, path: YamlPath, globals?: Globals): string;
  /** An argument that is written as a bare call, `ref('customers')`, rendered as if it stood in braces. */
  renderCall(text: string, file: YamlFile, path: YamlPath, globals: Globals): Value;
}

const LATER = new Set([
  "pre-hook",
  "post-hook",
  "pre_hook",
  "post_hook",
  "on-run-start",
  "on-run-end",
  "query-comment",
]);

export function yamlTexts(globals: Globals): YamlTexts {
  // The line is only looked up when something fails: the work is then done again to fail in its place.
  const placed = <T>(
    text: string,
    file: YamlFile,
    path: YamlPath,
    work: (template: Template) => T,
  ): T => {
    try {
      return work(parseTemplate(text, { file: file.file }));
    } catch {
      return work(parseTemplate(text, { file: file.file, line: file.place(path).line }));
    }
  };
  const texts: YamlTexts = {
    render(value, file, path) {
      if (typeof value !== "string" || !hasJinja(value)) return value;
      return placed(value, file, path, (each) => toYaml(renderNative(each, { globals })));
    },
    renderTree(value, file, path) {
      const key = String(path.at(-1)).replace(/^\+/, "");
      if (LATER.has(key)) return value;
      if (Array.isArray(value)) {
        return value.map((item, index) => texts.renderTree(item, file, [...path, index]));
      }
      if (value !== null && typeof value === "object") {
        return Object.fromEntries(
          Object.entries(value).map(([name, item]) => [
            name,
            texts.renderTree(item, file, [...path, name]),
          ]),
        );
      }
      return texts.render(value, file, path);
    },
    renderText(text, file, path, own = globals) {
      if (!hasJinja(text)) return text;
      return placed(text, file, path, (each) => renderTemplate(each, { globals: own }).text);
    },
    renderCall(text, file, path, own) {
      return placed(`{{ ${text} }}`, file, path, (each) => renderNative(each, { globals: own }));
    },
  };
  return texts;
}

export function hasJinja(text: string): boolean {
  return text.includes("{{") || text.includes("{%") || text.includes("{#");
}

/** YAML data as template values; a number with a fraction stays a float, whatever its value. */
export function yamlValue(value: unknown): Value {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return new PyList(value.map(yamlValue));
  if (typeof value === "object") {
    return new PyDict(Object.entries(value).map(([key, item]) => [key, yamlValue(item)] as const));
  }
  return value as Value;
}

/** Template values as YAML data. */
export function toYaml(value: Value): YamlValue {
  if (value instanceof PyList || value instanceof PyTuple) return value.items.map(toYaml);
  if (value instanceof PyDict) {
    return Object.fromEntries(
      Array.from(value.entries(), ([key, item]) => [String(key), toYaml(item)]),
    );
  }
  if (value !== null && typeof value === "object") return null;
  return value;
}
