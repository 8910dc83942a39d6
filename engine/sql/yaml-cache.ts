import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { keep, readKept } from "./kept-file.ts";
import { knownYaml, readYaml, type YamlContent, type YamlFile } from "./yaml.ts";

/** Raised when the same file would be read differently than before. */
const VERSION = 2;

interface Entry {
  /** Hash of the text. */
  readonly stamp: string;
  readonly content: YamlContent;
}

/** What the properties files said when they were last read: reading YAML is half of a start. */
export class YamlCache {
  readonly #path: string | undefined;
  readonly #known: Map<string, Entry>;
  readonly #used = new Map<string, Entry>();
  #changed = false;

  /** Without a path nothing is kept. */
  constructor(path?: string) {
    this.#path = path;
    this.#known = path === undefined ? new Map() : load(path);
  }

  read(absolute: string, shown: string): YamlFile {
    const text = readFileSync(absolute, "utf8");
    const stamp = createHash("sha256").update(text).digest("hex");
    const known = this.#known.get(absolute);
    if (known?.stamp === stamp) {
      this.#used.set(absolute, known);
      return knownYaml(shown, known.content, () => text);
    }
    const file = readYaml(text, shown);
    const { value, surprises } = file;
    this.#used.set(absolute, { stamp, content: { value, surprises } });
    this.#changed = true;
    return file;
  }

  /** Keeps what was read now. */
  save(): void {
    if (this.#path === undefined) return;
    if (!this.#changed && this.#used.size === this.#known.size) return;
    keep<Kept>(this.#path, () => ({ version: VERSION, entries: this.#used }));
  }
}

interface Kept {
  readonly version: number;
  readonly entries: Map<string, Entry>;
}

function load(path: string): Map<string, Entry> {
  const kept = readKept<Kept>(path);
  return kept?.version === VERSION ? kept.entries : new Map();
}
