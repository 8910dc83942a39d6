import { bind, type Signature, signature } from "./call.ts";
import { collectionMethods } from "./methods-collections.ts";
import { textMethods } from "./methods-text.ts";
import {
  type CallSite,
  type Kwargs,
  PyDict,
  PyFunction,
  PyList,
  PyRange,
  PySet,
  PyTuple,
  type Value,
} from "./types.ts";

/** One method: its arguments by position, nothing where one was left out. */
export type Method<Self> = (
  self: Self,
  args: readonly (Value | undefined)[],
  site: CallSite,
) => Value;

/** A method that takes its arguments as they come. */
export type OpenMethod<Self> = (
  self: Self,
  args: readonly Value[],
  kwargs: Kwargs,
  site: CallSite,
) => Value;

export interface MethodEntry<Self> {
  readonly signature: Signature | undefined;
  readonly run: OpenMethod<Self>;
}

/** Describes a method by its signature. */
export function method<Self>(
  name: string,
  text: string,
  run: Method<Self>,
): [string, MethodEntry<Self>] {
  const names = signature(text);
  return [
    name,
    {
      signature: names,
      run: (self, args, kwargs, site) => run(self, bind(name, names, args, kwargs), site),
    },
  ];
}

export function openMethod<Self>(name: string, run: OpenMethod<Self>): [string, MethodEntry<Self>] {
  return [name, { signature: undefined, run }];
}

/** The method of a built-in value, bound to it. */
export function methodOf(self: Value, name: string): Value | undefined {
  if (typeof self === "string") return bound(self, name, textMethods().get(name));
  if (typeof self === "bigint" || typeof self === "number") return numberAttribute(self, name);
  if (typeof self === "boolean") return numberAttribute(self ? 1n : 0n, name);
  if (self instanceof PyList) return bound(self, name, collectionMethods().list.get(name));
  if (self instanceof PyDict) return bound(self, name, collectionMethods().dict.get(name));
  if (self instanceof PySet) return bound(self, name, collectionMethods().set.get(name));
  if (self instanceof PyTuple) return bound(self, name, collectionMethods().tuple.get(name));
  if (self instanceof PyRange) {
    if (name === "count" || name === "index") {
      const tuple = new PyTuple([...self]);
      return bound(tuple, name, collectionMethods().tuple.get(name));
    }
    if (name === "start") return self.start;
    if (name === "stop") return self.stop;
    if (name === "step") return self.step;
  }
  return undefined;
}

function bound<Self>(
  self: Self,
  name: string,
  entry: MethodEntry<Self> | undefined,
): Value | undefined {
  if (entry === undefined) return undefined;
  const run = (args: readonly Value[], kwargs: Kwargs, site: CallSite) =>
    entry.run(self, args, kwargs, site);
  return new PyFunction(name, run, "method");
}

function numberAttribute(self: bigint | number, name: string): Value | undefined {
  const isInteger = typeof self === "bigint" || Number.isInteger(self);
  switch (name) {
    case "real":
      return self;
    case "imag":
      return typeof self === "bigint" ? 0n : 0;
    case "is_integer":
      // An int has it only since Python 3.12.
      return typeof self === "bigint" ? undefined : new PyFunction(name, () => isInteger, "method");
    case "numerator":
      return typeof self === "bigint" ? self : undefined;
    case "denominator":
      return typeof self === "bigint" ? 1n : undefined;
    case "bit_length":
      return typeof self === "bigint"
        ? new PyFunction(name, () => BigInt(bitLength(self)), "method")
        : undefined;
  }
  return undefined;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : (value < 0n ? -value : value).toString(2).length;
}
