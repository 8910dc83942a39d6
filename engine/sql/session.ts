import { baseContext } from "./base-context.ts";
import type { Environment } from "./environment.ts";
import type { Macro } from "./macros.ts";
import { bindMacro } from "./template/template.ts";
import { type PyFunction, PyObject, type Value } from "./template/values.ts";

/** Names and how their values are made when first asked for: most texts use a handful. */
export type Members = Readonly<Record<string, () => Value>>;

/** Values by name; a name may say its package: `dbt.current_timestamp`. */
export type Overrides = Readonly<Record<string, Value>>;

/**
 * The names one node's text and the macros it calls can see. Macros are bound when first used, each
 * in the eyes of its own package.
 */
export class Session {
  readonly env: Environment;
  /** Macros that were looked up, by `package.name`. */
  readonly used = new Set<string>();
  readonly #members: Members;
  readonly #made = new Map<string, Value>();
  readonly #bound = new Map<Macro, PyFunction>();
  readonly #scopes = new Map<string, (name: string) => Value | undefined>();

  readonly #overrides: Overrides;

  /** `members` are the names of the node itself: `ref`, `this`, `config`. `overrides` win over every other meaning of a name. */
  constructor(
    env: Environment,
    members: (session: Session) => Members = () => ({}),
    overrides: Overrides = {},
  ) {
    this.env = env;
    this.#overrides = overrides;
    this.#members = members(this);
  }

  /** Lookup of a name as a package's files see it: macros of the projects, then the context, then what came with the runner. */
  globals(packageName: string): (name: string) => Value | undefined {
    const known = this.#scopes.get(packageName);
    if (known) return known;
    const base = baseContext(this.env, packageName);
    const made = new Map<string, Value>();
    const member = (name: string): Value | undefined =>
      make(name, this.#members, this.#made) ?? make(name, base, made);
    const lookup = (name: string): Value | undefined => {
      if (Object.hasOwn(this.#overrides, name)) return this.#overrides[name];
      const written = this.env.macros.written(name, packageName);
      if (written) return this.macro(written);
      const found = member(name);
      if (found !== undefined) return found;
      if (name === "context") return new Namespace(lookup);
      if (name === "builtins") return new Namespace(member);
      const builtIn = this.env.macros.builtIn(name);
      if (builtIn) return this.macro(builtIn);
      if (!this.env.macros.has(name) && name !== "dbt") return undefined;
      return new Namespace((each) => {
        const override = this.#overrides[`${name}.${each}`];
        if (override !== undefined) return override;
        const macro = this.env.macros.in(name, each);
        return macro && this.macro(macro);
      });
    };
    this.#scopes.set(packageName, lookup);
    return lookup;
  }

  macro(macro: Macro): PyFunction {
    this.used.add(`${macro.package}.${macro.name}`);
    const known = this.#bound.get(macro);
    if (known) return known;
    const bound = bindMacro(macro.block, this.globals(macro.package));
    this.#bound.set(macro, bound);
    return bound;
  }
}

function make(name: string, members: Members, made: Map<string, Value>): Value | undefined {
  const known = made.get(name);
  if (known !== undefined || !Object.hasOwn(members, name)) return known;
  const value = members[name]?.();
  if (value !== undefined) made.set(name, value);
  return value;
}

/** `dbt_utils.star`, `context['ref']`: a name looked up when asked. */
class Namespace extends PyObject {
  readonly #lookup: (name: string) => Value | undefined;
  constructor(lookup: (name: string) => Value | undefined) {
    super();
    this.#lookup = lookup;
  }
  override get(name: string): Value | undefined {
    return this.#lookup(name);
  }
}
