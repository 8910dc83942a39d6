import type { Source } from "./source.ts";
import { quoted } from "./spell.ts";

export interface Token {
  readonly type: TokenType;
  /** The text of a name, operator, string (unescaped) or piece of data. */
  readonly text: string;
  readonly value: bigint | number | undefined;
  readonly start: number;
  readonly end: number;
}

export type TokenType =
  | "data"
  | "name"
  | "string"
  | "integer"
  | "float"
  | "operator"
  | "print begin"
  | "print end"
  | "block begin"
  | "block end"
  | "eof"
  /** The text cannot be read from here on; `text` says why. */
  | "broken";

/** Python's white space, as a character class. */
export const SPACE =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const WHITESPACE = new RegExp(`[${SPACE}]+`, "y");
const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const NAME = /[\p{L}\p{N}\p{Mn}\p{Mc}\p{Pc}·]+/uy;
const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;
const STRING = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const OPERATORS: ReadonlySet<string> = new Set(
  "// ** == != >= <= + - / * % ~ [ ] ( ) { } > < = . : | , ;".split(" "),
);
/** Which ASCII characters can stand in a name, by their code. */
const WORD: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /\w/.test(String.fromCharCode(code)),
);

const RAW_BEGIN = new RegExp(`\\{%[-+]?[${SPACE}]*raw[${SPACE}]*(-?)%\\}`, "y");
const RAW_END = new RegExp(`\\{%([-+]?)[${SPACE}]*endraw[${SPACE}]*([-+]?)%\\}`, "g");
const SPACE_CHARACTER = new RegExp(`[${SPACE}]`);

const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Cuts a template into tokens. Never throws: what cannot be read ends the list as `broken`. */
export function tokenize(source: Source): Token[] {
  const text = source.text;
  const length = text.endsWith("\n") ? text.length - 1 : text.length;
  const tokens: Token[] = [];
  let at = 0;

  while (at < length) {
    const open = nextTag(text, at, length);
    if (open === -1) {
      pushData(at, length);
      break;
    }
    const sign = text[open + 2];
    pushData(at, open, sign === "-");
    const afterSign = open + (sign === "-" || sign === "+" ? 3 : 2);
    const next =
      text[open + 1] === "#"
        ? comment(open, afterSign)
        : (raw(open) ?? tag(open, afterSign, text[open + 1] === "{"));
    if (next === undefined) return tokens;
    at = next;
  }
  tokens.push({ type: "eof", text: "", value: undefined, start: length, end: length });
  return tokens;

  function push(type: TokenType, start: number, end: number, word = text.slice(start, end)): void {
    tokens.push({ type, text: word, value: undefined, start, end });
  }

  function broken(message: string, start: number, end: number): undefined {
    push("broken", start, end, message);
  }

  function pushData(start: number, end: number, strip = false): void {
    let data = text.slice(start, end);
    if (strip) data = stripEnd(data);
    if (data !== "") push("data", start, start + data.length, data);
  }

  function skipSpace(from: number): number {
    const code = text.charCodeAt(from);
    if (code > 0x20 && code < 0x80) return from;
    if (code === 0x20) {
      const next = text.charCodeAt(from + 1);
      if (next > 0x20 && next < 0x80) return from + 1;
    }
    WHITESPACE.lastIndex = from;
    const found = WHITESPACE.exec(text);
    return found ? Math.min(from + found[0].length, length) : from;
  }

  function comment(open: number, from: number): number | undefined {
    const end = text.indexOf("#}", from);
    if (end === -1 || end + 2 > length) return broken("Missing end of comment tag", open, open + 2);
    return text[end - 1] === "-" && end > from ? skipSpace(end + 2) : end + 2;
  }

  function raw(open: number): number | undefined {
    RAW_BEGIN.lastIndex = open;
    const begin = RAW_BEGIN.exec(text);
    if (!begin) return undefined;
    const from = begin[1] === "-" ? skipSpace(RAW_BEGIN.lastIndex) : RAW_BEGIN.lastIndex;
    RAW_END.lastIndex = from;
    const end = RAW_END.exec(text);
    if (!end || RAW_END.lastIndex > length) {
      broken("Missing end of raw directive", open, from);
      return length;
    }
    pushData(from, end.index, end[1] === "-");
    return end[2] === "-" ? skipSpace(RAW_END.lastIndex) : RAW_END.lastIndex;
  }

  /** Reads one print or block tag; gives where the text after it begins. */
  function tag(open: number, from: number, printing: boolean): number | undefined {
    push(printing ? "print begin" : "block begin", open, from);
    const close = printing ? "}}" : "%}";
    const expected: string[] = [];
    let position = from;
    for (;;) {
      position = skipSpace(position);
      if (position >= length) return length;
      if (expected.length === 0) {
        const sign = text[position];
        const signed = sign === "-" || (sign === "+" && !printing);
        const end = signed ? position + 1 : position;
        if (text.startsWith(close, end) && end + 2 <= length) {
          push(printing ? "print end" : "block end", position, end + 2);
          return sign === "-" ? skipSpace(end + 2) : end + 2;
        }
      }
      const next = token(position, expected);
      if (next === undefined) return undefined;
      position = next;
    }
  }

  function token(position: number, expected: string[]): number | undefined {
    const code = text.charCodeAt(position);
    if (code >= 0x30 && code <= 0x39) return number(position);
    if (code === 0x27 || code === 0x22) return string(position);
    if (code > 0x7f || WORD[code]) {
      const end = name(position);
      if (end !== position) return end;
    }
    return operator(position, expected);
  }

  function number(position: number): number | undefined {
    const float = match(FLOAT, position);
    if (float !== undefined) {
      const value = Number(float.replaceAll("_", ""));
      const end = position + float.length;
      tokens.push({ type: "float", text: float, value, start: position, end });
      return end;
    }
    const digits = match(INTEGER, position) ?? "0";
    const value = BigInt(digits.replaceAll("_", ""));
    const end = position + digits.length;
    tokens.push({ type: "integer", text: digits, value, start: position, end });
    return end;
  }

  /** Gives the same position when what stands there is no name. */
  function name(position: number): number | undefined {
    let end = position;
    while (end < length && WORD[text.charCodeAt(end)]) end += 1;
    if (end < length && text.charCodeAt(end) > 0x7f) {
      const word = match(NAME, position) ?? "";
      end = position + word.length;
      if (word !== "" && !IDENTIFIER.test(word)) {
        return broken("Invalid character in identifier", position, end);
      }
    }
    if (end > position) push("name", position, end);
    return end;
  }

  function string(position: number): number | undefined {
    const literal = match(STRING, position);
    if (literal === undefined) return unexpected(position);
    const end = position + literal.length;
    const value = unescaped(literal.slice(1, -1));
    if (value === undefined) return broken("malformed \\ escape in a string", position, end);
    push("string", position, end, value);
    return end;
  }

  function operator(position: number, expected: string[]): number | undefined {
    const two = text.slice(position, Math.min(position + 2, length));
    const found = OPERATORS.has(two) ? two : two.charAt(0);
    if (!OPERATORS.has(found)) return unexpected(position);
    const end = position + found.length;
    const closer = CLOSERS[found];
    if (closer !== undefined) expected.push(closer);
    else if (found === ")" || found === "]" || found === "}") {
      const wanted = expected.pop();
      if (wanted === undefined) return broken(`unexpected '${found}'`, position, end);
      if (wanted !== found) {
        return broken(`unexpected '${found}', expected '${wanted}'`, position, end);
      }
    }
    push("operator", position, end, found);
    return end;
  }

  function unexpected(position: number): undefined {
    const char = String.fromCodePoint(text.codePointAt(position) ?? 0);
    return broken(
      `unexpected char ${quoted(char)} at ${position}`,
      position,
      position + char.length,
    );
  }

  function match(pattern: RegExp, position: number): string | undefined {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    return found !== undefined && position + found.length <= length ? found : undefined;
  }
}

function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE_CHARACTER.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function nextTag(text: string, from: number, length: number): number {
  for (let at = text.indexOf("{", from); at !== -1 && at + 1 < length; ) {
    const next = text.charCodeAt(at + 1);
    if (next === 0x7b || next === 0x25 || next === 0x23) return at;
    at = text.indexOf("{", at + 1);
  }
  return -1;
}

const ESCAPE =
  /\\(?:\n|([abfnrtv\\'"])|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([NxuU])|([\s\S]))/gu;
const NAMED: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Python's string escapes; nothing when one of them is malformed. */
function unescaped(text: string): string | undefined {
  if (!text.includes("\\")) return text;
  let malformed = false;
  const result = text.replace(ESCAPE, (whole, named, x, u, U, octal, bad, other) => {
    const hex: string | undefined = x ?? u ?? U;
    if (hex !== undefined) {
      const code = Number.parseInt(hex, 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      malformed = true;
    }
    if (named !== undefined) return NAMED[named] ?? named;
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    if (bad !== undefined) malformed = true;
    return other === undefined ? "" : whole;
  });
  return malformed ? undefined : result;
}
