import { attribute, item, iterate, slice } from "./access.ts";
import { compare } from "./compare.ts";
import type { Context } from "./compile.ts";
import { isConstant } from "./constant.ts";
import { TemplateError } from "./errors.ts";
import { filterNamed } from "./filters.ts";
import type { Arguments, CallNode, Expr, FilterNode, TestNode } from "./nodes.ts";
import { binary, unary } from "./operators.ts";
import type { Runtime } from "./runtime.ts";
import type { Scope } from "./scope.ts";
import { testNamed } from "./tests.ts";
import {
  type Kwargs,
  PyDict,
  type PyFunction,
  PyList,
  PyTuple,
  PyUndefined,
  str,
  truth,
  typeName,
  type Value,
} from "./values.ts";

export type Evaluate = (rt: Runtime, scope: Scope) => Value;
type CallerOf = (scope: Scope) => PyFunction;

const NO_KWARGS: Kwargs = new Map();

/** Turns an expression into a function. `caller` goes to the outermost call: that of a call block. */
export function compileExpression(node: Expr, context: Context, caller?: CallerOf): Evaluate {
  const compile = (inner: Expr) => compileExpression(inner, context);
  switch (node.type) {
    case "const":
      return () => node.value;
    case "name":
      return compileName(node);
    case "tuple":
    case "list": {
      const items = node.items.map(compile);
      const all = (rt: Runtime, scope: Scope) => items.map((evaluate) => evaluate(rt, scope));
      return node.type === "list"
        ? (rt, scope) => new PyList(all(rt, scope))
        : (rt, scope) => new PyTuple(all(rt, scope));
    }
    case "dict": {
      const pairs = node.pairs.map(([key, value]) => [compile(key), compile(value)] as const);
      return (rt, scope) => {
        const dict = new PyDict();
        for (const [key, value] of pairs) {
          const evaluated = key(rt, scope);
          const content = value(rt, scope);
          rt.at(node);
          dict.set(evaluated, content);
        }
        return dict;
      };
    }
    case "attribute": {
      const of = compile(node.of);
      return (rt, scope) => {
        const value = of(rt, scope);
        rt.at(node);
        return attribute(value, node.name, rt);
      };
    }
    case "item":
      return compileItem(node.of, node.key, node, context);
    case "slice":
      return compileSlice(node, context);
    case "call":
      return compileCall(node, context, caller);
    case "filter":
      return compileFilter(node, context);
    case "test":
      return compileTest(node, context);
    case "unary":
      return compileUnary(node, context);
    case "binary": {
      const left = compile(node.left);
      const right = compile(node.right);
      const misbound = node.op === "**" && isConstant(node.left) && !isConstant(node.right);
      return (rt, scope) => {
        const a = left(rt, scope);
        const b = right(rt, scope);
        rt.at(node);
        return misbound && isNegative(a) ? negativePower(a, b) : binary(node.op, a, b);
      };
    }
    case "and":
    case "or": {
      const left = compile(node.left);
      const right = compile(node.right);
      const stopAt = node.type === "or";
      return (rt, scope) => {
        const value = left(rt, scope);
        return truth(value) === stopAt ? value : right(rt, scope);
      };
    }
    case "concat": {
      const items = node.items.map(compile);
      return (rt, scope) => {
        const values = items.map((evaluate) => evaluate(rt, scope));
        rt.at(node);
        return values.map((value) => str(value)).join("");
      };
    }
    case "compare":
      return compileCompare(node, context);
    case "choice":
      return compileChoice(node, context);
  }
}

/** The filter of a set or filter block, applied to the block's text. */
export function filterOnText(
  node: FilterNode,
  context: Context,
): (rt: Runtime, scope: Scope, text: string) => Value {
  let text: Value = null;
  const evaluate = compileFilter(node, context, () => text);
  return (rt, scope, given) => {
    text = given;
    return evaluate(rt, scope);
  };
}

function isNegative(value: Value): value is bigint | number {
  const isNumber = typeof value === "bigint" || typeof value === "number";
  return isNumber && (value < 0 || Object.is(value, -0));
}

/**
 * Jinja2 writes a constant base into Python code without brackets, and there `-2 ** n` is
 * `-(2 ** n)`; with a constant exponent it computes `(-2) ** 2` itself.
 */
function negativePower(base: bigint | number, exponent: Value): Value {
  return unary("-", binary("**", -base, exponent));
}

function compileName(node: Expr & { type: "name" }): Evaluate {
  const { name } = node;
  return (rt, scope) => {
    const value = scope.find(name);
    if (value !== undefined) return value;
    rt.at(node);
    return rt.undefined(`'${name}' is undefined`, name, () => scope.names());
  };
}

function compileItem(of: Expr, key: Expr, node: Expr, context: Context): Evaluate {
  const container = compileExpression(of, context);
  if (key.type === "slice") {
    const bounds = [key.from, key.to, key.step].map(
      (bound) => bound && compileExpression(bound, context),
    );
    return (rt, scope) => {
      const value = container(rt, scope);
      const [from = null, to = null, step = null] = bounds.map(
        (bound) => bound?.(rt, scope) ?? null,
      );
      rt.at(node);
      return slice(value, from, to, step);
    };
  }
  const argument = compileExpression(key, context);
  return (rt, scope) => {
    const value = container(rt, scope);
    const at = argument(rt, scope);
    rt.at(node);
    return item(value, at, rt);
  };
}

/** A slice among several keys, `x[1:2, 3]`: nothing of ours takes one. */
function compileSlice(node: Expr, _context: Context): Evaluate {
  return (rt) => {
    rt.at(node);
    throw new TemplateError("a slice can only stand alone in its brackets");
  };
}

function compileUnary(node: Expr & { type: "unary" }, context: Context): Evaluate {
  const of = compileExpression(node.of, context);
  const { op } = node;
  if (op === "not") return (rt, scope) => !truth(of(rt, scope));
  return (rt, scope) => {
    const value = of(rt, scope);
    rt.at(node);
    return unary(op, value);
  };
}

function compileCompare(node: Expr & { type: "compare" }, context: Context): Evaluate {
  const first = compileExpression(node.left, context);
  const rest = node.rest.map(({ op, right }) => ({ op, right: compileExpression(right, context) }));
  return (rt, scope) => {
    let left = first(rt, scope);
    let result: Value = true;
    for (const { op, right } of rest) {
      const value = right(rt, scope);
      rt.at(node);
      result = compare(op, left, value);
      if (!truth(result)) return result;
      left = value;
    }
    return result;
  };
}

function compileChoice(node: Expr & { type: "choice" }, outer: Context): Evaluate {
  const context = { ...outer, soft: true };
  const test = compileExpression(node.test, context);
  const yes = compileExpression(node.yes, context);
  const no = node.no && compileExpression(node.no, context);
  return (rt, scope) => {
    if (truth(test(rt, scope))) return yes(rt, scope);
    if (no) return no(rt, scope);
    rt.at(node);
    return new PyUndefined(
      `the inline if-expression on line ${rt.place.line} evaluated to false and no else section was defined.`,
      rt.silent,
    );
  };
}

function compileCall(node: CallNode, context: Context, caller?: CallerOf): Evaluate {
  const callee = compileExpression(node.callee, context);
  const given = compileArguments(node, context, caller);
  return (rt, scope) => {
    const target = callee(rt, scope);
    const { args, kwargs } = given(rt, scope);
    rt.at(node);
    return rt.call(target, args, kwargs);
  };
}

function compileFilter(node: FilterNode, context: Context, text?: () => Value): Evaluate {
  const name = { start: node.nameStart, end: node.nameStart + node.name.length };
  const filter = filterNamed(node.name);
  if (!filter && !context.soft) throw context.source.error(`No filter named '${node.name}'.`, name);
  const inner = node.of;
  let of: Evaluate = () => text?.() ?? null;
  if (inner?.type === "filter" && text) of = compileFilter(inner, context, text);
  else if (inner) of = compileExpression(inner, context);
  const given = compileArguments(node, context);
  return (rt, scope) => {
    const value = of(rt, scope);
    const { args, kwargs } = given(rt, scope);
    if (!filter) {
      rt.at(name);
      throw new TemplateError(`No filter named '${node.name}' found.`);
    }
    rt.at(node);
    return filter([value, ...args], kwargs, rt);
  };
}

function compileTest(node: TestNode, context: Context): Evaluate {
  const name = { start: node.nameStart, end: node.nameStart + node.name.length };
  const test = testNamed(node.name);
  if (!test && !context.soft) throw context.source.error(`No test named '${node.name}'.`, name);
  const of = compileExpression(node.of, context);
  const given = compileArguments(node, context);
  return (rt, scope) => {
    const value = of(rt, scope);
    const { args, kwargs } = given(rt, scope);
    if (!test) {
      rt.at(name);
      throw new TemplateError(`No test named '${node.name}' found.`);
    }
    rt.at(node);
    return test([value, ...args], kwargs, rt);
  };
}

function compileArguments(
  node: Arguments,
  context: Context,
  caller?: CallerOf,
): (rt: Runtime, scope: Scope) => { args: Value[]; kwargs: Kwargs } {
  const args = node.args.map((arg) => compileExpression(arg, context));
  const kwargs = node.kwargs.map(
    ([name, value]) => [name, compileExpression(value, context)] as const,
  );
  const restArgs = node.restArgs && compileExpression(node.restArgs, context);
  const restKwargs = node.restKwargs && compileExpression(node.restKwargs, context);
  return (rt, scope) => {
    const values = args.map((evaluate) => evaluate(rt, scope));
    if (restArgs) {
      const iterator = iterate(restArgs(rt, scope));
      for (let step = iterator.next(); !step.done; step = iterator.next()) values.push(step.value);
    }
    if (kwargs.length === 0 && !restKwargs && !caller) return { args: values, kwargs: NO_KWARGS };
    const named = new Map<string, Value>();
    for (const [name, evaluate] of kwargs) named.set(name, evaluate(rt, scope));
    if (caller) named.set("caller", caller(scope));
    if (restKwargs) addRest(named, restKwargs(rt, scope));
    return { args: values, kwargs: named };
  };
}

function addRest(named: Map<string, Value>, rest: Value): void {
  if (!(rest instanceof PyDict)) {
    throw new TemplateError(`argument after ** must be a mapping, not ${typeName(rest)}`);
  }
  for (const [key, value] of rest.entries()) {
    if (typeof key !== "string") throw new TemplateError("keywords must be strings");
    if (named.has(key)) {
      throw new TemplateError(`got multiple values for keyword argument '${key}'`);
    }
    named.set(key, value);
  }
}
