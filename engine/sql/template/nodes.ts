/** Offsets into the source text of a template. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Expr = Span &
  (
    | { readonly type: "const"; readonly value: null | boolean | bigint | number | string }
    | { readonly type: "name"; readonly name: string }
    | { readonly type: "tuple" | "list"; readonly items: readonly Expr[] }
    | { readonly type: "dict"; readonly pairs: readonly (readonly [Expr, Expr])[] }
    | { readonly type: "attribute"; readonly of: Expr; readonly name: string }
    | { readonly type: "item"; readonly of: Expr; readonly key: Expr }
    | SliceNode
    | CallNode
    | FilterNode
    | TestNode
    | { readonly type: "unary"; readonly op: "+" | "-" | "not"; readonly of: Expr }
    | BinaryNode
    | { readonly type: "and" | "or"; readonly left: Expr; readonly right: Expr }
    | { readonly type: "concat"; readonly items: readonly Expr[] }
    | { readonly type: "compare"; readonly left: Expr; readonly rest: readonly Comparison[] }
    | {
        readonly type: "choice";
        readonly test: Expr;
        readonly yes: Expr;
        readonly no: Expr | undefined;
      }
  );

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";
export type CompareOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export interface BinaryNode extends Span {
  readonly type: "binary";
  readonly op: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}

export interface Comparison {
  readonly op: CompareOperator;
  readonly right: Expr;
}

/** Stands only inside brackets. */
export interface SliceNode extends Span {
  readonly type: "slice";
  readonly from: Expr | undefined;
  readonly to: Expr | undefined;
  readonly step: Expr | undefined;
}

export interface Arguments {
  readonly args: readonly Expr[];
  readonly kwargs: readonly (readonly [string, Expr])[];
  readonly restArgs: Expr | undefined;
  readonly restKwargs: Expr | undefined;
}

export interface CallNode extends Span, Arguments {
  readonly type: "call";
  readonly callee: Expr;
}

export interface FilterNode extends Span, Arguments {
  readonly type: "filter";
  readonly name: string;
  readonly nameStart: number;
  /** Absent in a filter block and a set block: the text of the block. */
  readonly of: Expr | undefined;
}

export interface TestNode extends Span, Arguments {
  readonly type: "test";
  readonly name: string;
  readonly nameStart: number;
  readonly of: Expr;
}

export type Target = Span &
  (
    | { readonly type: "name"; readonly name: string }
    | { readonly type: "namespace"; readonly name: string; readonly attribute: string }
    | { readonly type: "tuple"; readonly items: readonly Target[] }
  );

export interface Parameter extends Span {
  readonly name: string;
  readonly default: Expr | undefined;
}

export interface MacroNode extends Span {
  readonly type: "macro";
  readonly kind: "macro" | "test" | "materialization";
  /** As written in the block. */
  readonly name: string;
  /** The name it is bound to: `test_positive`. */
  readonly macroName: string;
  readonly adapter: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}

/** A snapshot or docs block: its text is rendered by itself, never in place. */
export interface TextBlockNode extends Span {
  readonly type: "block";
  readonly kind: "snapshot" | "docs";
  readonly name: string;
  readonly body: Body;
}

export interface ForNode extends Span {
  readonly type: "for";
  readonly target: Target;
  readonly of: Expr;
  readonly test: Expr | undefined;
  readonly recursive: boolean;
  readonly body: Body;
  readonly otherwise: Body | undefined;
}

export interface CallBlockNode extends Span {
  readonly type: "callblock";
  readonly call: CallNode;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}

export type Statement =
  | (Span & { readonly type: "data"; readonly text: string })
  | (Span & { readonly type: "print"; readonly expr: Expr })
  | (Span & {
      readonly type: "if";
      readonly branches: readonly { readonly test: Expr; readonly body: Body }[];
      readonly otherwise: Body | undefined;
    })
  | (Span & { readonly type: "set"; readonly target: Target; readonly value: Expr })
  | (Span & {
      readonly type: "setblock";
      readonly target: Target;
      readonly filter: FilterNode | undefined;
      readonly body: Body;
    })
  | (Span & {
      readonly type: "with";
      readonly targets: readonly Target[];
      readonly values: readonly Expr[];
      readonly body: Body;
    })
  | (Span & { readonly type: "do"; readonly expr: Expr })
  | (Span & { readonly type: "filterblock"; readonly filter: FilterNode; readonly body: Body })
  | (Span & { readonly type: "break" | "continue" })
  | ForNode
  | MacroNode
  | CallBlockNode
  | TextBlockNode;

/** Statements between two tags; the span is that of the text between them. */
export interface Body extends Span {
  readonly statements: readonly Statement[];
}
