import type { Expr, Statement } from "./nodes.ts";
import type { Source } from "./source.ts";
import { str } from "./spell.ts";
import type { Place, Value } from "./types.ts";

/** A stretch of output and what printed it. */
export interface Segment {
  /** Offset in the output it belongs to. */
  readonly start: number;
  readonly source: Source;
  readonly offset: number;
  /** Plain text of the template: each character has its own place. */
  readonly exact: boolean;
  /** What a macro printed, when this is the print of a macro's text. */
  readonly inner: readonly Segment[] | undefined;
}

/** Where statements print to. */
export class Output {
  readonly segments: Segment[] = [];
  #text = "";

  get text(): string {
    return this.#text;
  }

  data(text: string, source: Source, offset: number): void {
    this.segments.push({ start: this.#text.length, source, offset, exact: true, inner: undefined });
    this.#text += text;
  }

  /** Prints a value; `inner` is the map of the text when a macro made it. */
  print(
    value: Value,
    source: Source,
    node: Expr | Statement,
    inner: (text: string) => readonly Segment[] | undefined,
  ): void {
    const text = str(value);
    if (text === "") return;
    this.segments.push({
      start: this.#text.length,
      source,
      offset: node.start,
      exact: false,
      inner: inner(text),
    });
    this.#text += text;
  }
}

/** The places behind an offset, innermost first. */
export function placesOf(segments: readonly Segment[], offset: number): Place[] {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const segment = segments[low];
  if (segment === undefined || segment.start > offset) return [];
  const into = offset - segment.start;
  const place = segment.source.place(segment.offset + (segment.exact ? into : 0));
  return segment.inner ? [...placesOf(segment.inner, into), place] : [place];
}
