import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { createRandom, type Random } from "../../sandbox/kit/random.ts";

/** Writes a gzipped WARC of requests, answers and metadata, as crawlers do; the same seed, the same bytes. */
export async function writeArchive(path: string, pages: number, seed: string): Promise<void> {
  const random = createRandom(`bench/warc/${seed}`);
  await pipeline(function* () {
    for (let page = 0; page < pages; page += 1) {
      const uri = `https://www.hotel-${page}.example/rooms`;
      yield member(
        "request",
        uri,
        "GET /rooms HTTP/1.1\r\nHost: www.example\r\nAccept: */*\r\n\r\n",
      );
      yield member(
        "response",
        uri,
        `HTTP/1.1 200 \r\ncontent-type: text/html\r\n\r\n${html(random)}`,
      );
      yield member("metadata", uri, "fetchTimeMs: 120\r\ncharset-detected: UTF-8\r\n");
    }
  }, createWriteStream(path));
}

function member(type: string, uri: string, block: string): Buffer {
  const head = [
    "WARC/1.0",
    `WARC-Type: ${type}`,
    "WARC-Date: 2026-08-10T00:10:00Z",
    "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>",
    `WARC-Target-URI: ${uri}`,
    `Content-Type: application/http; msgtype=${type}`,
    `Content-Length: ${Buffer.byteLength(block)}`,
  ].join("\r\n");
  return gzipSync(`${head}\r\n\r\n${block}\r\n\r\n`);
}

const WORDS = "quiet rooms near the water with breakfast parking pool guests stay week heron".split(
  " ",
);

/** 2 to 22 KB that compress to about a fifth, as pages do. */
function html(random: Random): string {
  const length = random.int(2000, 22_000);
  let text = "<!doctype html><html><head><title>Rooms</title></head><body>";
  while (text.length < length) {
    text += `<p class="c${random.int(0, 99)}">${random.pick(WORDS)} ${random.pick(WORDS)} ${random.int(0, 999_999)}</p>\n`;
  }
  return `${text}</body></html>`;
}
