import { baseContext } from "./base-context.ts";
import type { Environment } from "./environment.ts";
import type { Macro } from "./macros.ts";
import { bindMacro } from "./template/template.ts";
import { type PyFunction, PyObject, type Value } from "./template/values.ts";

/**
 * The names one node's text and the macros it calls can see. Macros are bound when first used, each
 * in the eyes of its own package.
 */
export class Session {
  readonly env: Environment;
  /** Macros that were looked up, by `package.name`. */
  readonly used = new Set<string>();
  readonly #members: ReadonlyMap<string, Value>;
  readonly #bound = new Map<Macro, PyFunction>();
  readonly #scopes = new Map<string, (name: string) => Value | undefined>();

  /** `members` are the names of the node itself: `ref`, `this`, `config`. */
  constructor(env: Environment, members: (session: Session) => ReadonlyMap<string, Value>) {
    this.env = env;
    this.#members = members(this);
  }

  /** Lookup of a name as a package's files see it: macros of the projects, then the context, then what came with the runner. */
  globals(packageName: string): (name: string) => Value | undefined {
    const known = this.#scopes.get(packageName);
    if (known) return known;
    let base: Map<string, Value> | undefined;
    const lookup = (name: string): Value | undefined => {
      const written = this.env.macros.written(name, packageName);
      if (written) return this.macro(written);
      const member = this.#members.get(name);
      if (member !== undefined) return member;
      base ??= baseContext(this.env, packageName);
      const found = base.get(name);
      if (found !== undefined) return found;
      if (name === "context") return new Namespace(lookup);
      if (name === "builtins")
        return new Namespace((each) => this.#members.get(each) ?? base?.get(each));
      const builtIn = this.env.macros.builtIn(name);
      if (builtIn) return this.macro(builtIn);
      if (!this.env.macros.has(name) && name !== "dbt") return undefined;
      return new Namespace((each) => {
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
