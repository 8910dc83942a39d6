import { TemplateError } from "./errors.ts";
import { typeName } from "./spell.ts";

/** A Python value. int is a bigint, float a number, str a string, bool a boolean, None null. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | PyList
  | PyTuple
  | PyDict
  | PySet
  | PyView
  | PyRange
  | PyIterator
  | PyUndefined
  | PyFunction
  | PyObject;

export type Kwargs = ReadonlyMap<string, Value>;

/** What a function called from a template knows about its caller. */
export interface CallSite {
  /** Where the call stands. */
  readonly place: Place | undefined;
  readonly undefinedMode: UndefinedMode;
  /** The call is impossible: an error at the place of the call. */
  fail(message: string): never;
  /** A value that is missing; printing it is an error in strict mode. */
  undefined(message: string, name?: string): PyUndefined;
  /** Calls any callable value. */
  call(callee: Value, args: readonly Value[], kwargs?: Kwargs): Value;
}

export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
}

export type UndefinedMode = "strict" | "lenient" | "parse";
export type Invoke = (args: readonly Value[], kwargs: Kwargs, site: CallSite) => Value;

export class PyList {
  readonly items: Value[];
  constructor(items: Value[] = []) {
    this.items = items;
  }
}

export class PyTuple {
  readonly items: readonly Value[];
  /** Names of the items, when the tuple has them (`grouper` and `list` of groupby). */
  readonly names: readonly string[];
  constructor(items: readonly Value[] = [], names: readonly string[] = []) {
    this.items = items;
    this.names = names;
  }
}

/** Insertion-ordered; 1, 1.0 and True are one key, as in Python. */
export class PyDict {
  readonly #entries = new Map<unknown, [Value, Value]>();

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.#entries.size;
  }
  get(key: Value): Value | undefined {
    return this.#entries.get(hashKey(key))?.[1];
  }
  has(key: Value): boolean {
    return this.#entries.has(hashKey(key));
  }
  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    const entry = this.#entries.get(hash);
    if (entry) entry[1] = value;
    else this.#entries.set(hash, [key, value]);
  }
  delete(key: Value): boolean {
    return this.#entries.delete(hashKey(key));
  }
  clear(): void {
    this.#entries.clear();
  }
  entries(): IterableIterator<readonly [Value, Value]> {
    return this.#entries.values();
  }
  keys(): Value[] {
    return Array.from(this.#entries.values(), (entry) => entry[0]);
  }
  values(): Value[] {
    return Array.from(this.#entries.values(), (entry) => entry[1]);
  }
}

export class PySet {
  readonly #items = new Map<unknown, Value>();
  constructor(items: Iterable<Value> = []) {
    for (const item of items) this.add(item);
  }
  get size(): number {
    return this.#items.size;
  }
  add(item: Value): void {
    const hash = hashKey(item);
    if (!this.#items.has(hash)) this.#items.set(hash, item);
  }
  has(item: Value): boolean {
    return this.#items.has(hashKey(item));
  }
  delete(item: Value): boolean {
    return this.#items.delete(hashKey(item));
  }
  values(): IterableIterator<Value> {
    return this.#items.values();
  }
}

/** `dict.keys()`, `.values()`, `.items()`: live, as in Python. */
export class PyView {
  readonly dict: PyDict;
  readonly kind: "keys" | "values" | "items";
  constructor(dict: PyDict, kind: "keys" | "values" | "items") {
    this.dict = dict;
    this.kind = kind;
  }
  items(): Value[] {
    if (this.kind === "keys") return this.dict.keys();
    if (this.kind === "values") return this.dict.values();
    return Array.from(this.dict.entries(), (entry) => new PyTuple([entry[0], entry[1]]));
  }
}

export class PyRange {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
  readonly length: number;
  constructor(start: bigint, stop: bigint, step: bigint) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    const span = step > 0n ? stop - start : start - stop;
    const size = step > 0n ? step : -step;
    this.length = span > 0n ? Number((span + size - 1n) / size) : 0;
  }
  at(index: number): bigint {
    return this.start + BigInt(index) * this.step;
  }
  *[Symbol.iterator](): Generator<Value> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }
}

/** Something that can be walked once: what `map`, `select`, `zip` and their kin give. */
export class PyIterator {
  readonly iterator: Iterator<Value>;
  /** Python's name of the type. */
  readonly type: string;
  constructor(iterator: Iterator<Value>, type = "generator") {
    this.iterator = iterator;
    this.type = type;
  }
}

/** Decides what happens when an undefined value would be printed. */
export interface UndefinedPolicy {
  readonly mode: UndefinedMode | "silent";
  /** Raises in strict mode, warns in lenient mode. */
  printed(value: PyUndefined): void;
}

export class PyUndefined {
  readonly message: string;
  readonly name: string | undefined;
  readonly policy: UndefinedPolicy;
  /** Where the value went missing; opaque outside the template engine. */
  readonly origin: unknown;
  constructor(message: string, policy: UndefinedPolicy, name?: string, origin?: unknown) {
    this.message = message;
    this.policy = policy;
    this.name = name;
    this.origin = origin;
  }
}

export class PyFunction {
  readonly name: string;
  readonly invoke: Invoke;
  /** Python's word for it in `repr`: function, macro, method, type. */
  readonly kind: string;
  readonly attributes: ReadonlyMap<string, Value> | undefined;
  constructor(
    name: string,
    invoke: Invoke,
    kind = "function",
    attributes?: ReadonlyMap<string, Value>,
  ) {
    this.name = name;
    this.invoke = invoke;
    this.kind = kind;
    this.attributes = attributes;
  }
}

/**
 * A bag of attributes: relations, `this`, `target`, `adapter`, `modules`. Give it attributes, or
 * extend it and override `get` and `str`.
 */
export class PyObject {
  readonly typeName: string = "object";
  readonly #attributes: ReadonlyMap<string, Value>;
  readonly #text: string | undefined;

  constructor(attributes: Readonly<Record<string, Value>> = {}, text?: string) {
    this.#attributes = new Map(Object.entries(attributes));
    this.#text = text;
  }
  get(name: string): Value | undefined {
    return this.#attributes.get(name);
  }
  /** What printing it gives. */
  str(): string {
    return this.#text ?? `<${this.typeName}>`;
  }
  /** What it looks like inside a list. */
  repr(): string {
    return this.str();
  }
  truth(): boolean {
    return true;
  }
  /** Present when the object can be called. */
  call?(args: readonly Value[], kwargs: Kwargs, site: CallSite): Value;
  /** Present when the object can be walked. */
  iterate?(): Iterator<Value>;
  /** Present when the object has a length. */
  length?(): number;
  /** Present when the object compares by value. */
  equals?(other: Value): boolean;
  /** Present when the object has elements: what `of[key]` gives for a key that is no text. */
  item?(key: Value): Value | undefined;
  /** Whether `is mapping` holds, as for dbt's relations. */
  readonly isMapping: boolean = false;
}

/** One JavaScript Map key for all values that are one key in Python. */
function hashKey(value: Value): unknown {
  switch (typeof value) {
    case "string":
      return value.startsWith("\0") ? `\0s${value}` : value;
    case "boolean":
      return value ? 1n : 0n;
    case "number":
      return Number.isInteger(value) ? BigInt(value) : value;
    case "bigint":
      return value;
  }
  if (value instanceof PyTuple) {
    return `\0t${value.items.map((item) => tupleKey(hashKey(item))).join("")}`;
  }
  const isView = value instanceof PyView && value.kind !== "values";
  if (isView || value instanceof PyList || value instanceof PyDict || value instanceof PySet) {
    throw new TemplateError(`unhashable type: '${typeName(value)}'`);
  }
  if (value instanceof PyUndefined) return PyUndefined;
  return value;
}

const identities = new WeakMap<object, number>();
let identity = 0;

function tupleKey(key: unknown): string {
  if (typeof key === "string") return `s${key.length}:${key}`;
  if (key === null || (typeof key !== "object" && typeof key !== "function")) {
    return `${typeof key}:${key};`;
  }
  let id = identities.get(key);
  if (id === undefined) {
    identity += 1;
    id = identity;
    identities.set(key, id);
  }
  return `object:${id};`;
}
