export interface ExcerptOptions {
  /** How many characters are wrong. Default 1. */
  readonly length?: number;
  /** Line of the file the text begins in. Default 1. */
  readonly firstLine?: number;
}

/** The line of a mistake with a caret under it, as every error shows it. Line (of the text) and column are 1-based, in characters. */
export function excerptAt(
  text: string,
  line: number,
  column: number,
  { length = 1, firstLine = 1 }: ExcerptOptions = {},
): string {
  const source = [...(text.split("\n")[line - 1] ?? "").replace(/\r$/, "")];
  const number = String(line + firstLine - 1);
  const start = Math.max(0, column - 1);
  const carets = "^".repeat(Math.max(1, Math.min(length, source.length - start)));
  const indent = source
    .slice(0, start)
    .map((character) => (character === "\t" ? "\t" : " "))
    .join("");
  return `${number} │ ${source.join("")}\n${" ".repeat(number.length)} │ ${indent}${carets}`;
}

/** 1-based line and column, in characters, of an offset in UTF-16 units. */
export function lineColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: [...before.slice(start)].length + 1 };
}
