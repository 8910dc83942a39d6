import type { Body, Statement, Target } from "./nodes.ts";
import { MISSING, type Scope } from "./scope.ts";
import { walkExpression } from "./walk.ts";

/**
 * The names of one block that opens a scope, as Jinja sorts them out before it runs. A name that a
 * block sets, and did not read before, is undefined in it until then, even where a global has that
 * name: `{% set n %}{{ n }}{% endset %}`.
 */
export interface Frame {
  readonly names: ReadonlySet<string>;
  readonly outer: Frame | undefined;
  /** Makes the scope of the block. */
  open(scope: Scope): Scope;
}

/** Analyses a block: its parameters, then what it reads and sets itself, not within inner blocks. */
export function frameOf(
  outer: Frame | undefined,
  parameters: readonly string[],
  body: Body,
  before: (names: Names) => void = () => {},
): Frame {
  const names = new Names(outer);
  for (const name of parameters) names.refs.add(name);
  before(names);
  names.visit(body.statements);
  const hidden = [...names.hidden];
  return {
    names: names.refs,
    outer,
    open(scope) {
      const inner = scope.inner();
      for (const name of hidden) inner.set(name, MISSING);
      return inner;
    },
  };
}

/** Names of a target, for the parameters of a frame. */
export function namesOf(target: Target): string[] {
  if (target.type === "tuple") return target.items.flatMap(namesOf);
  return target.type === "name" ? [target.name] : [];
}

export class Names {
  readonly refs: Set<string>;
  readonly hidden: Set<string>;
  readonly #outer: Frame | undefined;

  constructor(outer: Frame | undefined, refs: Iterable<string> = []) {
    this.#outer = outer;
    this.refs = new Set(refs);
    this.hidden = new Set();
  }

  visit(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  read(...expressions: readonly (Parameters<typeof walkExpression>[0] | undefined)[]): void {
    for (const expression of expressions) {
      if (expression) walkExpression(expression, { read: ({ name }) => this.refs.add(name) });
    }
  }

  #statement(node: Statement): void {
    switch (node.type) {
      case "print":
      case "do":
        this.read(node.expr);
        break;
      case "if":
        this.#branches(node);
        break;
      case "for":
        this.read(node.of);
        break;
      case "set":
        this.read(node.value);
        this.#store(node.target);
        break;
      case "setblock":
        this.#store(node.target);
        break;
      case "macro":
        this.#hide(node.macroName);
        break;
      case "callblock":
        this.read(node.call);
        break;
      case "filterblock":
        this.read(node.filter);
        break;
      case "with":
        this.read(...node.values);
        break;
    }
  }

  /** What a branch sets may or may not be set behind it: it is looked up as if nothing was. */
  #branches(node: Extract<Statement, { type: "if" }>): void {
    const [first, ...elifs] = node.branches;
    this.read(first?.test);
    const parts = [
      (names: Names) => names.visit(first?.body.statements ?? []),
      (names: Names) => {
        for (const { test, body } of elifs)
          names.#branches({ ...node, branches: [{ test, body }], otherwise: undefined });
      },
      (names: Names) => names.visit(node.otherwise?.statements ?? []),
    ];
    const branches = parts.map((part) => {
      const names = new Names(this.#outer, this.refs);
      part(names);
      return names;
    });
    for (const { refs } of branches) for (const name of refs) this.refs.add(name);
  }

  #store(target: Target): void {
    if (target.type === "namespace") this.refs.add(target.name);
    else if (target.type === "tuple") for (const item of target.items) this.#store(item);
    else this.#hide(target.name);
  }

  #hide(name: string): void {
    if (this.refs.has(name)) return;
    this.refs.add(name);
    for (let frame = this.#outer; frame; frame = frame.outer) if (frame.names.has(name)) return;
    this.hidden.add(name);
  }
}
