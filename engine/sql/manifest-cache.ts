import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { serialize } from "node:v8";
import type { EltError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { keep, type PlainError, plainError, readKept, revivedError } from "./kept-file.ts";
import { type Drafted, fromPlain, type PlainDrafts, toPlain } from "./plain-drafts.ts";
import { listFiles } from "./project.ts";
import { stillHold, type Variables, type Watch } from "./watch.ts";

interface Entry extends PlainDrafts {
  readonly key: string;
  readonly variables: Variables;
  /** Warnings about the files, and the ones their texts gave. */
  readonly warnings: readonly PlainError[];
  readonly said: readonly PlainError[];
}

export interface Kept extends Drafted {
  readonly warnings: readonly EltError[];
  readonly said: readonly EltError[];
}

/**
 * What a project's files said when they were last read, for as long as everything that was read is
 * the same: the files' contents, the configuration, vars, target, environment variables, this code.
 */
export class ManifestCache {
  readonly #path: string | undefined;
  #key = "";
  #variables: Variables = new Map();

  /** Without a path nothing is kept. */
  constructor(path?: string) {
    this.#path = path;
  }

  /** What was kept of this very project. The state of the files now is what `save` goes by. */
  read(env: Environment): Kept | undefined {
    if (this.#path === undefined) return undefined;
    this.#key = keyOf(env);
    const entry = readKept<Entry>(this.#path);
    if (entry?.key !== this.#key || !stillHold(entry.variables, env)) return undefined;
    this.#variables = entry.variables;
    const { warnings, said } = entry;
    return {
      ...fromPlain(entry, env),
      warnings: warnings.map(revivedError),
      said: said.map(revivedError),
    };
  }

  /** Keeps what was read without a mistake. */
  save(drafted: Drafted, warnings: readonly EltError[], watch: Watch): void {
    if (this.#path === undefined) return;
    if (watch.sawRun) {
      this.#key = "";
      return;
    }
    this.#variables = watch.variables;
    keep(this.#path, () => ({
      ...toPlain(drafted),
      key: this.#key,
      variables: watch.variables,
      warnings: warnings.map(plainError),
      said: watch.said.map(plainError),
    }));
  }

  /** What stands for the whole manifest; nothing when it may be another one in the next run. */
  get stamp(): string | undefined {
    if (this.#key === "") return undefined;
    return `${this.#key} ${JSON.stringify([...this.#variables])}`;
  }
}

/** Contents, not times: an edit within the clock's tick is an edit, a checkout of the same text is none. */
function keyOf(env: Environment): string {
  const { project, packages, own, target, vars, fullRefresh } = env;
  const sum = createHash("sha256");
  sum.update(codeStamp());
  sum.update(serialize([process.version, project.root, own, target, vars, fullRefresh]));
  for (const owner of [project, ...packages]) {
    const { name, root, paths, configs, dispatch } = owner;
    sum.update(serialize([name, root, paths, owner.vars, configs, dispatch]));
    sum.update(serialize([owner.onRunStart, owner.onRunEnd]));
    for (const { path, absolute } of listFiles(owner, "all", [""], project.root)) {
      sum.update(`${path}\0`);
      // Of any other file the manifest knows the name only.
      if (/\.(sql|ya?ml|md)$/.test(path)) {
        const text = readFileSync(absolute);
        sum.update(`${text.length}\0`).update(text);
      }
    }
  }
  return sum.digest("hex");
}

const ENGINE = join(import.meta.dirname, "..");

/** This code as it lies on disk, and what it depends on. */
function codeStamp(): string {
  const files = readdirSync(ENGINE, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort();
  const stamps = [join("..", "package.json"), ...files].map((name) => {
    const { size, mtimeMs } = statSync(join(ENGINE, name));
    return `${name} ${size} ${mtimeMs}`;
  });
  return stamps.join("\n");
}
