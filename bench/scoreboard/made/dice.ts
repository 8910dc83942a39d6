/** Chance from a seed: the same seed makes the same list. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Between 0 and 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let word = this.#state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** The first of a list far more often than the last, as names are. */
  often<T>(list: readonly T[]): T {
    return list[Math.floor(list.length * this.next() ** 3)] as T;
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.below(10)).join("");
  }

  /** A made-up word of some syllables. */
  word(syllables: number): string {
    const letters = () =>
      `${this.of([..."bcdfghklmnprstvwz", "br", "st", "kr", "sch", "th"])}${this.of([..."aeiou", "ei", "oo"])}${this.of(["", "", "n", "r", "l", "s", "ck"])}`;
    const word = Array.from({ length: syllables }, letters).join("");
    return (word[0] ?? "").toUpperCase() + word.slice(1);
  }

  /** With one slip: a letter lost, doubled, changed, or two in each other's place. */
  mistyped(text: string): string {
    if (text.length < 3) return text;
    const at = 1 + this.below(text.length - 2);
    const [before, letter, after] = [text.slice(0, at), text[at] ?? "", text.slice(at + 1)];
    const slips = [
      before + after,
      before + letter + letter + after,
      before + this.of([..."aeiornst"]) + after,
      before + (after[0] ?? "") + letter + after.slice(1),
    ];
    return this.of(slips);
  }
}

export interface MadeRecord {
  readonly source: string;
  /** The thing it is of. */
  readonly thing: number;
  readonly values: Readonly<Record<string, string | null>>;
}
