import { ConstantBackoff, handleWhen, retry } from "cockatiel";
import { Failure } from "./classify.ts";
import type { Effects } from "./effects.ts";

/** How one source's requests are borne with: retries by class, pauses it asks for, and how many in all. */
interface Patience {
  /** Does the work until it succeeds or its failure is final. The attempt counts from 1. */
  execute(work: (attempt: number) => Promise<void>, how: How): Promise<void>;
}

interface How {
  /** Asks once more after a failure. */
  readonly canRetry: boolean;
  /** A failure we brought about by asking too much at once: its repeat is not charged. */
  readonly isOurs: (failure: Failure) => boolean;
  /** The source asked to be left alone for a while. */
  readonly pause: (milliseconds: number) => void;
}

const RETRIES = 3;
const BACKOFF_MS = { first: 1000, longest: 30_000 };
/** Pauses one request may be sent into before a throttle counts as a failure. */
const PAUSES = 5;
/** No request is taken up again so long after it was first sent. */
const DEADLINE_MS = 1_800_000;
/**
 * Repeated calls per call, and how many any night may make however small it is: without a budget for
 * all, an outage makes four calls of each.
 */
const REPEATS = { share: 0.1, least: 10 };

export function patience(
  signal: AbortSignal,
  effects: Pick<Effects, "now" | "random" | "sleep">,
): Patience {
  // The waiting is ours, so that a stopped run need not sit it out.
  const retries = retry(
    handleWhen((error) => error instanceof Failure && error.outcome === "retry" && !signal.aborted),
    { maxAttempts: RETRIES, backoff: new ConstantBackoff(0) },
  );
  let requests = 0;
  let repeats = 0;

  async function execute(
    work: (attempt: number) => Promise<void>,
    { canRetry, isOurs, pause }: How,
  ): Promise<void> {
    const deadline = effects.now().getTime() + DEADLINE_MS;
    let pauses = 0;
    let last: unknown;
    requests += 1;
    const mayRepeat = () => {
      if (!canRetry || effects.now().getTime() > deadline) return false;
      if (last instanceof Failure && isOurs(last)) return true;
      if (repeats >= Math.max(REPEATS.least, requests * REPEATS.share)) return false;
      repeats += 1;
      return true;
    };
    try {
      await retries.execute(async ({ attempt }) => {
        if (attempt > 0) {
          if (!mayRepeat()) throw new GivenUp();
          await effects.sleep(fullJitter(attempt, effects.random), signal);
        }
        for (;;) {
          try {
            return await work(attempt + 1);
          } catch (error) {
            last = error;
            const pauseMs = error instanceof Failure ? error.details.pauseMs : undefined;
            if (pauseMs === undefined) throw error;
            pause(pauseMs);
            if (pauses === PAUSES || !mayRepeat()) throw error;
            pauses += 1;
          }
        }
      });
    } catch (error) {
      throw error instanceof GivenUp ? last : error;
    }
  }

  return { execute };
}

/** The last failure stands: there is no repeat left. */
class GivenUp extends Error {}

/** Any time up to the doubled one: clients that failed together do not come back together. */
function fullJitter(attempt: number, random: () => number): number {
  return random() * Math.min(BACKOFF_MS.longest, BACKOFF_MS.first * 2 ** (attempt - 1));
}
