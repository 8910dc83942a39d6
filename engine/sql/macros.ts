import type { Block } from "./template/template.ts";

/** A macro and the package it belongs to. */
export interface Macro {
  readonly name: string;
  readonly package: string;
  readonly block: Block;
}

/** Packages of macros that the runner brings along, searched last, in this order. */
export const BUILT_IN = ["dbt_duckdb", "dbt"] as const;

/** All macros of a project, found the way dbt finds them. */
export class MacroRegistry {
  readonly #known = new Map<string, Map<string, Macro>>();
  readonly #root: string;
  #fill: (() => void) | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Leaves the reading of the macros to whoever asks for the first one. */
  fillLater(fill: () => void): void {
    this.#fill = fill;
  }

  get #packages(): Map<string, Map<string, Macro>> {
    const fill = this.#fill;
    this.#fill = undefined;
    fill?.();
    return this.#known;
  }

  /** Registers a macro; gives back the one of that name that the package already had. */
  add(macro: Macro): Macro | undefined {
    const macros = this.#packages.get(macro.package) ?? new Map<string, Macro>();
    this.#packages.set(macro.package, macros);
    const known = macros.get(macro.name);
    macros.set(macro.name, macro);
    return known;
  }

  has(packageName: string): boolean {
    return this.#packages.has(packageName);
  }

  /** A macro of one package; `dbt` stands for everything the runner brings along. */
  in(packageName: string, name: string): Macro | undefined {
    const packages = packageName === "dbt" ? BUILT_IN : [packageName];
    return packages.map((each) => this.#packages.get(each)?.get(name)).find(Boolean);
  }

  /** A macro of the projects: the calling package, then the root, then the other packages. */
  written(name: string, calling: string): Macro | undefined {
    const near =
      this.#packages.get(calling)?.get(name) ?? this.#packages.get(this.#root)?.get(name);
    if (near && !isBuiltIn(near.package)) return near;
    for (const [owner, macros] of this.#packages) {
      const found = isBuiltIn(owner) ? undefined : macros.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** A macro that came with the runner. */
  builtIn(name: string): Macro | undefined {
    return this.in("dbt", name);
  }

  find(name: string, calling: string): Macro | undefined {
    return this.written(name, calling) ?? this.builtIn(name);
  }

  all(): Macro[] {
    return [...this.#packages.values()].flatMap((macros) => [...macros.values()]);
  }

  /** The names a call could have meant. */
  names(): string[] {
    return this.all().map((macro) => macro.name);
  }
}

export function isBuiltIn(packageName: string): boolean {
  return (BUILT_IN as readonly string[]).includes(packageName);
}
