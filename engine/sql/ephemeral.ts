import type { Compiled } from "./compile.ts";

export interface NamedCte {
  readonly name: string;
  readonly sql: Compiled;
}

const BLANK = /(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/y;
const WITH = /with\b/iy;
const RECURSIVE = /\s+recursive\b/iy;

/** Puts the ephemeral models a text reads in front of its own CTEs, as dbt does. */
export function injectCtes(compiled: Compiled, ctes: readonly NamedCte[]): Compiled {
  if (ctes.length === 0) return compiled;
  const { text } = compiled;
  const blank = endOf(BLANK, text, 0) ?? 0;
  const afterWith = endOf(WITH, text, blank);
  const pieces: (string | Compiled)[] = [];
  for (const [index, { name, sql }] of ctes.entries()) {
    pieces.push(index === 0 ? ` ${name} as (\n` : `,  ${name} as (\n`, sql, "\n)");
  }
  if (afterWith === undefined) {
    return join(["with", ...pieces, " ", compiled]);
  }
  const start = endOf(RECURSIVE, text, afterWith) ?? afterWith;
  return join([slice(compiled, 0, start), ...pieces, ", ", slice(compiled, start, text.length)]);
}

function endOf(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function slice(compiled: Compiled, start: number, end: number): Compiled {
  return {
    text: compiled.text.slice(start, end),
    locate: (offset) => compiled.locate(start + offset),
  };
}

/** Texts and literal pieces as one text whose offsets lead back to the piece they fall in. */
function join(pieces: readonly (string | Compiled)[]): Compiled {
  const texts = pieces.map((piece) => (typeof piece === "string" ? piece : piece.text));
  const starts: number[] = [];
  let length = 0;
  for (const text of texts) {
    starts.push(length);
    length += text.length;
  }
  return {
    text: texts.join(""),
    locate(offset) {
      const index = starts.findLastIndex((start) => start <= offset);
      const piece = pieces[index];
      if (piece === undefined || typeof piece === "string") return undefined;
      return piece.locate(offset - (starts[index] ?? 0));
    },
  };
}
