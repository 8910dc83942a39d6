import { EltError, messageOf } from "../errors.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import type { Compiler } from "./compile.ts";
import { asList, isMap } from "./config-tree.ts";
import { forgetTypes } from "./execute.ts";
import type { SqlNode } from "./nodes.ts";

interface Hook {
  readonly sql: string;
  readonly transaction: boolean;
}

/** The hooks of a node, in the order they are written. */
export function hooksOf(node: SqlNode, when: "pre-hook" | "post-hook"): Hook[] {
  return asList(node.config[when]).map(toHook);
}

/** A hook is a text, a mapping with `sql` and `transaction`, or that mapping as JSON (`before_begin(…)`). */
function toHook(written: unknown): Hook {
  if (isMap(written)) {
    return { sql: String(written.sql ?? ""), transaction: written.transaction !== false };
  }
  return { sql: String(written), transaction: true };
}

export interface HookRun {
  readonly warehouse: Warehouse;
  readonly compiler: Compiler;
  readonly node: SqlNode;
  readonly incremental: boolean;
}

/** Runs the hooks of one place: inside the transaction or outside of it. */
export async function runHooks(
  { warehouse, compiler, node, incremental }: HookRun,
  when: "pre-hook" | "post-hook",
  transaction: boolean,
): Promise<void> {
  for (const hook of hooksOf(node, when)) {
    const text = compiler.text(hook.sql, node, { incremental }).trim();
    const nested = asHook(text);
    const { sql, transaction: inside } = nested ?? { sql: text, transaction: hook.transaction };
    if (inside !== transaction || sql.trim() === "") continue;
    await runHook(warehouse, sql, { file: node.path, when });
  }
}

/** Runs one statement of a hook; an error names the hook. */
export async function runHook(
  warehouse: Warehouse,
  sql: string,
  { file, when }: { readonly file: string; readonly when: string },
): Promise<void> {
  forgetTypes(warehouse);
  try {
    await warehouse.run(sql);
  } catch (error) {
    throw new EltError(`${when} failed: ${messageOf(error).split("\n")[0]}`, {
      file,
      excerpt: sql.trim(),
      cause: error,
    });
  }
}

/** `{{ after_commit("…") }}` prints a Python dict. */
function asHook(text: string): Hook | undefined {
  const match = /^\{'sql': (["'])([\s\S]*)\1, 'transaction': (True|False)\}$/.exec(text);
  if (!match) return undefined;
  return {
    sql: (match[2] ?? "").replaceAll("\\'", "'").replaceAll("\\n", "\n"),
    transaction: match[3] === "True",
  };
}
