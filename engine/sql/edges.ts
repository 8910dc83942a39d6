import { EltError, EltErrors } from "../errors.ts";
import { suggest } from "../suggest.ts";
import type { Draft } from "./drafts.ts";
import type { Environment } from "./environment.ts";
import { excerptAt } from "./excerpt.ts";
import type { RefCall } from "./node-context.ts";
import type { SqlNode } from "./nodes.ts";
import type { FoundRef, FoundSource } from "./parse.ts";
import type { Place } from "./template/values.ts";

/** Finds what `ref` and `source` mean, and turns drafts into nodes. */
export class Edges {
  readonly #env: Environment;
  readonly #drafts: readonly Draft[];
  readonly #byName = new Map<string, Draft[]>();
  readonly #sources = new Map<string, Draft[]>();
  readonly #nodes = new Map<string, SqlNode>();

  constructor(env: Environment, drafts: readonly Draft[]) {
    this.#env = env;
    this.#drafts = drafts;
    for (const draft of drafts) {
      if (draft.kind === "check") continue;
      const [map, key] =
        draft.kind === "source"
          ? [this.#sources, `${draft.sourceName}.${draft.name}`]
          : [this.#byName, draft.name];
      map.set(key, [...(map.get(key) ?? []), draft]);
    }
  }

  /** Two files that make the same name or the same table. */
  duplicates(): EltError[] {
    const errors: EltError[] = [];
    const seen = new Map<string, Draft>();
    const claim = (key: string, draft: Draft, message: (first: Draft) => string): void => {
      const first = seen.get(key);
      if (first)
        errors.push(new EltError(message(first), { file: draft.path, line: 1, exitCode: 2 }));
      else seen.set(key, draft);
    };
    for (const draft of this.#drafts) {
      if (!isEnabled(draft) || draft.kind === "check") continue;
      const { database, schema, identifier } = draft.relation;
      const group = draft.kind === "source" ? draft.id : `ref ${draft.package.name} ${draft.name}`;
      const kind = draft.kind;
      claim(group, draft, (first) => `${kind} "${draft.name}" has the name of ${first.path}`);
      if (kind === "source") continue;
      const table = `table ${database}.${schema}.${identifier}`.toLowerCase();
      if (seen.get(group) !== draft) continue;
      claim(
        table,
        draft,
        (first) => `${kind} "${draft.name}" builds the same table as ${first.path}`,
      );
    }
    return errors;
  }

  /** The draft a `ref` means: of the calling package, else of the root project, else of any other. */
  ref(call: RefCall, calling: string): Draft | EltError {
    const named = this.#byName.get(call.name) ?? [];
    const order = call.package
      ? named.filter((draft) => draft.package.name === call.package)
      : [calling, this.#env.project.name, ...named.map((draft) => draft.package.name)].flatMap(
          (name) => named.filter((draft) => draft.package.name === name),
        );
    const found = order.find(isEnabled) ?? order[0];
    if (call.version !== undefined) {
      return new EltError(
        `ref asks for version ${call.version} of "${call.name}"; versions are not supported`,
      );
    }
    if (!found) {
      const near = suggest(call.name, this.#byName.keys());
      return new EltError(`unknown model "${call.name}" in ref${near}`);
    }
    if (isEnabled(found)) return found;
    return new EltError(`${found.kind} "${call.name}" in ref is disabled`, {
      hint: `enable it in ${found.path}, or take the ref out`,
    });
  }

  source(source: string, table: string, calling: string): Draft | EltError {
    const named = this.#sources.get(`${source}.${table}`) ?? [];
    const found = named.find((draft) => draft.package.name === calling) ?? named[0];
    if (found && isEnabled(found)) return found;
    if (found) return new EltError(`source "${source}.${table}" is disabled`);
    const keys = [...this.#sources.keys()];
    const tables = keys.filter((key) => key.startsWith(`${source}.`));
    if (tables.length > 0) {
      const near = suggest(
        table,
        tables.map((key) => key.slice(source.length + 1)),
      );
      return new EltError(`source "${source}" has no table "${table}"${near}`, {
        hint: `declare it under tables: of the source in YAML`,
      });
    }
    const near = suggest(source, new Set(keys.map((key) => key.split(".")[0] ?? key)));
    return new EltError(`unknown source "${source}"${near}`);
  }

  node(draft: Pick<Draft, "id">): SqlNode | undefined {
    return this.#nodes.get(draft.id);
  }

  /** Nodes with their edges; disabled ones are left out. */
  resolve(drafts: readonly Draft[], errors: EltError[]): SqlNode[] {
    const enabled = drafts.filter(isEnabled);
    const reads = new Map<string, SqlNode[]>();
    for (const draft of enabled) {
      const edges: SqlNode[] = [];
      reads.set(draft.id, edges);
      this.#nodes.set(draft.id, toNode(draft, edges));
    }
    for (const draft of enabled) {
      const calling = draft.package.name;
      const add = (found: Draft | EltError, call: FoundRef | FoundSource): void => {
        if (found instanceof EltError) {
          errors.push(placed(found, call.place, draft));
          return;
        }
        const node = this.#nodes.get(found.id);
        const edges = reads.get(draft.id);
        if (node && edges && !edges.includes(node)) edges.push(node);
      };
      for (const call of draft.found?.refs ?? []) add(this.ref(call, calling), call);
      for (const call of draft.found?.sources ?? []) {
        add(this.source(call.source, call.table, calling), call);
      }
    }
    return [...this.#nodes.values()];
  }
}

export function isEnabled(draft: Draft): boolean {
  return draft.config.enabled !== false;
}

function toNode(draft: Draft, reads: SqlNode[]): SqlNode {
  const {
    id,
    name,
    package: owner,
    fqn,
    path,
    config,
    description,
    columns,
    relation,
    origin,
  } = draft;
  const tags = (config.tags as string[] | undefined) ?? [];
  const base = {
    id,
    name,
    package: owner,
    fqn,
    path,
    config,
    tags,
    description,
    columns,
    relation,
    origin,
    reads,
  };
  const macros = [...(draft.found?.macros ?? [])].sort();
  const { text } = draft;
  switch (draft.kind) {
    case "model":
      return {
        ...base,
        kind: "model",
        text,
        firstLine: draft.firstLine,
        macros,
        materialized: String(config.materialized ?? "view"),
      };
    case "seed":
      return { ...base, kind: "seed", absolute: draft.absolute };
    case "source":
      return {
        ...base,
        kind: "source",
        sourceName: draft.sourceName ?? "",
        meta: draft.meta ?? {},
      };
    case "check":
      return {
        ...base,
        kind: "check",
        text,
        get firstLine() {
          return draft.firstLine;
        },
        macros,
        style: draft.test ? "generic" : "singular",
        test: draft.test,
      };
  }
}

function placed(error: EltError, place: Place | undefined, draft: Draft): EltError {
  const { origin } = draft;
  if (draft.kind === "check" && origin && place?.file === origin.file.file) {
    return origin.file.error(error.message, origin.path, error.details.hint);
  }
  if (!place)
    return new EltError(error.message, { ...error.details, file: draft.path, exitCode: 2 });
  const line = place.line - draft.firstLine + 1;
  const excerpt =
    place.file === draft.path && draft.text !== ""
      ? excerptAt(draft.text, line, place.column, { firstLine: draft.firstLine })
      : undefined;
  return new EltError(error.message, { ...error.details, ...place, excerpt, exitCode: 2 });
}

/** Anything caught as an expected error; a bug keeps its nature. */
export function errorIn(error: unknown, place: { file?: string; line?: number } = {}): EltError {
  if (error instanceof EltErrors && error.errors[0] && error.errors.length === 1)
    return error.errors[0];
  if (error instanceof EltError) return error;
  if (place.file && error instanceof Error)
    return new EltError(error.message, { ...place, exitCode: 2 });
  throw error;
}
