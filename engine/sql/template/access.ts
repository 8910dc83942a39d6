import { TemplateError } from "./errors.ts";
import { methodOf } from "./methods.ts";
import { integer, numeric, swallow } from "./operators.ts";
import { quoted, repr, typeName } from "./spell.ts";
import {
  type CallSite,
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
import { characters } from "./unicode.ts";

/** `of.name`: the attribute, else the key. */
export function attribute(of: Value, name: string, site: CallSite): Value {
  if (of instanceof PyUndefined) return swallow(of);
  const found = ownAttribute(of, name);
  if (found !== undefined) return found;
  const kept = key(of, name);
  return kept === undefined ? missing(of, name, site) : kept;
}

/** `of[key]`: the key, else the attribute. */
export function item(of: Value, argument: Value, site: CallSite): Value {
  if (of instanceof PyUndefined) return swallow(of);
  const found = key(of, argument);
  if (found !== undefined) return found;
  if (typeof argument !== "string") return missing(of, argument, site);
  const own = ownAttribute(of, argument);
  return own === undefined ? missing(of, argument, site) : own;
}

/**
 * An attribute proper, never a key. Nothing that begins with an underscore is one, but packages have
 * macros such as `dbt_utils._is_relation`.
 */
export function ownAttribute(of: Value, name: string): Value | undefined {
  if (of instanceof PyObject && !name.startsWith("__")) return of.get(name);
  if (name.startsWith("_")) return undefined;
  if (of instanceof PyFunction) return of.attributes?.get(name);
  if (of instanceof PyTuple) {
    const index = of.names.indexOf(name);
    if (index !== -1) return of.items[index];
  }
  return methodOf(of, name);
}

function missing(of: Value, name: Value, site: CallSite): PyUndefined {
  const type = of === null ? "None" : `${typeName(of)} object`;
  if (typeof name !== "string") return site.undefined(`${type} has no element ${repr(name)}`);
  return site.undefined(`${quoted(type)} has no attribute ${quoted(name)}`, name);
}

function key(of: Value, argument: Value): Value | undefined {
  if (of instanceof PyDict) return hashable(argument) ? of.get(argument) : undefined;
  if (of instanceof PyObject) return typeof argument === "string" ? undefined : of.item?.(argument);
  const index = numeric(argument);
  if (typeof index !== "bigint") return undefined;
  const at = Number(index);
  if (typeof of === "string") return characters(of).at(at);
  if (of instanceof PyList || of instanceof PyTuple) return of.items.at(at);
  if (of instanceof PyRange) {
    const position = at < 0 ? at + of.length : at;
    return position >= 0 && position < of.length ? of.at(position) : undefined;
  }
  return undefined;
}

function hashable(value: Value): boolean {
  if (value instanceof PyTuple) return value.items.every(hashable);
  return !(value instanceof PyList || value instanceof PyDict || value instanceof PySet);
}

/** `of[from:to:step]`. */
export function slice(of: Value, from: Value, to: Value, step: Value): Value {
  if (of instanceof PyUndefined) return swallow(of);
  const size = sliceable(of);
  const indices = sliceIndices(size, from, to, step);
  if (of instanceof PyRange) {
    const by = step === null ? 1n : integer(step);
    const start = of.start + BigInt(indices.start) * of.step;
    return new PyRange(start, of.start + BigInt(indices.stop) * of.step, of.step * by);
  }
  const letters = typeof of === "string" ? characters(of) : (of as PyList | PyTuple).items;
  const picked: Value[] = [];
  const { start, stop, by } = indices;
  for (let at = start; by > 0 ? at < stop : at > stop; at += by) picked.push(letters[at] ?? null);
  if (typeof of === "string") return picked.join("");
  return of instanceof PyTuple ? new PyTuple(picked) : new PyList(picked);
}

function sliceable(of: Value): number {
  if (typeof of === "string") return characters(of).length;
  if (of instanceof PyList || of instanceof PyTuple) return of.items.length;
  if (of instanceof PyRange) return of.length;
  if (of instanceof PyDict) throw new TemplateError("unhashable type: 'slice'");
  throw new TemplateError(`'${typeName(of)}' object is not subscriptable`);
}

function sliceIndices(size: number, from: Value, to: Value, step: Value) {
  const by = step === null ? 1 : Number(bound(step));
  if (by === 0) throw new TemplateError("slice step cannot be zero");
  const low = by > 0 ? 0 : -1;
  const high = by > 0 ? size : size - 1;
  const clamp = (value: Value, fallback: number) => {
    if (value === null) return fallback;
    const index = Number(bound(value));
    return Math.min(Math.max(index < 0 ? index + size : index, low), high);
  };
  const [first, last] = by > 0 ? [low, high] : [high, low];
  return { start: clamp(from, first), stop: clamp(to, last), by };
}

function bound(value: Value): bigint {
  if (value instanceof PyUndefined || typeof numeric(value) === "bigint") return integer(value);
  throw new TemplateError("slice indices must be integers or None or have an __index__ method");
}

/** Walks a value as `for` does, one item at a time. */
export function iterate(value: Value): Iterator<Value> {
  if (typeof value === "string") return characters(value)[Symbol.iterator]();
  if (value instanceof PyList) return value.items[Symbol.iterator]();
  if (value instanceof PyTuple) return value.items[Symbol.iterator]();
  if (value instanceof PyDict) return walkDict(value, "keys");
  if (value instanceof PyView) return walkDict(value.dict, value.kind);
  if (value instanceof PySet) return value.values();
  if (value instanceof PyRange) return value[Symbol.iterator]();
  if (value instanceof PyIterator) return value.iterator;
  if (value instanceof PyUndefined) return [][Symbol.iterator]();
  if (value instanceof PyObject && value.iterate) return value.iterate();
  throw new TemplateError(`'${typeName(value)}' object is not iterable`);
}

function* walkDict(dict: PyDict, kind: PyView["kind"]): Generator<Value> {
  const size = dict.size;
  for (const entry of dict.entries()) {
    if (kind === "keys") yield entry[0];
    else yield kind === "values" ? entry[1] : new PyTuple([entry[0], entry[1]]);
    if (dict.size !== size) throw new TemplateError("dictionary changed size during iteration");
  }
}

export function listOf(value: Value): Value[] {
  const iterator = iterate(value);
  const items: Value[] = [];
  for (let step = iterator.next(); !step.done; step = iterator.next()) items.push(step.value);
  return items;
}

/** Python's `len()`; nothing when the value has none. */
export function lengthOf(value: Value): number | undefined {
  if (typeof value === "string") return characters(value).length;
  if (value instanceof PyList || value instanceof PyTuple) return value.items.length;
  if (value instanceof PyDict || value instanceof PySet) return value.size;
  if (value instanceof PyView) return value.dict.size;
  if (value instanceof PyRange) return value.length;
  if (value instanceof PyUndefined) return 0;
  if (value instanceof PyObject) return value.length?.();
  return undefined;
}
