import { EltError } from "../../errors.ts";
import { nearest } from "../../suggest.ts";
import { invoke } from "./call.ts";
import { MacroReturn, TemplateError } from "./errors.ts";
import type { Span } from "./nodes.ts";
import type { Segment } from "./output.ts";
import type { Source } from "./source.ts";
import {
  type CallSite,
  type Kwargs,
  type Place,
  PyUndefined,
  type UndefinedMode,
  type UndefinedPolicy,
  type Value,
} from "./types.ts";

/** One call in progress; the span is what it is busy with. */
interface Frame {
  readonly source: Source;
  readonly macro: string | undefined;
  span: Span;
}

/** Where an undefined value was first met. */
interface Origin {
  readonly source: Source;
  readonly span: Span;
  readonly candidates: () => Iterable<string>;
}

/** As deep as Python goes, about. */
const MAX_DEPTH = 250;
const TOO_DEEP = "maximum recursion depth exceeded";
/** Of a deep stack, so many calls are shown at either end. */
const SHOWN = 8;
const START: Span = { start: 0, end: 0 };
/** Shorter texts of macros are too common to tell who printed them. */
const TELLING_LENGTH = 16;

/** The state of one rendering. */
export class Runtime implements CallSite, UndefinedPolicy {
  readonly mode: UndefinedMode;
  readonly #warn: (error: EltError) => void;
  readonly #frames: Frame[];
  #frame: Frame;
  readonly #captured = new Map<string, readonly Segment[]>();
  /** For values whose absence is no mistake: an inline `if` without `else`. */
  readonly silent: UndefinedPolicy = { mode: "silent", printed: () => {} };

  constructor(source: Source, mode: UndefinedMode, warn: (error: EltError) => void = () => {}) {
    this.mode = mode;
    this.#warn = warn;
    this.#frame = { source, macro: undefined, span: START };
    this.#frames = [this.#frame];
  }

  get undefinedMode(): UndefinedMode {
    return this.mode;
  }

  get place(): Place {
    return this.#frame.source.place(this.#frame.span.start);
  }

  /** What the rendering is busy with: where an error is reported. */
  at(span: Span): void {
    this.#frame.span = span;
  }

  /** Runs the body of a macro; errors leave it with their place and stack. */
  within(source: Source, macro: string, run: () => Value): Value {
    const outer = this.#frame;
    if (this.#frames.length > MAX_DEPTH) throw new TemplateError(TOO_DEEP);
    this.#frame = { source, macro, span: START };
    this.#frames.push(this.#frame);
    try {
      return run();
    } catch (error) {
      throw this.located(error);
    } finally {
      this.#frames.pop();
      this.#frame = outer;
    }
  }

  /** Runs the outermost text; every expected failure leaves it as an EltError. */
  root<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw this.located(error instanceof MacroReturn ? new TemplateError(error.message) : error);
    }
  }

  fail(message: string): never {
    throw new TemplateError(message);
  }

  undefined(message: string, name?: string, candidates?: () => Iterable<string>): PyUndefined {
    const { source, span } = this.#frame;
    const origin: Origin = { source, span, candidates: candidates ?? (() => []) };
    return new PyUndefined(message, this, name, origin);
  }

  call(callee: Value, args: readonly Value[], kwargs: Kwargs = new Map()): Value {
    return invoke(callee, args, kwargs, this);
  }

  printed(value: PyUndefined): void {
    if (this.mode === "parse") return;
    const error = new TemplateError(value.message, value.origin);
    if (this.mode === "strict") throw error;
    const located = this.located(error);
    if (located instanceof EltError) this.#warn(located);
  }

  /** Remembers which segments a macro's text was made of. */
  capture(text: string, segments: readonly Segment[]): void {
    if (text !== "") this.#captured.set(text, segments);
  }

  captured(text: string, direct: boolean): readonly Segment[] | undefined {
    return direct || text.length >= TELLING_LENGTH ? this.#captured.get(text) : undefined;
  }

  /** The error with its place, excerpt and macro stack. What is no expected failure stays as it is. */
  located(error: unknown): unknown {
    if (error instanceof TemplateError) {
      const origin = error.origin as Origin | undefined;
      const message = error.message + didYouMean(origin);
      const { source, span } = origin ?? this.#frame;
      return source.error(message, span, { stack: this.#stack(origin) });
    }
    if (error instanceof RangeError) {
      const deep = error.message.includes("call stack");
      return this.located(new TemplateError(deep ? TOO_DEEP : error.message));
    }
    if (!(error instanceof EltError) || error.details.file !== undefined) return error;
    const here = this.#frame.source.error(error.message, this.#frame.span, {
      stack: this.#stack(undefined),
    });
    const excerpt = [here.details.excerpt, error.details.excerpt].filter(Boolean).join("\n");
    return new EltError(error.message, {
      ...error.details,
      ...here.details,
      hint: error.details.hint,
      excerpt,
    });
  }

  #stack(origin: Origin | undefined): string {
    const lines = this.#frames.map(({ source, span, macro }) => {
      const { file, line, column } = source.place(span.start);
      return [
        macro === undefined ? "called from" : `in macro ${macro}`,
        `${file}:${line}:${column}`,
      ];
    });
    if (lines.length === 1) return origin && this.#elsewhere(origin) ? this.#printedBy() : "";
    if (lines.length > SHOWN * 2) {
      const left = lines.length - SHOWN * 2;
      lines.splice(SHOWN, left, ["…", `${left} more`]);
    }
    const width = Math.max(...lines.map(([label = ""]) => label.length)) + 4;
    return lines
      .reverse()
      .map(([label = "", place]) => `  ${label.padEnd(width)}${place}`)
      .join("\n");
  }

  #elsewhere({ source, span }: Origin): boolean {
    const here = this.#frame;
    return source !== here.source || span.start < here.span.start || span.end > here.span.end;
  }

  #printedBy(): string {
    const { file, line, column } = this.place;
    return `  used at    ${file}:${line}:${column}`;
  }
}

function didYouMean(origin: Origin | undefined): string {
  if (origin === undefined) return "";
  const word = origin.source.text.slice(origin.span.start, origin.span.end);
  const name = /\w{4,}$/.exec(word)?.[0];
  if (name === undefined) return "";
  const others = [...origin.candidates()].filter((candidate) => candidate !== name);
  const near = nearest(name, others);
  return near === undefined ? "" : ` — did you mean '${near}'?`;
}
