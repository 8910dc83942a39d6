import { TemplateError } from "./errors.ts";
import { floatText, typeName } from "./spell.ts";
import { length, substring } from "./unicode.ts";
import { str, type Value } from "./values.ts";

export interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const SPEC =
  /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u;

/** Python's `format(value, spec)`. */
export function formatValue(value: Value, text: string): string {
  if (text === "") return str(value);
  const spec = parseSpec(text);
  if (typeof value === "string") return formatText(value, spec);
  if (typeof value === "bigint") return formatInteger(value, spec);
  if (typeof value === "boolean") {
    if (spec.type === "s") throw unknownCode(spec, "bool");
    return formatInteger(value ? 1n : 0n, spec);
  }
  if (typeof value === "number") return formatFloat(value, spec);
  throw new TemplateError(`unsupported format string passed to ${typeName(value)}.__format__`);
}

function parseSpec(text: string): Spec {
  const found = SPEC.exec(text);
  if (!found) throw new TemplateError(`Invalid format specifier '${text}'`);
  const [, fill, align, sign, , alternate, zero, width, grouping, precision, type] = found;
  return {
    fill: fill ?? (zero ? "0" : " "),
    align: align ?? (zero ? "=" : ""),
    sign: sign ?? "-",
    alternate: alternate !== undefined,
    zero: zero !== undefined,
    width: width === undefined ? 0 : Number(width),
    grouping: grouping ?? "",
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? "",
  };
}

function formatText(text: string, spec: Spec): string {
  if (spec.grouping !== "") throw new TemplateError(`Cannot specify '${spec.grouping}' with 's'.`);
  if (spec.type !== "" && spec.type !== "s") throw unknownCode(spec, "str");
  if (spec.sign !== "-") throw new TemplateError("Sign not allowed in string format specifier");
  if (spec.align === "=" && !spec.zero) {
    throw new TemplateError("'=' alignment not allowed in string format specifier");
  }
  const shown = spec.precision === undefined ? text : substring(text, 0, spec.precision);
  return pad(shown, "", spec.align === "=" ? "<" : spec.align || "<", spec);
}

function formatInteger(value: bigint, spec: Spec): string {
  if ("eEfFgG%".includes(spec.type) && spec.type !== "") return formatFloat(Number(value), spec);
  if (spec.precision !== undefined) {
    throw new TemplateError("Precision not allowed in integer format specifier");
  }
  if (spec.type === "s") throw unknownCode(spec, "int");
  if (spec.type === "c")
    return pad(String.fromCodePoint(Number(value)), "", spec.align || "<", spec);
  const radix = { b: 2, o: 8, x: 16, X: 16 }[spec.type] ?? 10;
  const magnitude = value < 0n ? -value : value;
  let digits = magnitude.toString(radix);
  if (spec.type === "X") digits = digits.toUpperCase();
  const prefix = spec.alternate && radix !== 10 ? `0${spec.type}` : "";
  return padNumber(digits, "", signOf(value < 0n, spec) + prefix, spec, radix === 10 ? 3 : 4);
}

function formatFloat(value: number, spec: Spec): string {
  if (!"eEfFgGn%".includes(spec.type) && spec.type !== "") throw unknownCode(spec, "float");
  const negative = value < 0 || Object.is(value, -0);
  const text = floatDigits(Math.abs(value), spec.type, spec.precision, spec.alternate);
  const point = /[.e%]/i.exec(text)?.index ?? text.length;
  if (!Number.isFinite(value)) return padNumber(text, "", signOf(negative, spec), spec, 0);
  return padNumber(text.slice(0, point), text.slice(point), signOf(negative, spec), spec, 3);
}

/** The digits of a float that is not negative, in one of Python's presentations. */
export function floatDigits(
  value: number,
  type: string,
  precision: number | undefined,
  alternate = false,
): string {
  const upper = type === "E" || type === "F" || type === "G";
  if (!Number.isFinite(value)) {
    const word = Number.isNaN(value) ? "nan" : "inf";
    return (upper ? word.toUpperCase() : word) + (type === "%" ? "%" : "");
  }
  const digits = precision ?? 6;
  switch (type) {
    case "f":
    case "F":
      return fixed(value, digits) + (alternate && digits === 0 ? "." : "");
    case "%":
      return `${fixed(value * 100, digits)}%`;
    case "e":
    case "E":
      return cased(exponential(value, digits), upper);
    case "":
      if (precision === undefined) return floatText(value);
      return general(value, digits, alternate, true);
    default:
      return cased(general(value, digits, alternate, false), upper);
  }
}

function cased(text: string, upper: boolean): string {
  return upper ? text.toUpperCase() : text;
}

/** Exactly rounded, half to even on the exact binary value, as Python does. */
export function fixed(value: number, digits: number): string {
  if (digits <= 100 && value < 1e21) return value.toFixed(digits);
  const whole = BigInt(value).toString();
  return digits === 0 ? whole : `${whole}.${"0".repeat(digits)}`;
}

function exponential(value: number, digits: number): string {
  const [mantissa = "", exponent = "0"] = value.toExponential(Math.min(digits, 100)).split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${mantissa}e${sign}${exponent.replace(/[-+]/, "").padStart(2, "0")}`;
}

function general(value: number, digits: number, alternate: boolean, bare: boolean): string {
  const precision = Math.max(digits, 1);
  const exponent =
    value === 0 ? 0 : Number(value.toExponential(Math.min(precision - 1, 100)).split("e")[1]);
  const limit = bare ? precision - 1 : precision;
  const scientific = exponent < -4 || exponent >= Math.max(limit, 0);
  let text = scientific
    ? exponential(value, precision - 1)
    : fixed(value, Math.max(precision - 1 - exponent, 0));
  if (!alternate && text.includes(".")) {
    text = text.replace(/\.?0+(e|$)/, "$1");
  }
  if (bare && !scientific && !text.includes(".")) text += ".0";
  return text;
}

function signOf(negative: boolean, spec: Spec): string {
  if (negative) return "-";
  return spec.sign === "-" ? "" : spec.sign;
}

function padNumber(whole: string, rest: string, prefix: string, spec: Spec, group: number): string {
  let digits = whole;
  if (spec.grouping !== "" && group > 0) {
    digits = grouped(digits, spec.grouping, group);
    if (spec.fill === "0" && spec.align === "=") {
      while (prefix.length + digits.length + rest.length < spec.width) {
        const plain = `0${digits.replaceAll(spec.grouping, "")}`;
        digits = grouped(plain, spec.grouping, group);
      }
    }
  }
  return pad(digits + rest, prefix, spec.align || ">", spec);
}

function grouped(digits: string, separator: string, size: number): string {
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= size)
    groups.unshift(digits.slice(Math.max(0, end - size), end));
  return groups.join(separator);
}

function pad(text: string, prefix: string, align: string, spec: Spec): string {
  const missing = Math.max(0, spec.width - length(prefix) - length(text));
  const fill = (count: number) => spec.fill.repeat(count);
  switch (align) {
    case "<":
      return prefix + text + fill(missing);
    case "=":
      return prefix + fill(missing) + text;
    case "^": {
      const left = Math.floor(missing / 2);
      return fill(left) + prefix + text + fill(missing - left);
    }
    default:
      return fill(missing) + prefix + text;
  }
}

function unknownCode(spec: Spec, type: string): TemplateError {
  return new TemplateError(`Unknown format code '${spec.type}' for object of type '${type}'`);
}
