import { TemplateError } from "./errors.ts";
import { formatPercent } from "./format-percent.ts";
import type { BinaryOperator } from "./nodes.ts";
import { typeName } from "./spell.ts";
import { PyList, PySet, PyTuple, PyUndefined, type Value } from "./types.ts";
import { length } from "./unicode.ts";

/** Texts and lists longer than this are a mistake, not a model. */
const MAX_LENGTH = 50_000_000;
const MAX_BITS = 1_000_000;

export function binary(op: BinaryOperator, left: Value, right: Value): Value {
  if (left instanceof PyUndefined) return swallow(left);
  if (right instanceof PyUndefined && !(op === "%" && typeof left === "string")) {
    return swallow(right);
  }
  if (op === "%" && typeof left === "string") return formatPercent(left, right);
  const a = numeric(left);
  const b = numeric(right);
  if (a !== undefined && b !== undefined) {
    return typeof a === "bigint" && typeof b === "bigint"
      ? integers(op, a, b)
      : floats(op, Number(a), Number(b));
  }
  const sequence = sequences(op, left, right);
  if (sequence !== undefined) return sequence;
  throw new TemplateError(unsupported(op, left, right));
}

export function unary(op: "+" | "-", value: Value): Value {
  if (value instanceof PyUndefined) return swallow(value);
  const number = numeric(value);
  if (number === undefined) {
    throw new TemplateError(`bad operand type for unary ${op}: '${typeName(value)}'`);
  }
  return op === "-" ? -number : number;
}

/** An int or float as it is, a bool as an int. */
export function numeric(value: Value): bigint | number | undefined {
  if (typeof value === "bigint" || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  return undefined;
}

/** A whole number, where Python wants nothing else. */
export function integer(value: Value | undefined): bigint {
  const number = numeric(value ?? null);
  if (typeof number === "bigint") return number;
  if (value instanceof PyUndefined) {
    swallow(value);
    return 0n;
  }
  throw new TemplateError(
    `'${typeName(value ?? null)}' object cannot be interpreted as an integer`,
  );
}

/** What using an undefined value gives: an error, or nothing when dbt only parses. */
export function swallow(value: PyUndefined): PyUndefined {
  if (value.policy.mode === "parse") return value;
  throw new TemplateError(value.message, value.origin);
}

function integers(op: BinaryOperator, a: bigint, b: bigint): bigint | number {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0n) throw new TemplateError("division by zero");
      return trueDivision(a, b);
    case "//":
      if (b === 0n) throw new TemplateError("integer division or modulo by zero");
      return (a - modulo(a, b)) / b;
    case "%":
      if (b === 0n) throw new TemplateError("integer modulo by zero");
      return modulo(a, b);
    case "**":
      if (b < 0n) return floats("**", Number(a), Number(b));
      if (a !== 0n && a !== 1n && a !== -1n && BigInt(bits(a)) * b > MAX_BITS) {
        throw new TemplateError("the power is too large");
      }
      return a ** b;
  }
}

function trueDivision(a: bigint, b: bigint): number {
  const x = Number(a);
  const y = Number(b);
  if (Number.isSafeInteger(x) && Number.isSafeInteger(y)) return x / y;
  const negative = a < 0n !== b < 0n;
  const top = a < 0n ? -a : a;
  const bottom = b < 0n ? -b : b;
  const shift = Math.max(0, 64 - (bits(top) - bits(bottom)));
  const quotient = (top << BigInt(shift)) / bottom;
  const result = Number(quotient) / 2 ** shift;
  if (!Number.isFinite(result)) {
    throw new TemplateError("integer division result too large for a float");
  }
  return negative ? -result : result;
}

function bits(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}

function modulo(a: bigint, b: bigint): bigint {
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

function floats(op: BinaryOperator, a: number, b: number): number {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw new TemplateError("float division by zero");
      return a / b;
    case "//":
      if (b === 0) throw new TemplateError("float floor division by zero");
      return floorDivision(a, b);
    case "%":
      if (b === 0) throw new TemplateError("float modulo");
      return floatModulo(a, b);
    case "**":
      return power(a, b);
  }
}

function floatModulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function floorDivision(a: number, b: number): number {
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && b < 0 !== rest < 0) quotient -= 1;
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function power(a: number, b: number): number {
  if (a === 0 && b < 0) {
    throw new TemplateError("0.0 cannot be raised to a negative power");
  }
  if (a === 1) return 1;
  const result = a ** b;
  if (Number.isNaN(result) && !Number.isNaN(a) && !Number.isNaN(b)) {
    if (a === -1) return 1;
    throw new TemplateError("the power of a negative number is complex");
  }
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
    throw new TemplateError("(34, 'Numerical result out of range')");
  }
  return result;
}

function sequences(op: BinaryOperator, left: Value, right: Value): Value | undefined {
  if (op === "+") {
    if (typeof left === "string" && typeof right === "string") return left + right;
    if (left instanceof PyList && right instanceof PyList) {
      return new PyList([...left.items, ...right.items]);
    }
    if (left instanceof PyTuple && right instanceof PyTuple) {
      return new PyTuple([...left.items, ...right.items]);
    }
  }
  if (op === "*") return repeated(left, right) ?? repeated(right, left);
  if (op === "-" && left instanceof PySet && right instanceof PySet) {
    return new PySet([...left.values()].filter((item) => !right.has(item)));
  }
  return undefined;
}

function repeated(sequence: Value, by: Value): Value | undefined {
  const number = numeric(by);
  if (typeof number !== "bigint") return undefined;
  const count = number < 0n ? 0 : Number(number);
  const check = (size: number) => {
    if (size > 0 && size * count > MAX_LENGTH)
      throw new TemplateError("the repeated value is too long");
  };
  if (typeof sequence === "string") {
    check(length(sequence));
    return sequence === "" ? "" : sequence.repeat(count);
  }
  if (sequence instanceof PyList || sequence instanceof PyTuple) {
    check(sequence.items.length);
    const times = sequence.items.length === 0 ? 0 : count;
    const items = Array.from({ length: times }, () => sequence.items).flat();
    return sequence instanceof PyList ? new PyList(items) : new PyTuple(items);
  }
  return undefined;
}

function unsupported(op: BinaryOperator, left: Value, right: Value): string {
  if (op === "+") {
    const type = typeName(left);
    if (type === "str" || type === "list" || type === "tuple") {
      return `can only concatenate ${type} (not "${typeName(right)}") to ${type}`;
    }
  }
  if (op === "*") {
    for (const [sequence, times] of [
      [left, right],
      [right, left],
    ] as const) {
      const isSequence =
        typeof sequence === "string" || sequence instanceof PyList || sequence instanceof PyTuple;
      if (isSequence) return `can't multiply sequence by non-int of type '${typeName(times)}'`;
    }
  }
  const shown = op === "**" ? "** or pow()" : op;
  return `unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`;
}
