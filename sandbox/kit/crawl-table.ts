import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { Capture } from "./crawl-archive.ts";

/** Rows of one row group: DuckDB's least. */
const GROUP_ROWS = 2048;

/** Parts of a columnar index in Parquet, sorted by SURT, as Common Crawl publishes them. */
export async function tableParts(captures: readonly Capture[], parts: number): Promise<Buffer[]> {
  const folder = await mkdtemp(join(tmpdir(), "leadhouse-sandbox-index-"));
  const memory = await Warehouse.open(":memory:");
  try {
    await memory.run(`
      create table captures (
        url_surtkey varchar, url varchar, url_host_name varchar, url_host_tld varchar,
        url_host_registered_domain varchar, url_path varchar, fetch_time varchar,
        fetch_status varchar, content_digest varchar, content_mime_detected varchar,
        content_charset varchar, content_languages varchar, content_truncated varchar,
        warc_filename varchar, warc_record_offset varchar, warc_record_length varchar
      )`);
    const appender = await memory.appender("captures");
    for (const capture of captures) {
      for (const cell of cellsOf(capture)) {
        if (cell === undefined) appender.appendNull();
        else appender.appendVarchar(cell);
      }
      appender.endRow();
    }
    appender.closeSync();
    const each = Math.ceil(captures.length / parts);
    const files: Buffer[] = [];
    for (let part = 0; part < parts; part += 1) {
      const path = join(folder, `part-${part}.parquet`);
      await memory.run(`
        copy (
          select * replace (
            strptime(fetch_time, '%Y%m%d%H%M%S') as fetch_time,
            fetch_status::smallint as fetch_status,
            warc_record_offset::integer as warc_record_offset,
            warc_record_length::integer as warc_record_length
          )
          from captures
          where rowid >= ${part * each} and rowid < ${(part + 1) * each}
          order by rowid
        ) to ${literal(path)} (format parquet, compression gzip, row_group_size ${GROUP_ROWS})`);
      files.push(await readFile(path));
    }
    return files;
  } finally {
    memory.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function cellsOf(capture: Capture): (string | undefined)[] {
  const { host, domain, status, mime } = capture;
  return [
    capture.surt,
    capture.url,
    host,
    host.split(".").at(-1),
    domain,
    capture.path,
    capture.timestamp,
    status,
    capture.digest,
    mime,
    capture.charset,
    status === "200" ? "eng" : undefined,
    capture.truncated,
    capture.filename,
    String(capture.offset),
    String(capture.length),
  ];
}
