import { mkdirSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "./classify.ts";
import { readThrift, type ThriftStruct, type ThriftValue, writeThrift } from "./thrift.ts";

/** A large file elsewhere, of which any part can be read. */
export interface Remote {
  /** Bytes `start` up to, not including, `end`. */
  readonly range: (start: number, end: number) => Promise<Buffer>;
  /** The last bytes, and how many the file has. */
  readonly tail: (length: number) => Promise<{ readonly bytes: Buffer; readonly total: number }>;
}

export interface RowGroup {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Chunk>;
}

interface Chunk {
  readonly start: number;
  readonly end: number;
  /** Smallest and largest value as text, where the file says so. */
  readonly range: readonly [smallest: string, largest: string] | undefined;
}

/** A local Parquet file with those row groups and columns of a remote one that were wanted. */
export interface PartialParquet {
  readonly path: string;
  readonly groups: readonly RowGroup[];
  /** Reads the columns of these row groups and makes the local file consist of just them. */
  readonly keep: (groups: readonly RowGroup[], columns: readonly string[]) => Promise<void>;
}

const MAGIC = "PAR1";
/** One read that holds most footers whole. */
const TAIL_BYTES = 64 * 1024;
const MOST_FOOTER_BYTES = 64 * 2 ** 20;
/** Chunks nearer to each other than this are read in one go. */
const GAP_BYTES = 128 * 1024;
// Field numbers of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
const FILE = { rows: 3, groups: 4 };
const GROUP = { columns: 1, rows: 3 };
const COLUMN = { metadata: 3 };
const METADATA = { path: 3, size: 7, data: 9, dictionary: 11, statistics: 12, bloom: [14, 15] };
const STATISTICS = { largest: 5, smallest: 6 };

/**
 * Opens a Parquet file by its footer alone. What is kept lies in a sparse file at the places it has in
 * the remote one, below a footer that names nothing else: DuckDB then reads it like any other.
 */
export async function openPartial(remote: Remote, path: string): Promise<PartialParquet> {
  const { footer, total } = await readFooter(remote);
  const structs = listOf(footer, FILE.groups) as ThriftStruct[];
  const groups = structs.map(groupOf);
  const present = new Set<string>();
  mkdirSync(dirname(path), { recursive: true });

  async function keep(kept: readonly RowGroup[], columns: readonly string[]): Promise<void> {
    const wanted = kept.flatMap((group) =>
      columns.map((name) => {
        const chunk = group.columns.get(name);
        if (!chunk) throw new Failure("fatal", `is Parquet without a column ${name}`);
        return chunk;
      }),
    );
    const missing = wanted.filter(({ start }) => !present.has(String(start)));
    const file = await open(path, present.size === 0 ? "w" : "r+");
    try {
      if (present.size === 0) await file.write(MAGIC, 0);
      for (const { start, end } of joined(missing)) {
        await writeAt(file, await remote.range(start, end), start);
      }
      const names = new Set(kept.map((group) => groups.indexOf(group)));
      const bytes = footerOf(
        footer,
        structs.filter((_, index) => names.has(index)),
      );
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      const end = Buffer.concat([bytes, length, Buffer.from(MAGIC)]);
      await file.truncate(total);
      await writeAt(file, end, total);
    } finally {
      await file.close();
    }
    for (const { start } of missing) present.add(String(start));
  }

  return { path, groups, keep };
}

async function readFooter(remote: Remote) {
  let { bytes, total } = await remote.tail(TAIL_BYTES);
  const isParquet = bytes.length >= 12 && bytes.toString("latin1", bytes.length - 4) === MAGIC;
  if (!isParquet) throw new Failure("retry", "sent something else where Parquet was due");
  const length = bytes.readUInt32LE(bytes.length - 8);
  if (length > Math.min(MOST_FOOTER_BYTES, total - 12)) {
    throw new Failure("fatal", `is Parquet with a footer of ${length} bytes`);
  }
  if (length + 8 > bytes.length) ({ bytes, total } = await remote.tail(length + 8));
  try {
    return { footer: readThrift(bytes.subarray(-8 - length, -8)), total };
  } catch (cause) {
    throw new Failure("fatal", `is Parquet with a broken footer: ${String(cause)}`, { cause });
  }
}

function groupOf(struct: ThriftStruct): RowGroup {
  const columns = (listOf(struct, GROUP.columns) as ThriftStruct[]).map((column) => {
    const metadata = fieldOf(column, COLUMN.metadata) as ThriftStruct;
    const dictionary = numberOf(metadata, METADATA.dictionary);
    const data = numberOf(metadata, METADATA.data);
    // Some writers say 0 where there is no dictionary.
    const start = dictionary > 0 ? Math.min(dictionary, data) : data;
    const statistics = fieldOf(metadata, METADATA.statistics) as ThriftStruct | undefined;
    const smallest = statistics && fieldOf(statistics, STATISTICS.smallest);
    const largest = statistics && fieldOf(statistics, STATISTICS.largest);
    const name = (listOf(metadata, METADATA.path) as Buffer[]).map(String).join(".");
    const chunk: Chunk = {
      start,
      end: start + numberOf(metadata, METADATA.size),
      range:
        Buffer.isBuffer(smallest) && Buffer.isBuffer(largest)
          ? [smallest.toString(), largest.toString()]
          : undefined,
    };
    return [name, chunk] as const;
  });
  return { rows: numberOf(struct, GROUP.rows), columns: new Map(columns) };
}

/** Bloom filters are not kept: a reader that looks for one would find zeros, and no row. */
function footerOf(footer: ThriftStruct, groups: readonly ThriftStruct[]): Buffer {
  for (const group of groups) {
    for (const column of listOf(group, GROUP.columns) as ThriftStruct[]) {
      const metadata = fieldOf(column, COLUMN.metadata) as ThriftStruct;
      for (const field of METADATA.bloom) metadata.delete(field);
    }
  }
  const rows = groups.reduce((sum, group) => sum + numberOf(group, GROUP.rows), 0);
  const changed = new Map(footer);
  const { type = 0, value } = footer.get(FILE.groups) ?? {};
  changed.set(FILE.groups, { type, value: { ...(value as object), items: groups } as ThriftValue });
  changed.set(FILE.rows, { type: footer.get(FILE.rows)?.type ?? 6, value: BigInt(rows) });
  return writeThrift(changed);
}

function joined(chunks: readonly Chunk[]): { readonly start: number; readonly end: number }[] {
  const runs: { start: number; end: number }[] = [];
  for (const { start, end } of [...chunks].sort((a, b) => a.start - b.start)) {
    const last = runs.at(-1);
    if (last && start - last.end <= GAP_BYTES) last.end = Math.max(last.end, end);
    else runs.push({ start, end });
  }
  return runs;
}

async function writeAt(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  await file.write(bytes, 0, bytes.length, at);
}

function fieldOf(struct: ThriftStruct, field: number): ThriftValue | undefined {
  return struct.get(field)?.value;
}

function numberOf(struct: ThriftStruct, field: number): number {
  return Number(fieldOf(struct, field) ?? 0);
}

function listOf(struct: ThriftStruct, field: number): readonly ThriftValue[] {
  const value = fieldOf(struct, field);
  return value && typeof value === "object" && "items" in value ? value.items : [];
}
