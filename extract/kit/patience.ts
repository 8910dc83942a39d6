import {
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
  retry,
} from "cockatiel";
import { Failure } from "./classify.ts";
import type { Effects } from "./effects.ts";
import type { Pace } from "./pace.ts";

/** How long one source is borne with: retries by class, pauses it asks for, and when to leave it alone. */
export interface Patience {
  /** Does the work until it succeeds or its failure is final. The attempt counts from 1. */
  execute(work: (attempt: number) => Promise<void>): Promise<void>;
}

const RETRIES = 3;
const BACKOFF_MS = { first: 1000, longest: 30_000 };
/** Pauses one request may be sent into before a throttle counts as a failure. */
const PAUSES = 5;
const BREAKER = { failures: 5, probeAfterMs: 300_000 };

export function openPatience(
  { pace, signal }: { readonly pace: Pace; readonly signal: AbortSignal },
  effects: Pick<Effects, "random" | "sleep">,
): Patience {
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof Failure && error.outcome !== "fatal"),
    { halfOpenAfter: BREAKER.probeAfterMs, breaker: new ConsecutiveBreaker(BREAKER.failures) },
  );
  // The waiting is ours, so that a stopped run need not sit it out.
  const retries = retry(
    handleWhen((error) => error instanceof Failure && error.outcome === "retry" && !signal.aborted),
    { maxAttempts: RETRIES, backoff: new ConstantBackoff(0) },
  );

  async function execute(work: (attempt: number) => Promise<void>): Promise<void> {
    let pauses = 0;
    try {
      await breaker.execute(() =>
        retries.execute(async ({ attempt }) => {
          if (attempt > 0) await effects.sleep(fullJitter(attempt, effects.random), signal);
          for (;;) {
            try {
              return await work(attempt + 1);
            } catch (error) {
              const pauseMs = error instanceof Failure ? error.details.pauseMs : undefined;
              if (pauseMs === undefined || pauses === PAUSES) throw error;
              pauses += 1;
              pace.pause(pauseMs);
            }
          }
        }),
      );
    } catch (error) {
      if (error instanceof Failure && error.outcome === "blocked") breaker.isolate();
      throw error;
    }
  }

  return { execute };
}

/** True when a request was not sent because its source is being left alone. */
export function isLeftAlone(error: unknown): boolean {
  return isBrokenCircuitError(error) || (error as Error).name === "IsolatedCircuitError";
}

/** Any time up to the doubled one: clients that failed together do not come back together. */
function fullJitter(attempt: number, random: () => number): number {
  return random() * Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** (attempt - 1));
}
