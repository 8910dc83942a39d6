import type { Effects } from "./effects.ts";

/** So many dials a second, `burst` of them at once after a rest, and none while a pause lasts. */
export interface Pace {
  /** When the next dial may go out, in milliseconds of the clock. */
  readyAt(): number;
  /** A dial goes out now. */
  take(): void;
  /** Nobody dials for this long. */
  pause(milliseconds: number): void;
  /** From now on, so long between two dials, where that is longer. */
  slowDown(milliseconds: number): void;
  /** What must outlive the process: given back as `due`, no window of a later run sees more. */
  readonly due: number;
}

export interface PaceOptions {
  readonly perSecond: number;
  /** Dials that may go out together after a rest. Default 1. */
  readonly burst?: number | undefined;
  /** `due` of an earlier run. */
  readonly due?: number | undefined;
}

/**
 * A token bucket told by one number, the time by which everything dialled so far is paid for (GCRA):
 * never more than `rate × t + burst` in any window.
 */
export function pace(
  { perSecond, burst = 1, due = 0 }: PaceOptions,
  { now }: Pick<Effects, "now">,
): Pace {
  let gap = 1000 / perSecond;
  let paid = due;
  let resumes = 0;
  return {
    readyAt: () => Math.max(paid - (burst - 1) * gap, resumes),
    take() {
      paid = Math.max(paid, now().getTime()) + gap;
    },
    pause(milliseconds) {
      resumes = Math.max(resumes, now().getTime() + milliseconds);
    },
    slowDown(milliseconds) {
      if (milliseconds <= gap) return;
      const last = paid - gap;
      gap = milliseconds;
      // The dial that told us was the first of them.
      if (Number.isFinite(last)) paid = Math.max(paid, last + gap);
    },
    get due() {
      return paid;
    },
  };
}

/** Waits until all of them are ready at once: a turn taken early at one would bunch up behind another. */
export async function turn(
  paces: readonly Pace[],
  signal: AbortSignal,
  { now, sleep }: Pick<Effects, "now" | "sleep">,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const time = now().getTime();
    const at = Math.max(...paces.map((one) => one.readyAt()));
    if (at <= time) {
      for (const one of paces) one.take();
      return;
    }
    await sleep(at - time, signal);
  }
}
