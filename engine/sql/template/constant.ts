import type { Arguments, Expr } from "./nodes.ts";

/** Filters that look at the context are not folded. */
const UNFOLDED = new Set(["map", "select", "reject", "selectattr", "rejectattr", "random"]);
/** Filters of dbt that convert what a text of YAML gives; they are not folded either. */
export const CONVERSIONS = new Set(["as_text", "as_native", "as_bool", "as_number"]);

/** What Jinja's optimizer would compute while compiling. */
export function isConstant(node: Expr): boolean {
  switch (node.type) {
    case "const":
      return true;
    case "tuple":
    case "list":
    case "concat":
      return node.items.every(isConstant);
    case "dict":
      return node.pairs.every(([key, value]) => isConstant(key) && isConstant(value));
    case "unary":
    case "attribute":
      return isConstant(node.of);
    case "item":
      return isConstant(node.of) && isConstant(node.key);
    case "filter":
      return (
        !UNFOLDED.has(node.name) &&
        !CONVERSIONS.has(node.name) &&
        node.of !== undefined &&
        isConstant(node.of) &&
        constantArguments(node)
      );
    case "test":
      return isConstant(node.of) && constantArguments(node);
    case "binary":
    case "and":
    case "or":
      return isConstant(node.left) && isConstant(node.right);
    case "compare":
      return isConstant(node.left) && node.rest.every(({ right }) => isConstant(right));
    case "choice":
      return isConstant(node.test) && isConstant(node.yes) && (!node.no || isConstant(node.no));
    default:
      return false;
  }
}

function constantArguments(node: Arguments): boolean {
  return (
    node.args.every(isConstant) &&
    node.kwargs.every(([, value]) => isConstant(value)) &&
    (!node.restArgs || isConstant(node.restArgs)) &&
    (!node.restKwargs || isConstant(node.restKwargs))
  );
}
