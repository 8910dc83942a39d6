import { bind, signature } from "./call.ts";
import { collectionFilters } from "./filters-collections.ts";
import { numberFilters } from "./filters-numbers.ts";
import { textFilters } from "./filters-text.ts";
import type { CallSite, Invoke, Value } from "./types.ts";

type Filter = (args: readonly (Value | undefined)[], site: CallSite) => Value;

let table: ReadonlyMap<string, Invoke> | undefined;

/** What stands behind `|`. */
export function filterNamed(name: string): Invoke | undefined {
  return filterNames().get(name);
}

export function filterNames(): ReadonlyMap<string, Invoke> {
  table ??= new Map([...textFilters(), ...numberFilters(), ...collectionFilters()]);
  return table;
}

/** Describes a filter by its signature; the value it stands behind comes first. */
export function filter(names: string, signatureText: string, run: Filter): [string, Invoke][] {
  const known = signature(signatureText);
  return names
    .split(" ")
    .map((name) => [
      name,
      (args, kwargs, site) => run(bind(`do_${name}`, known, args, kwargs), site),
    ]);
}
