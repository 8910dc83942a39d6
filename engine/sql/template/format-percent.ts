import { TemplateError } from "./errors.ts";
import { floatDigits } from "./format-spec.ts";
import { integer } from "./operators.ts";
import { quoted, repr, str, typeName } from "./spell.ts";
import { PyDict, PyTuple, PyUndefined, type Value } from "./types.ts";
import { characters, length, substring } from "./unicode.ts";

const DIRECTIVE = /%(?:\(([^)]*)\))?([-#0 +]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([\s\S])?/gu;

/** `text % values`. */
export function formatPercent(text: string, values: Value): string {
  const args = values instanceof PyTuple ? values.items : [values];
  let used = 0;
  let named = false;
  const take = (): Value => {
    const value = args[used];
    used += 1;
    if (value === undefined) throw new TemplateError("not enough arguments for format string");
    return value;
  };
  const result = text.replace(
    DIRECTIVE,
    (whole, key, flags: string, width, precision, type, at: number) => {
      if (type === undefined) throw new TemplateError("incomplete format");
      if (type === "%" && whole === "%%") return "%";
      let value: Value | undefined;
      if (key !== undefined) {
        if (!(values instanceof PyDict)) throw new TemplateError("format requires a mapping");
        value = values.get(key);
        if (value === undefined) throw new TemplateError(quoted(key));
        named = true;
      }
      const size = width === "*" ? starred(take()) : Number(width ?? 0);
      const digits = precision === "*" ? starred(take()) : digitsOf(precision);
      const left = flags.includes("-") || size < 0;
      const shown = directive(
        type,
        value === undefined ? take() : value,
        flags,
        digits,
        text,
        at + whole.length - 1,
      );
      return padded(shown, Math.abs(size), left, flags.includes("0"));
    },
  );
  const leftOver = used < args.length && !named && !(values instanceof PyDict);
  if (leftOver && (values instanceof PyTuple || used === 0) && !isMappingLike(values)) {
    throw new TemplateError("not all arguments converted during string formatting");
  }
  return result;
}

/** Python lets lists and the like stand unused on the right, since they can be subscripted. */
function isMappingLike(values: Value): boolean {
  return ["list", "range", "Undefined"].includes(typeName(values));
}

function starred(value: Value): number {
  if (typeof value === "bigint") return Number(value);
  throw new TemplateError("* wants int");
}

function digitsOf(precision: string | undefined): number | undefined {
  return precision === undefined ? undefined : Number(precision);
}

interface Shown {
  /** Sign and radix prefix: zeros go behind it. */
  readonly prefix: string;
  readonly text: string;
  readonly numeric: boolean;
}

function directive(
  type: string,
  value: Value,
  flags: string,
  precision: number | undefined,
  text: string,
  at: number,
): Shown {
  switch (type) {
    case "s":
      return plain(cut(str(value), precision));
    case "r":
    case "a":
      return plain(cut(repr(value), precision));
    case "c":
      return plain(character(value));
    case "d":
    case "i":
    case "u":
      return shownInteger(wholeNumber(value, type), 10, "", flags, precision);
    case "o":
      return shownInteger(exactInteger(value, type), 8, "0o", flags, precision);
    case "x":
      return shownInteger(exactInteger(value, type), 16, "0x", flags, precision);
    case "X": {
      const shown = shownInteger(exactInteger(value, type), 16, "0X", flags, precision);
      return { ...shown, text: shown.text.toUpperCase() };
    }
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G": {
      const number = real(value);
      const negative = number < 0 || Object.is(number, -0);
      const digits = floatDigits(Math.abs(number), type, precision ?? 6, flags.includes("#"));
      return { prefix: sign(negative, flags), text: digits, numeric: true };
    }
  }
  const code = (type.codePointAt(0) ?? 0).toString(16);
  const index = length(text.slice(0, at));
  throw new TemplateError(`unsupported format character '${type}' (0x${code}) at index ${index}`);
}

function plain(text: string): Shown {
  return { prefix: "", text, numeric: false };
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : substring(text, 0, precision);
}

function character(value: Value): string {
  if (typeof value === "bigint") return String.fromCodePoint(Number(value));
  if (typeof value === "string" && characters(value).length === 1) return value;
  throw new TemplateError("%c requires int or char");
}

function wholeNumber(value: Value, type: string): bigint {
  if (value instanceof PyUndefined) return integer(value);
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number" && Number.isFinite(value)) return BigInt(Math.trunc(value));
  throw new TemplateError(`%${type} format: a real number is required, not ${typeName(value)}`);
}

function exactInteger(value: Value, type: string): bigint {
  if (value instanceof PyUndefined) return integer(value);
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  throw new TemplateError(`%${type} format: an integer is required, not ${typeName(value)}`);
}

function real(value: Value): number {
  if (value instanceof PyUndefined) return Number(integer(value));
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  throw new TemplateError(`must be real number, not ${typeName(value)}`);
}

function shownInteger(
  value: bigint,
  radix: number,
  radixPrefix: string,
  flags: string,
  precision: number | undefined,
): Shown {
  const digits = (value < 0n ? -value : value).toString(radix).padStart(precision ?? 0, "0");
  const prefix = sign(value < 0n, flags) + (flags.includes("#") ? radixPrefix : "");
  return { prefix, text: digits, numeric: true };
}

function sign(negative: boolean, flags: string): string {
  if (negative) return "-";
  if (flags.includes("+")) return "+";
  return flags.includes(" ") ? " " : "";
}

function padded(
  { prefix, text, numeric }: Shown,
  width: number,
  left: boolean,
  zero: boolean,
): string {
  const missing = Math.max(0, width - length(prefix) - length(text));
  if (left) return prefix + text + " ".repeat(missing);
  if (zero && numeric) return prefix + "0".repeat(missing) + text;
  return " ".repeat(missing) + prefix + text;
}
