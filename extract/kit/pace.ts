import type { Effects } from "./effects.ts";

/** One source's turn-taking: so many dials a second, evenly, and none while it asked for a pause. */
export interface Pace {
  /** Resolves when the next dial may go out. */
  turn(signal: AbortSignal): Promise<void>;
  /** Nobody dials for this long. */
  pause(milliseconds: number): void;
}

export function pace(perSecond: number, effects: Pick<Effects, "now" | "sleep">): Pace {
  const gap = 1000 / perSecond;
  let next = 0;
  let resumes = 0;
  return {
    async turn(signal) {
      for (;;) {
        signal.throwIfAborted();
        const now = effects.now().getTime();
        const at = Math.max(now, next, resumes);
        if (at <= now) {
          next = now + gap;
          return;
        }
        // A turn is taken when its time has come, not before: a pause called meanwhile holds it too.
        await effects.sleep(at - now, signal);
      }
    },
    pause(milliseconds) {
      resumes = Math.max(resumes, effects.now().getTime() + milliseconds);
    },
  };
}
