import { type Gunzip, gunzip } from "node:zlib";
import { cutMembers, isGzip, salvageMembers } from "./gzip-members.ts";
import { parseRecords, type WarcRecord } from "./warc-records.ts";

/**
 * Records of a WARC, WET or WAT file as its bytes come, compressed or not, in any pieces. Whatever is
 * wrong with the bytes costs the record it is in: that one says so in `problem`, and reading goes on
 * behind it.
 */
export async function* readWarc(chunks: Chunks): AsyncGenerator<WarcRecord> {
  const pieces = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks.values();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await pieces.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = from(head, pieces);
  yield* isGzip(head, 0) ? readCompressed(whole) : readPlain(whole);
}

type Chunks = AsyncIterable<Buffer> | readonly Buffer[];
type Pieces = AsyncIterator<Buffer> | Iterator<Buffer>;

/** More than one record in memory is not needed; one that is larger is given up. */
const MOST_BYTES = 64 * 2 ** 20;
const MOST_PIECE = 2 ** 20;

/**
 * Each record is a gzip member of its own, and to open zlib for each costs more than to inflate it: a
 * run of members is inflated at once, on another thread, while the run before it is read. Only a run
 * with something wrong in it is taken member by member.
 */
async function* readCompressed(chunks: AsyncIterable<Buffer>): AsyncGenerator<WarcRecord> {
  const runs = cutMembers(chunks, MOST_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let next = inflating(await runs.next());
  while (next) {
    const { run, inflated } = next;
    next = inflating(await runs.next());
    const bytes = await inflated;
    if (bytes && rest.length === 0) {
      const { records, isClean } = parseRecords(bytes, { isLast: true });
      if (isClean) {
        yield* records;
        continue;
      }
    }
    const doubtful = rest.length === 0 ? run : Buffer.concat([rest, run]);
    const saved = salvageMembers(doubtful, { isLast: !next, mostBytes: MOST_BYTES });
    for (const { bytes: member, problem } of saved.members) {
      const { records } = parseRecords(member, { isLast: true, problem });
      yield* records;
    }
    rest = doubtful.subarray(saved.consumed);
  }
}

interface Inflating {
  readonly run: Buffer;
  /** Nothing where it could not be. */
  readonly inflated: Promise<Buffer | undefined>;
}

function inflating({ done, value: run }: IteratorResult<Buffer, void>): Inflating | undefined {
  if (done || !run) return undefined;
  const inflated = new Promise<Buffer | undefined>((resolve) => {
    // One piece that holds most runs whole, and no more for a single record.
    const chunkSize = Math.min(MOST_PIECE, Math.max(2 ** 14, run.length * 6));
    const options = { chunkSize, maxOutputLength: MOST_BYTES, info: true };
    gunzip(run, options, (error, result: unknown) => {
      const { buffer, engine } = (result ?? {}) as { buffer?: Buffer; engine?: Gunzip };
      // Behind padding with zeros, zlib says nothing and stops.
      resolve(error || engine?.bytesWritten !== run.length ? undefined : buffer);
    });
  });
  return { run, inflated };
}

async function* readPlain(chunks: AsyncIterable<Buffer>): AsyncGenerator<WarcRecord> {
  let waiting: Buffer[] = [];
  let size = 0;
  let enough = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < enough) continue;
    const bytes = Buffer.concat(waiting, size);
    const { records, consumed } = parseRecords(bytes, { isLast: size > MOST_BYTES });
    yield* records;
    waiting = [bytes.subarray(consumed)];
    size -= consumed;
    // A long record is looked at again only when there is twice as much of it.
    enough = consumed > 0 ? 0 : size * 2;
  }
  yield* parseRecords(Buffer.concat(waiting, size), { isLast: true }).records;
}

async function* from(head: Buffer, pieces: Pieces): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const next = await pieces.next();
    if (next.done) return;
    if (next.value.length > 0) yield next.value;
  }
}
