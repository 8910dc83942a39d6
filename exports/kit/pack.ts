import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/** 1980-01-01 00:00, the earliest time a ZIP can name. */
const TIME = 0;
const DATE = 0x21;

const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END = 0x06054b50;

/** Packs a workbook again with fixed times and one compression: equal content gives equal bytes. */
export function repack(zip: Buffer): Buffer {
  const entries = readEntries(zip);
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data } of entries) {
    const packed = deflateRawSync(data, { level: 6 });
    const head = Buffer.alloc(30 + name.length);
    head.writeUInt32LE(LOCAL, 0);
    writeCommon(head, 4, { name, data, packed });
    name.copy(head, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(CENTRAL, 0);
    entry.writeUInt16LE(20, 4);
    writeCommon(entry, 6, { name, data, packed });
    entry.writeUInt32LE(offset, 42);
    name.copy(entry, 46);
    parts.push(head, packed);
    directory.push(entry);
    offset += head.length + packed.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

interface Entry {
  readonly name: Buffer;
  readonly data: Buffer;
}

/** The files of a ZIP, in its directory's order. */
export function readEntries(zip: Buffer): Entry[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index += 1) {
    const method = zip.readUInt16LE(at + 10);
    const packedSize = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + packedSize);
    entries.push({
      name: zip.subarray(at + 46, at + 46 + nameLength),
      data: method === 0 ? packed : inflateRawSync(packed),
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries.filter((entry) => !entry.name.toString().endsWith("/"));
}

/** The fields a local header and a directory entry share, in their common order. */
function writeCommon(
  target: Buffer,
  at: number,
  entry: { readonly name: Buffer; readonly data: Buffer; readonly packed: Buffer },
): void {
  target.writeUInt16LE(20, at);
  target.writeUInt16LE(0x0800, at + 2); // names are UTF-8
  target.writeUInt16LE(8, at + 4); // deflate
  target.writeUInt16LE(TIME, at + 6);
  target.writeUInt16LE(DATE, at + 8);
  target.writeUInt32LE(crc32(entry.data), at + 10);
  target.writeUInt32LE(entry.packed.length, at + 14);
  target.writeUInt32LE(entry.data.length, at + 18);
  target.writeUInt16LE(entry.name.length, at + 22);
}
