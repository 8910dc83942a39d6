import { literalValue } from "./native.ts";
import type { CallNode, Expr } from "./nodes.ts";
import type { Template } from "./template.ts";
import type { Place, Value } from "./values.ts";
import { walkBody } from "./walk.ts";

/** A call of a name: `ref`, `source`, `dbt_utils.star`, `adapter.dispatch`. */
export interface GlobalCall extends Place {
  readonly name: string;
  /** The arguments that are literals; undefined where one must be computed. */
  readonly args: readonly (Value | undefined)[];
  readonly kwargs: ReadonlyMap<string, Value | undefined>;
}

/** Every call a template may make of a name it does not define, in the order of the text. */
export function callsIn(template: Template): readonly GlobalCall[] {
  const calls: CallNode[] = [];
  const own = new Set<string>();
  for (const { type, ...rest } of template.body.statements) {
    if (type === "macro" && "macroName" in rest) own.add(rest.macroName);
  }
  walkBody(template.body, { call: (node) => calls.push(node) });
  return calls
    .sort((a, b) => a.start - b.start)
    .flatMap((node) => {
      const name = dottedName(node.callee);
      if (name === undefined || own.has(name)) return [];
      return [
        {
          name,
          args: node.args.map((arg) => literalValue(arg)),
          kwargs: new Map(node.kwargs.map(([key, value]) => [key, literalValue(value)] as const)),
          ...template.source.place(node.start),
        },
      ];
    });
}

function dottedName(node: Expr): string | undefined {
  if (node.type === "name") return node.name;
  if (node.type !== "attribute") return undefined;
  const of = dottedName(node.of);
  return of && `${of}.${node.name}`;
}
