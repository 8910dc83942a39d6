import { compileMacro } from "./compile-macro.ts";
import { frameOf } from "./frames.ts";
import type { MacroNode, TextBlockNode } from "./nodes.ts";
import { Scope } from "./scope.ts";
import type { Source } from "./source.ts";
import { type Globals, outside, Template } from "./template.ts";
import { PyFunction, PyTuple, type Value } from "./values.ts";

export type BlockKind = "macro" | "test" | "materialization" | "snapshot" | "docs";

/** A top-level block of a macro file. */
export interface Block {
  readonly kind: BlockKind;
  /** As written: `positive` of `{% test positive(model) %}`. */
  readonly name: string;
  /** As dbt registers it: `test_positive`, `materialization_mine_duckdb`. */
  readonly macroName: string;
  readonly parameters: readonly BlockParameter[];
  /** Of a materialization: `adapter='duckdb'`, or `default`. */
  readonly adapter: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The whole block as written, tags included. */
  readonly text: string;
  /** What stands between the tags: what a snapshot or docs block renders. */
  readonly body: Template;
}

export interface BlockParameter {
  readonly name: string;
  readonly hasDefault: boolean;
}

interface Origin {
  readonly node: MacroNode;
  readonly source: Source;
}

const origins = new WeakMap<Block, Origin>();

/** The macros, tests, materializations, snapshots and docs of a file, in order. */
export function blocksOf(template: Template): readonly Block[] {
  return template.body.statements
    .filter((statement) => statement.type === "macro" || statement.type === "block")
    .map((node) => {
      const block = describe(node, template);
      if (node.type === "macro") origins.set(block, { node, source: template.source });
      return block;
    });
}

/** The macro of a block, able to see only these globals and itself. */
export function bindMacro(block: Block, globals: Globals): PyFunction {
  const origin = origins.get(block);
  if (origin === undefined) throw new TypeError(`a ${block.kind} block is no macro`);
  const scope = new Scope(undefined, outside(globals));
  let compiled: PyFunction | undefined;
  const macro = new PyFunction(
    block.macroName,
    (args, kwargs, site) => {
      compiled ??= compileAlone(origin)(scope);
      return compiled.invoke(args, kwargs, site);
    },
    "macro",
    new Map<string, Value>([
      ["name", block.macroName],
      ["arguments", new PyTuple(block.parameters.map(({ name }) => name))],
    ]),
  );
  scope.set(block.macroName, macro);
  return macro;
}

function compileAlone({ node, source }: Origin): (scope: Scope) => PyFunction {
  const nothing = { statements: [], start: node.start, end: node.start };
  const frame = frameOf(undefined, [node.macroName], nothing);
  return compileMacro(node, { source, inLoop: false, soft: false, frame });
}

function describe(node: MacroNode | TextBlockNode, { source }: Template): Block {
  const isMacro = node.type === "macro";
  const parameters = isMacro ? node.parameters : [];
  return {
    kind: node.kind,
    name: node.name,
    macroName: isMacro ? node.macroName : node.name,
    parameters: parameters.map(({ name, default: value }) => ({ name, hasDefault: !!value })),
    adapter: isMacro ? node.adapter : undefined,
    ...source.place(node.start),
    text: source.text.slice(node.start, node.end),
    get body() {
      return new Template(source, node.body);
    },
  };
}
