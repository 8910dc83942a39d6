import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { RequestHistory } from "../../engine/warehouse/landing-history.ts";
import { localPath, publicAddress, withoutSecrets } from "./address.ts";
import { Failure, failureOfBody } from "./classify.ts";
import type { Content } from "./extractor.ts";
import type { Call, Http } from "./http.ts";
import { decodeText } from "./text.ts";

/** What one reading knows for the landing's envelope. */
export interface Reading {
  readonly content: Content;
  readonly status: number | null;
  /** Lands as `request`. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The source says, or the bytes show, that nothing changed since it was last landed. */
  readonly isUnchanged: boolean;
}

/** Response headers worth keeping: they say what the bytes are, or make the next request conditional. */
const KEPT_HEADERS = ["etag", "last-modified", "content-type"];

/** Reads a request's address over HTTP, conditionally where an earlier answer has landed. */
export async function readHttp(
  http: Http,
  { url, ...extra }: Call,
  due: string,
  history: RequestHistory | undefined,
): Promise<Reading> {
  const known = history?.isLoaded && extra.method !== "POST" ? history.request : {};
  const call = { ...extra, url, headers: { ...conditions(known), ...extra.headers } };
  const { status, headers, body, redirects } = await http.send(call);
  const sent = {
    method: call.method ?? "GET",
    url: withoutSecrets(url),
    ...(call.body === undefined ? {} : { body: call.body }),
    ...(redirects.length > 0 ? { redirects: redirects.map(withoutSecrets) } : {}),
  };
  if (status === 304) {
    if (!history?.isLoaded)
      throw new Failure("retry", "answered 304 to what never landed", { status });
    return { content: contentOf(body), status, request: { ...known, ...sent }, isUnchanged: true };
  }
  const failure = failureOfBody(body, due, status);
  if (failure) throw failure;
  const content = contentOf(body);
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
export async function readLocal(
  root: string,
  url: string,
  due: string,
  history: RequestHistory | undefined,
): Promise<Reading> {
  let body: Buffer;
  try {
    body = await readFile(localPath(root, url));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Failure("fatal", code === "ENOENT" ? "there is no such file" : message, { cause });
  }
  const failure = failureOfBody(body, due, 200);
  if (failure) throw new Failure("fatal", failure.message, failure.details);
  const content = contentOf(body);
  return {
    content,
    status: null,
    request: { path: publicAddress(root, url), sha256: content.sha256 },
    isUnchanged: history?.isLoaded === true && history.request.sha256 === content.sha256,
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
