import { TemplateError } from "./errors.ts";
import { sortBy } from "./methods-collections.ts";
import { floatText, repr, typeName } from "./spell.ts";
import { PyDict, PyList, PyTuple, type Value } from "./types.ts";

export interface JsonOptions {
  readonly sortKeys?: boolean;
  /** Spaces a level; undefined writes one line. */
  readonly indent?: number | undefined;
}

/** Python's `json.dumps`. */
export function toJson(value: Value, options: JsonOptions = {}, depth = 0): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint") return repr(value);
  if (typeof value === "number") return jsonFloat(value);
  if (typeof value === "string") return jsonText(value);
  if (value instanceof PyList || value instanceof PyTuple) {
    const items = value.items.map((item) => toJson(item, options, depth + 1));
    return enclosed("[", items, "]", options, depth);
  }
  if (value instanceof PyDict) {
    let keys = value.keys();
    if (options.sortKeys) keys = sortBy(keys, (key) => key, false);
    const items = keys.map((key) => {
      const item = toJson(value.get(key) ?? null, options, depth + 1);
      return `${jsonText(keyText(key))}: ${item}`;
    });
    return enclosed("{", items, "}", options, depth);
  }
  throw new TemplateError(`Object of type ${typeName(value)} is not JSON serializable`);
}

function enclosed(
  open: string,
  items: readonly string[],
  close: string,
  { indent }: JsonOptions,
  depth: number,
): string {
  if (items.length === 0) return open + close;
  if (indent === undefined) return open + items.join(", ") + close;
  const inner = `\n${" ".repeat(indent * (depth + 1))}`;
  return `${open}${inner}${items.join(`,${inner}`)}\n${" ".repeat(indent * depth)}${close}`;
}

function keyText(key: Value): string {
  if (typeof key === "string") return key;
  if (key === null || typeof key === "boolean") return toJson(key);
  if (typeof key === "bigint") return repr(key);
  if (typeof key === "number") return jsonFloat(key);
  throw new TemplateError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return floatText(value);
}

function jsonText(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

const TOKEN =
  /[\t\n\r ]*(?:([[\]{},:])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?|(true|false|null|NaN|-?Infinity))[\t\n\r ]*/uy;
const WORDS: Readonly<Record<string, Value>> = {
  true: true,
  false: false,
  null: null,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** Python's `json.loads`: whole numbers stay ints, however long; keys keep their order. */
export function fromJson(text: string): Value {
  let at = 0;
  let mark: string | undefined;

  const wrong = () => new TemplateError(`not JSON at character ${at}`);

  /** Reads one token: a value, or a mark left in `mark`. */
  function token(): Value {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw wrong();
    at = TOKEN.lastIndex;
    const [, sign, string, whole, fraction, exponent, word] = found;
    mark = sign;
    if (sign !== undefined) return null;
    if (string !== undefined) return JSON.parse(string) as string;
    if (word !== undefined) return WORDS[word] ?? null;
    if (fraction === undefined && exponent === undefined) return BigInt(whole ?? "0");
    return Number(`${whole}${fraction ?? ""}${exponent ?? ""}`);
  }

  function value(): Value {
    const first = token();
    if (mark === undefined) return first;
    if (mark === "[") return list();
    if (mark === "{") return dict();
    throw wrong();
  }

  function list(): PyList {
    const items: Value[] = [];
    const start = at;
    token();
    if (mark === "]") return new PyList(items);
    at = start;
    for (;;) {
      items.push(value());
      token();
      if (mark === "]") return new PyList(items);
      if (mark !== ",") throw wrong();
    }
  }

  function dict(): PyDict {
    const entries = new PyDict();
    let key = token();
    if (mark === "}") return entries;
    for (;;) {
      if (mark !== undefined || typeof key !== "string") throw wrong();
      token();
      if (mark !== ":") throw wrong();
      entries.set(key, value());
      token();
      if (mark === "}") return entries;
      if (mark !== ",") throw wrong();
      key = token();
    }
  }

  const result = value();
  if (at !== text.length) throw wrong();
  return result;
}
