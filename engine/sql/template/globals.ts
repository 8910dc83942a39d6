import { iterate, listOf } from "./access.ts";
import { bind, signature } from "./call.ts";
import { MacroReturn, TemplateError } from "./errors.ts";
import { fromJson, toJson } from "./json.ts";
import { pairsOf } from "./methods-collections.ts";
import { integer } from "./operators.ts";
import { repr, str } from "./spell.ts";
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
  type Value,
} from "./types.ts";
import { truth } from "./values.ts";

/** Jinja's sandbox allows no longer ones. */
const MAX_RANGE = 100_000;

let table: ReadonlyMap<string, Value> | undefined;

/** What every template knows: Jinja's globals, and those functions of dbt that need no project. */
export function builtins(): ReadonlyMap<string, Value> {
  table ??= new Map<string, Value>([
    define("range", range),
    define("dict", dict, "type"),
    define(
      "namespace",
      (args, kwargs, site) => new PyNamespace(entriesOf(dict(args, kwargs, site))),
      "type",
    ),
    define("joiner", joiner, "type"),
    define("cycler", cycler, "type"),
    define("zip", zip, "type"),
    define("set", setOf, "type"),
    define("return", (args) => {
      throw new MacroReturn(args[0] ?? null);
    }),
    define("tojson", (args, kwargs, site) => {
      const [value = null, fallback, sort = false] = bind("tojson", TOJSON, args, kwargs);
      return orDefault(
        () => toJson(value, { sortKeys: truth(sort) }),
        fallback,
        site.undefinedMode,
      );
    }),
    define("fromjson", (args, kwargs, site) => {
      const [text = null, fallback] = bind("fromjson", FROMJSON, args, kwargs);
      return orDefault(() => fromJson(str(text)), fallback, site.undefinedMode);
    }),
  ]);
  return table;
}

const TOJSON = signature("value default? sort_keys?");
const FROMJSON = signature("string default?");

function define(name: string, invoke: Invoke, kind = "function"): [string, Value] {
  return [name, new PyFunction(name, invoke, kind)];
}

/** dbt hands on the default, or None, where the value cannot be converted. */
function orDefault(convert: () => Value, fallback: Value | undefined, _mode: string): Value {
  try {
    return convert();
  } catch (error) {
    if (error instanceof TemplateError && error.origin === undefined) return fallback ?? null;
    throw error;
  }
}

function range(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): PyRange {
  if (kwargs.size > 0) throw new TemplateError("range() takes no keyword arguments");
  if (args.length === 0) throw new TemplateError("range expected at least 1 argument, got 0");
  if (args.length > 3) {
    throw new TemplateError(`range expected at most 3 arguments, got ${args.length}`);
  }
  const [first = 0n, second, step = 1n] = args.map(integer);
  if (step === 0n) throw new TemplateError("range() arg 3 must not be zero");
  const made =
    second === undefined ? new PyRange(0n, first, step) : new PyRange(first, second, step);
  if (made.length > MAX_RANGE) {
    throw new TemplateError(
      `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${MAX_RANGE}).`,
    );
  }
  return made;
}

function dict(...[args, kwargs]: Parameters<Invoke>): PyDict {
  if (args.length > 1) {
    throw new TemplateError(`dict expected at most 1 argument, got ${args.length}`);
  }
  const made = new PyDict(args[0] === undefined ? [] : pairsOf(args[0]));
  for (const [key, value] of kwargs) made.set(key, value);
  return made;
}

function entriesOf(made: PyDict): [string, Value][] {
  return Array.from(made.entries(), ([key, value]) => [str(key), value]);
}

function setOf(args: readonly Value[]): Value {
  return new PySet(args[0] === undefined ? [] : listOf(args[0]));
}

function zip(args: readonly Value[]): PyIterator {
  const iterators = args.map(iterate);
  function* rows(): Generator<Value> {
    while (iterators.length > 0) {
      const row: Value[] = [];
      for (const iterator of iterators) {
        const step = iterator.next();
        if (step.done) return;
        row.push(step.value);
      }
      yield new PyTuple(row);
    }
  }
  return new PyIterator(rows(), "zip");
}

/** The one object whose attributes a template may set. */
export class PyNamespace extends PyObject {
  override readonly typeName = "Namespace";
  readonly #values: Map<string, Value>;

  constructor(values: Iterable<readonly [string, Value]>) {
    super();
    this.#values = new Map(values);
  }
  override get(name: string): Value | undefined {
    return this.#values.get(name);
  }
  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }
  override str(): string {
    const entries = Array.from(this.#values, ([key, value]) => [key, value] as const);
    return `<Namespace ${repr(new PyDict(entries))}>`;
  }
}

function joiner(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): PyObject {
  const [separator = ", "] = bind("joiner", signature("sep?"), args, kwargs);
  let used = false;
  return Object.assign(new PyObject({ sep: separator }, "<joiner>"), {
    call: () => {
      const text = used ? separator : "";
      used = true;
      return text;
    },
  });
}

function cycler(args: readonly Value[]): PyObject {
  if (args.length === 0) throw new TemplateError("at least one item has to be provided");
  return new Cycler(args);
}

class Cycler extends PyObject {
  override readonly typeName = "Cycler";
  readonly #items: readonly Value[];
  #at = 0;

  constructor(items: readonly Value[]) {
    super();
    this.#items = items;
  }
  override get(name: string): Value | undefined {
    switch (name) {
      case "current":
        return this.#items[this.#at] ?? null;
      case "pos":
        return BigInt(this.#at);
      case "items":
        return new PyTuple(this.#items);
      case "next":
        return new PyFunction(name, () => {
          const current = this.#items[this.#at] ?? null;
          this.#at = (this.#at + 1) % this.#items.length;
          return current;
        });
      case "reset":
        return new PyFunction(name, () => {
          this.#at = 0;
          return null;
        });
    }
    return undefined;
  }
}

/** Whether a value is a list, for dbt's filter `is_list`. */
export function isList(value: Value): boolean {
  return value instanceof PyList;
}
