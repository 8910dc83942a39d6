import { characters, length, strip } from "./unicode.ts";

/** Python's `textwrap.wrap` as Jinja calls it: tabs and spaces are kept inside a line. */
export function wrapText(
  text: string,
  width: number,
  breakWords: boolean,
  hyphens: boolean,
): string[] {
  const chunks = chunksOf(text, hyphens).reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    const line: string[] = [];
    let size = 0;
    if (lines.length > 0 && blank(chunks.at(-1))) chunks.pop();
    for (let chunk = chunks.at(-1); chunk !== undefined; chunk = chunks.at(-1)) {
      if (size + length(chunk) > width) break;
      line.push(chunk);
      size += length(chunk);
      chunks.pop();
    }
    const long = chunks.at(-1);
    if (long !== undefined && length(long) > width) {
      const room = Math.max(width - size, width < 1 ? 1 : 0);
      if (breakWords) {
        const letters = characters(long);
        line.push(letters.slice(0, room).join(""));
        chunks[chunks.length - 1] = letters.slice(room).join("");
      } else if (line.length === 0) {
        line.push(long);
        chunks.pop();
      }
    }
    if (line.length > 0 && blank(line.at(-1))) line.pop();
    if (line.length > 0) lines.push(line.join(""));
  }
  return lines;
}

function blank(chunk: string | undefined): boolean {
  return chunk !== undefined && strip(chunk, "both") === "";
}

const WORD = "[\\p{L}\\p{N}_!\"'&.,?]";
const LETTER = "[\\p{L}_]";
const SPACE = "[\\t\\n\\v\\f\\r ]";
const NOT_SPACE = "[^\\t\\n\\v\\f\\r ]";
/** Words, spaces, and words cut after their hyphens; `--` stands alone. */
const HYPHENATED = new RegExp(
  `(${SPACE}+|(?<=${WORD})-{2,}(?=[\\p{L}\\p{N}_])|${NOT_SPACE}+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})|(?=${SPACE}|$)|(?<=${WORD})(?=-{2,}[\\p{L}\\p{N}_])))`,
  "u",
);
const SIMPLE = new RegExp(`(${SPACE}+)`, "u");

function chunksOf(text: string, hyphens: boolean): string[] {
  return text.split(hyphens ? HYPHENATED : SIMPLE).filter((chunk) => chunk !== "");
}
