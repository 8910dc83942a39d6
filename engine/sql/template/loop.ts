import { lengthOf } from "./access.ts";
import { equals } from "./compare.ts";
import { TemplateError } from "./errors.ts";
import type { Runtime } from "./runtime.ts";
import { fn, PyObject, PyTuple, PyUndefined, type Value } from "./values.ts";

/** A walk over values that can look one ahead, and knows where it is. */
export class Loop {
  readonly depth: number;
  readonly rt: Runtime;
  index0 = -1;
  current: Value = null;
  previous: Value | undefined;
  #iterator: Iterator<Value>;
  /** Undefined: not looked yet. */
  #ahead: IteratorResult<Value> | undefined;
  #length: number | undefined;
  readonly #items: Value | undefined;
  #changed: Value | undefined;

  constructor(iterator: Iterator<Value>, items: Value | undefined, depth: number, rt: Runtime) {
    this.#iterator = iterator;
    this.#items = items;
    this.depth = depth;
    this.rt = rt;
  }

  advance(): boolean {
    const step = this.#ahead ?? this.#iterator.next();
    this.#ahead = undefined;
    if (step.done) return false;
    this.previous = this.index0 < 0 ? undefined : this.current;
    this.index0 += 1;
    this.current = step.value;
    return true;
  }

  peek(): IteratorResult<Value> {
    this.#ahead ??= this.#iterator.next();
    return this.#ahead;
  }

  get length(): number {
    if (this.#length !== undefined) return this.#length;
    const known = this.#items === undefined ? undefined : lengthOf(this.#items);
    this.#length = known ?? this.#count();
    return this.#length;
  }

  /** Reads a walk without a length to its end, to know it. */
  #count(): number {
    const rest: Value[] = [];
    const iterator = this.#iterator;
    for (let step = iterator.next(); !step.done; step = iterator.next()) rest.push(step.value);
    this.#iterator = rest[Symbol.iterator]();
    return rest.length + this.index0 + 1 + (this.#ahead && !this.#ahead.done ? 1 : 0);
  }

  changed(value: Value): boolean {
    if (this.#changed !== undefined && equals(this.#changed, value)) return false;
    this.#changed = value;
    return true;
  }
}

/** The variable `loop`. */
export function loopValue(loop: Loop, recurse: ((items: Value) => string) | undefined): PyObject {
  return new LoopObject(loop, recurse);
}

const number = (value: number): bigint => BigInt(value);

class LoopObject extends PyObject {
  override readonly typeName = "LoopContext";
  readonly #loop: Loop;
  readonly #recurse: ((items: Value) => string) | undefined;

  constructor(loop: Loop, recurse: ((items: Value) => string) | undefined) {
    super();
    this.#loop = loop;
    this.#recurse = recurse;
  }

  override get(name: string): Value | undefined {
    const loop = this.#loop;
    switch (name) {
      case "index":
        return number(loop.index0 + 1);
      case "index0":
        return number(loop.index0);
      case "revindex":
        return number(loop.length - loop.index0);
      case "revindex0":
        return number(loop.length - loop.index0 - 1);
      case "first":
        return loop.index0 === 0;
      case "last":
        return loop.peek().done === true;
      case "length":
        return number(loop.length);
      case "depth":
        return number(loop.depth + 1);
      case "depth0":
        return number(loop.depth);
      case "previtem":
        return loop.previous === undefined
          ? loop.rt.undefined("there is no previous item")
          : loop.previous;
      case "nextitem": {
        const ahead = loop.peek();
        return ahead.done ? loop.rt.undefined("there is no next item") : ahead.value;
      }
      case "cycle":
        return fn("cycle", (args) => {
          if (args.length === 0) throw new TemplateError("no items for cycling given");
          return args[loop.index0 % args.length] ?? null;
        });
      case "changed":
        return fn("changed", (args) => loop.changed(new PyTuple([...args])));
    }
    return undefined;
  }

  override str(): string {
    return `<LoopContext ${this.#loop.index0 + 1}/${this.#loop.length}>`;
  }

  override truth(): boolean {
    return this.#loop.length > 0;
  }

  override length(): number {
    return this.#loop.length;
  }

  override *iterate(): Generator<Value> {
    while (this.#loop.advance()) yield new PyTuple([this.#loop.current, this]);
  }

  override call(args: readonly Value[]): Value {
    if (this.#recurse === undefined) {
      throw new TemplateError(
        "The loop must have the 'recursive' marker to be called recursively.",
      );
    }
    const [items] = args;
    if (items === undefined || items instanceof PyUndefined) return this.#recurse(items ?? null);
    return this.#recurse(items);
  }
}
