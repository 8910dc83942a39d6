/** How a call ended, as far as the server's load is concerned. */
export type Load = "served" | "refused" | "unknown";

/** What a later night starts from. */
export interface Learned {
  readonly limit: number;
  /** The most that was served for a whole window. */
  readonly proven: number;
}

interface Permit {
  readonly epoch: number;
  /** Calls at once when it was given. */
  readonly limit: number;
}

/** Windows without refusal before one more call at once is tried above what was refused. */
const CAUTION = 10;

/**
 * How many calls one host may see at once. The limit doubles per window of served calls until the
 * first refusal; a refusal halves it, once for all calls that were under way; it comes back at once to
 * what was proven, and above that by one per window (per ten after a refusal there).
 */
export class Concurrency {
  readonly #bound: number;
  #limit: number;
  #proven: number;
  /** Nothing was refused yet: the limit may double. */
  #isStarting: boolean;
  #caution = 1;
  #epoch = 0;
  #atWork = 0;
  #window = { size: 1, served: 0, whole: 0 };
  readonly #waiting: (() => void)[] = [];

  constructor(bound: number, learned?: Learned) {
    this.#bound = bound;
    this.#isStarting = learned === undefined;
    this.#proven = Math.min(bound, learned?.proven ?? 1);
    this.#limit = Math.min(bound, learned?.limit ?? 1);
    this.#open(0);
  }

  get limit(): number {
    return this.#limit;
  }

  get isIdle(): boolean {
    return this.#atWork === 0 && this.#waiting.length === 0;
  }

  /** Nothing while no refusal has taught anything. */
  get learned(): Learned | undefined {
    return this.#isStarting ? undefined : { limit: this.#limit, proven: this.#proven };
  }

  async enter(signal: AbortSignal): Promise<Permit> {
    while (this.#atWork >= this.#limit) {
      await new Promise<void>((wake, stop) => {
        const stopped = () => stop(signal.reason);
        signal.addEventListener("abort", stopped, { once: true });
        this.#waiting.push(() => {
          signal.removeEventListener("abort", stopped);
          wake();
        });
      });
    }
    this.#atWork += 1;
    return { epoch: this.#epoch, limit: this.#limit };
  }

  leave({ epoch }: Permit, load: Load): void {
    const wasFull = this.#atWork >= this.#limit || this.#waiting.length > 0;
    this.#atWork -= 1;
    // What was under way before the last halving says nothing about the limit since.
    if (epoch === this.#epoch) {
      if (load === "refused") this.#halve();
      if (load === "served" && wasFull) this.#grow();
    }
    for (let free = this.#limit - this.#atWork; free > 0; free -= 1) this.#waiting.shift()?.();
  }

  #grow(): void {
    const window = this.#window;
    window.served += 1;
    if (window.served >= window.size) {
      this.#proven = Math.max(this.#proven, window.size);
      this.#open(window.whole + 1);
    }
    if (this.#limit === this.#bound) return;
    if (this.#isStarting || this.#limit < this.#proven) {
      this.#limit += 1;
    } else if (this.#window.whole >= this.#caution) {
      this.#limit += 1;
      this.#open(0);
      this.#caution = 1;
    }
  }

  #halve(): void {
    const half = Math.max(1, Math.floor(this.#limit / 2));
    // Refused where it was served before: the server can bear less than it could.
    if (this.#limit <= this.#proven) this.#proven = Math.max(1, this.#limit - 1);
    this.#limit = half;
    this.#isStarting = false;
    this.#caution = CAUTION;
    this.#epoch += 1;
    this.#open(0);
  }

  #open(whole: number): void {
    this.#window = { size: this.#limit, served: 0, whole };
  }
}
