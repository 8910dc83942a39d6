import { listOf } from "./access.ts";
import { TemplateError } from "./errors.ts";
import { formatBraces } from "./format-braces.ts";
import { type MethodEntry, method, openMethod } from "./methods.ts";
import { integer, swallow } from "./operators.ts";
import { str, typeName } from "./spell.ts";
import { PyDict, PyList, PyTuple, PyUndefined, type Value } from "./types.ts";
import * as unicode from "./unicode.ts";
import { truth } from "./values.ts";

type Entry = [string, MethodEntry<string>];

let table: ReadonlyMap<string, MethodEntry<string>> | undefined;

/** The methods of strings. */
export function textMethods(): ReadonlyMap<string, MethodEntry<string>> {
  table ??= new Map([
    ...stripping(),
    ...splitting(),
    ...searching(),
    ...casing(),
    ...padding(),
    ...asking(),
  ]);
  return table;
}

function stripping(): Entry[] {
  const strip = (name: string, side: "left" | "right" | "both"): Entry =>
    method<string>(name, "/ chars?", (self, [chars]) => {
      if (chars === undefined || chars === null) return unicode.strip(self, side);
      if (typeof chars !== "string") throw new TemplateError(`${name} arg must be None or str`);
      return unicode.strip(self, side, chars);
    });
  return [
    strip("strip", "both"),
    strip("lstrip", "left"),
    strip("rstrip", "right"),
    method("removeprefix", "/ prefix", (self, [given]) => {
      const prefix = text(given, "removeprefix() argument must be str, not");
      return self.startsWith(prefix) ? self.slice(prefix.length) : self;
    }),
    method("removesuffix", "/ suffix", (self, [given]) => {
      const suffix = text(given, "removesuffix() argument must be str, not");
      return suffix !== "" && self.endsWith(suffix) ? self.slice(0, -suffix.length) : self;
    }),
  ];
}

function splitting(): Entry[] {
  return [
    method("split", "sep? maxsplit?", (self, args) => split(self, args, false)),
    method("rsplit", "sep? maxsplit?", (self, args) => split(self, args, true)),
    method("splitlines", "keepends?", (self, [keep = false]) => {
      return new PyList(unicode.splitLines(self, truth(keep)));
    }),
    method("partition", "/ sep", (self, [given]) => {
      const separator = nonEmpty(given);
      const at = self.indexOf(separator);
      if (at === -1) return new PyTuple([self, "", ""]);
      return new PyTuple([self.slice(0, at), separator, self.slice(at + separator.length)]);
    }),
    method("rpartition", "/ sep", (self, [given]) => {
      const separator = nonEmpty(given);
      const at = self.lastIndexOf(separator);
      if (at === -1) return new PyTuple(["", "", self]);
      return new PyTuple([self.slice(0, at), separator, self.slice(at + separator.length)]);
    }),
    method("join", "/ items", (self, [items = null]) => {
      return listOf(items)
        .map((item, index) => {
          if (typeof item === "string") return item;
          throw new TemplateError(
            `sequence item ${index}: expected str instance, ${typeName(item)} found`,
          );
        })
        .join(self);
    }),
    method("replace", "/ old new count?", (self, [old, by, count = -1n]) => {
      const from = text(old, "replace() argument 1 must be str, not");
      const to = text(by, "replace() argument 2 must be str, not");
      return replace(self, from, to, Number(integer(count)));
    }),
    openMethod("format", (self, args, kwargs, site) => formatBraces(self, args, kwargs, site)),
    openMethod("format_map", (self, [values], _kwargs, site) => {
      if (!(values instanceof PyDict)) throw new TemplateError("format_map() wants a mapping");
      const named = Array.from(values.entries(), ([key, value]) => [String(key), value] as const);
      return formatBraces(self, [], new Map(named), site);
    }),
  ];
}

function split(
  self: string,
  [sep = null, most = -1n]: readonly (Value | undefined)[],
  right: boolean,
): PyList {
  const limit = Number(integer(most));
  if (sep === null) return new PyList(unicode.splitSpaces(self, limit, right));
  if (typeof sep !== "string") throw new TemplateError(`must be str or None, not ${typeName(sep)}`);
  if (sep === "") throw new TemplateError("empty separator");
  const parts = self.split(sep);
  if (limit < 0 || parts.length <= limit + 1) return new PyList(parts);
  if (right) {
    const kept = parts.slice(parts.length - limit);
    return new PyList([parts.slice(0, parts.length - limit).join(sep), ...kept]);
  }
  return new PyList([...parts.slice(0, limit), parts.slice(limit).join(sep)]);
}

/** Python's `replace`; a negative count replaces all. */
export function replace(self: string, from: string, to: string, count: number): string {
  if (count < 0 && from !== "") return self.replaceAll(from, () => to);
  const pieces = from === "" ? ["", ...unicode.characters(self), ""] : self.split(from);
  const most = count < 0 ? pieces.length : count;
  let result = pieces[0] ?? "";
  for (let index = 1; index < pieces.length; index += 1) {
    result += (index <= most ? to : from) + (pieces[index] ?? "");
  }
  return result;
}

function searching(): Entry[] {
  const find = (name: string, fromRight: boolean, required: boolean): Entry =>
    method<string>(name, "/ sub start? end?", (self, [given, start, end]) => {
      const sub = text(given, "must be str, not");
      const { from, window, valid } = range(self, start, end);
      const found = valid ? (fromRight ? window.lastIndexOf(sub) : window.indexOf(sub)) : -1;
      if (found === -1 && required) throw new TemplateError("substring not found");
      return found === -1 ? -1n : BigInt(from + unicode.charactersBefore(window, found));
    });
  const affix = (name: "startsWith" | "endsWith"): Entry => {
    const python = name.toLowerCase();
    return method<string>(python, "/ affix start? end?", (self, [given = null, start, end]) => {
      const { window, valid } = range(self, start, end);
      const affixes = given instanceof PyTuple ? given.items : [given];
      return affixes.some((one) => {
        if (typeof one !== "string") {
          throw new TemplateError(
            given instanceof PyTuple
              ? `tuple for ${python} must only contain str, not ${typeName(one)}`
              : `${python} first arg must be str or a tuple of str, not ${typeName(one)}`,
          );
        }
        return valid && window[name](one);
      });
    });
  };
  return [
    find("find", false, false),
    find("rfind", true, false),
    find("index", false, true),
    find("rindex", true, true),
    affix("startsWith"),
    affix("endsWith"),
    method("count", "/ sub start? end?", (self, [given, start, end]) => {
      const sub = text(given, "must be str, not");
      const { window, valid } = range(self, start, end);
      if (!valid) return 0n;
      return BigInt(sub === "" ? unicode.length(window) + 1 : window.split(sub).length - 1);
    }),
  ];
}

/** The part of a text between two positions in characters. */
function range(self: string, start: Value | undefined, end: Value | undefined) {
  const size = unicode.length(self);
  const place = (value: Value | undefined, fallback: number) => {
    if (value === undefined || value === null) return fallback;
    const at = Number(integer(value));
    return at < 0 ? Math.max(at + size, 0) : at;
  };
  const from = place(start, 0);
  const to = Math.min(place(end, size), size);
  const valid = from <= to;
  return { from, valid, window: valid ? unicode.substring(self, from, to) : "" };
}

function casing(): Entry[] {
  return [
    method("lower", "/", (self) => self.toLowerCase()),
    method("upper", "/", (self) => self.toUpperCase()),
    method("casefold", "/", (self) => self.toLowerCase().replaceAll("ß", "ss")),
    method("capitalize", "/", (self) => unicode.capitalize(self)),
    method("swapcase", "/", (self) => {
      const swap = (letter: string) =>
        letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
      return unicode.characters(self).map(swap).join("");
    }),
    method("title", "/", (self) => {
      let inside = false;
      const letters = unicode.characters(self).map((letter) => {
        const cased = inside ? letter.toLowerCase() : unicode.titlecase(letter);
        inside = CASED.test(letter);
        return cased;
      });
      return letters.join("");
    }),
  ];
}

function padding(): Entry[] {
  const pad = (name: string, split: (missing: number, width: number) => number): Entry =>
    method<string>(name, "/ width fill?", (self, [width, fill = " "]) => {
      if (typeof fill !== "string" || unicode.length(fill) !== 1) {
        throw new TemplateError("The fill character must be exactly one character long");
      }
      const missing = Math.max(0, Number(integer(width)) - unicode.length(self));
      const left = split(missing, Number(integer(width)));
      return fill.repeat(left) + self + fill.repeat(missing - left);
    });
  return [
    pad("ljust", () => 0),
    pad("rjust", (missing) => missing),
    pad("center", centreLeft),
    method("zfill", "/ width", (self, [width]) => {
      const missing = Math.max(0, Number(integer(width)) - unicode.length(self));
      const sign = /^[-+]/.exec(self)?.[0] ?? "";
      return sign + "0".repeat(missing) + self.slice(sign.length);
    }),
    method("expandtabs", "tabsize?", (self, [size = 8n]) =>
      expandTabs(self, Number(integer(size))),
    ),
  ];
}

/** Python puts the odd space left when the width is odd. */
export function centreLeft(missing: number, width: number): number {
  return Math.floor(missing / 2) + (missing & width & 1);
}

function expandTabs(self: string, size: number): string {
  let column = 0;
  let result = "";
  for (const char of self) {
    if (char === "\t") {
      const spaces = size > 0 ? size - (column % size) : 0;
      result += " ".repeat(spaces);
      column += spaces;
    } else {
      result += char;
      column = char === "\n" || char === "\r" ? 0 : column + 1;
    }
  }
  return result;
}

const CASED = /[\p{Lt}\p{Uppercase}\p{Lowercase}]/u;
const UPPER = /[\p{Lt}\p{Uppercase}]/u;
const LOWER = /[\p{Lt}\p{Lowercase}]/u;

function asking(): Entry[] {
  const every = (name: string, pattern: RegExp): Entry =>
    method<string>(name, "/", (self) => pattern.test(self));
  return [
    every("isdigit", /^[\p{Nd}²³¹⁰⁴-⁹₀-₉]+$/u),
    every("isdecimal", /^\p{Nd}+$/u),
    every("isnumeric", /^\p{N}+$/u),
    every("isalpha", /^\p{L}+$/u),
    every("isalnum", /^[\p{L}\p{N}]+$/u),
    every("isidentifier", /^[\p{XID_Start}_]\p{XID_Continue}*$/u),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
    every("isascii", /^[\x00-\x7f]*$/),
    every("isprintable", /^(?:[^\p{C}\p{Z}]| )*$/u),
    method("isspace", "/", (self) => unicode.isSpace(self)),
    method("islower", "/", (self) => isLower(self)),
    method("isupper", "/", (self) => isUpper(self)),
    method("istitle", "/", (self) => isTitle(self)),
  ];
}

export function isLower(self: string): boolean {
  return /\p{Lowercase}/u.test(self) && !UPPER.test(self);
}

export function isUpper(self: string): boolean {
  return /\p{Uppercase}/u.test(self) && !LOWER.test(self);
}

function isTitle(self: string): boolean {
  let inside = false;
  let any = false;
  for (const char of self) {
    const upper = UPPER.test(char);
    if (upper ? inside : !inside && CASED.test(char)) return false;
    inside = CASED.test(char);
    any ||= inside;
  }
  return any;
}

function text(value: Value | undefined, complaint: string): string {
  if (typeof value === "string") return value;
  if (value instanceof PyUndefined) return str(swallow(value));
  throw new TemplateError(`${complaint} ${typeName(value ?? null)}`);
}

function nonEmpty(value: Value | undefined): string {
  const separator = text(value, "must be str, not");
  if (separator === "") throw new TemplateError("empty separator");
  return separator;
}
