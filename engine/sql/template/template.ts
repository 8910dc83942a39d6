import type { EltError } from "../../errors.ts";
import { compileBody, type Execute } from "./compile.ts";
import { type Frame, frameOf } from "./frames.ts";
import { builtins } from "./globals.ts";
import { NativeOutput } from "./native.ts";
import type { Body, Statement } from "./nodes.ts";
import { Output, placesOf } from "./output.ts";
import { parse } from "./parser.ts";
import { Runtime } from "./runtime.ts";
import { type Outside, Scope } from "./scope.ts";
import { Source } from "./source.ts";
import type { Kwargs, Place, PyFunction, UndefinedMode, Value } from "./values.ts";

export { type Block, bindMacro, blocksOf } from "./blocks.ts";
export { callsIn } from "./calls.ts";

export interface ParseOptions {
  /** As shown in errors, relative to the project. */
  readonly file: string;
  /** Line of the file where the text begins, or how to find it. Default 1. */
  readonly line?: number | (() => number) | undefined;
}

/** Where names that the template does not set come from. Jinja's own globals are found behind them. */
export type Globals = ReadonlyMap<string, Value> | ((name: string) => Value | undefined);

export interface RenderOptions {
  readonly globals: Globals;
  /**
   * What printing an undefined value does: `strict` (default) raises, `lenient` prints nothing and
   * warns, `parse` prints nothing and lets it swallow attributes and calls.
   */
  readonly undefined?: UndefinedMode | undefined;
  /** Takes the warnings of `lenient`. */
  readonly warn?: ((error: EltError) => void) | undefined;
}

export interface Located extends Place {
  /** When a macro printed it: the places of the calls, innermost first, ending in the template. */
  readonly via: readonly Place[];
}

export interface Rendered {
  readonly text: string;
  /** The place that printed the character at an offset (UTF-16) of the text. */
  locate(offset: number): Located | undefined;
}

/** A template that has been read without a mistake. */
export class Template {
  readonly source: Source;
  readonly body: Body;
  #compiled: { readonly frame: Frame; readonly execute: Execute } | undefined;

  constructor(source: Source, body: Body) {
    this.source = source;
    this.body = body;
    // A file of macros is not rendered: dbt compiles each of them when it is first called.
    if (!isMacroFile(body)) this.compiled();
  }
  compiled(): { readonly frame: Frame; readonly execute: Execute } {
    if (this.#compiled) return this.#compiled;
    const { source, body } = this;
    const frame = frameOf(undefined, [], body);
    const execute = compileBody(body, { source, inLoop: false, soft: false, frame });
    this.#compiled = { frame, execute };
    return this.#compiled;
  }
  get file(): string {
    return this.source.file;
  }
  get text(): string {
    return this.source.text;
  }
}

/** Reads a template. Throws an EltError at its first mistake. */
export function parseTemplate(text: string, { file, line }: ParseOptions): Template {
  const source = new Source(file, text.replace(/\r\n?/g, "\n"), line);
  return new Template(source, parse(source));
}

/** Renders to text. Throws an EltError with place, excerpt and macro stack. */
export function renderTemplate(template: Template, options: RenderOptions): Rendered {
  const out = new Output();
  run(template, options, out);
  return {
    text: out.text,
    locate(offset) {
      const [place, ...via] = placesOf(out.segments, offset);
      return place && { ...place, via };
    },
  };
}

/**
 * Renders a value of YAML: one expression gives its value, several parts give text, and what is
 * constant becomes text, as in dbt.
 */
export function renderNative(template: Template, options: RenderOptions): Value {
  const out = new NativeOutput();
  return run(template, options, out, () => out.value());
}

/** Calls a macro from outside any template. */
export function callMacro(
  macro: PyFunction,
  args: readonly Value[],
  kwargs: Kwargs,
  options: Partial<RenderOptions> & { readonly file?: string } = {},
): Value {
  const source = new Source(options.file ?? macro.name, "");
  const rt = new Runtime(source, options.undefined ?? "strict", options.warn);
  return rt.root(() => rt.call(macro, args, kwargs));
}

function run(template: Template, options: RenderOptions, out: Output, value?: () => Value): Value {
  const rt = new Runtime(template.source, options.undefined ?? "strict", options.warn);
  const { frame, execute } = template.compiled();
  const scope = frame.open(new Scope(undefined, outside(options.globals)));
  return rt.root(() => {
    execute(rt, scope, out);
    return value?.() ?? null;
  });
}

function isMacroFile(body: Body): boolean {
  const isBlock = ({ type }: Statement) => type === "macro" || type === "block";
  const isBlank = (node: Statement) => node.type === "data" && node.text.trim() === "";
  const { statements } = body;
  return statements.some(isBlock) && statements.every((node) => isBlock(node) || isBlank(node));
}

/** The names a template can read: those given, then Jinja's own. */
export function outside(globals: Globals): Outside {
  const own = builtins();
  if (typeof globals === "function") {
    return { find: (name) => first(globals(name), own.get(name)), names: () => own.keys() };
  }
  return {
    find: (name) => first(globals.get(name), own.get(name)),
    names: () => [...globals.keys(), ...own.keys()],
  };
}

/** Unlike `??`, None counts as found. */
function first(given: Value | undefined, fallback: Value | undefined): Value | undefined {
  return given === undefined ? fallback : given;
}
