import { compileMacro } from "./compile-macro.ts";
import { frameOf } from "./frames.ts";
import type { MacroNode, TextBlockNode } from "./nodes.ts";
import { Scope } from "./scope.ts";
import type { Source } from "./source.ts";
import { type Globals, outside, Template } from "./template.ts";
import type { PyFunction } from "./values.ts";

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

type MakeMacro = (scope: Scope) => PyFunction;

interface Compiled {
  readonly node: MacroNode;
  readonly source: Source;
  make: MakeMacro | undefined;
}

const compiled = new WeakMap<Block, Compiled>();

/** The macros, tests, materializations, snapshots and docs of a file, in order. */
export function blocksOf(template: Template): readonly Block[] {
  return template.body.statements
    .filter((statement) => statement.type === "macro" || statement.type === "block")
    .map((node) => {
      const block = describe(node, template);
      if (node.type === "macro") {
        compiled.set(block, { node, source: template.source, make: undefined });
      }
      return block;
    });
}

/** The macro of a block, able to see only these globals and itself. */
export function bindMacro(block: Block, globals: Globals): PyFunction {
  const entry = compiled.get(block);
  if (entry === undefined) throw new TypeError(`a ${block.kind} block is no macro`);
  entry.make ??= compileAlone(entry);
  const scope = new Scope(undefined, outside(globals));
  const macro = entry.make(scope);
  scope.set(entry.node.macroName, macro);
  return macro;
}

function compileAlone({ node, source }: Compiled): MakeMacro {
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
