/**
 * Thrift's compact protocol, as Parquet writes its footers in it. It describes itself, so a footer can be
 * read, changed and written again without knowing what each field means.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export type ThriftValue = boolean | bigint | Buffer | ThriftList | ThriftStruct;

export interface ThriftList {
  readonly itemType: number;
  readonly items: readonly ThriftValue[];
}

/** Fields by their number. */
export type ThriftStruct = Map<number, ThriftField>;

export interface ThriftField {
  readonly type: number;
  readonly value: ThriftValue;
}

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

/** Reads one struct from the start of the bytes. Throws `RangeError` where they are none. */
export function readThrift(bytes: Buffer): ThriftStruct {
  let at = 0;

  function byte(): number {
    const value = bytes[at];
    if (value === undefined) throw new RangeError("the footer ends in the middle");
    at += 1;
    return value;
  }

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const part = byte();
      value |= BigInt(part & 0x7f) << shift;
      if (part < 0x80) return value;
    }
    throw new RangeError("a number of the footer has no end");
  }

  function zigzag(): bigint {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  function take(length: number): Buffer {
    if (at + length > bytes.length) throw new RangeError("the footer ends in the middle");
    at += length;
    return bytes.subarray(at - length, at);
  }

  function struct(): ThriftStruct {
    const fields: ThriftStruct = new Map();
    let id = 0;
    for (;;) {
      const head = byte();
      if (head === 0) return fields;
      const type = head & 0x0f;
      id = head >> 4 === 0 ? Number(zigzag()) : id + (head >> 4);
      const value = type === TRUE || type === FALSE ? type === TRUE : readValue(type);
      fields.set(id, { type, value });
    }
  }

  function readValue(type: number): ThriftValue {
    if (type === TRUE || type === FALSE) return byte() === TRUE;
    if (type === BYTE) return BigInt.asIntN(8, BigInt(byte()));
    if (type > BYTE && type <= I64) return zigzag();
    if (type === DOUBLE) return take(8);
    if (type === BINARY) return take(Number(varint()));
    if (type === STRUCT) return struct();
    if (type !== LIST && type !== SET)
      throw new RangeError(`the footer has a field of type ${type}`);
    const head = byte();
    const itemType = head & 0x0f;
    const count = head >> 4 === 15 ? Number(varint()) : head >> 4;
    return { itemType, items: Array.from({ length: count }, () => readValue(itemType)) };
  }

  return struct();
}

/** The same struct as bytes. */
export function writeThrift(value: ThriftStruct): Buffer {
  const parts: Buffer[] = [];

  function varint(number: bigint): void {
    const found: number[] = [];
    let rest = number;
    for (; rest >= 0x80n; rest >>= 7n) found.push(Number(rest & 0x7fn) | 0x80);
    parts.push(Buffer.from([...found, Number(rest)]));
  }

  function zigzag(number: bigint): void {
    varint(number < 0n ? -number * 2n - 1n : number * 2n);
  }

  function struct(fields: ThriftStruct): void {
    let last = 0;
    for (const [id, { type, value: field }] of [...fields].sort(([a], [b]) => a - b)) {
      const kind = typeof field === "boolean" ? (field ? TRUE : FALSE) : type;
      const step = id - last;
      parts.push(Buffer.from([step > 0 && step < 16 ? (step << 4) | kind : kind]));
      if (step <= 0 || step >= 16) zigzag(BigInt(id));
      if (typeof field !== "boolean") write(field, type);
      last = id;
    }
    parts.push(Buffer.from([0]));
  }

  function write(field: ThriftValue, type: number): void {
    if (typeof field === "boolean") parts.push(Buffer.from([field ? TRUE : FALSE]));
    else if (typeof field === "bigint" && type === BYTE)
      parts.push(Buffer.from([Number(field & 0xffn)]));
    else if (typeof field === "bigint") zigzag(field);
    else if (Buffer.isBuffer(field)) {
      if (type === BINARY) varint(BigInt(field.length));
      parts.push(field);
    } else if (field instanceof Map) struct(field);
    else {
      const { itemType, items } = field;
      parts.push(Buffer.from([(Math.min(items.length, 15) << 4) | itemType]));
      if (items.length >= 15) varint(BigInt(items.length));
      for (const item of items) write(item, itemType);
    }
  }

  struct(value);
  return Buffer.concat(parts);
}
