/** What a query asks for, as far as the stand-in understands the language. */
export interface OverpassQuery {
  readonly statements: readonly Statement[];
  /** Seconds the query may take; 180 as the real server assumes. */
  readonly timeout: number;
  readonly out: Out;
}

interface Out {
  readonly verbosity: "ids" | "skel" | "body" | "tags" | "meta" | "count";
  readonly center: boolean;
  readonly limit: number | undefined;
}

interface Statement {
  readonly types: readonly ElementType[];
  readonly box: Box | undefined;
  readonly filters: readonly Filter[];
}

export type ElementType = "node" | "way" | "relation";
/** South, west, north, east. */
type Box = readonly [number, number, number, number];
type Filter = (tags: Readonly<Record<string, string>>) => boolean;

/** The message a real server would print: `line 1: parse error: …`. */
export class OverpassSyntaxError extends Error {
  constructor(line: number, problem: string) {
    super(`line ${line}: parse error: ${problem}`);
    this.name = "OverpassSyntaxError";
  }
}

const TYPES: Readonly<Record<string, readonly ElementType[]>> = {
  node: ["node"],
  way: ["way"],
  relation: ["relation"],
  rel: ["relation"],
  nwr: ["node", "way", "relation"],
  nw: ["node", "way"],
  nr: ["node", "relation"],
  wr: ["way", "relation"],
};

const VERBOSITIES = ["ids", "skel", "body", "tags", "meta", "count"] as const;
const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|[A-Za-z_]\w*|!~|!=|[[\](){};=~!,:._>]/gy;

interface Token {
  readonly text: string;
  readonly line: number;
}

/** Reads the part of Overpass QL that asks for tagged elements in boxes. Anything else is a parse error. */
export function parseOverpassQuery(source: string): OverpassQuery {
  const tokens = tokenize(source);
  let at = 0;

  function peek(offset = 0): string | undefined {
    return tokens[at + offset]?.text;
  }

  function fail(expected: string): never {
    const token = tokens[at] ?? tokens.at(-1);
    const found = tokens[at] ? `'${tokens[at]?.text}' found` : "end of input found";
    throw new OverpassSyntaxError(token?.line ?? 1, `${expected} expected - ${found}.`);
  }

  function take(expected?: string): string {
    const text = peek();
    if (text === undefined || (expected !== undefined && text !== expected)) fail(`'${expected}'`);
    at += 1;
    return text;
  }

  function number(): number {
    if (Number.isNaN(Number(peek()))) fail("Number");
    return Number(take());
  }

  function box(): Box {
    const south = number();
    take(",");
    const west = number();
    take(",");
    const north = number();
    take(",");
    const east = number();
    if (south > north || Math.abs(south) > 90 || Math.abs(north) > 90) fail("Bounding box");
    return [south, west, north, east];
  }

  function settings(): { timeout: number; box: Box | undefined } {
    const found: { timeout: number; box: Box | undefined } = { timeout: 180, box: undefined };
    while (peek() === "[") {
      take("[");
      const name = take();
      take(":");
      if (name === "out") {
        take("json");
      } else if (name === "timeout") found.timeout = number();
      else if (name === "maxsize") number();
      else if (name === "bbox") found.box = box();
      else fail("'out', 'timeout', 'maxsize' or 'bbox'");
      take("]");
    }
    if (at > 0) take(";");
    return found;
  }

  function statement(globalBox: Box | undefined): Statement {
    const types = TYPES[peek() ?? ""];
    if (!types) fail("'node', 'way', 'relation' or 'nwr'");
    at += 1;
    const filters: Filter[] = [];
    let own: Box | undefined;
    for (;;) {
      if (peek() === "[") filters.push(filter());
      else if (peek() === "(") {
        take("(");
        own = box();
        take(")");
      } else break;
    }
    take(";");
    return { types, filters, box: own ?? globalBox };
  }

  function filter(): Filter {
    take("[");
    const absent = peek() === "!";
    if (absent) take("!");
    const key = unquote(take());
    if (absent || peek() === "]") {
      take("]");
      return (tags) => (tags[key] !== undefined) !== absent;
    }
    const operator = take();
    if (!["=", "!=", "~", "!~"].includes(operator)) fail("'=', '!=', '~' or '!~'");
    const value = unquote(take());
    const ignoreCase = peek() === ",";
    if (ignoreCase) {
      take(",");
      take("i");
    }
    take("]");
    try {
      return comparison(key, operator, value, ignoreCase);
    } catch {
      return fail("Regular expression");
    }
  }

  function out(): Out {
    take("out");
    let verbosity: Out["verbosity"] = "body";
    let center = false;
    let limit: number | undefined;
    while (peek() !== ";") {
      const word = take();
      if (VERBOSITIES.includes(word as Out["verbosity"])) verbosity = word as Out["verbosity"];
      else if (word === "center") center = true;
      else if (/^\d+$/.test(word)) limit = Number(word);
      else if (!["qt", "asc", "geom", "bb"].includes(word)) fail("Output option");
    }
    take(";");
    return { verbosity, center, limit };
  }

  const { timeout, box: globalBox } = settings();
  const statements: Statement[] = [];
  if (peek() === "(") {
    take("(");
    while (peek() !== ")") statements.push(statement(globalBox));
    take(")");
    take(";");
  } else {
    statements.push(statement(globalBox));
  }
  const wanted = out();
  if (at < tokens.length) fail("End of query");
  return { statements, timeout, out: wanted };
}

function comparison(key: string, operator: string, value: string, ignoreCase: boolean): Filter {
  if (operator === "=") return (tags) => tags[key] === value;
  if (operator === "!=") return (tags) => tags[key] !== value;
  const pattern = new RegExp(value, ignoreCase ? "i" : "");
  if (operator === "~") return (tags) => tags[key] !== undefined && pattern.test(tags[key] ?? "");
  return (tags) => tags[key] === undefined || !pattern.test(tags[key] ?? "");
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new OverpassSyntaxError(line, `Unknown character '${source.charAt(start)}'`);
    const [text] = match;
    if (!/^(\s|\/\/|\/\*)/.test(text)) tokens.push({ text, line });
    line += text.split("\n").length - 1;
  }
  return tokens;
}

function unquote(text: string): string {
  if (!/^["']/.test(text)) return text;
  return text.slice(1, -1).replace(/\\(.)/g, "$1");
}
