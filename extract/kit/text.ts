import { isUtf8 } from "node:buffer";

/** The text encodings files come in. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252" | "latin-1";

/**
 * Bytes to text. A byte order mark outranks whatever the caller expects, and is taken off.
 * Without an expectation: UTF-8 where the bytes are valid, else Windows-1252, which never fails.
 */
export function decodeText(body: Buffer, expected?: Encoding): string {
  const encoding = markOf(body) ?? expected ?? (isUtf8(body) ? "utf-8" : "windows-1252");
  // The web's "latin1" is Windows-1252; Node's is the ISO one, byte for byte.
  if (encoding === "latin-1") return body.toString("latin1");
  return new TextDecoder(encoding).decode(body);
}

function markOf(body: Buffer): Encoding | undefined {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return "utf-8";
  if (body[0] === 0xff && body[1] === 0xfe) return "utf-16le";
  if (body[0] === 0xfe && body[1] === 0xff) return "utf-16be";
  return undefined;
}
