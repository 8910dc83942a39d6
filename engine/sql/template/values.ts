import { str } from "./spell.ts";
import {
  type Invoke,
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

export { quoted, repr, str, typeName } from "./spell.ts";
export * from "./types.ts";

/** Makes a callable value out of a function. */
export function fn(name: string, invoke: Invoke): PyFunction {
  return new PyFunction(name, invoke);
}

/** Plain data as Python values: whole numbers are ints, objects dicts, arrays lists. */
export function fromJs(data: unknown): Value {
  if (data === undefined || data === null) return null;
  switch (typeof data) {
    case "boolean":
    case "bigint":
    case "string":
      return data;
    case "number":
      return Number.isSafeInteger(data) ? BigInt(data) : data;
    case "object":
      break;
    default:
      throw new TypeError(`a ${typeof data} is no template value`);
  }
  if (isValueObject(data)) return data;
  if (Array.isArray(data)) return new PyList(data.map(fromJs));
  if (data instanceof Date) return data.toISOString();
  if (data instanceof Set) return new PySet(Array.from(data, fromJs));
  const entries = data instanceof Map ? [...data.entries()] : Object.entries(data as object);
  return new PyDict(entries.map(([key, value]) => [fromJs(key), fromJs(value)] as const));
}

/** Python values as plain data; what has no plain form becomes its text. */
export function toJs(value: Value): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value === null || typeof value !== "object") return value;
  if (value instanceof PyList || value instanceof PyTuple) return value.items.map(toJs);
  if (value instanceof PySet) return Array.from(value.values(), toJs);
  if (value instanceof PyView) return value.items().map(toJs);
  if (value instanceof PyRange) return Array.from(value, toJs);
  if (value instanceof PyDict) {
    return Object.fromEntries(Array.from(value.entries(), ([k, v]) => [str(k), toJs(v)]));
  }
  if (value instanceof PyUndefined) return undefined;
  return str(value);
}

/** Python's truth of a value. */
export function truth(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (value === null) return false;
  if (typeof value === "string") return value !== "";
  if (typeof value === "bigint") return value !== 0n;
  if (typeof value === "number") return value !== 0;
  if (value instanceof PyList || value instanceof PyTuple) return value.items.length > 0;
  if (value instanceof PyDict || value instanceof PySet) return value.size > 0;
  if (value instanceof PyView) return value.dict.size > 0;
  if (value instanceof PyRange) return value.length > 0;
  if (value instanceof PyUndefined) return false;
  if (value instanceof PyObject) return value.truth();
  return true;
}

function isValueObject(
  data: object,
): data is Exclude<Value, string | number | bigint | boolean | null> {
  return (
    data instanceof PyDict ||
    data instanceof PyFunction ||
    data instanceof PyIterator ||
    data instanceof PyList ||
    data instanceof PyObject ||
    data instanceof PyRange ||
    data instanceof PySet ||
    data instanceof PyTuple ||
    data instanceof PyUndefined ||
    data instanceof PyView
  );
}
