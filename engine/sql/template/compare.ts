import { iterate } from "./access.ts";
import { TemplateError } from "./errors.ts";
import type { CompareOperator } from "./nodes.ts";
import { numeric, swallow } from "./operators.ts";
import { typeName } from "./spell.ts";
import {
  PyDict,
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
import { compareText } from "./unicode.ts";

export function compare(op: CompareOperator, left: Value, right: Value): Value {
  switch (op) {
    case "==":
      return equals(left, right);
    case "!=":
      return !equals(left, right);
    case "in":
      return contains(right, left);
    case "not in":
      return !contains(right, left);
    default:
      return ordered(op, left, right);
  }
}

/** Python's `==`: by value, through containers; 1, 1.0 and True are equal. */
export function equals(left: Value, right: Value): boolean {
  if (left === right) return true;
  const a = numeric(left);
  if (a !== undefined) {
    const b = numeric(right);
    // biome-ignore lint/suspicious/noDoubleEquals: an int equals a float of the same value
    return b !== undefined && a == b;
  }
  if (left === null || typeof left !== "object" || right === null || typeof right !== "object") {
    return false;
  }
  if (left instanceof PyList) return right instanceof PyList && sameItems(left.items, right.items);
  if (left instanceof PyTuple)
    return right instanceof PyTuple && sameItems(left.items, right.items);
  if (left instanceof PyDict) {
    if (!(right instanceof PyDict) || left.size !== right.size) return false;
    for (const [key, value] of left.entries()) {
      const other = right.get(key);
      if (other === undefined || !equals(value, other)) return false;
    }
    return true;
  }
  if (left instanceof PyRange) return right instanceof PyRange && sameItems([...left], [...right]);
  if (left instanceof PyUndefined) return right instanceof PyUndefined;
  if (left instanceof PyObject && left.equals) return left.equals(right);
  if (right instanceof PyObject && right.equals) return right.equals(left);
  const a2 = setLike(left);
  const b2 = setLike(right);
  return a2 !== undefined && b2 !== undefined && a2.size === b2.size && includes(b2, a2);
}

function sameItems(left: readonly Value[], right: readonly Value[]): boolean {
  return (
    left.length === right.length &&
    left.every((item, index) => {
      const other = right[index];
      return other !== undefined && equals(item, other);
    })
  );
}

interface SetLike {
  readonly size: number;
  values(): Iterable<Value>;
  has(item: Value): boolean;
}

/** A set, or the keys or items of a dict, which compare as sets do. */
function setLike(value: Value): SetLike | undefined {
  if (value instanceof PySet) return value;
  if (!(value instanceof PyView) || value.kind === "values") return undefined;
  const { dict } = value;
  const size = dict.size;
  if (value.kind === "keys")
    return { size, values: () => dict.keys(), has: (key) => dict.has(key) };
  const has = (pair: Value) => {
    const [key = null, item = null] = pair instanceof PyTuple ? pair.items : [];
    const own = dict.get(key);
    return own !== undefined && equals(own, item);
  };
  return { size, values: () => value.items(), has };
}

function includes(outer: SetLike, inner: SetLike): boolean {
  for (const item of inner.values()) if (!outer.has(item)) return false;
  return true;
}

/** Python's `in`. */
export function contains(container: Value, item: Value): boolean {
  if (typeof container === "string") {
    if (item instanceof PyUndefined && item.policy.mode === "parse") return false;
    if (typeof item !== "string") {
      throw new TemplateError(
        `'in <string>' requires string as left operand, not ${typeName(item)}`,
      );
    }
    return container.includes(item);
  }
  if (container instanceof PyDict || container instanceof PySet) return container.has(item);
  if (container instanceof PyView && container.kind === "keys") return container.dict.has(item);
  if (container instanceof PyUndefined) return false;
  const iterator = container instanceof PyIterator ? container.iterator : notContainer(container);
  for (let step = iterator.next(); !step.done; step = iterator.next()) {
    if (equals(step.value, item)) return true;
  }
  return false;
}

function notContainer(container: Value): Iterator<Value> {
  const iterable =
    typeof container === "object" && container !== null
      ? !(container instanceof PyObject) || container.iterate !== undefined
      : false;
  if (!iterable)
    throw new TemplateError(`argument of type '${typeName(container)}' is not iterable`);
  return iterate(container);
}

function ordered(op: "<" | "<=" | ">" | ">=", left: Value, right: Value): boolean | PyUndefined {
  if (left instanceof PyUndefined) return swallow(left);
  if (right instanceof PyUndefined) return swallow(right);
  const a = numeric(left);
  const b = numeric(right);
  if (a !== undefined && b !== undefined) {
    if (op === "<") return a < b;
    if (op === "<=") return a <= b;
    return op === ">" ? a > b : a >= b;
  }
  const sets = subset(op, left, right);
  return sets ?? holds(op, order(op, left, right));
}

function holds(op: "<" | "<=" | ">" | ">=", sign: number): boolean {
  if (op === "<") return sign < 0;
  if (op === "<=") return sign <= 0;
  return op === ">" ? sign > 0 : sign >= 0;
}

function subset(op: "<" | "<=" | ">" | ">=", left: Value, right: Value): boolean | undefined {
  const a = setLike(left);
  const b = setLike(right);
  if (a === undefined || b === undefined) return undefined;
  const [small, large] = op.startsWith("<") ? [a, b] : [b, a];
  return includes(large, small) && (op.length === 2 || small.size < large.size);
}

/** Negative, zero or positive; an error when the two have no order. */
export function order(op: string, left: Value, right: Value): number {
  const a = numeric(left);
  const b = numeric(right);
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : 0;
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  if (
    (left instanceof PyList && right instanceof PyList) ||
    (left instanceof PyTuple && right instanceof PyTuple)
  ) {
    for (let index = 0; index < Math.min(left.items.length, right.items.length); index += 1) {
      const x = left.items[index] ?? null;
      const y = right.items[index] ?? null;
      if (!equals(x, y)) return order(op, x, y);
    }
    return left.items.length - right.items.length;
  }
  const missing = [left, right].find((value) => value instanceof PyUndefined);
  if (missing instanceof PyUndefined) {
    swallow(missing);
    return 0;
  }
  throw new TemplateError(
    `'${op}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  );
}
