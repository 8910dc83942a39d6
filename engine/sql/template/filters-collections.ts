import { attribute, item, iterate, lengthOf, listOf, ownAttribute } from "./access.ts";
import { equals, order } from "./compare.ts";
import { TemplateError } from "./errors.ts";
import { filter, filterNamed } from "./filters.ts";
import { isList } from "./globals.ts";
import { sortBy } from "./methods-collections.ts";
import { binary, integer, swallow } from "./operators.ts";
import { repr, str, typeName } from "./spell.ts";
import { testNamed } from "./tests.ts";
import {
  type CallSite,
  type Invoke,
  type Kwargs,
  PyDict,
  PyIterator,
  PyList,
  PySet,
  PyTuple,
  PyUndefined,
  PyView,
  type Value,
} from "./types.ts";
import { characters } from "./unicode.ts";
import { truth } from "./values.ts";

type Given = readonly (Value | undefined)[];

export function collectionFilters(): [string, Invoke][] {
  return [
    ...filter("length count", "obj", ([value = null]) => {
      const size = lengthOf(value);
      if (size === undefined)
        throw new TemplateError(`object of type '${typeName(value)}' has no len()`);
      return BigInt(size);
    }),
    ...filter("list", "value", ([value = null]) => new PyList(listOf(value))),
    ...filter("is_list", "value", ([value = null]) => isList(value)),
    ...filter("first", "seq", ([value = null], site) => {
      const step = iterate(value).next();
      return step.done ? site.undefined("No first item, sequence was empty.") : step.value;
    }),
    ...filter("last", "seq", ([value = null], site) => {
      const last = reversible(value).at(-1);
      return last === undefined ? site.undefined("No last item, sequence was empty.") : last;
    }),
    ...filter("random", "seq", () => {
      throw new TemplateError("random is refused: the same code gives the same result");
    }),
    ...filter(
      "default d",
      "value default_value? boolean?",
      ([value = null, fallback = "", boolean = false]) => {
        const absent = value instanceof PyUndefined || (truth(boolean) && !truth(value));
        return absent ? fallback : value;
      },
    ),
    ...filter(
      "join",
      "value d? attribute?",
      ([value = null, separator = "", name = null], site) => {
        const get = name === null ? undefined : getter(name, site);
        const items = listOf(value).map((one) => str(get ? get(one) : one));
        return items.join(str(separator));
      },
    ),
    ...filter("reverse", "value", ([value = null]) => reverse(value)),
    ...filter("attr", "obj name", ([value = null, name = null], site) => {
      if (value instanceof PyUndefined) return swallow(value);
      const key = str(name);
      const own = ownAttribute(value, key);
      return own === undefined ? attribute(withoutKeys(value), key, site) : own;
    }),
    ...filter("items", "value", ([value = null]) => {
      if (value instanceof PyUndefined) return new PyIterator([][Symbol.iterator]());
      if (!(value instanceof PyDict)) {
        throw new TemplateError("Can only get item pairs from a mapping.");
      }
      return new PyIterator(iterate(new PyView(value, "items")));
    }),
    ...filter("dictsort", "value case_sensitive? by? reverse?", dictSort),
    ...filter(
      "sort",
      "value reverse? case_sensitive? attribute?",
      ([value = null, backwards = false, sensitive = false, name = null], site) => {
        const get = multiGetter(name, !truth(sensitive), site);
        return new PyList(sortBy(listOf(value), get, whole(backwards) !== 0));
      },
    ),
    ...filter(
      "unique",
      "value case_sensitive? attribute?",
      ([value = null, sensitive = false, name = null], site) => {
        const get = getter(name, site, !truth(sensitive));
        return lazily(function* () {
          const seen = new PySet();
          for (const one of walk(value)) {
            const key = get(one);
            if (seen.has(key)) continue;
            seen.add(key);
            yield one;
          }
        });
      },
    ),
    ...filter("min", "value case_sensitive? attribute?", (given, site) => extreme(given, site, -1)),
    ...filter("max", "value case_sensitive? attribute?", (given, site) => extreme(given, site, 1)),
    ...filter(
      "sum",
      "iterable attribute? start?",
      ([value = null, name = null, start = 0n], site) => {
        const get = name === null ? undefined : getter(name, site);
        if (typeof start === "string") {
          throw new TemplateError("sum() can't sum strings [use ''.join(seq) instead]");
        }
        let total: Value = start;
        for (const one of walk(value)) total = binary("+", total, get ? get(one) : one);
        return total;
      },
    ),
    ...filter("groupby", "value attribute default? case_sensitive?", groupBy),
    ...filter("batch", "value linecount fill_with?", ([value = null, count = null, fill = null]) =>
      lazily(() => batches(value, whole(count), fill)),
    ),
    ...filter("slice", "value slices fill_with?", ([value = null, count = null, fill = null]) =>
      lazily(() => slices(value, whole(count), fill)),
    ),
    ["map", map],
    ["select", choosing(true, false)],
    ["reject", choosing(false, false)],
    ["selectattr", choosing(true, true)],
    ["rejectattr", choosing(false, true)],
  ];
}

function lazily(make: () => Generator<Value>): PyIterator {
  return new PyIterator(make());
}

function* walk(value: Value): Generator<Value> {
  const iterator = iterate(value);
  for (let step = iterator.next(); !step.done; step = iterator.next()) yield step.value;
}

/** Dotted path to a value inside an item: `address.city`, `0.name`. */
function getter(
  path: Value,
  site: CallSite,
  ignoreCase = false,
  fallback: Value = null,
): (value: Value) => Value {
  const parts = partsOf(path);
  return (value) => {
    let found = value;
    for (const part of parts) {
      found = item(found, part, site);
      if (fallback !== null && found instanceof PyUndefined) found = fallback;
    }
    return ignoreCase && typeof found === "string" ? found.toLowerCase() : found;
  };
}

function partsOf(path: Value): Value[] {
  if (path === null) return [];
  if (typeof path !== "string") return [path];
  return path.split(".").map((part) => (/^\p{Nd}+$/u.test(part) ? BigInt(part) : part));
}

function multiGetter(path: Value, ignoreCase: boolean, site: CallSite): (value: Value) => PyList {
  const paths: Value[] = typeof path === "string" ? path.split(",") : [path];
  const getters = paths.map((one) => getter(one, site, ignoreCase));
  return (value) => new PyList(getters.map((get) => get(value)));
}

function dictSort([value = null, sensitive = false, by = "key", backwards = false]: Given): PyList {
  if (by !== "key" && by !== "value") {
    throw new TemplateError('You can only sort by either "key" or "value"');
  }
  if (value instanceof PyUndefined) swallow(value);
  if (!(value instanceof PyDict)) {
    throw new TemplateError(`'${typeName(value)}' object has no attribute 'items'`);
  }
  const pairs = Array.from(value.entries(), ([key, one]) => new PyTuple([key, one]));
  const keyOf = (pair: Value): Value => {
    const part = (pair as PyTuple).items[by === "key" ? 0 : 1] ?? null;
    return typeof part === "string" && !truth(sensitive) ? part.toLowerCase() : part;
  };
  return new PyList(sortBy(pairs, keyOf, whole(backwards) !== 0));
}

function extreme(
  [value = null, sensitive = false, name = null]: Given,
  site: CallSite,
  sign: 1 | -1,
): Value {
  const get = getter(name, site, !truth(sensitive));
  let best: { item: Value; key: Value } | undefined;
  for (const one of walk(value)) {
    const key = get(one);
    if (!best || order(sign > 0 ? ">" : "<", key, best.key) * sign > 0) best = { item: one, key };
  }
  return best ? best.item : site.undefined("No aggregated item, sequence was empty.");
}

function groupBy(
  [value = null, name = null, fallback = null, sensitive = false]: Given,
  site: CallSite,
): PyList {
  const ignoreCase = !truth(sensitive);
  const keyOf = getter(name, site, ignoreCase, fallback);
  const shown = getter(name, site, false, fallback);
  const groups: { key: Value; items: Value[] }[] = [];
  for (const one of sortBy(listOf(value), keyOf, false)) {
    const key = keyOf(one);
    const last = groups.at(-1);
    if (last && equals(last.key, key)) last.items.push(one);
    else groups.push({ key, items: [one] });
  }
  return new PyList(
    groups.map(({ key, items }) => {
      const grouper = ignoreCase ? shown(items[0] ?? null) : key;
      return new PyTuple([grouper, new PyList(items)], ["grouper", "list"]);
    }),
  );
}

function* batches(value: Value, count: number, fill: Value): Generator<Value> {
  let batch: Value[] = [];
  for (const one of walk(value)) {
    if (batch.length === count) {
      yield new PyList(batch);
      batch = [];
    }
    batch.push(one);
  }
  if (batch.length === 0) return;
  while (fill !== null && batch.length < count) batch.push(fill);
  yield new PyList(batch);
}

function* slices(value: Value, count: number, fill: Value): Generator<Value> {
  const items = listOf(value);
  if (count === 0) throw new TemplateError("integer division or modulo by zero");
  const each = Math.floor(items.length / count);
  const longer = items.length - each * count;
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    const start = offset + index * each;
    if (index < longer) offset += 1;
    const part = items.slice(start, offset + (index + 1) * each);
    if (fill !== null && index >= longer) part.push(fill);
    yield new PyList(part);
  }
}

function reversible(value: Value): Value[] {
  if (value instanceof PyIterator || value instanceof PySet) {
    throw new TemplateError(`'${typeName(value)}' object is not reversible`);
  }
  return listOf(value);
}

function reverse(value: Value): Value {
  if (typeof value === "string") return characters(value).reverse().join("");
  return new PyIterator(listOf(value).reverse()[Symbol.iterator](), "reversed");
}

/** The value as `attr` sees it: an attribute is never looked for among the keys. */
function withoutKeys(value: Value): Value {
  return value instanceof PyDict ? new PyDict() : value;
}

const map: Invoke = ([value = null, ...args], kwargs, site) =>
  lazily(function* () {
    if (!truth(value)) return;
    const convert = mapper(args, kwargs, site);
    for (const one of walk(value)) yield convert(one);
  });

function mapper(args: readonly Value[], kwargs: Kwargs, site: CallSite): (value: Value) => Value {
  const path = kwargs.get("attribute");
  if (args.length === 0 && path !== undefined) {
    const extra = [...kwargs.keys()].find((key) => key !== "attribute" && key !== "default");
    if (extra) throw new TemplateError(`Unexpected keyword argument '${extra}'`);
    return getter(path, site, false, kwargs.get("default") ?? null);
  }
  const [name, ...rest] = args;
  if (name === undefined) throw new TemplateError("map requires a filter argument");
  const convert = typeof name === "string" ? filterNamed(name) : undefined;
  if (!convert) throw new TemplateError(`No filter named ${repr(name)}.`);
  return (value) => convert([value, ...rest], kwargs, site);
}

function choosing(wanted: boolean, byAttribute: boolean): Invoke {
  return ([value = null, ...args], kwargs, site) =>
    lazily(function* () {
      if (!truth(value)) return;
      const check = chooser(args, kwargs, site, byAttribute);
      for (const one of walk(value)) if (check(one) === wanted) yield one;
    });
}

function chooser(
  args: readonly Value[],
  kwargs: Kwargs,
  site: CallSite,
  byAttribute: boolean,
): (value: Value) => boolean {
  const [path] = args;
  if (byAttribute && path === undefined) {
    throw new TemplateError("Missing parameter for attribute name");
  }
  const get = byAttribute ? getter(path ?? null, site) : (value: Value) => value;
  const [name, ...rest] = byAttribute ? args.slice(1) : args;
  if (name === undefined) return (value) => truth(get(value));
  const test = typeof name === "string" ? testNamed(name) : undefined;
  if (!test) throw new TemplateError(`No test named ${repr(name)}.`);
  return (value) => truth(test([get(value), ...rest], kwargs, site));
}

function whole(value: Value): number {
  return Number(integer(value));
}
