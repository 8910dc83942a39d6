import { constants, crc32, type InflateRaw, inflateRawSync } from "node:zlib";

/** One gzip member, inflated, or as much of it as could be. */
export interface Member {
  readonly bytes: Buffer;
  readonly problem: string | undefined;
}

export interface SalvageOptions {
  /** Nothing follows: a member that does not end is cut. */
  readonly isLast: boolean;
  /** Of one member: what is larger is given up. */
  readonly mostBytes: number;
}

/** Bytes of a run of members that are worth one call of zlib. */
const RUN_BYTES = 2 ** 16;
const MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);
const HEADER_BYTES = 10;
const FOOTER_BYTES = 8;

export function isGzip(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x1f && bytes[at + 1] === 0x8b;
}

/** Cuts a compressed stream where a member seems to begin, into runs of many members. */
export async function* cutMembers(
  chunks: AsyncIterable<Buffer>,
  mostBytes: number,
): AsyncGenerator<Buffer, void> {
  let waiting: Buffer[] = [];
  let size = 0;
  let enough = RUN_BYTES;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < enough) continue;
    const bytes = waiting.length === 1 ? chunk : Buffer.concat(waiting, size);
    const cut = size > mostBytes ? size : lastMember(bytes);
    if (cut > 0) yield bytes.subarray(0, cut);
    waiting = cut === size ? [] : [bytes.subarray(cut)];
    size -= cut;
    // A long member is looked through again only when it has doubled.
    enough = Math.max(RUN_BYTES, size * 2);
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}

/** Takes members one by one; behind a broken one, goes on where the next seems to begin. */
export function salvageMembers(
  bytes: Buffer,
  { isLast, mostBytes }: SalvageOptions,
): { readonly members: Member[]; readonly consumed: number } {
  const members: Member[] = [];
  let at = nextMember(bytes, 0);
  let lost = at < 0 ? bytes.length : at;
  while (at >= 0 && at < bytes.length) {
    const taken = takeMember(bytes, at, mostBytes);
    if (taken === "unfinished" && !isLast && bytes.length - at < mostBytes) {
      if (lost > 0) members.push(nothing(lost));
      return { members, consumed: at };
    }
    const next = typeof taken === "object" ? taken.end : nextMember(bytes, at + 1);
    if (typeof taken === "object") {
      if (lost > 0) members.push(nothing(lost));
      lost = 0;
      members.push({ bytes: taken.bytes, problem: undefined });
    } else if (next < 0 && taken === "unfinished") {
      if (lost > 0) members.push(nothing(lost));
      lost = 0;
      members.push({ bytes: beginning(bytes, at, mostBytes), problem: "the compressed bytes end" });
    } else lost += (next < 0 ? bytes.length : next) - at;
    // Padding behind a member is skipped like any other rubbish.
    const found = next < 0 ? -1 : nextMember(bytes, next);
    if (typeof taken === "object" && found !== next)
      lost = (found < 0 ? bytes.length : found) - next;
    at = found;
  }
  if (lost > 0) members.push(nothing(lost));
  return { members, consumed: bytes.length };
}

function nothing(lost: number): Member {
  return { bytes: Buffer.alloc(0), problem: `${lost} bytes could not be inflated` };
}

function takeMember(
  bytes: Buffer,
  at: number,
  mostBytes: number,
): { readonly bytes: Buffer; readonly end: number } | "broken" | "unfinished" {
  const start = dataStart(bytes, at);
  if (start === undefined || start >= bytes.length) return "unfinished";
  try {
    const { buffer, engine } = inflateRawSync(bytes.subarray(start), {
      info: true,
      maxOutputLength: mostBytes,
    }) as unknown as { readonly buffer: Buffer; readonly engine: InflateRaw };
    const end = start + engine.bytesWritten + FOOTER_BYTES;
    if (end > bytes.length) return "unfinished";
    return bytes.readUInt32LE(end - FOOTER_BYTES) === crc32(buffer)
      ? { bytes: buffer, end }
      : "broken";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR" ? "unfinished" : "broken";
  }
}

/** What a member holds up to where it was cut. */
function beginning(bytes: Buffer, at: number, mostBytes: number): Buffer {
  const start = dataStart(bytes, at);
  if (start === undefined || start >= bytes.length) return Buffer.alloc(0);
  try {
    return inflateRawSync(bytes.subarray(start), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: mostBytes,
    });
  } catch {
    return Buffer.alloc(0);
  }
}

/** Behind the header with its optional fields (RFC 1952, 2.3); nothing where it does not end here. */
function dataStart(bytes: Buffer, at: number): number | undefined {
  const flags = bytes[at + 3];
  if (flags === undefined) return undefined;
  let start = at + HEADER_BYTES;
  if (flags & 4) {
    if (start + 2 > bytes.length) return undefined;
    start += 2 + bytes.readUInt16LE(start);
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const zero = bytes.indexOf(0, start);
    if (zero < 0) return undefined;
    start = zero + 1;
  }
  return flags & 2 ? start + 2 : start;
}

function nextMember(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MAGIC, from); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (isHeader(bytes, at)) return at;
  }
  return -1;
}

function lastMember(bytes: Buffer): number {
  for (
    let at = bytes.lastIndexOf(MAGIC, bytes.length - HEADER_BYTES);
    at > 0;
    at = bytes.lastIndexOf(MAGIC, at - 1)
  ) {
    if (isHeader(bytes, at)) return at;
  }
  return 0;
}

/** Three reserved flags are zero, and compressors say 0, 2 or 4 of how hard they tried. */
function isHeader(bytes: Buffer, at: number): boolean {
  const flags = bytes[at + 3] ?? 0;
  const effort = bytes[at + 8] ?? 0;
  return (flags & 0xe0) === 0 && (effort === 0 || effort === 2 || effort === 4);
}
