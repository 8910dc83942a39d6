import type { EltError } from "../../errors.ts";
import { parseExpression, parseFilter, parseTuple } from "./expressions.ts";
import type { Body, Expr, FilterNode, Parameter, Span, Statement, Target } from "./nodes.ts";
import { parseDbtBlock } from "./parser-dbt.ts";
import type { Source } from "./source.ts";
import { quoted } from "./spell.ts";
import { TokenStream } from "./stream.ts";
import { parseTarget } from "./targets.ts";

const REFUSED = new Set(["include", "import", "from", "extends", "block", "autoescape"]);

/** Reads a whole template. Throws an EltError with the place of the first mistake. */
export function parse(source: Source): Body {
  const parser = new Parser(new TokenStream(source));
  try {
    return parser.template();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw parser.stream.fail("too deeply nested");
  }
}

/** The statements of Jinja; those of dbt are in `parser-dbt.ts`. */
export class Parser {
  readonly stream: TokenStream;
  /** The tags that are open, outermost first. */
  readonly #open: { readonly name: string; readonly span: Span }[] = [];
  readonly #ends: (readonly string[])[] = [];

  constructor(stream: TokenStream) {
    this.stream = stream;
  }

  template(): Body {
    return this.#statements(undefined, 0);
  }

  /** The text up to one of the end tags, which becomes the current token. */
  body(ends: readonly string[]): Body {
    this.stream.skip(":");
    const start = this.stream.expectType("block end").end;
    const body = this.#statements(ends, start);
    if (this.stream.current.type === "eof") throw this.#unclosed(undefined, [...this.#ends, ends]);
    return body;
  }

  /** As `body`, and takes the one end tag. */
  wholeBody(end: string): Body {
    const body = this.body([end]);
    this.stream.next();
    return body;
  }

  parameters(): Parameter[] {
    const stream = this.stream;
    const parameters: Parameter[] = [];
    stream.expect("(");
    while (!stream.at(")")) {
      if (parameters.length > 0) stream.expect(",");
      const { text: name, start, end } = stream.expectName();
      if (parameters.some((parameter) => parameter.name === name)) {
        throw stream.fail(`duplicate argument '${name}' in macro definition`, { start, end });
      }
      if (stream.skip(":")) parseOrType(stream);
      const value = stream.skip("=") ? parseExpression(stream) : undefined;
      if (value === undefined && parameters.some((parameter) => parameter.default)) {
        throw stream.fail("non-default argument follows default argument", { start, end });
      }
      parameters.push({ name, default: value, start, end });
    }
    stream.expect(")");
    return parameters;
  }

  #statements(ends: readonly string[] | undefined, start: number): Body {
    const stream = this.stream;
    const statements: Statement[] = [];
    if (ends) this.#ends.push(ends);
    for (;;) {
      const token = stream.current;
      if (token.type === "eof") break;
      stream.next();
      if (token.type === "data") {
        statements.push({ type: "data", text: token.text, start: token.start, end: token.end });
      } else if (token.type === "print begin") {
        const expr = parseTuple(stream);
        stream.expectType("print end");
        statements.push({ type: "print", expr, start: token.start, end: stream.end });
      } else {
        if (ends && stream.current.type === "name" && ends.includes(stream.current.text)) {
          this.#ends.pop();
          return { statements, start, end: token.start };
        }
        const made = this.#statement(token);
        const { end } = stream.expectType("block end");
        statements.push(...made.map((statement) => ({ ...statement, end })));
      }
    }
    if (ends) this.#ends.pop();
    return { statements, start, end: stream.current.start };
  }

  #statement(begin: Span): Statement[] {
    const token = this.stream.current;
    if (token.type !== "name") throw this.stream.fail("tag name expected");
    this.#open.push({ name: token.text, span: { start: begin.start, end: token.end } });
    const statement = this.#known(token.text, begin.start);
    this.#open.pop();
    if (statement === undefined) throw this.#unknownTag(token.text, token);
    return Array.isArray(statement) ? statement : [statement];
  }

  #known(tag: string, start: number): Statement | Statement[] | undefined {
    const stream = this.stream;
    const span = () => ({ start, end: stream.end });
    switch (tag) {
      case "if":
        return this.#if(start);
      case "for":
        return this.#for(start);
      case "set":
        return this.#set(start);
      case "macro":
      case "test":
      case "materialization":
      case "snapshot":
      case "docs":
        return parseDbtBlock(this, tag, start);
      case "call":
        return this.#call(start);
      case "with":
        return this.#with(start);
      case "filter": {
        stream.next();
        const filter = this.#filters(parseFilter(stream, undefined));
        const body = this.wholeBody("endfilter");
        return { type: "filterblock", filter, body, ...span() };
      }
      case "do": {
        stream.next();
        const expr = parseTuple(stream);
        return { type: "do", expr, ...span() };
      }
      case "print":
        return this.#print(start);
      case "break":
      case "continue":
        stream.next();
        return { type: tag, ...span() };
      default:
        return undefined;
    }
  }

  #if(start: number): Statement {
    const branches: { test: Expr; body: Body }[] = [];
    let otherwise: Body | undefined;
    for (;;) {
      this.stream.next();
      const test = parseTuple(this.stream, { condition: false });
      branches.push({ test, body: this.body(["elif", "else", "endif"]) });
      if (this.stream.atName("elif")) continue;
      if (this.stream.next().text === "else") otherwise = this.wholeBody("endif");
      return { type: "if", branches, otherwise, start, end: this.stream.end };
    }
  }

  #for(start: number): Statement {
    const stream = this.stream;
    stream.next();
    const target = parseTarget(stream, { end: "in" });
    stream.expectName("in");
    const of = parseTuple(stream, { condition: false, end: "recursive" });
    const test = stream.skipName("if") ? parseExpression(stream) : undefined;
    const recursive = stream.skipName("recursive");
    const body = this.body(["endfor", "else"]);
    const otherwise = stream.next().text === "else" ? this.wholeBody("endfor") : undefined;
    return { type: "for", target, of, test, recursive, body, otherwise, start, end: stream.end };
  }

  #set(start: number): Statement {
    const stream = this.stream;
    stream.next();
    const target = parseTarget(stream, { namespace: true });
    if (stream.skip("=")) {
      const value = parseTuple(stream);
      return { type: "set", target, value, start, end: stream.end };
    }
    const filter = stream.skip("|") ? this.#filters(parseFilter(stream, undefined)) : undefined;
    const body = this.wholeBody("endset");
    return { type: "setblock", target, filter, body, start, end: stream.end };
  }

  #filters(first: FilterNode): FilterNode {
    let filter = first;
    while (this.stream.skip("|")) filter = parseFilter(this.stream, filter);
    return filter;
  }

  #call(start: number): Statement {
    const stream = this.stream;
    const tag = stream.next();
    const parameters = stream.at("(") ? this.parameters() : [];
    const call = parseExpression(stream);
    if (call.type !== "call") throw stream.fail("expected call", tag);
    const body = this.wholeBody("endcall");
    return { type: "callblock", call, parameters, body, start, end: stream.end };
  }

  #with(start: number): Statement {
    const stream = this.stream;
    stream.next();
    const targets: Target[] = [];
    const values: Expr[] = [];
    while (stream.current.type !== "block end") {
      if (targets.length > 0) stream.expect(",");
      targets.push(parseTarget(stream));
      stream.expect("=");
      values.push(parseExpression(stream));
    }
    const body = this.wholeBody("endwith");
    return { type: "with", targets, values, body, start, end: stream.end };
  }

  #print(start: number): Statement[] {
    const stream = this.stream;
    stream.next();
    const statements: Statement[] = [];
    while (stream.current.type !== "block end") {
      if (statements.length > 0) stream.expect(",");
      statements.push({ type: "print", expr: parseExpression(stream), start, end: stream.end });
    }
    return statements;
  }

  #unknownTag(tag: string, span: Span): EltError {
    if (REFUSED.has(tag)) {
      return this.stream.source.error(`'${tag}' does not exist in dbt templates`, span, {
        hint: "share text between files through a macro",
      });
    }
    return this.#unclosed(tag, this.#ends, span);
  }

  /** Jinja's words for a text that ends, or goes on, while a block is open. */
  #unclosed(tag: string | undefined, ends: readonly (readonly string[])[], span?: Span): EltError {
    const looking = ends.at(-1)?.map(quoted).join(" or ");
    const innermost = this.#open.at(-1);
    let message =
      tag === undefined ? "Unexpected end of template." : `Encountered unknown tag '${tag}'.`;
    if (looking && tag !== undefined && ends.some((words) => words.includes(tag))) {
      message +=
        " You probably made a nesting mistake. Jinja is expecting this tag," +
        ` but currently looking for ${looking}.`;
    } else if (looking) {
      message += ` Jinja was looking for the following tags: ${looking}.`;
    }
    if (innermost) {
      message += ` The innermost block that needs to be closed is '${innermost.name}'.`;
    }
    return this.stream.fail(message, span ?? innermost?.span);
  }
}

/** The type of a parameter is accepted and ignored: `a: str`, `b: list[dict[str, int]]`. */
function parseOrType(stream: TokenStream): void {
  stream.expectName();
  while (stream.skip(".")) stream.expectName();
  if (stream.skip("[")) {
    do parseOrType(stream);
    while (stream.skip(","));
    stream.expect("]");
  }
  if (stream.skip("|")) parseOrType(stream);
}
