import type { RequestHistory } from "../../engine/warehouse/landing-history.ts";
import { isLocal } from "./address.ts";
import type { Request } from "./extractor.ts";

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
}

export interface PlanOptions<R extends Request> {
  readonly history: ReadonlyMap<string, RequestHistory>;
  readonly freshDays: number;
  readonly startedAt: Date;
  readonly split: ((request: R) => readonly R[] | undefined) | undefined;
}

/** What to ask tonight: each question once, without what is fresh and without dead letters. */
export function planRequests<R extends Request>(
  requests: readonly R[],
  { history, freshDays, startedAt, split }: PlanOptions<R>,
): Plan<R> {
  const wanted = new Map<string, R>();
  const dead: R[] = [];
  let fresh = 0;
  const now = startedAt.getTime();
  const pending = [...requests].reverse();
  for (let request = pending.pop(); request; request = pending.pop()) {
    const known = history.get(request.key);
    const isFresh =
      known?.answeredAt !== undefined && known.answeredAt.getTime() + freshDays * DAY - SLACK > now;
    const parts = isFresh && known.request.split === true ? split?.(request) : undefined;
    if (parts) pending.push(...[...parts].reverse());
    else if (isLocal(request.url)) wanted.set(request.key, request);
    else if (isFresh) fresh += 1;
    else if (isDead(known, now)) dead.push(request);
    else wanted.set(request.key, request);
  }
  return { wanted: [...wanted.values()], fresh, dead };
}

function isDead(known: RequestHistory | undefined, now: number): boolean {
  if (!known || known.failedRuns < DEAD_AFTER_RUNS) return false;
  return known.failedAt !== undefined && known.failedAt.getTime() + DEAD_DAYS * DAY - SLACK > now;
}
