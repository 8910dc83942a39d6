import { atTupleEnd, CONSTANTS, parsePrimary } from "./expressions.ts";
import type { Expr, Target } from "./nodes.ts";
import { quoted } from "./spell.ts";
import { describe, type TokenStream } from "./stream.ts";

/** What stands left of `=` or `in`. */
export function parseTarget(
  stream: TokenStream,
  options: { namespace?: boolean; end?: string } = {},
): Target {
  const { namespace = false, end } = options;
  const start = stream.current.start;
  const items: Target[] = [];
  let isTuple = false;
  for (;;) {
    if (items.length > 0) stream.expect(",");
    if (atTupleEnd(stream, end)) break;
    items.push(parseTargetItem(stream, namespace));
    if (!stream.at(",")) break;
    isTuple = true;
  }
  const [only] = items;
  if (!isTuple && only) return only;
  if (!isTuple)
    throw stream.fail(`Expected an expression, got ${quoted(describe(stream.current))}`);
  return { type: "tuple", items, start, end: stream.end };
}

function parseTargetItem(stream: TokenStream, namespace: boolean): Target {
  const token = stream.current;
  const isName = token.type === "name" && !CONSTANTS.has(token.text);
  if (isName && namespace && stream.lookAt(".")) {
    stream.next();
    stream.next();
    const attribute = stream.expectName().text;
    return { type: "namespace", name: token.text, attribute, start: token.start, end: stream.end };
  }
  return asTarget(stream, parsePrimary(stream));
}

function asTarget(stream: TokenStream, expr: Expr): Target {
  const { start, end } = expr;
  if (expr.type === "name") return { type: "name", name: expr.name, start, end };
  if (expr.type === "tuple") {
    return { type: "tuple", items: expr.items.map((item) => asTarget(stream, item)), start, end };
  }
  throw stream.fail(`can't assign to ${quoted(expr.type)}`, expr);
}
