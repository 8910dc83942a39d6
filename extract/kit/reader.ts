import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { RequestHistory } from "../../engine/warehouse/landing-history.ts";
import { localPath, publicAddress, withoutSecrets } from "./address.ts";
import { Failure, failureOfBody } from "./classify.ts";
import type { Content, Download } from "./extractor.ts";
import type { Call, Http } from "./http.ts";
import { decodeText } from "./text.ts";

/** What one reading knows for the landing's envelope. */
export interface Reading<C = unknown> {
  readonly content: C;
  readonly status: number | null;
  /** Lands as `request`. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The source says, or the bytes show, that nothing changed since it was last landed. */
  readonly isUnchanged: boolean;
}

/** What is expected where, and what earlier nights know of it. */
export interface Due {
  /** For messages: `a CSV file`. */
  readonly due: string;
  readonly known: RequestHistory | undefined;
  readonly isXml?: boolean;
}

/** Response headers worth keeping: they say what the bytes are, or make the next request conditional. */
const KEPT_HEADERS = ["etag", "last-modified", "content-type"];
/** Of a body that goes to disk. */
const LARGE = { maxBytes: 8 * 2 ** 30, deadlineMs: 3_600_000 };

/** Reads a request's address over HTTP, conditionally where an earlier answer has landed. */
export async function readHttp(http: Http, call: Call, due: Due): Promise<Reading<Content>> {
  return await askHttp(http, call, {
    ...due,
    contentOf: ({ body, status, headers }) => ({ ...contentOf(body), status, headers }),
  });
}

/** The same, with the body written to a file as it comes. */
export async function downloadHttp(
  http: Http,
  call: Call & { readonly saveTo: string },
  due: Due,
): Promise<Reading<Download>> {
  return await askHttp(
    http,
    { ...LARGE, ...call },
    {
      ...due,
      contentOf: ({ saved }) => downloadOf(saved ?? { path: call.saveTo, size: 0, sha256: "" }),
    },
  );
}

async function askHttp<C extends { readonly sha256: string }>(
  http: Http,
  { url, ...extra }: Call,
  {
    due,
    known: history,
    isXml = false,
    contentOf,
  }: Due & { readonly contentOf: (answer: Awaited<ReturnType<Http["send"]>>) => C },
): Promise<Reading<C>> {
  const known = history?.isLoaded && extra.method !== "POST" ? history.request : {};
  const call = { ...extra, url, headers: { ...conditions(known), ...extra.headers } };
  const answer = await http.send(call);
  const { status, headers, body, redirects } = answer;
  const sent = {
    method: call.method ?? "GET",
    url: withoutSecrets(url),
    ...(call.body === undefined ? {} : { body: call.body }),
    ...(redirects.length > 0 ? { redirects: redirects.map(withoutSecrets) } : {}),
  };
  const content = contentOf(answer);
  if (status === 304) {
    if (!history?.isLoaded)
      throw new Failure("retry", "answered 304 to what never landed", { status });
    return { content, status, request: { ...known, ...sent }, isUnchanged: true };
  }
  // A part of a file may begin with any byte.
  const failure = status === 206 ? undefined : failureOfBody(body, due, status, isXml);
  if (failure) throw failure;
  const response_headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (headers[name] ? [[name, headers[name]]] : [])),
  );
  return {
    content,
    status,
    request: { ...sent, response_headers, sha256: content.sha256 },
    isUnchanged: known.sha256 === content.sha256,
  };
}

/** Reads a request's address from disk. Looking costs nothing, so a file is never taken as fresh. */
export async function readLocal(root: string, url: string, due: Due): Promise<Reading<Content>> {
  return await askLocal(root, url, {
    ...due,
    async open(path) {
      const body = await readFile(path);
      return { head: body, content: contentOf(body) };
    },
  });
}

/** The same for a large file, which is not read into memory and not copied. */
export async function downloadLocal(
  root: string,
  url: string,
  due: Due,
): Promise<Reading<Download>> {
  return await askLocal(root, url, {
    ...due,
    async open(path) {
      const hash = createHash("sha256");
      let size = 0;
      let head: Buffer = Buffer.alloc(0);
      await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          if (size === 0) head = chunk;
          size += chunk.length;
          hash.update(chunk);
        }
      });
      return { head, content: downloadOf({ path, size, sha256: hash.digest("hex") }) };
    },
  });
}

async function askLocal<C extends { readonly sha256: string }>(
  root: string,
  url: string,
  {
    due,
    known,
    isXml = false,
    open,
  }: Due & { readonly open: (path: string) => Promise<{ head: Buffer; content: C }> },
): Promise<Reading<C>> {
  let opened: { readonly head: Buffer; readonly content: C };
  try {
    opened = await open(localPath(root, url));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Failure("fatal", code === "ENOENT" ? "there is no such file" : message, { cause });
  }
  const { head, content } = opened;
  const failure = failureOfBody(head, due, 200, isXml);
  if (failure) throw new Failure("fatal", failure.message, failure.details);
  return {
    content,
    status: null,
    request: { path: publicAddress(root, url), sha256: content.sha256 },
    isUnchanged: known?.isLoaded === true && known.request.sha256 === content.sha256,
  };
}

function conditions(known: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers = (known.response_headers ?? {}) as Record<string, string>;
  return {
    ...(headers.etag ? { "if-none-match": headers.etag } : {}),
    ...(headers["last-modified"] ? { "if-modified-since": headers["last-modified"] } : {}),
  };
}

function contentOf(body: Buffer): Content {
  return {
    body,
    sha256: createHash("sha256").update(body).digest("hex"),
    text: (expected) => decodeText(body, expected),
  };
}

function downloadOf({ path, size, sha256 }: Omit<Download, "stream">): Download {
  return { path, size, sha256, stream: () => createReadStream(path) };
}
