/** One record of a WARC file (ISO 28500). */
export interface WarcRecord {
  /** `response`, `request`, `metadata`, `conversion`, `revisit`, `warcinfo` …; empty where it is lost. */
  readonly type: string;
  readonly headers: WarcHeaders;
  readonly block: Buffer;
  /** What is wrong with its bytes. */
  readonly problem: string | undefined;
}

/** `Name: value` lines; a name may stand there twice (`WARC-Protocol: h2`, `WARC-Protocol: tls/1.3`). */
export class WarcHeaders {
  readonly text: string;

  /** Without the version line. */
  constructor(text: string) {
    this.text = text;
  }

  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  all(name: string): string[] {
    const wanted = `${name.toLowerCase()}:`;
    return this.text
      .split(/\r?\n/)
      .filter((line) => line.slice(0, wanted.length).toLowerCase() === wanted)
      .map((line) => line.slice(wanted.length).trim());
  }
}

export interface ParseOptions {
  /** Nothing follows these bytes. */
  readonly isLast: boolean;
  /** Known of the bytes before they are read. */
  readonly problem?: string | undefined;
}

export interface Parsed {
  readonly records: WarcRecord[];
  readonly consumed: number;
  /** Every byte belongs to a whole record. */
  readonly isClean: boolean;
}

const LONGEST_HEADER = 64 * 1024;
/** CRLF CRLF end a record, and a version line follows. */
const LOOKAHEAD = 16;
const MOST_NEWLINES = 8;
const CR = 13;
const LF = 10;

/**
 * Records by their `Content-Length`, never by the words `WARC/1.0`, which may stand in a page. Only
 * where the length is wrong, the next header decides where the record ends.
 */
export function parseRecords(bytes: Buffer, { isLast, problem }: ParseOptions): Parsed {
  const records: WarcRecord[] = [];
  let isClean = problem === undefined;
  let at = newlinesFrom(bytes, 0);
  while (at < bytes.length) {
    const head = headAt(bytes, at);
    const end = head && head.length !== undefined ? head.end + head.length : undefined;
    if (head && end !== undefined && isEnd(bytes, end, isLast)) {
      records.push(record(head, bytes.subarray(head.end, end), problem));
      at = newlinesFrom(bytes, end);
      continue;
    }
    const isOpen = end === undefined ? bytes.length - at < LONGEST_HEADER : false;
    if (!isLast && (isOpen || (end !== undefined && end + LOOKAHEAD > bytes.length))) break;
    const next = nextHead(bytes, (head?.end ?? at) + (head ? 0 : 1));
    if (next < 0 && !isLast) break;
    isClean = false;
    const block = trimmed(bytes.subarray(head?.end ?? at, next < 0 ? bytes.length : next));
    records.push(record(head, block, problem ?? wrongOf(head, block)));
    at = next < 0 ? bytes.length : next;
  }
  if (problem !== undefined && records.length === 0) {
    records.push(record(undefined, Buffer.alloc(0), problem));
  }
  return { records, consumed: at, isClean };
}

interface Head {
  readonly text: string;
  readonly type: string;
  readonly length: number | undefined;
  /** Where the block begins. */
  readonly end: number;
}

function record(head: Head | undefined, block: Buffer, problem: string | undefined): WarcRecord {
  return { type: head?.type ?? "", headers: new WarcHeaders(head?.text ?? ""), block, problem };
}

function wrongOf(head: Head | undefined, block: Buffer): string {
  if (!head) return `${block.length} bytes are no record`;
  if (head.length === undefined) return "the record has no Content-Length";
  return `Content-Length says ${head.length} bytes, the record has ${block.length}`;
}

function headAt(bytes: Buffer, at: number): Head | undefined {
  if (bytes.toString("latin1", at, at + 5) !== "WARC/") return undefined;
  const limit = Math.min(bytes.length, at + LONGEST_HEADER);
  const line = bytes.indexOf(LF, at);
  if (line < 0 || line >= limit) return undefined;
  for (let next = line; next >= 0 && next < limit; next = bytes.indexOf(LF, next + 1)) {
    const blank = bytes[next + 1] === CR ? next + 2 : next + 1;
    if (bytes[blank] !== LF) continue;
    const text = bytes.toString("utf8", line + 1, next + 1);
    const length = /^content-length:[ \t]*(\d{1,15})[ \t]*\r?$/im.exec(text)?.[1];
    return {
      text,
      type: /^warc-type:[ \t]*([\w-]+)/im.exec(text)?.[1]?.toLowerCase() ?? "",
      length: length === undefined ? undefined : Number(length),
      end: blank + 1,
    };
  }
  return undefined;
}

/** A record ends where the file does, or where another begins behind blank lines. */
function isEnd(bytes: Buffer, end: number, isLast: boolean): boolean {
  if (end > bytes.length || (!isLast && end + LOOKAHEAD > bytes.length)) return false;
  const next = newlinesFrom(bytes, end);
  return next === bytes.length || bytes.toString("latin1", next, next + 5) === "WARC/";
}

function newlinesFrom(bytes: Buffer, from: number): number {
  let at = from;
  while (at < from + MOST_NEWLINES && (bytes[at] === CR || bytes[at] === LF)) at += 1;
  return at;
}

function nextHead(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf("WARC/", from); at >= 0; at = bytes.indexOf("WARC/", at + 1)) {
    const isLineStart = at === from || bytes[at - 1] === LF;
    const head = isLineStart ? headAt(bytes, at) : undefined;
    if (head?.type && head.length !== undefined) return at;
  }
  return -1;
}

/** Without the CRLF CRLF that ends a record. */
function trimmed(block: Buffer): Buffer {
  return block.toString("latin1", Math.max(0, block.length - 4)) === "\r\n\r\n"
    ? block.subarray(0, -4)
    : block;
}
