import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readWarc } from "../../../extract/kit/warc.ts";
import { decodePage, parseHttp } from "../../../extract/kit/warc-http.ts";
import { WarcHeaders, type WarcRecord } from "../../../extract/kit/warc-records.ts";
import { SAMPLES } from "./samples.ts";

interface Written {
  readonly type?: string;
  readonly block: Buffer;
  readonly length?: number;
  readonly headers?: readonly string[];
}

function recordBytes({ type = "response", block, length, headers = [] }: Written): Buffer {
  const head = [
    "WARC/1.0",
    `WARC-Type: ${type}`,
    "WARC-Target-URI: https://gullinn.example/",
    ...headers,
    `Content-Length: ${length ?? block.length}`,
  ];
  return Buffer.concat([
    Buffer.from(`${head.join("\r\n")}\r\n\r\n`),
    block,
    Buffer.from("\r\n\r\n"),
  ]);
}

const page = (text: string): Written => ({ block: Buffer.from(text) });

function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const found: Buffer[] = [];
  let turn = 0;
  for (let at = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    found.push(bytes.subarray(at, at + size));
    at += size;
  }
  return found;
}

async function read(chunks: readonly Buffer[]): Promise<WarcRecord[]> {
  const records: WarcRecord[] = [];
  for await (const record of readWarc(chunks)) records.push(record);
  return records;
}

const told = (records: readonly WarcRecord[]) =>
  records.map(({ type, block, problem }) => [type, block.toString("latin1"), problem]);

/** What the records say that could be read: bytes nobody could read may be counted in other pieces. */
const known = (records: readonly WarcRecord[]) => told(records).filter(([type]) => type !== "");

const blocks = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      "",
      "\r\n\r\n",
      "WARC/1.0",
      "a\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\n\r\n",
      "\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 2\r\n\r\nhi\r\n\r\n",
    )
    .map((text) => Buffer.from(text)),
);
const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 });

describe("in any pieces", () => {
  test.each([
    ["plain", (bytes: Buffer) => bytes],
    ["gzipped", (bytes: Buffer) => gzipSync(bytes)],
  ])("%s records are what was written, whatever stands in them", async (_name, packed) => {
    await fc.assert(
      fc.asyncProperty(fc.array(blocks, { maxLength: 12 }), sizes, async (written, cuts) => {
        const bytes = Buffer.concat(written.map((block) => packed(recordBytes({ block }))));
        expect(told(await read(pieces(bytes, cuts)))).toEqual(
          written.map((block) => ["response", block.toString("latin1"), undefined]),
        );
      }),
    );
  });

  test("rubbish never hangs, and reads the same whole and in pieces", async () => {
    const members = fc.array(
      fc.oneof(
        blocks.map((block) => gzipSync(recordBytes({ block }))),
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
        blocks.map((block) => {
          const bytes = gzipSync(recordBytes({ block }));
          bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0x55;
          return bytes;
        }),
        fc.constantFrom(Buffer.from([0x1f, 0x8b, 0x08, 0]), Buffer.alloc(20)),
      ),
      { minLength: 1, maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(members, sizes, async (parts, cuts) => {
        const bytes = Buffer.concat([gzipSync(recordBytes(page("first"))), ...parts]);
        const whole = await read([bytes]);
        expect(whole[0]?.block.toString()).toBe("first");
        expect(known(await read(pieces(bytes, cuts)))).toEqual(known(whole));
      }),
    );
  });

  test("plain rubbish between records costs only itself", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), sizes, async (rubbish, cuts) => {
        const first = recordBytes(page("first"));
        const bytes = Buffer.concat([first, Buffer.from(rubbish), Buffer.from("\r\n"), first]);
        const whole = await read([bytes]);
        expect(whole.at(-1)?.block.toString()).toBe("first");
        expect(known(await read(pieces(bytes, cuts)))).toEqual(known(whole));
      }),
    );
  });
});

describe("what is wrong costs one record", () => {
  const texts = async (bytes: Buffer) =>
    (await read([bytes])).map(({ block, problem }) => [block.toString(), problem]);
  const good = gzipSync(recordBytes(page("good")));

  test.each([
    ["too small", 3],
    ["too large", 900],
  ])("a Content-Length that is %s", async (_name, length) => {
    const wrong = recordBytes({ block: Buffer.from("twelve bytes"), length });
    const problem = `Content-Length says ${length} bytes, the record has 12`;
    const expected = [
      ["good", undefined],
      ["twelve bytes", problem],
      ["good", undefined],
    ];
    expect(await texts(Buffer.concat([good, gzipSync(wrong), good]))).toEqual(expected);
    const plain = recordBytes(page("good"));
    expect(await texts(Buffer.concat([plain, wrong, plain]))).toEqual(expected);
  });

  test("a member whose bytes are damaged", async () => {
    const bad = gzipSync(recordBytes(page("bad ".repeat(200))));
    bad[bad.length - 6] = (bad[bad.length - 6] ?? 0) ^ 1;
    const found = await texts(Buffer.concat([good, bad, good]));
    expect(found).toEqual([
      ["good", undefined],
      ["", `${bad.length} bytes could not be inflated`],
      ["good", undefined],
    ]);
  });

  test("zeros between members, behind which zlib stops without a word", async () => {
    const found = await texts(Buffer.concat([good, Buffer.alloc(512), good]));
    expect(found.filter(([text]) => text === "good")).toHaveLength(2);
  });

  test("a file that ends in the middle of a member keeps what came", async () => {
    const long = Array.from({ length: 2000 }, (_, index) => index * 7919).join(" ");
    const last = gzipSync(recordBytes(page(long)));
    const found = await texts(Buffer.concat([good, last.subarray(0, last.length / 2)]));
    expect(found[0]).toEqual(["good", undefined]);
    expect(found[1]?.[0]?.length).toBeGreaterThan(1000);
    expect(long.startsWith(found[1]?.[0] ?? "-")).toBe(true);
    expect(found[1]?.[1]).toBe("the compressed bytes end");
  });

  test("a member that inflates without end is given up", async () => {
    const bomb = gzipSync(recordBytes({ block: Buffer.alloc(80 * 2 ** 20) }));
    const found = await texts(Buffer.concat([good, bomb, good]));
    expect(found.map(([text]) => text)).toEqual(["good", "", "good"]);
  });

  test("a file that is no archive, and one without a byte", async () => {
    expect(await texts(Buffer.from("<html>Too many requests</html>"))).toEqual([
      ["<html>Too many requests</html>", "30 bytes are no record"],
    ]);
    expect(await texts(Buffer.alloc(0))).toEqual([]);
  });
});

test("headers repeat, and their names have no case", () => {
  const headers = new WarcHeaders("WARC-Protocol: h2\r\nwarc-protocol: tls/1.3\r\nX: a: b\r\n");
  expect(headers.all("Warc-Protocol")).toEqual(["h2", "tls/1.3"]);
  expect([headers.get("x"), headers.get("y")]).toEqual(["a: b", undefined]);
});

describe("the answer in a record", () => {
  const http = (text: string | Buffer) => parseHttp(Buffer.from(text));

  test("over HTTP/2 it has no reason", () => {
    const answer = http("HTTP/1.1 200 \r\ncontent-type: text/html\r\n\r\n<p>Gull</p>");
    expect(answer).toMatchObject({ status: 200 });
    expect(answer?.body.toString()).toBe("<p>Gull</p>");
  });

  test.each([
    ["whole", "5\r\nGull \r\n3;x=y\r\nInn\r\n0\r\n\r\n"],
    ["without its last chunk", "5\r\nGull \r\n3\r\nInn\r\n"],
    ["undone already", "Gull Inn"],
  ])("a chunked body is %s", (_name, body) => {
    expect(
      http(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`)?.body.toString(),
    ).toBe("Gull Inn");
  });

  test.each<[string, Buffer]>([
    ["gzip", gzipSync("Gull Inn")],
    ["br", brotliCompressSync("Gull Inn")],
    ["gzip", Buffer.from("Gull Inn")],
  ])("a body encoded as %s, or undone already", (encoding, body) => {
    const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\n\r\n`);
    expect(http(Buffer.concat([head, body]))?.body.toString()).toBe("Gull Inn");
  });

  test("what is no answer is none", () => {
    expect(http("")).toBeUndefined();
    expect(http("HTTP/1.1 twohundred\r\n\r\n")).toBeUndefined();
    expect(http("HTTP/1.1 301 Moved\r\nLocation: /")?.body).toHaveLength(0);
  });

  test.each<[string, Buffer, string, string | undefined, string]>([
    ["the mark", Buffer.from("\ufeffHôtel"), "text/html; charset=latin1", undefined, "utf-8"],
    [
      "the header",
      Buffer.from("Hôtel", "latin1"),
      "text/html; charset=ISO-8859-1",
      "utf-8",
      "windows-1252",
    ],
    [
      "the page",
      Buffer.from('<meta charset="windows-1252">Hôtel', "latin1"),
      "text/html",
      "UTF-8",
      "windows-1252",
    ],
    [
      "the index",
      Buffer.from("Hôtel", "latin1"),
      "text/html; charset=nonsense",
      "windows-1252",
      "windows-1252",
    ],
    ["nobody", Buffer.from("Hôtel"), "", undefined, "utf-8"],
  ])("the charset is that of %s", (_name, body, type, indexed, charset) => {
    const page = decodePage(body, { headers: new WarcHeaders(`content-type: ${type}`), indexed });
    expect(page.charset).toBe(charset);
    expect(page.text).toContain("Hôtel");
  });
});

const samples = join(SAMPLES, "commoncrawl");

describe.skipIf(!existsSync(samples))("samples of Common Crawl (needs the samples)", () => {
  const sample = (name: string) => readFileSync(join(samples, name));

  test("seven synthetic records are seven", async () => {
    const records = await read([sample("SYNTHETIC-records.warc.gz")]);
    expect(records.map(({ type }) => type)).toEqual(
      "warcinfo request response response response revisit response".split(" "),
    );
    expect(records.every(({ problem }) => problem === undefined)).toBe(true);
    const [, , h2, cafe] = records;
    expect(h2?.headers.all("warc-protocol")).toEqual(["h2", "tls/1.3"]);
    expect(h2?.block.toString()).toContain("WARC/1.0 inside a body");
    const http = parseHttp(cafe?.block ?? Buffer.alloc(0));
    expect(
      decodePage(http?.body ?? Buffer.alloc(0), { headers: http?.headers ?? new WarcHeaders("") }),
    ).toMatchObject({
      charset: "windows-1252",
      text: expect.stringContaining("Hôtel Café"),
    });
  });

  test.each([
    "20250802220907-20250803010907-00970",
    "20250804083340-20250804113340-00340",
    "20250804145214-20250804175214-00905",
  ])("the real member %s is one answer", async (name) => {
    const records = await read([sample(`range-206-CC-MAIN-${name}.member.warc.gz`)]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ type: "response", problem: undefined });
    expect([200, 301]).toContain(parseHttp(records[0]?.block ?? Buffer.alloc(0))?.status);
  });

  test("WAT and WET are read as they are", async () => {
    const wat = await read([sample("whirlwind.warc.wat.gz")]);
    expect(wat.map(({ type, problem }) => [type, problem])).toEqual([
      ["warcinfo", undefined],
      ["metadata", undefined],
    ]);
    expect(JSON.parse(wat[1]?.block.toString() ?? "")).toHaveProperty("Envelope");
    const wet = await read([sample("SYNTHETIC-text.warc.wet.gz")]);
    expect(wet.map(({ type }) => type)).toEqual(["warcinfo", "conversion"]);
  });
});
