import type { EltError } from "../../errors.ts";
import type { Place, PyFunction, UndefinedMode, Value } from "./values.ts";

export interface ParseOptions {
  /** As shown in errors, relative to the project. */
  readonly file: string;
  /** Line of the file where the text begins. Default 1. */
  readonly line?: number | undefined;
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

export type BlockKind = "macro" | "test" | "materialization" | "snapshot" | "docs";

/** A top-level block of a macro file. */
export interface Block {
  readonly kind: BlockKind;
  /** As written: `positive` of `{% test positive(model) %}`. */
  readonly name: string;
  /** As dbt registers it: `test_positive`, `materialization_mine_duckdb`. */
  readonly macroName: string;
  readonly parameters: readonly string[];
  /** Of a materialization: `adapter='duckdb'`, or `default`. */
  readonly adapter: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The whole block as written, tags included. */
  readonly text: string;
  /** What stands between the tags: what a snapshot or docs block renders. */
  readonly body: Template;
}

/** A call of a global name: `ref`, `source`, `dbt_utils.star`, `adapter.dispatch`. */
export interface GlobalCall extends Place {
  readonly name: string;
  /** The arguments that are literals; undefined where one must be computed. */
  readonly args: readonly (Value | undefined)[];
  readonly kwargs: ReadonlyMap<string, Value | undefined>;
}

export interface Template {
  readonly file: string;
  readonly text: string;
}

export declare function parseTemplate(text: string, options: ParseOptions): Template;
export declare function renderTemplate(template: Template, options: RenderOptions): Rendered;
export declare function renderNative(template: Template, options: RenderOptions): Value;
export declare function blocksOf(template: Template): readonly Block[];
export declare function bindMacro(block: Block, globals: Globals): PyFunction;
/** Calls a macro from outside any template. */
export declare function callMacro(
  macro: PyFunction,
  args: readonly Value[],
  kwargs: ReadonlyMap<string, Value>,
  options: RenderOptions,
): Value;
export declare function callsIn(template: Template): readonly GlobalCall[];
