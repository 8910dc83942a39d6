import { Failure } from "./classify.ts";
import type { Effects } from "./effects.ts";
import type { Call, HttpAnswer } from "./http.ts";
import { ALLOW_ALL, parseRobots, type Robots } from "./robots.ts";

/** Asks a site whether its pages may be fetched before any is. */
export interface Politeness {
  /** Throws a `blocked` failure when the site does not want the page fetched. */
  check(url: URL): Promise<void>;
}

const TOKEN = "leadhouse";
const DAY_MS = 86_400_000;
/** A robots.txt that could not be had is looked for again after this. */
const UNREACHABLE_MS = 3_600_000;
const MAX_BYTES = 500 * 1024;

interface Options {
  readonly fetch: (call: Call) => Promise<HttpAnswer>;
  /** The site asks for so many seconds between two fetches. */
  readonly slowDown: (url: string, seconds: number) => void;
}

interface Known {
  readonly robots: Promise<Robots | Failure>;
  until: number;
}

export function politeness(options: Options, { now }: Pick<Effects, "now">): Politeness {
  const sites = new Map<string, Known>();

  function robotsOf(origin: string): Promise<Robots | Failure> {
    const time = now().getTime();
    const known = sites.get(origin);
    if (known && known.until > time) return known.robots;
    // Sites are asked one after the other, so the oldest are the ones done with.
    if (sites.size >= 10_000) for (const old of [...sites.keys()].slice(0, 5000)) sites.delete(old);
    const robots = read(`${origin}/robots.txt`, options);
    const fresh = { robots, until: time + DAY_MS };
    sites.set(origin, fresh);
    void robots.then(
      (answer) => {
        if (answer instanceof Failure) fresh.until = now().getTime() + UNREACHABLE_MS;
      },
      () => sites.delete(origin),
    );
    return robots;
  }

  return {
    async check(url) {
      const robots = await robotsOf(url.origin);
      if (robots instanceof Failure) {
        throw new Failure("blocked", `was not fetched: its robots.txt ${robots.message}`, {
          isUnasked: true,
          cause: robots,
        });
      }
      if (!robots.allows(`${url.pathname}${url.search}`)) {
        throw new Failure("blocked", "was not fetched: robots.txt disallows it", {
          isUnasked: true,
        });
      }
    },
  };
}

/** A robots.txt that is not there allows everything; one that cannot be had, nothing (RFC 9309, 2.3.1). */
async function read(url: string, { fetch, slowDown }: Options): Promise<Robots | Failure> {
  try {
    const { body, headers } = await fetch({ url, maxBytes: MAX_BYTES, isCutAtCap: true });
    const text = body.toString("utf8");
    const isPage = /html/i.test(headers["content-type"] ?? "") || /^\ufeff?\s*</.test(text);
    const robots = isPage ? ALLOW_ALL : parseRobots(text, TOKEN);
    if (robots.crawlDelay) slowDown(url, robots.crawlDelay);
    return robots;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { status = 0 } = error.details;
    return status >= 300 && status < 500 && status !== 429 ? ALLOW_ALL : error;
  }
}
