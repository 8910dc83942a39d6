import { EltError } from "../../errors.ts";
import type { Span } from "./nodes.ts";
import type { Place } from "./types.ts";

/** The text of a template, and how an offset in it is shown to a person. */
export class Source {
  readonly file: string;
  readonly text: string;
  #firstLineOf: number | (() => number);
  #lineStarts: readonly number[] | undefined;

  /** A first line that is costly to find is asked for when a place is. */
  constructor(file: string, text: string, firstLine: number | (() => number) = 1) {
    this.file = file;
    this.text = text;
    this.#firstLineOf = firstLine;
  }

  get #firstLine(): number {
    if (typeof this.#firstLineOf === "function") this.#firstLineOf = this.#firstLineOf();
    return this.#firstLineOf;
  }

  place(offset: number): Place {
    const { line, start } = this.#line(offset);
    const column = characters(this.text.slice(start, offset)) + 1;
    return { file: this.file, line: line + this.#firstLine, column };
  }

  /** An error at a span, with the line and a caret under it. */
  error(message: string, span: Span, more: { stack?: string; hint?: string } = {}): EltError {
    const excerpt = this.#excerpt(span) + (more.stack ? `\n${more.stack}` : "");
    return new EltError(message, { ...this.place(span.start), excerpt, hint: more.hint });
  }

  #excerpt(span: Span): string {
    const { line, start } = this.#line(span.start);
    const newline = this.text.indexOf("\n", start);
    const text = this.text.slice(start, newline === -1 ? undefined : newline);
    const before = this.text.slice(start, span.start);
    const marked = this.text.slice(span.start, Math.min(span.end, start + text.length));
    const number = String(line + this.#firstLine);
    const indent = before.replace(/[^\t]/gu, " ");
    const carets = "^".repeat(Math.max(1, characters(marked)));
    return `  ${number} │ ${text}\n  ${" ".repeat(number.length)} │ ${indent}${carets}`;
  }

  #line(offset: number): { line: number; start: number } {
    this.#lineStarts ??= lineStarts(this.text);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, start: this.#lineStarts[low] ?? 0 };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
