import { TemplateError } from "./errors.ts";
import { filter } from "./filters.ts";
import { fixed } from "./format-spec.ts";
import { numeric, swallow } from "./operators.ts";
import { typeName } from "./spell.ts";
import { type Invoke, PyUndefined, type Value } from "./types.ts";
import { strip } from "./unicode.ts";
import { truth } from "./values.ts";

export function numberFilters(): [string, Invoke][] {
  return [
    ...filter("abs", "value", ([value = null]) => {
      if (value instanceof PyUndefined) return swallow(value);
      const number = numeric(value);
      if (number === undefined) {
        throw new TemplateError(`bad operand type for abs(): '${typeName(value)}'`);
      }
      return number < 0 || Object.is(number, -0) ? -number : number;
    }),
    ...filter("int", "value default? base?", ([value = null, fallback = 0n, base = 10n]) => {
      if (value instanceof PyUndefined) return swallow(value);
      return toInteger(value, base) ?? fallback;
    }),
    ...filter("float", "value default?", ([value = null, fallback = 0]) => {
      if (value instanceof PyUndefined) return swallow(value);
      return toFloat(value) ?? fallback;
    }),
    ...filter(
      "round",
      "value precision? method?",
      ([value = null, precision = 0n, method = "common"]) => {
        if (value instanceof PyUndefined) return swallow(value);
        return round(value, precision, method);
      },
    ),
    ...filter("filesizeformat", "value binary?", ([value = null, binary = false]) => {
      if (value instanceof PyUndefined) return swallow(value);
      const bytes = toFloat(value);
      if (bytes === undefined) throw new TemplateError("could not convert the value to float");
      return fileSize(bytes, truth(binary));
    }),
  ];
}

function toInteger(value: Value, base: Value): bigint | undefined {
  if (typeof value === "string") {
    if (typeof base !== "bigint") {
      throw new TemplateError(`'${typeName(base)}' object cannot be interpreted as an integer`);
    }
    const whole = parseInteger(value, Number(base));
    if (whole !== undefined) return whole;
  }
  const number = typeof value === "string" ? parseFloatText(value) : numeric(value);
  if (number === undefined || typeof number === "bigint") return number;
  if (Number.isFinite(number)) return BigInt(Math.trunc(number));
  if (Number.isNaN(number) || typeof value === "string") return undefined;
  // Jinja catches the overflow of int(float("inf")) only on its second try.
  throw new TemplateError("cannot convert float infinity to integer");
}

const PREFIXES: Readonly<Record<number, RegExp>> = { 2: /^0b_?/i, 8: /^0o_?/i, 16: /^0x_?/i };

/** Python's `int(text, base)`. */
function parseInteger(text: string, base: number): bigint | undefined {
  const found = /^([-+]?)([\s\S]*)$/.exec(decimalDigits(strip(text, "both")));
  const [, sign = "", body = ""] = found ?? [];
  let digits = body;
  let radix = base;
  if (base === 0) {
    const guessed = [2, 8, 16].find((known) => PREFIXES[known]?.test(body));
    radix = guessed ?? 10;
    if (guessed === undefined && /^0[\d_]*[1-9]/.test(body)) return undefined;
  }
  const prefix = PREFIXES[radix];
  if (prefix) digits = digits.replace(prefix, "");
  if (!/^[\da-z]+(?:_[\da-z]+)*$/i.test(digits)) return undefined;
  let value = 0n;
  const plain = digits.replaceAll("_", "");
  if (radix === 10) {
    if (!/^\d+$/.test(plain)) return undefined;
    value = BigInt(plain);
  } else {
    for (const digit of plain) {
      const number = Number.parseInt(digit, 36);
      if (number >= radix) return undefined;
      value = value * BigInt(radix) + BigInt(number);
    }
  }
  return sign === "-" ? -value : value;
}

/** Digits of other scripts count as digits. */
function decimalDigits(text: string): string {
  return text.replace(/[^\P{Nd}0-9]/gu, (digit) => {
    let zero = digit.codePointAt(0) ?? 0;
    while (
      /\p{Nd}/u.test(String.fromCodePoint(zero - 1)) &&
      (digit.codePointAt(0) ?? 0) - zero < 9
    ) {
      zero -= 1;
    }
    return String((digit.codePointAt(0) ?? 0) - zero);
  });
}

function toFloat(value: Value): number | undefined {
  if (typeof value === "string") return parseFloatText(value);
  const number = numeric(value);
  return number === undefined ? undefined : Number(number);
}

const FLOAT =
  /^[-+]?(?:(?:\d+(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+(?:_\d+)*)?$/i;
const SPECIAL = /^([-+]?)(inf|infinity|nan)$/i;

function parseFloatText(text: string): number | undefined {
  const body = decimalDigits(strip(text, "both"));
  if (FLOAT.test(body)) return Number(body.replaceAll("_", ""));
  const special = SPECIAL.exec(body);
  if (!special) return undefined;
  const size = special[2]?.toLowerCase() === "nan" ? Number.NaN : Number.POSITIVE_INFINITY;
  return special[1] === "-" ? -size : size;
}

function round(value: Value, precision: Value, method: Value): Value {
  if (method !== "common" && method !== "ceil" && method !== "floor") {
    throw new TemplateError("method must be common, ceil or floor");
  }
  const number = numeric(value);
  if (number === undefined) {
    throw new TemplateError(`type ${typeName(value)} doesn't define __round__ method`);
  }
  if (precision === null && method === "common") return integral(roundFloat(Number(number), 0));
  const digits = numeric(precision);
  if (typeof digits !== "bigint") {
    throw new TemplateError(`'${typeName(precision)}' object cannot be interpreted as an integer`);
  }
  if (method === "common") {
    return typeof number === "bigint"
      ? roundInteger(number, Number(digits))
      : roundFloat(number, Number(digits));
  }
  const scale = 10 ** Number(digits);
  const scaled = Number(number) * scale;
  // Python's ceil and floor give an int, which has no negative zero.
  return ((method === "ceil" ? Math.ceil(scaled) : Math.floor(scaled)) + 0) / scale;
}

function integral(value: number): bigint {
  return BigInt(value);
}

function roundInteger(value: bigint, digits: number): bigint {
  if (digits >= 0) return value;
  const unit = 10n ** BigInt(-digits);
  const rest = ((value % unit) + unit) % unit;
  const low = value - rest;
  const twice = rest * 2n;
  if (twice < unit) return low;
  if (twice > unit) return low + unit;
  return (low / unit) % 2n === 0n ? low : low + unit;
}

/** Rounds to the nearest, ties to even, on the exact value. */
function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  if (digits < 0) {
    const unit = 10 ** -digits;
    return halfEven(value / unit) * unit;
  }
  if (digits > 22 || Math.abs(value) >= 1e21) return value;
  if (digits === 0) return halfEven(value);
  return Number((value < 0 ? "-" : "") + fixed(Math.abs(value), digits));
}

function halfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  let result = rest < 0.5 ? floor : floor + 1;
  if (rest === 0.5 && floor % 2 === 0) result = floor;
  return result === 0 && value < 0 ? -0 : result;
}

function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const letters = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
  let power = 1;
  while (power < letters.length && bytes >= base ** (power + 1)) power += 1;
  const letter = letters[power - 1] ?? "Y";
  const unit = binary ? `${letter.toUpperCase()}iB` : `${letter}B`;
  return `${fixed((base * bytes) / base ** (power + 1), 1)} ${unit}`;
}
