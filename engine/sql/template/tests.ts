import { lengthOf } from "./access.ts";
import { bind, signature } from "./call.ts";
import { compare, contains, equals } from "./compare.ts";
import { TemplateError } from "./errors.ts";
import { filterNames } from "./filters.ts";
import { isLower, isUpper } from "./methods-text.ts";
import { binary, numeric } from "./operators.ts";
import { str, typeName } from "./spell.ts";
import {
  type CallSite,
  type Invoke,
  PyDict,
  PyFunction,
  PyIterator,
  PyObject,
  PySet,
  PyUndefined,
  PyView,
  type Value,
} from "./types.ts";

type Test = (args: readonly (Value | undefined)[], site: CallSite) => boolean | PyUndefined;

let table: ReadonlyMap<string, Invoke> | undefined;

/** What stands behind `is`. */
export function testNamed(name: string): Invoke | undefined {
  table ??= new Map(all());
  return table.get(name);
}

function all(): [string, Invoke][] {
  const value = "value";
  const pair = "value other";
  const compared = (op: "==" | "!=" | "<" | "<=" | ">" | ">=", names: readonly string[]) =>
    [op, ...names].map((name) =>
      define(name, pair, ([a = null, b = null]) => compare(op, a, b) as boolean),
    );
  return [
    define("odd", value, ([it = null]) => remainder(it, 2n, 1n)),
    define("even", value, ([it = null]) => remainder(it, 2n, 0n)),
    define("divisibleby", "value num", ([it = null, by = null]) => remainder(it, by, 0n)),
    define("defined", value, ([it]) => !(it instanceof PyUndefined)),
    define("undefined", value, ([it]) => it instanceof PyUndefined),
    define("filter", value, ([it = null]) => isKnown(it, (name) => filterNames().has(name))),
    define("test", value, ([it = null]) => isKnown(it, (name) => testNamed(name) !== undefined)),
    define("none", value, ([it]) => it === null),
    define("boolean", value, ([it]) => typeof it === "boolean"),
    define("true", value, ([it]) => it === true),
    define("false", value, ([it]) => it === false),
    define("integer", value, ([it]) => typeof it === "bigint"),
    define("float", value, ([it]) => typeof it === "number"),
    define("number", value, ([it = null]) => numeric(it) !== undefined),
    define("string", value, ([it]) => typeof it === "string"),
    define("lower", value, ([it = null]) => isLower(str(it))),
    define("upper", value, ([it = null]) => isUpper(str(it))),
    define(
      "mapping",
      value,
      ([it]) => it instanceof PyDict || (it instanceof PyObject && it.isMapping),
    ),
    define("sequence", value, ([it = null]) => isSequence(it)),
    define("iterable", value, ([it = null]) => isIterable(it)),
    define("callable", value, ([it = null]) => isCallable(it)),
    define("sameas", pair, ([a = null, b = null]) => Object.is(a, b)),
    define("escaped", value, () => false),
    define("in", "value seq", ([it = null, sequence = null]) => contains(sequence, it)),
    ...compared("==", ["eq", "equalto"]),
    ...compared("!=", ["ne"]),
    ...compared(">", ["gt", "greaterthan"]),
    ...compared(">=", ["ge"]),
    ...compared("<", ["lt", "lessthan"]),
    ...compared("<=", ["le"]),
  ];
}

function define(name: string, names: string, test: Test): [string, Invoke] {
  const known = signature(names);
  return [name, (args, kwargs, site) => test(bind(`test_${name}`, known, args, kwargs), site)];
}

function remainder(value: Value, by: Value, wanted: bigint): boolean {
  if (value instanceof PyUndefined) throw new TemplateError(value.message, value.origin);
  return equals(binary("%", value, by), wanted);
}

function isKnown(value: Value, known: (name: string) => boolean): boolean {
  // Asked for its hash: a list has none, and is an error.
  const name = new PySet([value]);
  return typeof value === "string" && name.size > 0 && known(value);
}

function isSequence(value: Value): boolean {
  if (value instanceof PySet || value instanceof PyView || value instanceof PyObject) return false;
  return lengthOf(value) !== undefined;
}

export function isIterable(value: Value): boolean {
  if (value instanceof PyObject) return value.iterate !== undefined;
  if (value instanceof PyUndefined || value instanceof PyIterator) return true;
  return !["NoneType", "bool", "int", "float"].includes(typeName(value)) && !isCallable(value);
}

function isCallable(value: Value): boolean {
  if (value instanceof PyObject) return value.call !== undefined;
  // Jinja's undefined has a __call__, if only to complain.
  return value instanceof PyFunction || value instanceof PyUndefined;
}
