import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { EltError, type ErrorDetails } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { type Drafted, fromPlain, type PlainDrafts, toPlain } from "./plain-drafts.ts";
import { listFiles } from "./project.ts";
import type { Watch } from "./watch.ts";

interface Entry extends PlainDrafts {
  readonly key: string;
  readonly variables: ReadonlyMap<string, string | undefined>;
  /** Warnings about the files, and the ones their texts gave. */
  readonly warnings: readonly PlainWarning[];
  readonly said: readonly PlainWarning[];
}

interface PlainWarning {
  readonly message: string;
  readonly details: ErrorDetails;
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

  /** Without a path nothing is kept. */
  constructor(path?: string) {
    this.#path = path;
  }

  /** What was kept of this very project. The state of the files now is what `save` goes by. */
  read(env: Environment): Kept | undefined {
    if (this.#path === undefined) return undefined;
    this.#key = keyOf(env);
    const entry = load(this.#path);
    if (entry?.key !== this.#key) return undefined;
    if ([...entry.variables].some(([name, value]) => env.variable(name) !== value))
      return undefined;
    const { warnings, said } = entry;
    return { ...fromPlain(entry, env), warnings: warnings.map(revive), said: said.map(revive) };
  }

  /** Keeps what was read without a mistake; a folder that cannot be written is no reason to stop. */
  save(drafted: Drafted, warnings: readonly EltError[], watch: Watch): void {
    if (this.#path === undefined || watch.sawRun) return;
    const temporary = `${this.#path}.${process.pid}`;
    try {
      const entry: Entry = {
        ...toPlain(drafted),
        key: this.#key,
        variables: watch.variables,
        warnings: warnings.map(plain),
        said: watch.said.map(plain),
      };
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(temporary, serialize(entry));
      renameSync(temporary, this.#path);
    } catch {
      return;
    }
  }
}

function load(path: string): Entry | undefined {
  try {
    return deserialize(readFileSync(path)) as Entry;
  } catch {
    return undefined;
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

function plain({ message, details: { cause, ...details } }: EltError): PlainWarning {
  return { message, details };
}

function revive({ message, details }: PlainWarning): EltError {
  return new EltError(message, details);
}
