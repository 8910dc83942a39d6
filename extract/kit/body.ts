import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
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
export async function readBody(body: Readable, options: BodyOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(body, options)) {
    chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks, size);
}

/** A body on disk. */
export interface Saved {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** The first bytes, which show what it is. */
  readonly head: Buffer;
}

const HEAD_BYTES = 2048;

/** Writes a body to a file as it comes, by the same rules. A slow disk slows the server. */
export async function saveBody(body: Readable, path: string, options: BodyOptions): Promise<Saved> {
  const hash = createHash("sha256");
  const heads: Buffer[] = [];
  let size = 0;
  mkdirSync(dirname(path), { recursive: true });
  await pipeline(async function* () {
    for await (const chunk of chunksOf(body, options)) {
      if (size < HEAD_BYTES) heads.push(chunk);
      size += chunk.length;
      hash.update(chunk);
      yield chunk;
    }
  }, createWriteStream(path));
  const head = Buffer.concat(heads).subarray(0, HEAD_BYTES);
  return { path, size, sha256: hash.digest("hex"), head };
}

async function* chunksOf(
  body: Readable,
  { encoding, cap, isCutAtCap, progressMs }: BodyOptions,
): AsyncGenerator<Buffer> {
  let size = 0;
  let before = 0;
  let isWaiting = true;
  const watch = setInterval(() => {
    const come = size - before;
    before = size;
    // While we write to a slow disk, it is not the server that is slow.
    if (come >= LEAST_PROGRESS || !isWaiting) return;
    body.destroy(new Failure("retry", `sent ${come} bytes in ${progressMs / 1000} s`));
  }, progressMs);
  try {
    for await (const chunk of decoded(body, encoding) as AsyncIterable<Buffer>) {
      const room = cap - size;
      size += chunk.length;
      if (size > cap && !isCutAtCap) {
        throw new Failure("fatal", `sent more than the cap of ${cap} bytes (decoded)`);
      }
      isWaiting = false;
      yield chunk.subarray(0, room);
      isWaiting = true;
      if (size > cap) return;
    }
  } finally {
    clearInterval(watch);
  }
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
