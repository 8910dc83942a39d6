import { TemplateError } from "./errors.ts";
import {
  PyDict,
  PyFunction,
  PyIterator,
  PyList,
  PyObject,
  PyRange,
  PySet,
  PyTuple,
  PyUndefined,
  PyView,
  type Value,
} from "./types.ts";

/** Python's `str()`. */
export function str(value: Value): string {
  if (typeof value === "string") return value;
  if (value instanceof PyUndefined) {
    value.policy.printed(value);
    return "";
  }
  if (value instanceof PyObject) return value.str();
  return repr(value);
}

/** Python's `repr()`. */
export function repr(value: Value, parents: readonly unknown[] = []): string {
  if (value === null) return "None";
  switch (typeof value) {
    case "boolean":
      return value ? "True" : "False";
    case "bigint":
      return intText(value);
    case "number":
      return floatText(value);
    case "string":
      return quoted(value);
  }
  if (value instanceof PyUndefined) {
    value.policy.printed(value);
    return "Undefined";
  }
  if (value instanceof PyObject) return value.repr();
  if (value instanceof PyRange) {
    const step = value.step === 1n ? "" : `, ${value.step}`;
    return `range(${value.start}, ${value.stop}${step})`;
  }
  if (value instanceof PyFunction) {
    if (value.kind === "macro") {
      return value.name === "" ? "<Macro anonymous>" : `<Macro ${quoted(value.name)}>`;
    }
    if (value.kind === "type") return `<class '${value.name}'>`;
    return `<${value.kind} ${value.name}>`;
  }
  if (value instanceof PyIterator) {
    throw new TemplateError(`cannot print a ${value.type}: put "| list" or "| join" behind it`);
  }
  return containerRepr(value, parents);
}

function containerRepr(
  value: PyList | PyTuple | PyDict | PySet | PyView,
  parents: readonly unknown[],
): string {
  const seen = parents.includes(value);
  const inner = [...parents, value];
  const all = (items: Iterable<Value>) => Array.from(items, (item) => repr(item, inner)).join(", ");
  if (value instanceof PyList) return seen ? "[...]" : `[${all(value.items)}]`;
  if (value instanceof PyTuple) {
    if (seen) return "(...)";
    return value.items.length === 1 ? `(${all(value.items)},)` : `(${all(value.items)})`;
  }
  if (value instanceof PySet) return value.size === 0 ? "set()" : `{${all(value.values())}}`;
  if (value instanceof PyView) return seen ? "..." : `dict_${value.kind}([${all(value.items())}])`;
  if (seen) return "{...}";
  const pairs = Array.from(
    value.entries(),
    ([key, item]) => `${repr(key, inner)}: ${repr(item, inner)}`,
  );
  return `{${pairs.join(", ")}}`;
}

/** Python's name of a value's type. */
export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "string":
      return "str";
  }
  if (value instanceof PyList) return "list";
  if (value instanceof PyTuple) return "tuple";
  if (value instanceof PyDict) return "dict";
  if (value instanceof PySet) return "set";
  if (value instanceof PyView) return `dict_${value.kind}`;
  if (value instanceof PyRange) return "range";
  if (value instanceof PyIterator) return value.type;
  if (value instanceof PyUndefined) return "Undefined";
  if (value instanceof PyObject) return value.typeName;
  if (value.kind === "macro") return "Macro";
  return value.kind === "method" ? "builtin_function_or_method" : value.kind;
}

const MAX_DIGITS = 4300;

/** An int as Python writes it; Python refuses to write very long ones. */
function intText(value: bigint): string {
  const text = value.toString();
  if (text.length > MAX_DIGITS + 1) {
    throw new TemplateError(
      `Exceeds the limit (${MAX_DIGITS} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit`,
    );
  }
  return text;
}

/** A float as Python writes it: shortest digits, always recognisable as a float. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? "-" : "+";
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const negative = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (exponent < 0) return `${negative}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${negative}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

const UNPRINTABLE = /[\p{C}\p{Z}\\]/u;
const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\\": "\\\\",
};

/** A string as a Python literal. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = quote;
  for (const char of text) {
    if (char === quote) result += `\\${char}`;
    else if (char === " " || !UNPRINTABLE.test(char)) result += char;
    else result += NAMED_ESCAPES[char] ?? escaped(char.codePointAt(0) ?? 0);
  }
  return result + quote;
}

function escaped(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
