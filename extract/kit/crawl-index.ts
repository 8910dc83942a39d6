import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../engine/errors.ts";
import type { Cells } from "../../engine/warehouse/landing.ts";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { Failure } from "./classify.ts";
import type { CrawlRules } from "./crawl-rules.ts";
import { openPartial, type PartialParquet, type Remote, type RowGroup } from "./parquet-ranges.ts";

/** Of https://github.com/commoncrawl/cc-index-table, under its names, with what our rules say of a page. */
export const INDEX_COLUMNS = [
  "url",
  "url_host_name",
  "url_host_registered_domain",
  "url_path",
  "fetch_time",
  "fetch_status",
  "content_digest",
  "content_mime_detected",
  "content_charset",
  "content_languages",
  "content_truncated",
  "warc_filename",
  "warc_record_offset",
  "warc_record_length",
  "page_kind",
  "page_rank",
] as const;

const OWN = INDEX_COLUMNS.slice(0, -2);
/** Enough to choose rows by: a tenth of a part's bytes. */
const CHOOSING = [
  "url_host_name",
  "url_host_tld",
  "url_host_registered_domain",
  "url_path",
  "fetch_status",
  "content_mime_detected",
];

export interface IndexLimits {
  readonly domains: readonly string[];
  readonly perHost: number;
}

/**
 * Rows of lodging hosts in one part of the columnar index. Of the row groups that can hold one of the
 * top-level domains, the columns to choose by are read; of those with a hit, the others.
 */
export async function readIndexPart(
  remote: Remote,
  rules: CrawlRules,
  limits: IndexLimits,
): Promise<AsyncGenerator<Cells>> {
  const folder = await mkdtemp(join(tmpdir(), "leadhouse-index-"));
  // The file grows between two reads: what was read of it must not be remembered.
  const settings = {
    enable_external_file_cache: "false",
    memory_limit: "1GB",
    temp_directory: join(folder, "spill"),
  };
  const memory = await Warehouse.open(":memory:", { settings });
  const close = async () => {
    memory.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const part = await openPartial(remote, join(folder, "part.parquet"));
    const kept = part.groups.filter((group) => mayHold(group, limits.domains));
    if (kept.length > 0) await part.keep(kept, CHOOSING);
    await understood(() => choose(memory, { path: part.path, kept, rules, limits }));
    const hits = new Set((await memory.rows<{ place: number }>(HITS)).map(({ place }) => place));
    if (hits.size > 0)
      await part.keep(
        kept.filter((_, place) => hits.has(place)),
        OWN,
      );
    return rowsOf(memory, part, { hits, close });
  } catch (error) {
    await close();
    throw error;
  }
}

function mayHold({ columns }: RowGroup, domains: readonly string[]): boolean {
  const { range } = columns.get("url_host_tld") ?? {};
  return !range || domains.some((domain) => domain >= range[0] && domain <= range[1]);
}

/** Tables `groups` (which rows a row group has) and `chosen` (rows that are wanted). */
async function choose(
  memory: Warehouse,
  {
    path,
    kept,
    rules,
    limits,
  }: {
    readonly path: string;
    readonly kept: readonly RowGroup[];
    readonly rules: CrawlRules;
    readonly limits: IndexLimits;
  },
): Promise<void> {
  await memory.run("create table groups (place integer, first bigint, rows bigint)");
  let first = 0;
  for (const [place, { rows }] of kept.entries()) {
    await memory.run(`insert into groups values (${place}, ${first}, ${rows})`);
    first += rows;
  }
  const from =
    kept.length === 0
      ? "(select null::bigint as file_row_number, '' as url_host_name, '' as url_host_tld, '' as url_host_registered_domain, '' as url_path, 0 as fetch_status, '' as content_mime_detected where false)"
      : `read_parquet(${literal(path)}, file_row_number = true)`;
  await memory.run(`
create table chosen as
with

pages as (

    select
        file_row_number as row,
        lower(url_host_name) as host,
        lower(url_path) as path
    from ${from}
    where url_host_tld in (${limits.domains.map(literal).join(", ")})
        and fetch_status = 200
        and content_mime_detected in ('text/html', 'application/xhtml+xml')
        and not ${rules.isShared("url_host_registered_domain")}

),

hosts as (

    select distinct host
    from pages
    where ${rules.isLodging("host", "path")}

),

ranked as (

    select
        pages.*,
        ${rules.pageKind("pages.path")} as page_kind,
        ${rules.pageRank("pages.path")} as page_rank
    from pages
    semi join hosts using (host)

)

select *
from ranked
qualify row_number() over (
    partition by host
    order by page_rank nulls last, length(path), path, row
) <= ${limits.perHost}`);
}

const HITS = `
select distinct groups.place
from chosen
inner join groups on chosen.row >= groups.first and chosen.row < groups.first + groups.rows`;

async function* rowsOf(
  memory: Warehouse,
  part: PartialParquet,
  { hits, close }: { readonly hits: ReadonlySet<number>; readonly close: () => Promise<void> },
): AsyncGenerator<Cells> {
  try {
    if (hits.size === 0) return;
    // Row groups without a hit are gone: those behind them have moved up.
    const sql = `
with

moved as (

    select
        *,
        coalesce(sum(rows) over (
            order by place rows between unbounded preceding and 1 preceding
        ), 0) as new_first
    from groups
    where place in (${[...hits].join(", ")})

),

numbered as (

    select
        chosen.row - moved.first + moved.new_first as file_row_number,
        chosen.page_kind,
        chosen.page_rank
    from chosen
    inner join moved on chosen.row >= moved.first and chosen.row < moved.first + moved.rows

)

select ${OWN.map((name) => `part.${name}::varchar`).join(", ")},
    numbered.page_kind::varchar,
    numbered.page_rank::varchar
from read_parquet(${literal(part.path)}, file_row_number = true) as part
inner join numbered using (file_row_number)
order by part.url_host_name, numbered.page_rank nulls last, part.url, part.fetch_time`;
    for await (const { columns, rowCount } of memory.batches(sql)) {
      for (let row = 0; row < rowCount; row += 1) {
        yield columns.map((column) => (column[row] ?? null) as string | null);
      }
    }
  } finally {
    await close();
  }
}

async function understood<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const [said] = messageOf(cause).split("\n");
    throw new Failure("fatal", `is Parquet that cannot be read: ${said}`, { cause });
  }
}
