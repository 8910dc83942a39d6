import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Agent, type Dispatcher, request } from "undici";
import manifest from "../../package.json" with { type: "json" };
import { Failure, failureOfNetwork, failureOfStatus } from "./classify.ts";
import type { Effects } from "./effects.ts";

export interface Call {
  /** The logical address; `sandbox://` ones are resolved at dial time. */
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Cap on the decoded body, in bytes. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Until the first byte of an answer. Default 1 minute. */
  readonly firstByteMs?: number;
  /** From dial to last byte. Default 5 minutes. */
  readonly deadlineMs?: number;
}

interface HttpAnswer {
  /** 200, 304 and the like: failures are thrown. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where it was redirected to, in order. */
  readonly redirects: readonly string[];
}

export interface HttpOptions {
  readonly resolve: (url: string) => Promise<string>;
  readonly contact: { readonly url: string; readonly email: string };
  /** Waits until an address may be dialled. */
  readonly turn: (url: string) => Promise<void>;
  /** Connections a host may see at once. */
  readonly connections: number;
  readonly signal: AbortSignal;
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
export function openHttp(options: HttpOptions, effects: Pick<Effects, "now">): Http {
  const { contact, connections } = options;
  const agent = new Agent({ ...TIMEOUTS, connections });
  const userAgent = `leadhouse/${manifest.version} (+${contact.url}; mailto:${contact.email})`;
  let dials = 0;

  async function send(call: Call): Promise<HttpAnswer> {
    const { maxBytes = 256 * 2 ** 20, firstByteMs = 60_000, deadlineMs = 300_000 } = call;
    const redirects: string[] = [];
    let { url, method = "GET", body } = call;
    for (;;) {
      await options.turn(url);
      dials += 1;
      const dialled = await options.resolve(url);
      const signal = AbortSignal.any([options.signal, AbortSignal.timeout(deadlineMs)]);
      const answer = await dial(dialled, { method, body, signal });
      const location = answer.headers.location;
      if (!REDIRECTS.has(answer.statusCode) || location === undefined) {
        return await read(answer, { maxBytes, redirects });
      }
      await answer.body.dump();
      if (redirects.length === MAX_REDIRECTS) {
        throw new Failure("fatal", `redirected more than ${MAX_REDIRECTS} times`, {
          status: answer.statusCode,
        });
      }
      url = target(String(location), dialled);
      redirects.push(url);
      if (answer.statusCode === 303 || (method === "POST" && answer.statusCode <= 302)) {
        method = "GET";
        body = undefined;
      }
    }

    async function dial(
      address: string,
      {
        method,
        body,
        signal,
      }: { method: "GET" | "POST"; body: string | undefined; signal: AbortSignal },
    ): Promise<Dispatcher.ResponseData> {
      try {
        return await request(address, {
          dispatcher: agent,
          method,
          signal,
          headersTimeout: firstByteMs,
          body: body ?? null,
          headers: {
            "user-agent": userAgent,
            "accept-encoding": "gzip, deflate, br",
            ...call.headers,
          },
        });
      } catch (error) {
        throw networkFailure(error);
      }
    }
  }

  async function read(
    answer: Dispatcher.ResponseData,
    { maxBytes, redirects }: { maxBytes: number; redirects: readonly string[] },
  ): Promise<HttpAnswer> {
    const { statusCode: status } = answer;
    const headers = flat(answer.headers);
    const cap = status >= 400 ? MAX_ERROR_BYTES : maxBytes;
    let body: Buffer;
    try {
      body = await collect(decoded(answer.body, headers["content-encoding"]), cap);
    } catch (error) {
      answer.body.destroy();
      if (error instanceof Failure && status < 400) throw error;
      if (status < 400) throw networkFailure(error);
      body = Buffer.alloc(0);
    }
    if (status >= 400) {
      const failure = failureOfStatus(
        status,
        headers["retry-after"],
        effects.now(),
        body.toString(),
      );
      if (failure) throw failure;
    }
    return { status, headers, body, redirects };
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
    close: () => agent.destroy(),
  };
}

function target(location: string, from: string): string {
  if (URL.canParse(location, from)) return new URL(location, from).href;
  throw new Failure("fatal", `redirected to "${location}", which is no address`);
}

/** Encodings are undone in reverse order. */
function decoded(body: Readable, encoding = ""): Readable {
  return encoding
    .toLowerCase()
    .split(",")
    .reverse()
    .reduce<Readable>((stream, name) => {
      const decoder = decoderOf(name.trim());
      if (!decoder) return stream;
      stream.on("error", (error) => decoder.destroy(error));
      return stream.pipe(decoder);
    }, body);
}

function decoderOf(name: string) {
  if (name === "gzip" || name === "x-gzip") return createGunzip();
  if (name === "deflate") return createInflate();
  if (name === "br") return createBrotliDecompress();
  return undefined;
}

async function collect(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new Failure("fatal", `sent more than the cap of ${maxBytes} bytes (decoded)`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}
