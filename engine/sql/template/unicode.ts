import { SPACE } from "./lexer.ts";

export { SPACE } from "./lexer.ts";

const ASTRAL = /[\ud800-\udfff]/;
const LEADING = new RegExp(`^[${SPACE}]+`);
const SPACES = new RegExp(`[${SPACE}]+`);
const ONLY_SPACES = new RegExp(`^[${SPACE}]+$`);

/** The characters of a string as Python counts them. */
export function characters(text: string): string[] {
  return ASTRAL.test(text) ? Array.from(text) : text.split("");
}

export function length(text: string): number {
  return ASTRAL.test(text) ? Array.from(text).length : text.length;
}

/** Characters from..to, both within the string. */
export function substring(text: string, from: number, to?: number): string {
  return ASTRAL.test(text) ? Array.from(text).slice(from, to).join("") : text.slice(from, to);
}

/** How many characters stand before a UTF-16 offset. */
export function charactersBefore(text: string, offset: number): number {
  return length(text.slice(0, offset));
}

export function isSpace(text: string): boolean {
  return ONLY_SPACES.test(text);
}

export function strip(text: string, side: "left" | "right" | "both", chars?: string): string {
  const letters = characters(text);
  const set = chars === undefined ? undefined : new Set(characters(chars));
  const drop = (letter: string | undefined) =>
    letter !== undefined && (set ? set.has(letter) : isSpace(letter));
  let from = 0;
  let to = letters.length;
  if (side !== "right") while (from < to && drop(letters[from])) from += 1;
  if (side !== "left") while (to > from && drop(letters[to - 1])) to -= 1;
  return letters.slice(from, to).join("");
}

/** Words between runs of white space; the rest uncut after `most` cuts, from either end. */
export function splitSpaces(text: string, most: number, fromRight = false): string[] {
  const words = strip(text, "both");
  if (words === "") return [];
  if (most < 0) return words.split(SPACES);
  if (fromRight) return splitSpacesRight(text, most);
  const result: string[] = [];
  let rest = strip(text, "left");
  while (result.length < most) {
    const gap = SPACES.exec(rest);
    if (!gap) break;
    result.push(rest.slice(0, gap.index));
    rest = rest.slice(gap.index).replace(LEADING, "");
  }
  if (rest !== "") result.push(rest);
  return result;
}

function splitSpacesRight(text: string, most: number): string[] {
  const reversed = characters(text).reverse().join("");
  return splitSpaces(reversed, most)
    .map((word) => characters(word).reverse().join(""))
    .reverse();
}

const BREAKS = "\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029";
const LINE_BREAK = new RegExp(`\\r\\n|[${BREAKS}]`, "g");

/** Python's `splitlines`: more line breaks than one knows. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  let from = 0;
  for (const found of text.matchAll(LINE_BREAK)) {
    const end = found.index + found[0].length;
    lines.push(text.slice(from, keepEnds ? end : found.index));
    from = end;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}

/** First letter upper, the rest lower. */
export function capitalize(text: string): string {
  const [first = "", ...rest] = characters(text);
  return titlecase(first) + rest.join("").toLowerCase();
}

/** Letters that are two letters, such as ǆ, have a form between small and capital. */
const DIGRAPHS = ["Ǆǆǅ", "Ǉǉǈ", "Ǌǌǋ", "Ǳǳǲ"];

export function titlecase(letter: string): string {
  const digraph = DIGRAPHS.find((forms) => letter !== "" && forms.includes(letter));
  if (digraph) return digraph.charAt(2);
  const [first = "", ...rest] = letter.toUpperCase();
  return first + rest.join("").toLowerCase();
}

/** Order by code points, as Python compares strings. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (!ASTRAL.test(a) && !ASTRAL.test(b)) return a < b ? -1 : 1;
  const left = Array.from(a, (char) => char.codePointAt(0) ?? 0);
  const right = Array.from(b, (char) => char.codePointAt(0) ?? 0);
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
