import { TemplateError } from "./errors.ts";
import { typeName } from "./spell.ts";
import {
  type CallSite,
  type Kwargs,
  PyFunction,
  PyObject,
  PyUndefined,
  type Value,
} from "./types.ts";

/** Calls any value, as `value(...)` does. */
export function invoke(
  callee: Value,
  args: readonly Value[],
  kwargs: Kwargs,
  site: CallSite,
): Value {
  if (callee instanceof PyFunction) return callee.invoke(args, kwargs, site);
  if (callee instanceof PyObject && callee.call) return callee.call(args, kwargs, site);
  if (callee instanceof PyUndefined) {
    if (site.undefinedMode === "parse") return callee;
    throw new TemplateError(callee.message, callee.origin);
  }
  throw new TemplateError(`'${typeName(callee)}' object is not callable`);
}

/**
 * Arguments by the names of a signature such as `s old new count?`: `?` may be left out, a leading
 * `/` forbids keywords.
 */
export function bind(
  name: string,
  signature: Signature,
  args: readonly Value[],
  kwargs: Kwargs,
): (Value | undefined)[] {
  const { names, required, positional } = signature;
  if (args.length > names.length) {
    throw new TemplateError(
      `${name}() takes ${count(names.length)} but ${args.length} ${args.length === 1 ? "was" : "were"} given`,
    );
  }
  const bound: (Value | undefined)[] = [...args];
  if (kwargs.size > 0) {
    if (positional) throw new TemplateError(`${name}() takes no keyword arguments`);
    for (const [key, value] of kwargs) {
      const index = names.indexOf(key);
      if (index === -1) {
        throw new TemplateError(`${name}() got an unexpected keyword argument '${key}'`);
      }
      if (bound[index] !== undefined) {
        throw new TemplateError(`${name}() got multiple values for argument '${key}'`);
      }
      bound[index] = value;
    }
  }
  for (let index = 0; index < required; index += 1) {
    if (bound[index] === undefined) {
      throw new TemplateError(`${name}() missing required argument: '${names[index]}'`);
    }
  }
  return bound;
}

export interface Signature {
  readonly names: readonly string[];
  readonly required: number;
  readonly positional: boolean;
}

export function signature(text: string): Signature {
  const words = text.split(" ").filter((word) => word !== "");
  const positional = words[0] === "/";
  const names = positional ? words.slice(1) : words;
  const optional = names.findIndex((word) => word.endsWith("?"));
  return {
    names: names.map((word) => word.replace("?", "")),
    required: optional === -1 ? names.length : optional,
    positional,
  };
}

function count(most: number): string {
  return most === 1 ? "1 positional argument" : `${most} positional arguments`;
}
