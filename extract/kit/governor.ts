import { Breaker, LeftAlone } from "./breaker.ts";
import { Failure, isOverload } from "./classify.ts";
import { Concurrency, type Load } from "./concurrency.ts";
import type { Effects } from "./effects.ts";
import type { GovernorState, HostState } from "./governor-state.ts";
import { type Pace, pace, turn } from "./pace.ts";
import { patience } from "./patience.ts";

export interface GovernorOptions {
  /** Dials a second, retries and redirects included. */
  readonly perSecond: number;
  /** Dials that may go out together after a rest. Default 1. */
  readonly burst?: number | undefined;
  /** Dials in one UTC day. Default: no quota. */
  readonly perDay?: number | undefined;
  /** Calls at once, at most. */
  readonly concurrency: number;
  /** Each host's own, tighter limits. */
  readonly perHost?:
    | { readonly perSecond?: number | undefined; readonly concurrency?: number | undefined }
    | undefined;
  /** How long requests wait for a host that broke down. Default 0: they are left to the next night. */
  readonly outageMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly state: GovernorState;
  /** Whom a host belongs to, where several hosts are one: they share pace, limit and breaker. */
  readonly siteOf?: ((host: string) => string) | undefined;
}

/** Everything that decides when a source may be asked, and when it is asked again. */
export interface Governor {
  /** Does the work once, or again by the class of its failure. Throws `LeftAlone` when it was not tried. */
  execute(url: string, work: (attempt: number) => Promise<void>): Promise<void>;
  /** Waits for the next dial to an address. Throws `LeftAlone` when today's quota is used. */
  turn(url: string): Promise<void>;
  /** The host asks for so many seconds between two dials. */
  slowDown(url: string, seconds: number): void;
  readonly state: GovernorState;
}

const DAY_MS = 86_400_000;
/** Hosts remembered at once; of more, those at rest with nothing learned are forgotten. */
const MOST_HOSTS = 10_000;

export function openGovernor(
  options: GovernorOptions,
  effects: Pick<Effects, "now" | "random" | "sleep">,
): Governor {
  const { concurrency, perHost, signal, state, siteOf, outageMs = 0 } = options;
  const source = pace({ ...options, due: state.due }, effects);
  const patient = patience(signal, effects);
  const hosts = new Map<string, Host>();
  /** Refused while more than one call was under way: our doing, and mended by fewer at once. */
  const overshot = new WeakSet<Failure>();
  let quota = state.quota;
  let day = "";
  let dayEnds = 0;

  async function execute(url: string, work: (attempt: number) => Promise<void>): Promise<void> {
    const host = hostOf(url);
    const isProbe = await host.breaker.enter(signal);
    try {
      await patient.execute((attempt) => oneCall(host, () => work(attempt)), {
        canRetry: !isProbe,
        isOurs: (failure) => overshot.has(failure),
        pause: (milliseconds) => host.pace.pause(milliseconds),
      });
      host.breaker.succeeded(isProbe);
    } catch (error) {
      if (error instanceof Failure && overshot.has(error)) host.breaker.toldNothing(isProbe);
      else tellBreaker(host.breaker, isProbe, error);
      throw error;
    }
  }

  async function oneCall(host: Host, work: () => Promise<void>): Promise<void> {
    const permit = await host.concurrency.enter(signal);
    let load: Load = "unknown";
    try {
      await work();
      load = "served";
    } catch (error) {
      if (error instanceof Failure && isOverload(error)) {
        load = "refused";
        if (permit.limit > 1) overshot.add(error);
      }
      throw error;
    } finally {
      host.concurrency.leave(permit, load);
    }
  }

  function hostOf(url: string): Host {
    const host = hostName(url);
    const name = siteOf?.(host) ?? host;
    const known = hosts.get(name);
    if (known) return known;
    if (hosts.size >= MOST_HOSTS) forgetIdle(hosts, effects.now().getTime());
    const { due, learned, breaker } = state.hosts[name] ?? {};
    const bound = Math.min(concurrency, perHost?.concurrency ?? concurrency);
    const fresh = {
      pace: pace({ perSecond: perHost?.perSecond ?? Number.POSITIVE_INFINITY, due }, effects),
      concurrency: new Concurrency(bound, learned),
      breaker: new Breaker({ waitMs: outageMs, opened: breaker }, effects),
    };
    hosts.set(name, fresh);
    return fresh;
  }

  function spendQuota(): void {
    const now = effects.now();
    if (now.getTime() >= dayEnds) {
      day = now.toISOString().slice(0, 10);
      dayEnds = Date.parse(day) + DAY_MS;
    }
    const used = quota?.day === day ? quota.used : 0;
    if (options.perDay !== undefined && used >= options.perDay) {
      throw new LeftAlone(`the quota of ${options.perDay.toLocaleString("en-US")} a day is used`);
    }
    quota = { day, used: used + 1 };
  }

  return {
    execute,
    async turn(url) {
      await turn([source, hostOf(url).pace], signal, effects);
      spendQuota();
    },
    slowDown: (url, seconds) => hostOf(url).pace.slowDown(seconds * 1000),
    get state() {
      const now = effects.now().getTime();
      const learned = [...hosts].map(([name, host]) => [name, stateOf(host, now)] as const);
      const all = { ...state.hosts, ...Object.fromEntries(learned) };
      return {
        quota,
        due: source.due,
        hosts: Object.fromEntries(Object.entries(all).filter(([, host]) => isWorthKeeping(host))),
      };
    },
  };
}

interface Host {
  readonly pace: Pace;
  readonly concurrency: Concurrency;
  readonly breaker: Breaker;
}

function tellBreaker(breaker: Breaker, isProbe: boolean, error: unknown): void {
  const { isTooMuch, isUnasked } = error instanceof Failure ? error.details : {};
  if (!(error instanceof Failure) || isTooMuch || isUnasked) breaker.toldNothing(isProbe);
  else if (error.outcome === "blocked") breaker.blocked(isProbe, error.message);
  else if (error.outcome === "retry") breaker.failed(isProbe, error.message);
  // It answered, and the request was our mistake.
  else breaker.succeeded(isProbe);
}

function hostName(url: string): string {
  return URL.parse(url)?.host ?? "";
}

function stateOf({ pace, concurrency, breaker }: Host, now: number): HostState {
  return {
    due: pace.due > now ? pace.due : undefined,
    learned: concurrency.learned,
    breaker: breaker.opened,
  };
}

function isWorthKeeping({ due, learned, breaker }: HostState): boolean {
  return due !== undefined || learned !== undefined || breaker !== undefined;
}

function forgetIdle(hosts: Map<string, Host>, now: number): void {
  for (const [name, host] of hosts) {
    if (host.concurrency.isIdle && !isWorthKeeping(stateOf(host, now))) hosts.delete(name);
  }
}
