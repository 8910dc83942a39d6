import type { Readable } from "node:stream";
import type { Cells, Records } from "../../engine/warehouse/landing.ts";
import { INDEX_COLUMNS } from "./crawl-index.ts";
import type { CrawlRules } from "./crawl-rules.ts";
import type { Request } from "./extractor.ts";
import type { Known } from "./following.ts";
import type { Remote } from "./parquet-ranges.ts";
import { readWarc } from "./warc.ts";
import { decodePage, parseHttp } from "./warc-http.ts";
import type { WarcRecord } from "./warc-records.ts";

/** A page and where it lies; headers as they stand in the archive, the body as text. */
export const PAGE_COLUMNS = [
  "url",
  "captured_at",
  "warc_filename",
  "warc_record_offset",
  "warc_record_length",
  "content_digest",
  "page_kind",
  "page_rank",
  "record_type",
  "warc_headers",
  "http_headers",
  "http_status",
  "mime",
  "charset",
  "truncated",
  "body",
  "problem",
] as const;

/** One read of an archive: a record, or neighbours. */
export interface PageRequest extends Request {
  /** None: the archive is read whole. */
  readonly wanted: readonly Capture[];
}

interface Capture {
  readonly url: string;
  readonly captured_at: string;
  readonly filename: string;
  readonly record_offset: number;
  readonly record_length: number;
  readonly digest: string | null;
  readonly charset: string | null;
  readonly truncated: string | null;
  readonly page_kind: string;
  readonly page_rank: string;
}

/** Records nearer to each other than this are read in one go, up to so much. */
const GAP_BYTES = 32 * 1024;
const MOST_BYTES = 4 * 2 ** 20;
const MOST_RECORDS = 50;

export interface PageOptions {
  readonly rules: CrawlRules;
  readonly dataUrl: string;
  readonly perHost: number;
}

/** The best pages of each host, newest capture first, without those whose bytes have landed before. */
export async function pageRequests(
  { query }: Known,
  { rules, dataUrl, perHost }: PageOptions,
): Promise<PageRequest[]> {
  const streams = { index: INDEX_COLUMNS, captures: ["capture"], pages: PAGE_COLUMNS };
  const found = await query<Capture>(streams, wantedSql(rules, perHost));
  return runsOf(found).map((wanted) => {
    const [first] = wanted;
    const places = wanted.map(
      ({ record_offset, record_length }) => `${record_offset}+${record_length}`,
    );
    return {
      key: `${first?.filename} ${places.join(",")}`,
      url: `${dataUrl}/${first?.filename}`,
      wanted,
    };
  });
}

export function archiveRequest(path: string): PageRequest {
  return { key: path, url: path, wanted: [] };
}

/** The records of one read, each taken out by its place. */
export async function readPages({ wanted }: PageRequest, remote: Remote): Promise<Cells[]> {
  const start = wanted[0]?.record_offset ?? 0;
  const bytes = await remote.range(start, Math.max(...wanted.map(endOf)));
  const rows: Cells[] = [];
  for (const capture of wanted) {
    const member = bytes.subarray(capture.record_offset - start, endOf(capture) - start);
    for await (const record of readWarc([member])) {
      rows.push(cellsOf(record, capture));
      break;
    }
  }
  return rows;
}

/** Every page or text of an archive; what is wrong in it lands beside them, with its reason. */
export async function* readArchive(path: string, bytes: Readable): Records & AsyncGenerator<Cells> {
  for await (const record of readWarc(bytes as AsyncIterable<Buffer>)) {
    const isPage = record.type === "response" || record.type === "conversion";
    if (isPage || record.type === "") yield cellsOf(record, { filename: path });
  }
}

function endOf({ record_offset, record_length }: Capture): number {
  return record_offset + record_length;
}

function runsOf(captures: readonly Capture[]): Capture[][] {
  const runs: Capture[][] = [];
  for (const capture of captures) {
    const run = runs.at(-1);
    const [first, last] = [run?.[0], run?.at(-1)];
    const isNear =
      (run?.length ?? 0) < MOST_RECORDS &&
      first?.filename === capture.filename &&
      last !== undefined &&
      capture.record_offset - endOf(last) <= GAP_BYTES &&
      endOf(capture) - first.record_offset <= MOST_BYTES;
    if (run && isNear) run.push(capture);
    else runs.push([capture]);
  }
  return runs;
}

function wantedSql(rules: CrawlRules, perHost: number): string {
  return `,

found as (

    select
        url,
        url_host_name as host,
        url_path as path,
        fetch_time as captured_at,
        warc_filename as filename,
        warc_record_offset as record_offset,
        warc_record_length as record_length,
        content_digest as digest,
        content_charset as charset,
        content_truncated as truncated
    from index
    where warc_filename is not null

    union

    select
        capture ->> 'url' as url,
        regexp_extract(capture ->> 'url', '^[a-z]+://([^/:?#]+)', 1) as host,
        regexp_extract(capture ->> 'url', '^[a-z]+://[^/?#]+([^?#]*)', 1) as path,
        strptime(capture ->> 'timestamp', '%Y%m%d%H%M%S')::varchar as captured_at,
        capture ->> 'filename' as filename,
        capture ->> 'offset' as record_offset,
        capture ->> 'length' as record_length,
        capture ->> 'digest' as digest,
        coalesce(capture ->> 'encoding', capture ->> 'charset') as charset,
        capture ->> 'truncated' as truncated
    from captures
    where capture is not null
        and (capture ->> 'status') = '200'
        and (capture ->> 'mime-detected') in ('text/html', 'application/xhtml+xml')
        -- A domain's captures come out of robotstxt/ and crawldiagnostics/ as well.
        and contains(capture ->> 'filename', '/warc/')

),

ranked as (

    select
        *,
        lower(regexp_replace(host, '^www\\.', '')) as site,
        ${rules.pageKind("lower(path)")} as page_kind,
        ${rules.pageRank("lower(path)")} as page_rank
    from found
    where ${rules.pageRank("lower(path)")} is not null

),

newest as (

    select *
    from ranked
    qualify row_number() over (
        partition by site, lower(path)
        order by captured_at desc, filename, record_offset
    ) = 1

),

best as (

    select *
    from newest
    qualify row_number() over (
        partition by site
        order by page_rank, length(path), path
    ) <= ${perHost}

)

select
    url,
    captured_at,
    filename,
    record_offset::double as record_offset,
    record_length::double as record_length,
    digest,
    charset,
    truncated,
    page_kind,
    page_rank::varchar as page_rank
from best
where not exists (
    select 1
    from pages
    where pages.warc_filename = best.filename
        and pages.warc_record_offset = best.record_offset
)
    -- The same page as last time.
    and not exists (
        select 1
        from pages
        where pages.url = best.url
            and pages.content_digest = best.digest
            and pages.problem is null
    )
order by filename, best.record_offset::bigint, url`;
}

function cellsOf(record: WarcRecord, known: Partial<Capture> & Pick<Capture, "filename">): Cells {
  const { headers, block, type } = record;
  const http = type === "response" ? parseHttp(block) : undefined;
  const mime = (http?.headers.get("content-type") ?? headers.get("content-type") ?? "")
    .split(";", 1)[0]
    ?.trim()
    .toLowerCase();
  const indexed = known.charset ?? undefined;
  const isText = type === "conversion" || !mime || /text|html|xml|json/.test(mime);
  const page =
    type === "conversion"
      ? { text: block.toString("utf8"), charset: "utf-8" }
      : http && isText
        ? decodePage(http.body, { headers: http.headers, indexed })
        : undefined;
  const uri = headers.get("warc-target-uri");
  const problem =
    record.problem ??
    (type === "response" && !http ? "the block is no HTTP answer" : undefined) ??
    (known.url !== undefined && uri !== known.url
      ? `the record is of ${uri ?? "nothing"}`
      : undefined);
  return [
    known.url ?? uri ?? null,
    known.captured_at ?? headers.get("warc-date")?.replace("T", " ").replace(/Z$/, "") ?? null,
    known.filename,
    known.record_offset === undefined ? null : String(known.record_offset),
    known.record_length === undefined ? null : String(known.record_length),
    known.digest ?? headers.get("warc-payload-digest")?.replace(/^sha1:/, "") ?? null,
    known.page_kind ?? null,
    known.page_rank ?? null,
    type || null,
    headers.text || null,
    http?.headers.text ?? null,
    http ? String(http.status) : null,
    mime || null,
    page?.charset ?? null,
    headers.get("warc-truncated") ?? known.truncated ?? null,
    // DuckDB's JSON has no place for a NUL.
    page?.text.replaceAll("\0", "\ufffd") ?? null,
    problem ?? null,
  ];
}
