import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type ScalarTag,
} from "yaml";
import { EltError, EltErrors } from "../errors.ts";
import { excerptAt } from "./excerpt.ts";

/** A whole number is a `bigint`, one with a fraction a `number`: Python prints them differently. */
export type YamlValue = string | bigint | number | boolean | null | readonly YamlValue[] | YamlMap;
export interface YamlMap {
  readonly [key: string]: YamlValue;
}
export type YamlPath = readonly (string | number)[];

export interface YamlFile {
  readonly file: string;
  readonly value: YamlValue;
  /** An error at the place a path is written, or the nearest place above it. */
  readonly error: (message: string, path: YamlPath, hint?: string) => EltError;
  readonly place: (path: YamlPath) => { file: string; line: number; column: number };
  /** Values that mean something else than they look like: an unquoted `yes`, `010`, `12:30`. */
  readonly surprises: readonly { readonly path: YamlPath; readonly message: string }[];
}

/** What a cache keeps of a file: everything but the places, which are only needed by an error. */
export interface YamlContent {
  readonly value: YamlValue;
  readonly surprises: readonly { readonly path: YamlPath; readonly message: string }[];
}

/** Reads YAML 1.1 as PyYAML does, since dbt does. Every mistake of the file is reported together. */
export function readYaml(text: string, file: string): YamlFile {
  const written = parse(text, file);
  return withPlaces(file, written.content(), () => written);
}

/** A file whose content is known; it is parsed when something in it must be placed. */
export function knownYaml(file: string, content: YamlContent, text: () => string): YamlFile {
  let written: Written | undefined;
  return withPlaces(file, content, () => {
    written ??= parse(text(), file);
    return written;
  });
}

/** A file that is only read when something of it is needed. */
export function laterYaml(file: string, read: () => YamlFile): YamlFile {
  let known: YamlFile | undefined;
  const content = (): YamlFile => {
    known ??= read();
    return known;
  };
  return {
    file,
    get value() {
      return content().value;
    },
    get surprises() {
      return content().surprises;
    },
    error: (message, path, hint) => content().error(message, path, hint),
    place: (path) => content().place(path),
  };
}

interface Written {
  content(): YamlContent;
  offsetOf(path: YamlPath): number;
  at(offset: number): { file: string; line: number; column: number };
  fail(message: string, offset: number, hint?: string): EltError;
}

function withPlaces(file: string, content: YamlContent, written: () => Written): YamlFile {
  return {
    file,
    ...content,
    place: (path) => written().at(written().offsetOf(path)),
    error: (message, path, hint) => written().fail(message, written().offsetOf(path), hint),
  };
}

function parse(text: string, file: string): Written {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: "1.1",
    schema: "failsafe",
    customTags: SCALARS,
    merge: true,
    strict: false,
    uniqueKeys: false,
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const fail = (message: string, offset: number, hint?: string): EltError => {
    const where = at(offset);
    const excerpt = excerptAt(text, where.line, where.column);
    return new EltError(message, { ...where, hint, excerpt, exitCode: 2 });
  };
  return {
    at,
    fail,
    content() {
      const problems = document.errors.map((error) =>
        fail(error.message.split(" at line ")[0] ?? error.message, error.pos[0]),
      );
      const surprises: { path: YamlPath; message: string }[] = [];
      const value = toValue(document.contents as Node | null, [], {
        duplicate: (key, second, first) =>
          problems.push(
            fail(`key "${key}" is written twice, first in line ${at(first).line}`, second),
          ),
        surprise: (path, message) => surprises.push({ path, message }),
        resolve: (node) => (isAlias(node) ? node.resolve(document) : node) as Node | undefined,
      });
      if (problems.length === 1 && problems[0]) throw problems[0];
      if (problems.length > 0) throw new EltErrors(`${file} cannot be read`, problems);
      return { value, surprises };
    },
    offsetOf(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const parent = document.getIn(path.slice(0, length - 1), true);
        const last = path[length - 1];
        if (isMap(parent)) {
          const pair = parent.items.find((item) => keyOf(item) === String(last));
          const offset = (pair?.key as Node | undefined)?.range?.[0];
          if (offset !== undefined) return offset;
        } else {
          const node = document.getIn(path.slice(0, length), true) as Node | undefined;
          if (node?.range) return node.range[0];
        }
      }
      return (document.contents as Node | null)?.range?.[0] ?? 0;
    },
  };
}

interface Reports {
  readonly duplicate: (key: string, second: number, first: number) => void;
  readonly surprise: (path: YamlPath, message: string) => void;
  readonly resolve: (node: Node) => Node | undefined;
}

function toValue(written: Node | null | undefined, path: YamlPath, reports: Reports): YamlValue {
  const node = written ? reports.resolve(written) : undefined;
  if (isMap(node)) {
    const result: Record<string, YamlValue> = {};
    const seen = new Map<string, number>();
    for (const pair of node.items) {
      const key = keyOf(pair);
      const offset = (pair.key as Node | null)?.range?.[0] ?? 0;
      if (key === "<<") {
        mergeInto(result, toValue(pair.value as Node | null, [...path, key], reports));
        continue;
      }
      const first = seen.get(key);
      if (first !== undefined) reports.duplicate(key, offset, first);
      seen.set(key, offset);
      result[key] = toValue(pair.value as Node | null, [...path, key], reports);
    }
    return result;
  }
  if (isSeq(node)) {
    return node.items.map((item, index) => toValue(item as Node | null, [...path, index], reports));
  }
  if (!isScalar(node)) return null;
  noteSurprise(node, path, reports);
  return (node.value ?? null) as YamlValue;
}

function mergeInto(target: Record<string, YamlValue>, value: YamlValue): void {
  for (const source of Array.isArray(value) ? value : [value]) {
    for (const [key, item] of Object.entries((source ?? {}) as YamlMap)) target[key] ??= item;
  }
}

function keyOf(pair: Pair<unknown, unknown>): string {
  const key = pair.key;
  if (!isScalar(key)) return String(key);
  // A key is looked up by its text: `on:` stays `on`, although its value would be `True`.
  return key.source ?? String(key.value);
}

function noteSurprise(node: Scalar, path: YamlPath, reports: Reports): void {
  const source = node.source ?? "";
  if (node.type !== "PLAIN") return;
  const value = node.value;
  if (typeof value === "boolean" && !/^(true|false)$/i.test(source)) {
    reports.surprise(path, `${source} is read as ${value ? "True" : "False"}: quote it`);
  } else if (typeof value === "bigint" && !/^[-+]?(0|[1-9][0-9]*)$/.test(source)) {
    reports.surprise(path, `${source} is read as the number ${value}: quote it`);
  }
}

/** PyYAML's resolvers, one by one: no other YAML reader has exactly these. */
const SCALARS: ScalarTag[] = [
  {
    tag: "tag:yaml.org,2002:null",
    default: true,
    test: /^(?:~|null|Null|NULL)?$/,
    resolve: () => null,
  },
  {
    tag: "tag:yaml.org,2002:bool",
    default: true,
    test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    resolve: (text) => /^(?:yes|true|on)$/i.test(text),
  },
  {
    tag: "tag:yaml.org,2002:int",
    default: true,
    test: /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
    resolve: integer,
  },
  {
    tag: "tag:yaml.org,2002:float",
    default: true,
    test: /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    resolve: float,
  },
];

function integer(text: string): bigint {
  const digits = text.replaceAll("_", "").replace(/^[-+]/, "");
  const sign = text.startsWith("-") ? -1n : 1n;
  if (digits.includes(":")) {
    return sign * digits.split(":").reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  }
  if (/^0[0-7]+$/.test(digits)) return sign * BigInt(`0o${digits.slice(1)}`);
  return sign * BigInt(digits);
}

function float(text: string): number {
  const digits = text.replaceAll("_", "").toLowerCase();
  if (digits.endsWith(".inf")) return digits.startsWith("-") ? -Infinity : Infinity;
  if (digits.endsWith(".nan")) return Number.NaN;
  if (!digits.includes(":")) return Number(digits);
  const sign = digits.startsWith("-") ? -1 : 1;
  const parts = digits.replace(/^[-+]/, "").split(":");
  return sign * parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}
