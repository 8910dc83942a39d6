import type { Arguments, Body, CallNode, Expr, Parameter, Statement, Target } from "./nodes.ts";

/** What a walk over a template reports, in the order of the text. */
export interface Visitor {
  read?(node: Expr & { type: "name" }): void;
  /** A name gets a value: by `set`, `for`, `with` or as a parameter. */
  write?(node: { readonly name: string }): void;
  /** A name gets a value by `set` or `for`. */
  store?(node: Target & { readonly type: "name" }): void;
  call?(node: CallNode): void;
}

export function walkBody(body: Body, visitor: Visitor): void {
  for (const statement of body.statements) walkStatement(statement, visitor);
}

/** Visits a statement and all within it. */
export function walkStatement(node: Statement, visitor: Visitor): void {
  switch (node.type) {
    case "print":
    case "do":
      walkExpression(node.expr, visitor);
      return;
    case "if":
      for (const { test, body } of node.branches) {
        walkExpression(test, visitor);
        walkBody(body, visitor);
      }
      if (node.otherwise) walkBody(node.otherwise, visitor);
      return;
    case "for":
      walkTarget(node.target, visitor);
      walkExpression(node.of, visitor);
      walkBody(node.body, visitor);
      if (node.otherwise) walkBody(node.otherwise, visitor);
      if (node.test) walkExpression(node.test, visitor);
      return;
    case "set":
      walkTarget(node.target, visitor);
      walkExpression(node.value, visitor);
      return;
    case "setblock":
      walkTarget(node.target, visitor);
      if (node.filter) walkExpression(node.filter, visitor);
      walkBody(node.body, visitor);
      return;
    case "filterblock":
      walkBody(node.body, visitor);
      walkExpression(node.filter, visitor);
      return;
    case "with":
      for (const target of node.targets) walkTarget(target, { ...visitor, store: () => {} });
      for (const value of node.values) walkExpression(value, visitor);
      walkBody(node.body, visitor);
      return;
    case "macro":
      walkParameters(node.parameters, visitor);
      walkBody(node.body, visitor);
      return;
    case "callblock":
      walkExpression(node.call, visitor);
      walkParameters(node.parameters, visitor);
      walkBody(node.body, visitor);
      return;
    case "block":
      walkBody(node.body, visitor);
      return;
  }
}

function walkParameters(parameters: readonly Parameter[], visitor: Visitor): void {
  for (const parameter of parameters) visitor.write?.(parameter);
  for (const parameter of parameters)
    if (parameter.default) walkExpression(parameter.default, visitor);
}

function walkTarget(target: Target, visitor: Visitor): void {
  if (target.type === "name") {
    visitor.write?.(target);
    visitor.store?.(target);
  }
  if (target.type === "tuple") for (const part of target.items) walkTarget(part, visitor);
}

/** Visits an expression and all within it. */
export function walkExpression(node: Expr, visitor: Visitor): void {
  for (const inner of childrenOf(node)) walkExpression(inner, visitor);
  if (node.type === "name") visitor.read?.(node);
  if (node.type === "call") visitor.call?.(node);
}

function childrenOf(node: Expr): readonly Expr[] {
  switch (node.type) {
    case "const":
    case "name":
      return [];
    case "tuple":
    case "list":
    case "concat":
      return node.items;
    case "dict":
      return node.pairs.flat();
    case "attribute":
    case "unary":
      return [node.of];
    case "item":
      return [node.of, node.key];
    case "slice":
      return present([node.from, node.to, node.step]);
    case "call":
      return [node.callee, ...argumentsOf(node)];
    case "filter":
      return [...present([node.of]), ...argumentsOf(node)];
    case "test":
      return [node.of, ...argumentsOf(node)];
    case "binary":
    case "and":
    case "or":
      return [node.left, node.right];
    case "compare":
      return [node.left, ...node.rest.map((part) => part.right)];
    case "choice":
      return present([node.test, node.yes, node.no]);
  }
}

function argumentsOf(node: Arguments): Expr[] {
  const named = node.kwargs.map(([, value]) => value);
  return [...node.args, ...named, ...present([node.restArgs, node.restKwargs])];
}

function present(nodes: readonly (Expr | undefined)[]): Expr[] {
  return nodes.filter((node) => node !== undefined);
}
