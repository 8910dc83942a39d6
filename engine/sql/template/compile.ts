import { iterate } from "./access.ts";
import { compileExpression, type Evaluate, filterOnText } from "./compile-expression.ts";
import { compileCaller, compileMacro } from "./compile-macro.ts";
import { TemplateError } from "./errors.ts";
import { type Frame, frameOf, namesOf } from "./frames.ts";
import { PyNamespace } from "./globals.ts";
import { Loop, loopValue } from "./loop.ts";
import type { Body, ForNode, Span, Statement, Target } from "./nodes.ts";
import { Output } from "./output.ts";
import type { Runtime } from "./runtime.ts";
import type { Scope } from "./scope.ts";
import type { Source } from "./source.ts";
import { isIterable } from "./tests.ts";
import { PyUndefined, truth, typeName, type Value } from "./values.ts";
import { walkStatement } from "./walk.ts";

/** How a statement ended. */
export type Completion = "done" | "break" | "continue";
export type Execute = (rt: Runtime, scope: Scope, out: Output) => Completion;
type Assign = (rt: Runtime, scope: Scope, value: Value) => void;

/** Where a statement stands. */
export interface Context {
  readonly source: Source;
  /** Inside a loop of the same macro: `break` is possible. */
  readonly inLoop: boolean;
  /** Inside an `if`: an unknown filter is an error only when it is reached. */
  readonly soft: boolean;
  /** The block whose scope this is. */
  readonly frame: Frame;
}

/** Turns statements into one function. Throws what Jinja finds while compiling. */
export function compileBody(body: Body, context: Context): Execute {
  const steps = body.statements.map((statement) => compileStatement(statement, context));
  const [first] = steps;
  if (steps.length === 1 && first) return first;
  return (rt, scope, out) => {
    for (const step of steps) {
      const completion = step(rt, scope, out);
      if (completion !== "done") return completion;
    }
    return "done";
  };
}

function compileStatement(node: Statement, context: Context): Execute {
  const { source } = context;
  switch (node.type) {
    case "data":
      return (_rt, _scope, out) => {
        out.data(node.text, source, node.start);
        return "done";
      };
    case "print": {
      const evaluate = compileExpression(node.expr, context);
      const direct = node.expr.type === "call";
      return (rt, scope, out) => {
        const value = evaluate(rt, scope);
        rt.at(node.expr);
        out.print(value, source, node.expr, (text) => rt.captured(text, direct));
        return "done";
      };
    }
    case "do": {
      const evaluate = compileExpression(node.expr, context);
      return (rt, scope) => {
        evaluate(rt, scope);
        return "done";
      };
    }
    case "if":
      return compileIf(node, context);
    case "for":
      return compileFor(node, context);
    case "set": {
      const evaluate = compileExpression(node.value, context);
      const assign = compileTarget(node.target);
      const check = namespaceCheck(node.target);
      return (rt, scope) => {
        check(rt, scope);
        assign(rt, scope, evaluate(rt, scope));
        return "done";
      };
    }
    case "setblock":
    case "filterblock":
      return compileTextBlock(node, context);
    case "with":
      return compileWith(node, context);
    case "macro": {
      const macro = compileMacro(node, context);
      return (_rt, scope) => {
        scope.set(node.macroName, macro(scope));
        return "done";
      };
    }
    case "callblock": {
      const caller = compileCaller(node, context);
      const call = compileExpression(node.call, context, caller);
      return (rt, scope, out) => {
        const value = call(rt, scope);
        rt.at(node.call);
        out.print(value === null ? "" : textOnly(value), source, node.call, (text) =>
          rt.captured(text, true),
        );
        return "done";
      };
    }
    case "block":
      return () => "done";
    default: {
      const { type } = node;
      if (!context.inLoop) {
        const message =
          type === "break" ? "'break' outside loop" : "'continue' not properly in loop";
        throw source.error(message, node);
      }
      return () => type;
    }
  }
}

function compileIf(node: Extract<Statement, { type: "if" }>, context: Context): Execute {
  const soft = { ...context, soft: true };
  const branches = node.branches.map(({ test, body }) => ({
    test: compileExpression(test, soft),
    body: compileBody(body, soft),
  }));
  const otherwise = node.otherwise && compileBody(node.otherwise, soft);
  return (rt, scope, out) => {
    for (const { test, body } of branches) {
      if (truth(test(rt, scope))) return body(rt, scope, out);
    }
    return otherwise ? otherwise(rt, scope, out) : "done";
  };
}

function compileFor(node: ForNode, outer: Context): Execute {
  const targets = namesOf(node.target);
  const context = {
    ...outer,
    soft: false,
    frame: frameOf(outer.frame, [...targets, "loop"], node.body),
  };
  refuseLoopTargets(node, context.source);
  const of = compileExpression(node.of, outer);
  const assign = compileTarget(node.target);
  const test = node.test && compileExpression(node.test, { ...outer, soft: false });
  const body = compileBody(node.body, { ...context, inLoop: true });
  const elseFrame = node.otherwise && frameOf(outer.frame, [], node.otherwise);
  const otherwise =
    node.otherwise &&
    elseFrame &&
    compileBody(node.otherwise, { ...outer, soft: false, frame: elseFrame });

  function* filtered(rt: Runtime, scope: Scope, items: Value, keep: Evaluate): Generator<Value> {
    const iterator = walk(rt, items);
    for (let step = iterator.next(); !step.done; step = iterator.next()) {
      const inner = scope.inner();
      assign(rt, inner, step.value);
      if (truth(keep(rt, inner))) yield step.value;
    }
  }

  function walk(rt: Runtime, items: Value): Iterator<Value> {
    rt.at(node.of);
    return iterate(items);
  }

  function run(rt: Runtime, scope: Scope, out: Output, items: Value, depth: number): Completion {
    const loop = new Loop(
      test ? filtered(rt, scope, items, test) : walk(rt, items),
      test ? undefined : items,
      depth,
      rt,
    );
    const recurse = node.recursive
      ? (inner: Value) => {
          const nested = new Output();
          run(rt, scope, nested, inner, depth + 1);
          rt.capture(nested.text, nested.segments);
          return nested.text;
        }
      : undefined;
    const value = loopValue(loop, recurse);
    let empty = true;
    while (loop.advance()) {
      const inner = context.frame.open(scope);
      inner.set("loop", value);
      rt.at(node.target);
      assign(rt, inner, loop.current);
      const completion = body(rt, inner, out);
      if (completion === "break") break;
      // Jinja takes a loop whose every turn was cut short for an empty one.
      if (completion === "done") empty = false;
    }
    if (!empty || !otherwise || !elseFrame) return "done";
    return otherwise(rt, elseFrame.open(scope), out);
  }

  return (rt, scope, out) => run(rt, scope, out, of(rt, scope), 0);
}

function compileTextBlock(
  node: Extract<Statement, { type: "setblock" | "filterblock" }>,
  context: Context,
): Execute {
  const { filter: named } = node;
  const frame = frameOf(context.frame, [], node.body, (names) => names.read(named));
  const inside = { ...context, soft: false, frame };
  const body = compileBody(node.body, inside);
  const filter = node.filter && filterOnText(node.filter, inside);
  const assign = node.type === "setblock" ? compileTarget(node.target) : undefined;
  return (rt, scope, out) => {
    const inner = frame.open(scope);
    const text = new Output();
    const completion = body(rt, inner, text);
    if (completion !== "done") return completion;
    const value = filter ? filter(rt, inner, text.text) : text.text;
    if (assign) {
      rt.capture(text.text, text.segments);
      assign(rt, scope, value);
    } else {
      rt.at(node);
      out.print(textOnly(value), context.source, node, () => undefined);
    }
    return "done";
  };
}

/** Filter and call blocks print text and nothing else. */
function textOnly(value: Value): Value {
  if (typeof value === "string" || value instanceof PyUndefined) return value;
  throw new TemplateError(`the block must give a text, not ${typeName(value)}`);
}

function compileWith(node: Extract<Statement, { type: "with" }>, context: Context): Execute {
  const frame = frameOf(context.frame, node.targets.flatMap(namesOf), node.body);
  const inside = { ...context, soft: false, frame };
  const assignments = node.targets.map((target, index) => {
    const value = node.values[index];
    if (value === undefined) throw new RangeError("a with target has no value");
    return { assign: compileTarget(target), evaluate: compileExpression(value, context) };
  });
  const body = compileBody(node.body, inside);
  return (rt, scope, out) => {
    const inner = frame.open(scope);
    for (const { assign, evaluate } of assignments) assign(rt, inner, evaluate(rt, scope));
    return body(rt, inner, out);
  };
}

function compileTarget(target: Target): Assign {
  switch (target.type) {
    case "name": {
      const { name } = target;
      return (_rt, scope, value) => scope.set(name, value);
    }
    case "namespace":
      return (_rt, scope, value) => {
        const namespace = scope.find(target.name);
        if (namespace instanceof PyNamespace) namespace.set(target.attribute, value);
      };
    case "tuple": {
      const parts = target.items.map(compileTarget);
      return (rt, scope, value) => {
        rt.at(target);
        const items = unpacked(value, parts.length);
        for (const [index, part] of parts.entries()) part(rt, scope, items[index] ?? null);
      };
    }
  }
}

/** Only namespaces take attributes; looked at before the value is computed, as Jinja does. */
function namespaceCheck(target: Target): (rt: Runtime, scope: Scope) => void {
  const names = namespaces(target);
  return (rt, scope) => {
    for (const { name, span } of names) {
      if (scope.find(name) instanceof PyNamespace) continue;
      rt.at(span);
      throw new TemplateError("cannot assign attribute on non-namespace object");
    }
  };
}

function namespaces(target: Target): { name: string; span: Span }[] {
  if (target.type === "tuple") return target.items.flatMap(namespaces);
  return target.type === "namespace" ? [{ name: target.name, span: target }] : [];
}

function unpacked(value: Value, count: number): Value[] {
  if (!isIterable(value)) {
    throw new TemplateError(`cannot unpack non-iterable ${typeName(value)} object`);
  }
  const iterator = iterate(value);
  const items: Value[] = [];
  for (let step = iterator.next(); !step.done; step = iterator.next()) {
    if (items.length === count) {
      throw new TemplateError(`too many values to unpack (expected ${count})`);
    }
    items.push(step.value);
  }
  if (items.length < count) {
    throw new TemplateError(`not enough values to unpack (expected ${count}, got ${items.length})`);
  }
  return items;
}

function refuseLoopTargets(node: ForNode, source: Source): void {
  walkStatement(node, {
    store: (target) => {
      if (target.name !== "loop") return;
      throw source.error("Can't assign to special loop variable in for-loop target", target);
    },
  });
}
