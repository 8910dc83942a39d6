import type { Config } from "./config-tree.ts";
import { mergeConfigs } from "./config-tree.ts";
import type { Environment } from "./environment.ts";
import { type NodeScope, nodeContext, type RefCall } from "./node-context.ts";
import type { Relation } from "./relation.ts";
import { RelationValue } from "./relation-value.ts";
import { Session } from "./session.ts";
import { renderTemplate, type Template } from "./template/template.ts";
import type { Place, Value } from "./template/values.ts";

export interface FoundRef extends RefCall {
  readonly place: Place | undefined;
}
export interface FoundSource {
  readonly source: string;
  readonly table: string;
  readonly place: Place | undefined;
}

/** What rendering a text once, without a database, tells about it. */
export interface Found {
  readonly refs: FoundRef[];
  readonly sources: FoundSource[];
  /** The arguments of its `config(…)` calls. */
  config: Config;
  readonly macros: ReadonlySet<string>;
}

export interface ParseOptions {
  readonly env: Environment;
  readonly template: Template;
  readonly packageName: string;
  readonly self: Relation;
  readonly model: Readonly<Record<string, unknown>>;
  /** Further names: the arguments of a check. */
  readonly names?: (scope: (name: string) => Value | undefined) => ReadonlyMap<string, Value>;
}

/** The parse pass of one node: its edges are the calls made, not a scan of the text. */
export function parseNode({ env, template, packageName, self, model, names }: ParseOptions): Found {
  const refs: FoundRef[] = [];
  const sources: FoundSource[] = [];
  let config: Config = {};
  const scope: NodeScope = {
    execute: false,
    packageName,
    self,
    model,
    incremental: false,
    database: undefined,
    ref(call, site) {
      refs.push({ ...call, place: site.place });
      return new RelationValue(self);
    },
    source(source, table, site) {
      sources.push({ source, table, place: site.place });
      return new RelationValue(self);
    },
    configure(values) {
      config = mergeConfigs(config, values);
    },
    configured: () => undefined,
  };
  const session = new Session(env, (each) => nodeContext(each, scope));
  const lookup = session.globals(packageName);
  const extra = names?.(lookup);
  const globals = extra ? (name: string) => extra.get(name) ?? lookup(name) : lookup;
  renderTemplate(template, { globals, undefined: "parse" });
  return { refs, sources, config, macros: session.used };
}
