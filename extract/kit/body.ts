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
  const watch = watchBody(body, options);
  const stream = decoded(body, options.encoding);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // By events: an iterator costs a tenth of a small call.
  stream.on("data", (chunk: Buffer) => {
    try {
      const { fits, isFull } = watch.take(chunk);
      chunks.push(fits);
      if (isFull) resolve();
    } catch (error) {
      reject(error);
    }
  });
  stream.on("end", resolve);
  stream.on("error", reject);
  stream.on("close", () => {
    if (!stream.readableEnded) reject(new Failure("retry", "ended in the middle of its answer"));
  });
  try {
    await promise;
  } finally {
    watch.end();
    if (!stream.readableEnded) body.destroy();
  }
  const [only] = chunks;
  return only && chunks.length === 1 ? only : Buffer.concat(chunks);
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

async function* chunksOf(body: Readable, options: BodyOptions): AsyncGenerator<Buffer> {
  const watch = watchBody(body, options);
  try {
    for await (const chunk of decoded(body, options.encoding) as AsyncIterable<Buffer>) {
      const { fits, isFull } = watch.take(chunk);
      watch.isWaiting = false;
      yield fits;
      watch.isWaiting = true;
      if (isFull) return;
    }
  } finally {
    watch.end();
  }
}

interface Watch {
  /** What of a chunk fits under the cap. Throws where it may not be cut. */
  take(chunk: Buffer): { readonly fits: Buffer; readonly isFull: boolean };
  /** While we write to a slow disk, it is not the server that is slow. */
  isWaiting: boolean;
  end(): void;
}

/** Holds a body to its cap and its least progress. */
function watchBody(body: Readable, { cap, isCutAtCap, progressMs }: BodyOptions): Watch {
  let size = 0;
  let before = 0;
  const timer = setInterval(() => {
    const come = size - before;
    before = size;
    if (come >= LEAST_PROGRESS || !watch.isWaiting) return;
    body.destroy(new Failure("retry", `sent ${come} bytes in ${progressMs / 1000} s`));
  }, progressMs);
  const watch: Watch = {
    isWaiting: true,
    take(chunk) {
      const room = cap - size;
      size += chunk.length;
      if (size > cap && !isCutAtCap) {
        throw new Failure("fatal", `sent more than the cap of ${cap} bytes (decoded)`);
      }
      return { fits: chunk.subarray(0, room), isFull: size > cap };
    },
    end: () => clearInterval(timer),
  };
  return watch;
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
