import { Agent, type Dispatcher, request } from "undici";
import manifest from "../../package.json" with { type: "json" };
import { readBody, type Saved, saveBody } from "./body.ts";
import { Failure, failureOfNetwork, failureOfStatus } from "./classify.ts";
import { openDeadlines } from "./deadlines.ts";
import type { Effects } from "./effects.ts";
import type { ObjectStore } from "./object-store.ts";
import { politeness } from "./politeness.ts";
import { publicLookup, refusePrivate } from "./ssrf-guard.ts";

export interface Call {
  /** The logical address; `sandbox://` ones are resolved at dial time. */
  readonly url: string;
  readonly method?: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Cap on the decoded body, in bytes. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Keeps what fits instead of failing at the cap. */
  readonly isCutAtCap?: boolean;
  /** Writes the body to this file instead of holding it; the answer's body is then its first bytes. */
  readonly saveTo?: string;
  /** Until the first byte of an answer. Default 1 minute. */
  readonly firstByteMs?: number;
  /** From dial to last byte. Default 5 minutes. */
  readonly deadlineMs?: number;
  /** In any such time the body must have come on by 1 KiB, or end. Default 1 minute. */
  readonly progressMs?: number;
}

export interface HttpAnswer {
  /** 200, 304 and the like: failures are thrown. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly saved?: Saved | undefined;
  /** Where it was redirected to, in order. */
  readonly redirects: readonly string[];
}

export interface HttpOptions {
  readonly resolve: (url: string) => Promise<string>;
  readonly contact: { readonly url: string; readonly email: string };
  /** Waits until an address may be dialled. */
  readonly turn: (url: string) => Promise<void>;
  /** Hears how many bytes each answer had. */
  readonly onBytes?: (bytes: number) => void;
  /** Connections a host may see at once. */
  readonly connections: number;
  readonly signal: AbortSignal;
  /** Hosts, with or without port, that may be dialled although they are not on the public internet. */
  readonly privateHosts?: readonly string[] | undefined;
  /** Where `s3:` addresses are, and what signs them. */
  readonly store?: ObjectStore | undefined;
  /** What is fetched are other people's pages: their robots.txt is asked, at every hop, and only web ports are dialled. */
  readonly pages?: { readonly slowDown: (url: string, seconds: number) => void } | undefined;
}

export interface Http {
  send(call: Call): Promise<HttpAnswer>;
  /** Dials so far, redirects and retries included. */
  readonly dials: number;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Of a page that explains a failure. */
const MAX_ERROR_BYTES = 64 * 1024;
const TIMEOUTS = { connect: { timeout: 10_000 }, bodyTimeout: 60_000 };

/** One source's door to the network: one honest name, every wait bounded, every body capped. */
export function openHttp(options: HttpOptions, effects: Pick<Effects, "now" | "lookup">): Http {
  const { contact, connections, pages } = options;
  const trusting = new Agent({ ...TIMEOUTS, connections });
  const connect = { ...TIMEOUTS.connect, lookup: publicLookup(effects.lookup) };
  const guarded = new Agent({ ...TIMEOUTS, connections, connect });
  const trusted = new Set(options.privateHosts);
  const polite =
    pages &&
    politeness(
      { fetch: (call) => sendTo(call, () => undefined), slowDown: pages.slowDown },
      effects,
    );
  const userAgent = `leadhouse/${manifest.version} (+${contact.url}; mailto:${contact.email})`;
  const deadlines = openDeadlines(options.signal);
  let dials = 0;

  function send(call: Call): Promise<HttpAnswer> {
    return sendTo(call, async (address, url) => {
      if (!pages) return;
      if (!isTrusted(address) && address.port !== "") {
        throw new Failure("fatal", `leads to port ${address.port}, which is not the web's`, {
          isUnasked: true,
        });
      }
      await polite?.check(new URL(url));
    });
  }

  /** The address as it is dialled; one the sandbox resolved is its own, wherever it lies. */
  async function addressOf(url: string): Promise<URL> {
    const located = options.store?.locate(url) ?? url;
    const dialled = await options.resolve(located);
    const address = URL.parse(dialled);
    if (!address) throw new Failure("fatal", `"${url}" is not an address`);
    if (dialled !== located) trusted.add(address.host);
    if (!isTrusted(address)) refusePrivate(address);
    return address;
  }

  function isTrusted({ host, hostname }: URL): boolean {
    return trusted.has(host) || trusted.has(hostname);
  }

  async function sendTo(
    call: Call,
    check: (address: URL, url: string) => Promise<void> | undefined,
  ): Promise<HttpAnswer> {
    const { maxBytes = 256 * 2 ** 20, firstByteMs = 60_000, deadlineMs = 300_000 } = call;
    const redirects: string[] = [];
    let { url, method = "GET", body, headers = {} } = call;
    for (;;) {
      const address = await addressOf(url);
      await check(address, url);
      await options.turn(url);
      dials += 1;
      const { signal, end } = deadlines.begin(deadlineMs);
      let location: string | string[] | undefined;
      let answer: Dispatcher.ResponseData;
      try {
        const signed = await options.store?.sign(url, { method, address, now: effects.now() });
        answer = await dial(address, {
          method,
          body,
          headers: { ...headers, ...signed },
          signal,
        });
        location = answer.headers.location;
        if (!REDIRECTS.has(answer.statusCode) || location === undefined) {
          return await read(answer, { ...call, maxBytes, redirects });
        }
        await answer.body.dump();
      } finally {
        end();
      }
      if (redirects.length === MAX_REDIRECTS) {
        throw new Failure("fatal", `redirected more than ${MAX_REDIRECTS} times`, {
          status: answer.statusCode,
        });
      }
      url = target(String(location), address.href);
      if (new URL(url).origin !== address.origin) headers = withoutCredentials(headers);
      redirects.push(url);
      if (answer.statusCode === 303 || (method === "POST" && answer.statusCode <= 302)) {
        method = "GET";
        body = undefined;
      }
    }

    async function dial(
      address: URL,
      {
        method,
        body,
        headers,
        signal,
      }: Required<Pick<Call, "method" | "headers">> & {
        readonly body: string | undefined;
        readonly signal: AbortSignal;
      },
    ): Promise<Dispatcher.ResponseData> {
      try {
        return await request(address, {
          dispatcher: isTrusted(address) ? trusting : guarded,
          method,
          signal,
          headersTimeout: firstByteMs,
          body: body ?? null,
          headers: {
            "user-agent": userAgent,
            "accept-encoding": "gzip, deflate, br",
            ...headers,
          },
        });
      } catch (error) {
        throw networkFailure(error);
      }
    }
  }

  async function read(
    answer: Dispatcher.ResponseData,
    {
      maxBytes,
      isCutAtCap = false,
      progressMs = 60_000,
      saveTo,
      redirects,
    }: Pick<Call, "isCutAtCap" | "progressMs" | "saveTo"> & {
      readonly maxBytes: number;
      readonly redirects: readonly string[];
    },
  ): Promise<HttpAnswer> {
    const { statusCode: status } = answer;
    const headers = flat(answer.headers);
    const promised = Number(headers["content-length"]);
    const cap = status >= 400 ? MAX_ERROR_BYTES : maxBytes;
    let body: Buffer;
    let saved: Saved | undefined;
    try {
      const limits = { encoding: headers["content-encoding"], cap, isCutAtCap, progressMs };
      if (saveTo && status < 300) saved = await saveBody(answer.body, saveTo, limits);
      body = saved?.head ?? (await readBody(answer.body, limits));
    } catch (error) {
      answer.body.destroy();
      if (error instanceof Failure && status < 400) throw error;
      if (status < 400) throw networkFailure(error);
      body = Buffer.alloc(0);
    }
    options.onBytes?.(promised >= 0 ? promised : (saved?.size ?? body.length));
    if (status >= 400) {
      const failure = failureOfStatus(
        status,
        headers["retry-after"],
        effects.now(),
        body.toString(),
      );
      if (failure) throw failure;
    }
    return { status, headers, body, saved, redirects };
  }

  function networkFailure(error: unknown): unknown {
    if (error instanceof Failure || options.signal.aborted) return error;
    return failureOfNetwork(error);
  }

  return {
    send,
    get dials() {
      return dials;
    },
    async close() {
      deadlines.close();
      await Promise.all([trusting.destroy(), guarded.destroy()]);
    },
  };
}

const HARMLESS = /^(?:accept|content-type|if-|range)/i;

/** A key is for the server it was given for, not for whom that one sends us to. */
function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.test(name)));
}

function target(location: string, from: string): string {
  if (URL.canParse(location, from)) return new URL(location, from).href;
  throw new Failure("fatal", `redirected to "${location}", which is no address`);
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
