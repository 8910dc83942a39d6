import { EltError } from "../errors.ts";
import type { SqlNode } from "./nodes.ts";

/** Nodes so that each comes after what it reads; a cycle is an error that names its way round. */
export function inOrder(nodes: readonly SqlNode[]): SqlNode[] {
  const ordered: SqlNode[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (node: SqlNode, path: readonly SqlNode[]): void => {
    const known = state.get(node.id);
    if (known === "done") return;
    if (known === "open") {
      const round = [...path.slice(path.findIndex((each) => each.id === node.id)), node];
      throw new EltError(`models read each other: ${round.map((each) => each.name).join(" → ")}`, {
        file: node.path,
        hint: "take one of these refs out",
        exitCode: 2,
      });
    }
    state.set(node.id, "open");
    for (const read of node.reads) visit(read, [...path, node]);
    state.set(node.id, "done");
    ordered.push(node);
  };
  for (const node of nodes) visit(node, []);
  return ordered;
}
