import type { RequestHistory } from "../../engine/warehouse/landing-history.ts";
import { isLocal } from "./address.ts";
import type { Request } from "./extractor.ts";
import type { Verdicts } from "./verdicts.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A night that begins a little earlier than the last one still asks what is due by the day. */
const SLACK = 2 * HOUR;
const DEAD_AFTER_RUNS = 3;
/** A dead letter is tried again after this rest: what failed for three nights is rarely dead for ever. */
const DEAD_DAYS = 7;

export interface Plan<R extends Request> {
  readonly wanted: readonly R[];
  readonly fresh: number;
  /** Failed in three runs: left alone for a week. */
  readonly dead: readonly R[];
  /** Dead letters that a person dropped. */
  readonly dropped: number;
}

export interface PlanOptions<R extends Request> {
  readonly history: ReadonlyMap<string, RequestHistory>;
  readonly freshDays: number;
  readonly startedAt: Date;
  /** Ask again what is fresh or dead, too. Default false. */
  readonly isRefresh?: boolean;
  /** What was decided about dead letters. Default: nothing. */
  readonly verdicts?: Verdicts;
  readonly split: ((request: R) => readonly R[] | undefined) | undefined;
}

/** What to ask tonight: each question once, without what is fresh and without dead letters. */
export function planRequests<R extends Request>(
  requests: readonly R[],
  { history, freshDays, startedAt, split, isRefresh = false, verdicts = {} }: PlanOptions<R>,
): Plan<R> {
  const wanted = new Map<string, R>();
  const dead: R[] = [];
  let fresh = 0;
  let dropped = 0;
  const now = startedAt.getTime();
  const pending = [...requests].reverse();
  for (let request = pending.pop(); request; request = pending.pop()) {
    const known = history.get(request.key);
    const isFresh =
      !isRefresh &&
      known?.answeredAt !== undefined &&
      known.answeredAt.getTime() + freshDays * DAY - SLACK > now;
    const parts = isFresh && known.request.split === true ? split?.(request) : undefined;
    if (parts) pending.push(...[...parts].reverse());
    else if (isLocal(request.url)) wanted.set(request.key, request);
    else if (isFresh) fresh += 1;
    else if (verdicts[request.key]?.verdict === "drop") dropped += 1;
    else if (!isRefresh && isResting(known, now, verdicts[request.key])) dead.push(request);
    else wanted.set(request.key, request);
  }
  return { wanted: [...wanted.values()], fresh, dead, dropped };
}

/** A dead letter failed in three runs since it was last answered. */
export function isDead(known: RequestHistory): boolean {
  return known.failedRuns >= DEAD_AFTER_RUNS;
}

/** When a dead letter is asked again by itself. */
export function restsUntil({ failedAt }: RequestHistory): Date {
  return new Date((failedAt?.getTime() ?? 0) + DEAD_DAYS * DAY - SLACK);
}

function isResting(
  known: RequestHistory | undefined,
  now: number,
  verdict: Verdicts[string] | undefined,
): boolean {
  if (!known || !isDead(known) || restsUntil(known).getTime() <= now) return false;
  // Asked for once more, and not failed since.
  return !(verdict && Date.parse(verdict.at) > (known.failedAt?.getTime() ?? 0));
}
