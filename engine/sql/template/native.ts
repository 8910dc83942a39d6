import { CONVERSIONS, isConstant } from "./constant.ts";
import { TemplateError } from "./errors.ts";
import { parseTuple } from "./expressions.ts";
import type { Expr, Statement } from "./nodes.ts";
import { unary } from "./operators.ts";
import { Output } from "./output.ts";
import { Source } from "./source.ts";
import { TokenStream } from "./stream.ts";
import { PyDict, PyList, PyTuple, PyUndefined, quoted, str, type Value } from "./values.ts";

interface Part {
  readonly value: Value;
  /** Text of the template, or an expression that is constant: both are text by now. */
  readonly isText: boolean;
  readonly conversion: string | undefined;
}

/** Collects what a template prints as values. */
export class NativeOutput extends Output {
  readonly #parts: Part[] = [];

  override data(text: string): void {
    this.#add({ value: text, isText: true, conversion: undefined });
  }

  override print(value: Value, _source: Source, node: Expr | Statement): void {
    const conversion = node.type === "filter" && CONVERSIONS.has(node.name) ? node.name : undefined;
    const folds = conversion === undefined && isExpression(node) && isConstant(node);
    this.#add({ value: folds ? str(value) : value, isText: folds, conversion });
  }

  value(): Value {
    const [only] = this.#parts;
    if (only === undefined) return "";
    if (this.#parts.length > 1) return this.#parts.map(({ value }) => str(value)).join("");
    if (only.conversion !== undefined) return convert(only.value, only.conversion);
    if (only.value instanceof PyUndefined) return str(only.value);
    return only.value;
  }

  /** Neighbouring texts are one part. */
  #add(part: Part): void {
    const last = this.#parts.at(-1);
    if (!part.isText || !last?.isText) this.#parts.push(part);
    else
      this.#parts[this.#parts.length - 1] = { ...last, value: str(last.value) + str(part.value) };
  }
}

function isExpression(node: Expr | Statement): node is Expr {
  return node.type !== "filterblock" && node.type !== "print";
}

function convert(value: Value, conversion: string): Value {
  const text = str(value);
  if (conversion === "as_text") return text;
  const literal = parseLiteral(text);
  const isNumber = typeof literal === "bigint" || typeof literal === "number";
  if (conversion === "as_bool" && typeof literal !== "boolean") {
    throw new TemplateError(`Could not convert value ${quoted(text)} into type 'bool'`);
  }
  if (conversion === "as_number" && !isNumber) {
    throw new TemplateError(`Could not convert value ${quoted(text)} into type 'number'`);
  }
  return literal === undefined ? text : literal;
}

/** The value of a Python literal, or nothing when the text is none. */
function parseLiteral(text: string): Value | undefined {
  const source = new Source("", `{{ ${text.trim()} }}`);
  try {
    const stream = new TokenStream(source);
    stream.next();
    const node = parseTuple(stream);
    stream.expectType("print end");
    stream.expectType("eof");
    return literalValue(node, source.text);
  } catch {
    return undefined;
  }
}

/** The value of an expression that is written out; `written` is the text, to refuse Jinja's small `true`. */
export function literalValue(node: Expr, written?: string): Value | undefined {
  const all = (nodes: readonly Expr[]): Value[] | undefined => {
    const values = nodes.map((item) => literalValue(item, written));
    return values.every((value) => value !== undefined) ? values : undefined;
  };
  switch (node.type) {
    case "const":
      return written && /^(?:true|false|none)$/.test(written.slice(node.start, node.end))
        ? undefined
        : node.value;
    case "list":
    case "tuple": {
      const items = all(node.items);
      if (items === undefined) return undefined;
      return node.type === "list" ? new PyList(items) : new PyTuple(items);
    }
    case "dict": {
      const keys = all(node.pairs.map(([key]) => key));
      const values = all(node.pairs.map(([, value]) => value));
      if (!keys || !values) return undefined;
      return new PyDict(keys.map((key, index) => [key, values[index] ?? null] as const));
    }
    case "unary": {
      const value = literalValue(node.of, written);
      const isNumber = typeof value === "bigint" || typeof value === "number";
      return node.op !== "not" && isNumber ? unary(node.op, value) : undefined;
    }
  }
  return undefined;
}
