import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { WarcHeaders } from "./warc-records.ts";

/** The HTTP answer in the block of a `response` record. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: WarcHeaders;
  readonly body: Buffer;
}

/** Of a compressed body: what is larger stays as it is. */
const MOST_BYTES = 16 * 2 ** 20;
/** Where a page must name its charset (https://html.spec.whatwg.org, 4.2.5.4). */
const META_BYTES = 1024;

/**
 * Reads the answer in a block. Common Crawl writes bodies without their transfer and content encoding
 * and renames the headers that named it; other archives keep them, so both are undone where they hold.
 * `HTTP/1.1 200 ` without a reason is an answer over HTTP/2.
 */
export function parseHttp(block: Buffer): HttpResponse | undefined {
  const [line] = block.toString("latin1", 0, 200).split(/\r?\n/, 1);
  const status = /^HTTP\/[\d.]+ +(\d{3})(?: |$)/.exec(line ?? "")?.[1];
  if (line === undefined || status === undefined) return undefined;
  const end = /\r?\n\r?\n/.exec(block.toString("latin1", 0, 256 * 1024));
  const head = block
    .toString("utf8", line.length, end ? end.index : block.length)
    .replace(/^\r?\n/, "");
  const headers = new WarcHeaders(head);
  const raw = end ? block.subarray(end.index + end[0].length) : Buffer.alloc(0);
  const isChunked = /chunked/i.test(headers.get("transfer-encoding") ?? "");
  const whole = (isChunked ? withoutChunks(raw) : undefined) ?? raw;
  const body = inflated(whole, headers.get("content-encoding"));
  return { status: Number(status), headers, body };
}

/** The text of a page and the charset it was read in: byte order mark, header, page, index, UTF-8. */
export function decodePage(
  body: Buffer,
  { headers, indexed }: { readonly headers: WarcHeaders; readonly indexed?: string | undefined },
): { readonly text: string; readonly charset: string } {
  const declared = /charset\s*=\s*["']?([\w:-]+)/i;
  const start = body.toString("latin1", 0, META_BYTES);
  const found = [
    markOf(body),
    declared.exec(headers.get("content-type") ?? "")?.[1],
    /<meta[^>]{0,200}?charset\s*=\s*["']?([\w:-]+)/i.exec(start)?.[1],
    indexed,
    "utf-8",
  ];
  for (const label of found) {
    const decoder = label && decoderOf(label);
    if (decoder) return { text: decoder.decode(body), charset: decoder.encoding };
  }
  return { text: body.toString("utf8"), charset: "utf-8" };
}

function markOf(body: Buffer): string | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return "utf-8";
  if (body[0] === 0xff && body[1] === 0xfe) return "utf-16le";
  return body[0] === 0xfe && body[1] === 0xff ? "utf-16be" : undefined;
}

/** Nothing for a label that nobody knows: `charset=utf8mb4`. */
function decoderOf(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

/** Nothing where the body has no chunks after all. */
function withoutChunks(body: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const [, digits] =
      /^([0-9a-f]{1,8})[^\r\n]*\r\n/i.exec(body.toString("latin1", at, at + 200)) ?? [];
    if (digits === undefined) return undefined;
    const size = Number.parseInt(digits, 16);
    const start = body.indexOf("\r\n", at) + 2;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(body.subarray(start, start + size));
    at = start + size + 2;
  }
  // The last chunk is missing: what came is kept.
  return Buffer.concat(chunks);
}

function inflated(body: Buffer, encoding = ""): Buffer {
  const options = { maxOutputLength: MOST_BYTES };
  try {
    switch (encoding.trim().toLowerCase()) {
      case "gzip":
      case "x-gzip":
        return gunzipSync(body, options);
      case "deflate":
        return inflateSync(body, options);
      case "br":
        return brotliDecompressSync(body, options);
      default:
        return body;
    }
  } catch {
    // Named but undone already.
    return body;
  }
}
