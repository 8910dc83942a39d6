import type { Effects } from "./effects.ts";

/** A request that was not sent, and why: the source, or this run, is better off without it. */
export class LeftAlone extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "LeftAlone";
  }
}

/** An open breaker, as it outlives the night. */
export interface Opened {
  readonly openedAt: number;
  readonly probeAt: number;
  readonly reason: string;
}

const FAILURES = 5;
const PROBE_AFTER_MS = 300_000;
/** A refusal of us, not of a question: asking again soon makes it worse. */
const BLOCKED_MS = 3_600_000;

/**
 * Leaves a host alone after five failures in a row, or one refusal of us; later one request probes it
 * while the others wait for what becomes of it. Not cockatiel's: that one reads the computer's clock,
 * and forgets a block overnight.
 */
export class Breaker {
  readonly #effects: Pick<Effects, "now" | "sleep">;
  /** How long requests wait for a host to come back before they are left to the next night. */
  readonly #waitMs: number;
  #failures = 0;
  #opened: Opened | undefined;
  #probe: PromiseWithResolvers<void> | undefined;

  constructor(
    { waitMs, opened }: { readonly waitMs: number; readonly opened: Opened | undefined },
    effects: Pick<Effects, "now" | "sleep">,
  ) {
    this.#waitMs = waitMs;
    this.#opened = opened;
    this.#effects = effects;
  }

  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** True when the request that enters is the probe. Throws `LeftAlone` while the host rests. */
  async enter(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      signal.throwIfAborted();
      const opened = this.#opened;
      if (!opened) return false;
      const now = this.#effects.now().getTime();
      if (this.#probe) {
        await this.#probe.promise;
      } else if (now >= opened.probeAt) {
        this.#probe = Promise.withResolvers();
        return true;
      } else if (opened.probeAt <= opened.openedAt + this.#waitMs) {
        await this.#effects.sleep(opened.probeAt - now, signal);
      } else {
        throw new LeftAlone("the source was left alone");
      }
    }
  }

  succeeded(isProbe: boolean): void {
    this.#failures = 0;
    if (isProbe) this.#opened = undefined;
    this.#endProbe(isProbe);
  }

  failed(isProbe: boolean, reason: string): void {
    this.#failures += 1;
    if (isProbe || (!this.#opened && this.#failures >= FAILURES)) {
      this.#open(PROBE_AFTER_MS, reason);
    }
    this.#endProbe(isProbe);
  }

  blocked(isProbe: boolean, reason: string): void {
    this.#open(BLOCKED_MS, reason);
    this.#endProbe(isProbe);
  }

  /** The request ended without telling anything about the host: the next one probes. */
  toldNothing(isProbe: boolean): void {
    this.#endProbe(isProbe);
  }

  #open(restMs: number, reason: string): void {
    const now = this.#effects.now().getTime();
    this.#failures = 0;
    this.#opened = {
      openedAt: this.#opened?.openedAt ?? now,
      probeAt: now + restMs,
      reason,
    };
  }

  #endProbe(isProbe: boolean): void {
    if (!isProbe) return;
    this.#probe?.resolve();
    this.#probe = undefined;
  }
}
