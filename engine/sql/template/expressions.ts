import type {
  Arguments,
  BinaryOperator,
  CallNode,
  CompareOperator,
  Comparison,
  Expr,
  FilterNode,
  SliceNode,
  Span,
} from "./nodes.ts";
import { quoted } from "./spell.ts";
import { describe, type TokenStream } from "./stream.ts";

const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">="];
export const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);
const NO_ARGUMENTS: Arguments = {
  args: [],
  kwargs: [],
  restArgs: undefined,
  restKwargs: undefined,
};

/** An expression; several with commas between them are a tuple. */
export function parseTuple(
  stream: TokenStream,
  options: { condition?: boolean; end?: string; parenthesised?: boolean } = {},
): Expr {
  const { condition = true, end, parenthesised = false } = options;
  const start = stream.current.start;
  const items: Expr[] = [];
  let isTuple = false;
  for (;;) {
    if (items.length > 0) stream.expect(",");
    if (atTupleEnd(stream, end)) break;
    items.push(condition ? parseExpression(stream) : parseOr(stream));
    if (!stream.at(",")) break;
    isTuple = true;
  }
  if (!isTuple) {
    const [only] = items;
    if (only) return only;
    if (!parenthesised) {
      throw stream.fail(`Expected an expression, got ${quoted(describe(stream.current))}`);
    }
  }
  return { type: "tuple", items, start, end: stream.end };
}

/** Is this where a list of expressions without brackets ends? */
export function atTupleEnd(stream: TokenStream, end: string | undefined): boolean {
  const { type } = stream.current;
  if (type === "print end" || type === "block end" || stream.at(")")) return true;
  return end !== undefined && stream.atName(end);
}

export function parseExpression(stream: TokenStream): Expr {
  const start = stream.current.start;
  let expr = parseOr(stream);
  while (stream.skipName("if")) {
    const test = parseOr(stream);
    const no = stream.skipName("else") ? parseExpression(stream) : undefined;
    expr = { type: "choice", test, yes: expr, no, start, end: stream.end };
  }
  return expr;
}

function parseOr(stream: TokenStream): Expr {
  let left = parseAnd(stream);
  while (stream.skipName("or")) {
    const right = parseAnd(stream);
    left = { type: "or", left, right, start: left.start, end: stream.end };
  }
  return left;
}

function parseAnd(stream: TokenStream): Expr {
  let left = parseNot(stream);
  while (stream.skipName("and")) {
    const right = parseNot(stream);
    left = { type: "and", left, right, start: left.start, end: stream.end };
  }
  return left;
}

function parseNot(stream: TokenStream): Expr {
  const start = stream.current.start;
  if (!stream.skipName("not")) return parseCompare(stream);
  return { type: "unary", op: "not", of: parseNot(stream), start, end: stream.end };
}

function parseCompare(stream: TokenStream): Expr {
  const left = parseBinary(stream, 0);
  const rest: Comparison[] = [];
  for (;;) {
    const token = stream.current;
    let op: CompareOperator;
    if (token.type === "operator" && COMPARISONS.includes(token.text)) {
      op = token.text as CompareOperator;
      stream.next();
    } else if (stream.skipName("in")) {
      op = "in";
    } else if (stream.atName("not") && stream.lookAtName("in")) {
      op = "not in";
      stream.next();
      stream.next();
    } else break;
    rest.push({ op, right: parseBinary(stream, 0) });
  }
  if (rest.length === 0) return left;
  return { type: "compare", left, rest, start: left.start, end: stream.end };
}

/** Jinja's order, loosest first: `~` binds between `+` and `*`; `**` goes from left to right. */
const LEVELS: readonly (readonly string[])[] = [["+", "-"], ["~"], ["*", "/", "//", "%"], ["**"]];

function parseBinary(stream: TokenStream, level: number): Expr {
  const operators = LEVELS[level];
  if (operators === undefined) return parseUnary(stream, true);
  let left = parseBinary(stream, level + 1);
  if (level === 1) return parseConcat(stream, left);
  while (stream.current.type === "operator" && operators.includes(stream.current.text)) {
    const op = stream.next().text as BinaryOperator;
    const right = parseBinary(stream, level + 1);
    left = { type: "binary", op, left, right, start: left.start, end: stream.end };
  }
  return left;
}

function parseConcat(stream: TokenStream, first: Expr): Expr {
  if (!stream.at("~")) return first;
  const items = [first];
  while (stream.skip("~")) items.push(parseBinary(stream, 2));
  return { type: "concat", items, start: first.start, end: stream.end };
}

function parseUnary(stream: TokenStream, withFilter: boolean): Expr {
  const start = stream.current.start;
  let expr: Expr;
  if (stream.at("-") || stream.at("+")) {
    const op = stream.next().text as "+" | "-";
    expr = { type: "unary", op, of: parseUnary(stream, false), start, end: stream.end };
  } else {
    expr = parsePrimary(stream);
  }
  expr = parsePostfix(stream, expr);
  return withFilter ? parseFilters(stream, expr) : expr;
}

export function parsePrimary(stream: TokenStream): Expr {
  const token = stream.current;
  const start = token.start;
  switch (token.type) {
    case "name": {
      stream.next();
      const constant = CONSTANTS.get(token.text);
      if (constant !== undefined) return { type: "const", value: constant, start, end: stream.end };
      return { type: "name", name: token.text, start, end: stream.end };
    }
    case "string": {
      let value = "";
      while (stream.current.type === "string") value += stream.next().text;
      return { type: "const", value, start, end: stream.end };
    }
    case "integer":
    case "float":
      stream.next();
      return { type: "const", value: token.value ?? null, start, end: stream.end };
    case "operator":
      if (token.text === "(") {
        stream.next();
        const expr = parseTuple(stream, { parenthesised: true });
        stream.expect(")");
        return expr.type === "tuple" ? { ...expr, start, end: stream.end } : expr;
      }
      if (token.text === "[") return parseList(stream);
      if (token.text === "{") return parseDict(stream);
  }
  throw stream.fail(`unexpected ${quoted(describe(token))}`);
}

function parseList(stream: TokenStream): Expr {
  const start = stream.next().start;
  const items: Expr[] = [];
  while (!stream.at("]")) {
    if (items.length > 0) stream.expect(",");
    if (stream.at("]")) break;
    items.push(parseExpression(stream));
  }
  stream.expect("]");
  return { type: "list", items, start, end: stream.end };
}

function parseDict(stream: TokenStream): Expr {
  const start = stream.next().start;
  const pairs: [Expr, Expr][] = [];
  while (!stream.at("}")) {
    if (pairs.length > 0) stream.expect(",");
    if (stream.at("}")) break;
    const key = parseExpression(stream);
    stream.expect(":");
    pairs.push([key, parseExpression(stream)]);
  }
  stream.expect("}");
  return { type: "dict", pairs, start, end: stream.end };
}

function parsePostfix(stream: TokenStream, of: Expr): Expr {
  let expr = of;
  for (;;) {
    if (stream.at(".")) expr = parseAttribute(stream, expr);
    else if (stream.at("[")) expr = parseItem(stream, expr);
    else if (stream.at("(")) expr = parseCall(stream, expr);
    else return expr;
  }
}

function parseAttribute(stream: TokenStream, of: Expr): Expr {
  stream.next();
  const token = stream.current;
  if (token.type === "name") {
    stream.next();
    return { type: "attribute", of, name: token.text, start: of.start, end: stream.end };
  }
  if (token.type !== "integer") throw stream.fail("expected name or number");
  stream.next();
  const key: Expr = {
    type: "const",
    value: token.value ?? null,
    start: token.start,
    end: token.end,
  };
  return { type: "item", of, key, start: of.start, end: stream.end };
}

function parseItem(stream: TokenStream, of: Expr): Expr {
  const start = stream.next().start;
  const keys: Expr[] = [];
  while (!stream.at("]")) {
    if (keys.length > 0) stream.expect(",");
    keys.push(parseSubscript(stream));
  }
  stream.expect("]");
  const [only] = keys;
  const key: Expr =
    keys.length === 1 && only ? only : { type: "tuple", items: keys, start, end: stream.end };
  return { type: "item", of, key, start: of.start, end: stream.end };
}

function parseSubscript(stream: TokenStream): Expr {
  const start = stream.current.start;
  const from = stream.at(":") ? undefined : parseExpression(stream);
  if (from && !stream.at(":")) return from;
  stream.next();
  const ends = () => stream.at("]") || stream.at(",");
  const to = stream.at(":") || ends() ? undefined : parseExpression(stream);
  const step = stream.skip(":") && !ends() ? parseExpression(stream) : undefined;
  const slice: SliceNode = { type: "slice", from, to, step, start, end: stream.end };
  return slice;
}

function parseCall(stream: TokenStream, callee: Expr): CallNode {
  const given = parseArguments(stream);
  return { type: "call", callee, ...given, start: callee.start, end: stream.end };
}

export function parseArguments(stream: TokenStream): Arguments {
  const open = stream.expect("(");
  const args: Expr[] = [];
  const kwargs: (readonly [string, Expr])[] = [];
  let restArgs: Expr | undefined;
  let restKwargs: Expr | undefined;
  let first = true;
  const ensure = (allowed: boolean) => {
    if (!allowed) throw stream.fail("invalid syntax for function call expression", open);
  };
  while (!stream.at(")")) {
    if (!first) {
      stream.expect(",");
      if (stream.at(")")) break;
    }
    first = false;
    if (stream.skip("*")) {
      ensure(restArgs === undefined && restKwargs === undefined);
      restArgs = parseExpression(stream);
    } else if (stream.skip("**")) {
      ensure(restKwargs === undefined);
      restKwargs = parseExpression(stream);
    } else if (stream.current.type === "name" && stream.lookAt("=")) {
      ensure(restKwargs === undefined);
      const name = stream.next();
      stream.next();
      if (kwargs.some(([given]) => given === name.text)) {
        throw stream.fail(`keyword argument repeated: ${name.text}`, name);
      }
      kwargs.push([name.text, parseExpression(stream)]);
    } else {
      ensure(restArgs === undefined && restKwargs === undefined && kwargs.length === 0);
      args.push(parseExpression(stream));
    }
  }
  stream.expect(")");
  return { args, kwargs, restArgs, restKwargs };
}

function parseFilters(stream: TokenStream, of: Expr): Expr {
  let expr = of;
  for (;;) {
    if (stream.skip("|")) expr = parseFilter(stream, expr);
    else if (stream.atName("is")) expr = parseTest(stream, expr);
    else if (stream.at("(")) expr = parseCall(stream, expr);
    else return expr;
  }
}

/** One filter, its name first; the bar before it is taken. */
export function parseFilter(stream: TokenStream, of: Expr | undefined): FilterNode {
  const { name, start: nameStart } = parseDottedName(stream);
  const given = stream.at("(") ? parseArguments(stream) : NO_ARGUMENTS;
  const start = of?.start ?? nameStart;
  return { type: "filter", name, nameStart, of, ...given, start, end: stream.end };
}

function parseTest(stream: TokenStream, of: Expr): Expr {
  stream.next();
  const negated = stream.skipName("not");
  const { name, start: nameStart } = parseDottedName(stream);
  let given = NO_ARGUMENTS;
  if (stream.at("(")) given = parseArguments(stream);
  else if (startsTestArgument(stream)) {
    if (stream.atName("is")) throw stream.fail("You cannot chain multiple tests with is");
    given = { ...NO_ARGUMENTS, args: [parsePostfix(stream, parsePrimary(stream))] };
  }
  const span: Span = { start: of.start, end: stream.end };
  const test: Expr = { type: "test", name, nameStart, of, ...given, ...span };
  return negated ? { type: "unary", op: "not", of: test, ...span } : test;
}

function startsTestArgument(stream: TokenStream): boolean {
  switch (stream.current.type) {
    case "name":
      return !["else", "or", "and"].includes(stream.current.text);
    case "string":
    case "integer":
    case "float":
      return true;
    default:
      return stream.at("[") || stream.at("{");
  }
}

function parseDottedName(stream: TokenStream): { name: string; start: number } {
  const token = stream.expectName();
  let name = token.text;
  while (stream.skip(".")) name += `.${stream.expectName().text}`;
  return { name, start: token.start };
}
