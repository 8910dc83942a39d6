import { access } from "node:fs/promises";
import type { Profile } from "../../engine/config.ts";
import { messageOf } from "../../engine/errors.ts";
import { requestHistory } from "../../engine/warehouse/landing-history.ts";
import { isLocal, localPath, publicAddress } from "./address.ts";
import { callsLeft } from "./budget.ts";
import { Failure } from "./classify.ts";
import { type Effects, realEffects } from "./effects.ts";
import type { Request, SourceFacts } from "./extractor.ts";
import { readGovernorState } from "./governor-state.ts";
import { openHttp } from "./http.ts";
import { objectStore } from "./object-store.ts";
import { openSpending } from "./spending.ts";

/** How a source is, without asking it anything that counts. */
export interface Checkup {
  readonly source: string;
  /** `yes`, `files`, `not tried`, or what went wrong. */
  readonly reachable: string;
  /** Dials left today, by quota and budget; nothing where there is neither. */
  readonly quotaLeft: number | undefined;
  readonly lastSuccess: Date | undefined;
  /** `closed`, or which host is left alone until when and why. */
  readonly breaker: string;
  /** `alive`, or when and why it stopped the last night. */
  readonly canary: string;
  readonly isWell: boolean;
}

export interface CheckupOptions {
  readonly root: string;
  readonly data: string;
  readonly profile: Profile;
  readonly resolve: (url: string) => Promise<string>;
  /** Sends nothing. */
  readonly isOffline: boolean;
  readonly startedAt: Date;
}

/** Hosts of one source that are looked at. */
const MOST_HOSTS = 5;
const PATIENCE_MS = 10_000;

export async function checkUp(
  facts: SourceFacts,
  options: CheckupOptions,
  effects: Effects = realEffects,
): Promise<Checkup> {
  const { name, stream, version, limits } = facts;
  const { data, startedAt } = options;
  const now = startedAt.getTime();
  const { quota, hosts, canary } = readGovernorState(data, name);
  const open = Object.entries(hosts).flatMap(([host, { breaker }]) =>
    breaker && breaker.probeAt > now ? [{ host, ...breaker }] : [],
  );
  const resting = new Set(open.map(({ host }) => host));
  const used = quota?.day === startedAt.toISOString().slice(0, 10) ? quota.used : 0;
  const left = Math.min(
    Math.max(0, (limits.per_day ?? Infinity) - used),
    callsLeft(
      limits.budget?.night,
      openSpending(data).tonight(startedAt, name),
      limits.dollars_per_call ?? 0,
    ),
  );
  const quotaLeft = left === Infinity ? undefined : left;
  const history = await requestHistory(data, name, stream, version);
  const answers = [...history.values()].map(({ answeredAt }) => answeredAt?.getTime() ?? 0);
  const last = answers.reduce((latest, at) => Math.max(latest, at), 0);
  const { reachable, isReached } = await reach(facts, { ...options, resting }, effects);
  return {
    source: name,
    reachable,
    quotaLeft,
    lastSuccess: last === 0 ? undefined : new Date(last),
    breaker:
      open
        .map(({ host, probeAt, reason }) => `open until ${minute(probeAt)}: ${host} ${reason}`)
        .join("; ") || "closed",
    canary: canary ? `stopped ${minute(canary.diedAt)}: ${canary.reason}` : "alive",
    isWell: isReached && open.length === 0 && quotaLeft !== 0 && canary === undefined,
  };
}

async function reach(
  facts: SourceFacts,
  options: CheckupOptions & { readonly resting: ReadonlySet<string> },
  effects: Effects,
): Promise<{ readonly reachable: string; readonly isReached: boolean }> {
  await facts.prepare?.();
  const requests = facts.requests();
  if (requests.length === 0) return { reachable: "nothing to ask", isReached: true };
  const local = requests.filter(({ url }) => isLocal(url));
  for (const { url } of local) {
    try {
      await access(localPath(options.root, url));
    } catch {
      const path = publicAddress(options.root, url);
      return { reachable: `no file ${path}`, isReached: false };
    }
  }
  if (local.length === requests.length) return { reachable: "files", isReached: true };
  if (options.isOffline) return { reachable: "not tried", isReached: true };
  const problems = await probe(firstOfEachHost(requests), { facts, ...options }, effects);
  const reachable = problems.length === 0 ? "yes" : problems.join("; ");
  return { reachable, isReached: problems.length === 0 };
}

function firstOfEachHost(requests: readonly Request[]): Map<string, string> {
  const hosts = new Map<string, string>();
  for (const { url } of requests) {
    if (isLocal(url) || !URL.canParse(url)) continue;
    const { host } = new URL(url);
    if (!hosts.has(host)) hosts.set(host, url);
    if (hosts.size === MOST_HOSTS) break;
  }
  return hosts;
}

/** One HEAD a host. Any answer below 500 shows that it is there; a 400 only that HEAD asked nothing. */
async function probe(
  hosts: ReadonlyMap<string, string>,
  {
    facts,
    profile,
    resolve,
    resting,
  }: CheckupOptions & { readonly facts: SourceFacts; readonly resting: ReadonlySet<string> },
  effects: Effects,
): Promise<string[]> {
  const http = openHttp(
    {
      resolve,
      contact: profile.contact,
      turn: async () => undefined,
      connections: 1,
      signal: new AbortController().signal,
      privateHosts: facts.limits.private_hosts,
      store: objectStore(facts.limits.s3),
    },
    effects,
  );
  const problems: string[] = [];
  try {
    for (const [host, url] of hosts) {
      if (resting.has(host)) problems.push(`${host} is left alone`);
      else {
        try {
          const limits = { firstByteMs: PATIENCE_MS, deadlineMs: PATIENCE_MS };
          await http.send({ url, method: "HEAD", ...limits });
        } catch (error) {
          const status = error instanceof Failure ? error.details.status : undefined;
          const isThere = status !== undefined && status < 500 && status !== 401 && status !== 403;
          if (!isThere) problems.push(`${host} ${messageOf(error)}`);
        }
      }
    }
  } finally {
    await http.close();
  }
  return problems;
}

function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}
