import { createHash } from "node:crypto";

/** Repeatable chance: the same seed text gives the same answers in the same order, on every machine. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** One of the keys, as often as its weight says. */
  weighted<T>(choices: readonly (readonly [T, number])[]): T;
  /** Around 0 with deviation 1. */
  gauss(): number;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
  /** Characters out of an alphabet. */
  text(length: number, alphabet: string): string;
}

/**
 * sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, 128 bits of state), seeded by a hash of
 * the text. Each part of the world takes its own seed text, so that one more draw here moves nothing there.
 */
export function createRandom(seed: string): Random {
  const digest = createHash("sha256").update(seed).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = 1;

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  }
  for (let round = 0; round < 12; round += 1) next();

  function int(low: number, high: number): number {
    return low + Math.floor(next() * (high - low + 1));
  }

  function pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error("nothing to pick from");
    return items[int(0, items.length - 1)] as T;
  }

  function weighted<T>(choices: readonly (readonly [T, number])[]): T {
    let rest = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of choices) {
      rest -= weight;
      if (rest < 0) return item;
    }
    return pick(choices)[0];
  }

  function gauss(): number {
    return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  }

  function shuffle<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let last = copy.length - 1; last > 0; last -= 1) {
      const other = int(0, last);
      const held = copy[last] as T;
      copy[last] = copy[other] as T;
      copy[other] = held;
    }
    return copy;
  }

  return {
    next,
    int,
    pick,
    weighted,
    gauss,
    shuffle,
    chance: (probability) => next() < probability,
    text: (length, alphabet) =>
      Array.from({ length }, () => alphabet[int(0, alphabet.length - 1)]).join(""),
  };
}
