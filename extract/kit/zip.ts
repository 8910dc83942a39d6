import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { messageOf } from "../../engine/errors.ts";
import { Failure } from "./classify.ts";

/** A file inside a zip file. */
export interface Member {
  readonly name: string;
  /** Its bytes as they are unpacked; none is held, a slow reader slows the disk. */
  readonly chunks: () => AsyncGenerator<Buffer>;
}

/** More than any published register: what says it unpacks to this is no data. */
const MOST_BYTES = 16 * 2 ** 30;

/**
 * The files of a zip file on disk, in the order of its directory.
 *
 * @throws Failure `retry` when the zip file was cut or its bytes are not those that were packed.
 */
export async function* zipMembers(path: string): AsyncGenerator<Member> {
  const { openPromise } = await import("yauzl");
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch(broken);
  try {
    for await (const entry of entriesOf(zip)) {
      const { fileName: name, uncompressedSize } = entry;
      if (name.endsWith("/")) continue;
      if (uncompressedSize > MOST_BYTES) {
        throw new Failure("fatal", `${name} would unpack to ${uncompressedSize} bytes`);
      }
      const open = () => zip.openReadStreamPromise(entry);
      yield { name, chunks: () => checked(open, { name, crc: entry.crc32 }) };
    }
  } finally {
    zip.close();
  }
}

async function* entriesOf<T>(zip: { eachEntry(): AsyncIterable<T> }): AsyncGenerator<T> {
  const entries = zip.eachEntry()[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await entries.next().catch(broken);
    if (done) return;
    yield value;
  }
}

async function* checked(
  open: () => Promise<Readable>,
  { name, crc }: { readonly name: string; readonly crc: number },
): AsyncGenerator<Buffer> {
  const stream = await open().catch(broken);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let found = 0;
  try {
    for (;;) {
      const { value, done } = await chunks.next().catch(broken);
      if (done) break;
      found = crc32(value, found);
      yield value;
    }
  } finally {
    stream.destroy();
  }
  if (found !== crc) throw new Failure("retry", `${name} in the zip file has another checksum`);
}

function broken(cause: unknown): never {
  throw new Failure("retry", `is no whole zip file: ${messageOf(cause)}`, { cause });
}
