import type { Value } from "./types.ts";

/** A parameter that was not given: undefined, and hides the name further out. */
export const MISSING = Symbol("missing");

/** Names that no block sets. */
export interface Outside {
  find(name: string): Value | undefined;
  names(): Iterable<string>;
}

/** Names set in a block, over those of the blocks around it. */
export class Scope {
  readonly #names = new Map<string, Value | typeof MISSING>();
  readonly #outer: Scope | undefined;
  readonly #outside: Outside;

  constructor(outer: Scope | undefined, outside: Outside) {
    this.#outer = outer;
    this.#outside = outside;
  }

  inner(): Scope {
    return new Scope(this, this.#outside);
  }

  set(name: string, value: Value | typeof MISSING): void {
    this.#names.set(name, value);
  }

  /** The value in this very block. */
  own(name: string): Value | typeof MISSING | undefined {
    return this.#names.get(name);
  }

  find(name: string): Value | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.#outer) {
      const value = scope.#names.get(name);
      if (value === MISSING) return undefined;
      if (value !== undefined) return value;
    }
    return this.#outside.find(name);
  }

  /** Every name that can be read here. */
  names(): string[] {
    return [...this.#names.keys(), ...(this.#outer ?? this.#outside).names()];
  }
}
