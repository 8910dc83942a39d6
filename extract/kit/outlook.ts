import { requestHistory } from "../../engine/warehouse/landing-history.ts";
import { isLocal } from "./address.ts";
import { callsLeft } from "./budget.ts";
import type { Request, SourceFacts } from "./extractor.ts";
import { readGovernorState } from "./governor-state.ts";
import { openSpending, type Spent } from "./spending.ts";
import { readVerdicts } from "./verdicts.ts";

/** What a run would ask a source, before it does. Retries, redirects and splits come on top. */
export interface Outlook {
  readonly source: string;
  /** Requests that would go out. */
  readonly requests: number;
  /** Files on this computer that would be looked at. */
  readonly files: number;
  readonly fresh: number;
  /** Failed in three runs and left alone. */
  readonly dead: number;
  readonly dropped: number;
  /** Would not be sent: beyond the day's quota or the run's budget, or to a host that is left alone. */
  readonly held: number;
  /** At the source's rate; it may answer more slowly. */
  readonly seconds: number;
  /** US dollars the requests cost; further pages and what comes on top cost more. */
  readonly dollars: number;
  /** US dollars a run can cost at most, by the budgets that hold; nothing where none does. */
  readonly mostDollars: number | undefined;
}

export async function outlook(
  facts: SourceFacts,
  {
    data,
    startedAt,
    isRefresh = false,
  }: { readonly data: string; readonly startedAt: Date; readonly isRefresh?: boolean },
): Promise<Outlook> {
  const { name, stream, version, limits, shared } = facts;
  const history = await requestHistory(data, name, stream, version);
  const verdicts = readVerdicts(data, name);
  await facts.prepare?.();
  const { wanted, fresh, dead, dropped } = facts.plan({ history, startedAt, isRefresh, verdicts });
  const remote = wanted.filter(({ url }) => !isLocal(url));
  const { quota, hosts } = readGovernorState(data, name);
  const isResting = ({ url }: Request) => {
    const host = URL.canParse(url) ? new URL(url).host : "";
    return (hosts[host]?.breaker?.probeAt ?? 0) > startedAt.getTime();
  };
  const awake = remote.filter((request) => !isResting(request)).length;
  const used = quota?.day === startedAt.toISOString().slice(0, 10) ? quota.used : 0;
  const { per_day = Infinity, per_second, burst = 1, budget } = limits;
  const minutes = Math.min(budget?.minutes ?? Infinity, shared.minutes ?? Infinity);
  const dollarsPerCall = limits.dollars_per_call ?? 0;
  const spending = openSpending(data);
  const covered = Math.min(
    Math.max(0, per_day - used),
    callsLeft(budget, NOTHING, dollarsPerCall),
    callsLeft(budget?.night, spending.tonight(startedAt, name), dollarsPerCall),
    callsLeft(shared, NOTHING, dollarsPerCall),
    callsLeft(shared.night, spending.tonight(startedAt), dollarsPerCall),
    Math.floor(minutes * 60 * per_second) + burst,
  );
  const requests = Math.min(awake, covered);
  return {
    source: name,
    requests,
    files: wanted.length - remote.length,
    fresh,
    dead: dead.length,
    dropped,
    held: remote.length - requests,
    seconds: Math.max(0, requests - burst) / per_second,
    dollars: requests * dollarsPerCall,
    mostDollars: dollarsPerCall > 0 && covered < Infinity ? covered * dollarsPerCall : undefined,
  };
}

const NOTHING: Spent = { requests: 0, bytes: 0, dollars: 0 };
