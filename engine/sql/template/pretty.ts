import { sortBy } from "./methods-collections.ts";
import { repr, str } from "./spell.ts";
import { PyDict, PyList, PyTuple, type Value } from "./types.ts";

const WIDTH = 80;

/** Python's `pformat`: one line while it fits, else one item a line; keys sorted. */
export function prettyText(value: Value, indent = 0, allowance = 0): string {
  const line = oneLine(value);
  if (line.length <= WIDTH - indent - allowance) return line;
  if (value instanceof PyDict) {
    const keys = sortedKeys(value);
    const items = keys.map((key, index) => {
      const label = repr(key);
      const item = value.get(key) ?? null;
      const last = index === keys.length - 1 ? allowance + 1 : 1;
      return `${label}: ${prettyText(item, indent + label.length + 3, last)}`;
    });
    return `{${items.join(`,\n${" ".repeat(indent + 1)}`)}}`;
  }
  if (value instanceof PyList || value instanceof PyTuple) {
    const [open, close] =
      value instanceof PyList ? ["[", "]"] : ["(", value.items.length === 1 ? ",)" : ")"];
    const items = value.items.map((item, index) => {
      const last = index === value.items.length - 1 ? allowance + close.length : 1;
      return prettyText(item, indent + 1, last);
    });
    return `${open}${items.join(`,\n${" ".repeat(indent + 1)}`)}${close}`;
  }
  return line;
}

function oneLine(value: Value): string {
  if (value instanceof PyDict) {
    const items = sortedKeys(value).map(
      (key) => `${repr(key)}: ${oneLine(value.get(key) ?? null)}`,
    );
    return `{${items.join(", ")}}`;
  }
  if (value instanceof PyList) return `[${value.items.map(oneLine).join(", ")}]`;
  if (value instanceof PyTuple && value.items.length > 1) {
    return `(${value.items.map(oneLine).join(", ")})`;
  }
  return repr(value);
}

function sortedKeys(value: PyDict): Value[] {
  const keys = value.keys();
  try {
    return sortBy(keys, (key) => key, false);
  } catch {
    return sortBy(keys, (key) => `${typeof key} ${str(key)}`, false);
  }
}
