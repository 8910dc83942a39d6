import { listOf } from "./access.ts";
import { equals, order } from "./compare.ts";
import { TemplateError } from "./errors.ts";
import { type MethodEntry, method, openMethod } from "./methods.ts";
import { integer, swallow } from "./operators.ts";
import { repr } from "./spell.ts";
import { PyDict, PyList, PySet, PyTuple, PyUndefined, PyView, type Value } from "./types.ts";
import { truth } from "./values.ts";

type Methods<Self> = ReadonlyMap<string, MethodEntry<Self>>;

interface Tables {
  readonly list: Methods<PyList>;
  readonly tuple: Methods<PyTuple>;
  readonly dict: Methods<PyDict>;
  readonly set: Methods<PySet>;
}

let tables: Tables | undefined;

/** The methods of lists, tuples, dicts and sets. */
export function collectionMethods(): Tables {
  tables ??= { list: listMethods(), tuple: tupleMethods(), dict: dictMethods(), set: setMethods() };
  return tables;
}

function listMethods(): Methods<PyList> {
  return new Map([
    method<PyList>("append", "/ item", (self, [item = null]) => {
      self.items.push(item);
      return null;
    }),
    method<PyList>("extend", "/ items", (self, [items = null]) => {
      self.items.push(...listOf(items));
      return null;
    }),
    method<PyList>("insert", "/ index item", (self, [index, item = null]) => {
      self.items.splice(position(index, self.items.length), 0, item);
      return null;
    }),
    method<PyList>("pop", "/ index?", (self, [index = -1n]) => {
      if (self.items.length === 0) throw new TemplateError("pop from empty list");
      const at = Number(integer(index));
      const from = at < 0 ? at + self.items.length : at;
      const [item] = from < 0 ? [] : self.items.splice(from, 1);
      if (item === undefined) throw new TemplateError("pop index out of range");
      return item;
    }),
    method<PyList>("remove", "/ item", (self, [item = null]) => {
      const at = self.items.findIndex((other) => equals(other, item));
      if (at === -1) throw new TemplateError("list.remove(x): x not in list");
      self.items.splice(at, 1);
      return null;
    }),
    method<PyList>("clear", "/", (self) => {
      self.items.length = 0;
      return null;
    }),
    method<PyList>("reverse", "/", (self) => {
      self.items.reverse();
      return null;
    }),
    openMethod<PyList>("sort", (self, args, kwargs, site) => {
      if (args.length > 0) throw new TemplateError("sort() takes no positional arguments");
      const key = kwargs.get("key") ?? null;
      const keyOf = (item: Value) => (key === null ? item : site.call(key, [item]));
      const sorted = sortBy([...self.items], keyOf, truth(kwargs.get("reverse") ?? false));
      self.items.splice(0, self.items.length, ...sorted);
      return null;
    }),
    method<PyList>("copy", "/", (self) => new PyList([...self.items])),
    method<PyList>("index", "/ item start? end?", (self, args) =>
      indexOf(self.items, args, "list"),
    ),
    method<PyList>("count", "/ item", (self, [item = null]) => countOf(self.items, item)),
  ]);
}

function tupleMethods(): Methods<PyTuple> {
  return new Map([
    method<PyTuple>("index", "/ item start? end?", (self, args) =>
      indexOf(self.items, args, "tuple"),
    ),
    method<PyTuple>("count", "/ item", (self, [item = null]) => countOf(self.items, item)),
  ]);
}

function dictMethods(): Methods<PyDict> {
  return new Map([
    method<PyDict>("get", "/ key default?", (self, [key = null, fallback = null]) => {
      const value = self.get(key);
      return value === undefined ? fallback : value;
    }),
    method<PyDict>("keys", "/", (self) => new PyView(self, "keys")),
    method<PyDict>("values", "/", (self) => new PyView(self, "values")),
    method<PyDict>("items", "/", (self) => new PyView(self, "items")),
    method<PyDict>("copy", "/", (self) => new PyDict(self.entries())),
    method<PyDict>("clear", "/", (self) => {
      self.clear();
      return null;
    }),
    method<PyDict>("pop", "/ key default?", (self, [key = null, fallback]) => {
      const value = self.get(key);
      if (value !== undefined) self.delete(key);
      else if (fallback === undefined) throw new TemplateError(repr(key));
      return value === undefined ? (fallback ?? null) : value;
    }),
    method<PyDict>("popitem", "/", (self) => {
      const last = [...self.entries()].at(-1);
      if (last === undefined) throw new TemplateError("'popitem(): dictionary is empty'");
      self.delete(last[0]);
      return new PyTuple([last[0], last[1]]);
    }),
    method<PyDict>("setdefault", "/ key default?", (self, [key = null, fallback = null]) => {
      const value = self.get(key);
      if (value !== undefined) return value;
      self.set(key, fallback);
      return fallback;
    }),
    openMethod<PyDict>("update", (self, args, kwargs) => {
      if (args.length > 1) {
        throw new TemplateError(`update expected at most 1 argument, got ${args.length}`);
      }
      for (const [key, value] of args[0] === undefined ? [] : pairsOf(args[0])) {
        self.set(key, value);
      }
      for (const [key, value] of kwargs) self.set(key, value);
      return null;
    }),
  ]);
}

function setMethods(): Methods<PySet> {
  const combine = (self: PySet, others: readonly Value[]) => ({
    items: [...self.values()],
    sets: others.map((other) => new PySet(listOf(other))),
  });
  return new Map([
    method<PySet>("add", "/ item", (self, [item = null]) => {
      self.add(item);
      return null;
    }),
    method<PySet>("discard", "/ item", (self, [item = null]) => {
      self.delete(item);
      return null;
    }),
    method<PySet>("remove", "/ item", (self, [item = null]) => {
      if (!self.delete(item)) throw new TemplateError(repr(item));
      return null;
    }),
    openMethod<PySet>("update", (self, args) => {
      for (const other of args) for (const item of listOf(other)) self.add(item);
      return null;
    }),
    openMethod<PySet>("union", (self, args) => {
      return new PySet([...self.values(), ...args.flatMap(listOf)]);
    }),
    openMethod<PySet>("intersection", (self, args) => {
      const { items, sets } = combine(self, args);
      return new PySet(items.filter((item) => sets.every((set) => set.has(item))));
    }),
    openMethod<PySet>("difference", (self, args) => {
      const { items, sets } = combine(self, args);
      return new PySet(items.filter((item) => !sets.some((set) => set.has(item))));
    }),
    method<PySet>("issubset", "/ other", (self, [other = null]) => {
      const outer = new PySet(listOf(other));
      return [...self.values()].every((item) => outer.has(item));
    }),
    method<PySet>("issuperset", "/ other", (self, [other = null]) => {
      return listOf(other).every((item) => self.has(item));
    }),
    method<PySet>("copy", "/", (self) => new PySet(self.values())),
  ]);
}

/** The pairs a dict can be made of: those of a dict, or a list of pairs. */
export function pairsOf(value: Value): [Value, Value][] {
  if (value instanceof PyUndefined) swallow(value);
  if (value instanceof PyDict) return Array.from(value.entries(), ([key, item]) => [key, item]);
  return listOf(value).map((pair, index) => {
    const iterable = typeof pair === "string" || (typeof pair === "object" && pair !== null);
    if (!iterable) {
      throw new TemplateError(
        `cannot convert dictionary update sequence element #${index} to a sequence`,
      );
    }
    const items = listOf(pair);
    const [key, item] = items;
    if (items.length !== 2 || key === undefined || item === undefined) {
      throw new TemplateError(
        `dictionary update sequence element #${index} has length ${items.length}; 2 is required`,
      );
    }
    return [key, item];
  });
}

/** Stable, by Python's order; what has no order is an error. */
export function sortBy(
  items: readonly Value[],
  keyOf: (item: Value) => Value,
  reverse: boolean,
): Value[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  const sign = reverse ? -1 : 1;
  keyed.sort((a, b) => {
    return sign * order("<", a.key, b.key);
  });
  return keyed.map(({ item }) => item);
}

function indexOf(
  items: readonly Value[],
  [item = null, start, end]: readonly (Value | undefined)[],
  type: "list" | "tuple",
): bigint {
  const from = start === undefined ? 0 : position(start, items.length);
  const to = end === undefined ? items.length : position(end, items.length);
  for (let at = from; at < to; at += 1) {
    if (equals(items[at] ?? null, item)) return BigInt(at);
  }
  throw new TemplateError(
    type === "list" ? `${repr(item)} is not in list` : "tuple.index(x): x not in tuple",
  );
}

function countOf(items: readonly Value[], item: Value): bigint {
  return BigInt(items.filter((other) => equals(other, item)).length);
}

function position(index: Value | undefined, size: number): number {
  const at = Number(integer(index ?? 0n));
  return Math.min(Math.max(at < 0 ? at + size : at, 0), size);
}
