import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Failure } from "./classify.ts";

export interface BodyOptions {
  /** `content-encoding`. */
  readonly encoding: string | undefined;
  /** Of what comes out of the encoding, in bytes. */
  readonly cap: number;
  /** Keeps what fits instead of failing at the cap. */
  readonly isCutAtCap: boolean;
  /** In any such time the body must have come on by 1 KiB, or end. */
  readonly progressMs: number;
}

const LEAST_PROGRESS = 1024;

/** Reads a body into memory: decoded, capped, and never slower than a server that means it. */
export async function readBody(
  body: Readable,
  { encoding, cap, isCutAtCap, progressMs }: BodyOptions,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let before = 0;
  const watch = setInterval(() => {
    const come = size - before;
    before = size;
    if (come >= LEAST_PROGRESS) return;
    body.destroy(new Failure("retry", `sent ${come} bytes in ${progressMs / 1000} s`));
  }, progressMs);
  try {
    for await (const chunk of decoded(body, encoding) as AsyncIterable<Buffer>) {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= cap) continue;
      if (isCutAtCap) return Buffer.concat(chunks).subarray(0, cap);
      throw new Failure("fatal", `sent more than the cap of ${cap} bytes (decoded)`);
    }
  } finally {
    clearInterval(watch);
  }
  return Buffer.concat(chunks, size);
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
