import { lookup } from "node:dns";
import { rename } from "node:fs/promises";
import { setTimeout as timeout } from "node:timers/promises";

/** What an extractor does to the world besides asking it; tests pass their own. */
export interface Effects {
  readonly now: () => Date;
  /** 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Waits, or rejects when the run is stopped. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly rename: typeof rename;
  /** The address of a name. */
  readonly lookup: typeof lookup;
}

export const realEffects: Effects = {
  now: () => new Date(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) => timeout(milliseconds, undefined, { signal }),
  rename,
  lookup,
};
