import type { Outcome } from "../../engine/warehouse/landing.ts";

export interface FailureDetails {
  readonly status?: number | undefined;
  /** What the source sent instead of an answer, for the landing. */
  readonly response?: string | undefined;
  /** The source asked to be left alone for this long; waiting costs no attempt. */
  readonly pauseMs?: number | undefined;
  /** The question was too large: smaller ones may be answered. */
  readonly isTooMuch?: boolean;
  /** We did not ask: the failure tells nothing about the host. */
  readonly isUnasked?: boolean;
  readonly cause?: unknown;
}

/** A request without an answer. Its class decides what happens next, and is decided in this file. */
export class Failure extends Error {
  readonly outcome: Exclude<Outcome, "ok" | "empty">;
  readonly details: FailureDetails;

  constructor(outcome: Failure["outcome"], message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "Failure";
    this.outcome = outcome;
    this.details = details;
  }
}

/** No server is obeyed for longer than this, whatever its `Retry-After` says. */
const LONGEST_PAUSE_MS = 120_000;

/** Temporary by their number; everything else from 400 is our mistake or a refusal. */
const TEMPORARY = new Set([408, 425, 429]);
const REFUSAL = new Set([401, 402, 403, 407, 451]);

/** The class of an HTTP status, or nothing when the body may be read as an answer. */
export function failureOfStatus(
  status: number,
  retryAfter: string | undefined,
  now: Date,
  response?: string,
): Failure | undefined {
  if (status < 400) return undefined;
  const message = `answered ${status}${title(response)}`;
  const details = { status, response };
  if (REFUSAL.has(status)) return new Failure("blocked", message, details);
  if (status < 500 && !TEMPORARY.has(status)) return new Failure("fatal", message, details);
  return new Failure("retry", message, { ...details, pauseMs: pauseOf(retryAfter, now) });
}

/** `Retry-After` in seconds or as an HTTP date, clamped; nothing when it is absent or rubbish. */
export function pauseOf(retryAfter: string | undefined, now: Date): number | undefined {
  if (retryAfter === undefined) return undefined;
  const text = retryAfter.trim();
  const milliseconds = /^-?\d+$/.test(text)
    ? Number(text) * 1000
    : /[a-z]{3}.*\d{4}/i.test(text)
      ? Date.parse(text) - now.getTime()
      : Number.NaN;
  if (Number.isNaN(milliseconds)) return undefined;
  return Math.min(Math.max(milliseconds, 0), LONGEST_PAUSE_MS);
}

/** The class of an error thrown while connecting, reading or decoding. */
export function failureOfNetwork(error: unknown): Failure {
  const { code, message, name } = error as { code?: string; message?: string; name?: string };
  if (name === "TimeoutError") {
    return new Failure("retry", "did not finish its answer in time", { cause: error });
  }
  const said = `${message || "connection failed"}${code && !message?.includes(code) ? ` (${code})` : ""}`;
  const outcome = code === "ERR_INVALID_URL" || code === "UND_ERR_INVALID_ARG" ? "fatal" : "retry";
  return new Failure(outcome, said, { cause: error });
}

/** True when a server, or the way to it, had more to do than it could: fewer calls at once may be served. */
export function isOverload({ outcome, details }: Failure): boolean {
  if (outcome !== "retry") return false;
  const { name = "", code = "" } = (details.cause ?? {}) as { name?: string; code?: string };
  return details.status === 429 || details.status === 503 || /timeout/i.test(`${name} ${code}`);
}

const MARKUP = /^\s*</;
const PAGE = /^\s*<(?:!doctype\s+html|html)\b/i;

/** A body that cannot be the payload: nothing at all, or a page for people where data was due. */
export function failureOfBody(
  body: Uint8Array,
  due: string,
  status: number,
  isXml = false,
): Failure | undefined {
  const start = Buffer.from(body.subarray(0, 2048))
    .toString("utf8")
    .replace(/^\ufeff/, "");
  if (body.length === 0) {
    return new Failure("retry", `sent nothing where ${due} was due`, { status });
  }
  if ((isXml ? PAGE : MARKUP).test(start)) {
    return new Failure("retry", `sent a page${title(start)} where ${due} was due`, {
      status,
      response: start,
    });
  }
  return undefined;
}

/** What a page calls itself, or why an object store says it failed. */
function title(page: string | undefined): string {
  const [, code, said] =
    /<Code>([^<]{1,80})<\/Code>\s*<Message>([^<]{1,200})/.exec(page ?? "") ?? [];
  if (code !== undefined) return ` (${code}: ${said})`;
  const text = /<title>\s*([^<]{1,80})/i.exec(page ?? "")?.[1]?.trim();
  return text ? ` ("${text}")` : "";
}
