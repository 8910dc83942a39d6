import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { literal } from "../../../engine/warehouse/quote.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { openPartial, type Remote } from "../../../extract/kit/parquet-ranges.ts";
import { readThrift, writeThrift } from "../../../extract/kit/thrift.ts";

const folder = mkdtempSync(join(tmpdir(), "leadhouse-ranges-"));
const settings = { enable_external_file_cache: "false" };
let memory: Warehouse;
beforeAll(async () => {
  memory = await Warehouse.open(":memory:", { settings });
});
afterAll(() => {
  memory.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A column that nobody keeps, as large as it takes to be passed over. */
const BODY = Array.from({ length: 8 }, (_, turn) => `md5('${turn}' || number)`).join(" || ");

async function written(codec: string): Promise<Buffer> {
  const path = join(folder, `${codec}.parquet`);
  await memory.run(`
    copy (
      select number::integer as number, 'host ' || number % 7 as host, ${BODY} as body,
        case when number % 3 = 0 then timestamp '2026-01-01' + to_seconds(number) end as seen_at
      from range(20_000) as numbers (number)
    ) to ${literal(path)} (format parquet, compression ${codec}, row_group_size 2048)`);
  return readFileSync(path);
}

function remoteOf(bytes: Buffer) {
  const reads: number[] = [];
  const remote: Remote = {
    async range(start, end) {
      reads.push(end - start);
      return bytes.subarray(start, end);
    },
    async tail(length) {
      return { bytes: bytes.subarray(-length), total: bytes.length };
    },
  };
  return { remote, reads };
}

test.each(["gzip", "zstd", "snappy"])(
  "any row groups and columns of a %s file read as in the whole",
  async (codec) => {
    const bytes = await written(codec);
    const whole = `read_parquet(${literal(join(folder, `${codec}.parquet`))}, file_row_number = true)`;
    let turn = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 1 }),
        fc.subarray(["number", "host", "seen_at"], { minLength: 1 }),
        async (places, columns) => {
          turn += 1;
          const { remote, reads } = remoteOf(bytes);
          const part = await openPartial(remote, join(folder, `part-${codec}-${turn}.parquet`));
          const groups = part.groups.filter((_, place) => places.includes(place));
          await part.keep(groups, ["number"]);
          await part.keep(groups, columns);
          const rows = (from: string, where: string) =>
            memory.rows(
              `select ${columns.join(", ")} from ${from} ${where} order by file_row_number limit 5000`,
            );
          const kept = `read_parquet(${literal(part.path)}, file_row_number = true)`;
          const inPlaces = `where file_row_number // 2048 in (${places.join(", ")})`;
          expect(await rows(kept, "")).toEqual(await rows(whole, inPlaces));
          expect(reads.reduce((sum, size) => sum + size, 0)).toBeLessThan(bytes.length / 2);
        },
      ),
      { numRuns: 12 },
    );
  },
);

test("a footer is the same after it was read and written", async () => {
  const bytes = await written("gzip");
  const length = bytes.readUInt32LE(bytes.length - 8);
  const footer = bytes.subarray(-8 - length, -8);
  expect(writeThrift(readThrift(footer)).equals(footer)).toBe(true);
});

test("a footer of any bytes is refused or read, and never hangs", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        readThrift(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

test.each<[string, Buffer, string]>([
  [
    "a page",
    Buffer.from("<html>Too many requests, please slow down</html>"),
    "sent something else where Parquet was due",
  ],
  ["nothing", Buffer.alloc(0), "sent something else where Parquet was due"],
  [
    "a footer longer than the file",
    Buffer.from("PAR1xxxx\xff\xff\xff\x00PAR1", "latin1"),
    "is Parquet with a footer of 16777215 bytes",
  ],
  [
    "a footer of rubbish",
    Buffer.concat([
      Buffer.from("PAR1"),
      Buffer.alloc(40, 0xff),
      Buffer.from([40, 0, 0, 0]),
      Buffer.from("PAR1"),
    ]),
    "is Parquet with a broken footer",
  ],
])("%s is refused", async (_name, bytes, message) => {
  await expect(openPartial(remoteOf(bytes).remote, join(folder, "bad.parquet"))).rejects.toThrow(
    message,
  );
});

test("a column that is not there is named", async () => {
  const part = await openPartial(
    remoteOf(await written("gzip")).remote,
    join(folder, "none.parquet"),
  );
  await expect(part.keep(part.groups, ["url_host"])).rejects.toThrow(
    "is Parquet without a column url_host",
  );
});
