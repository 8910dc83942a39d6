import { landedParts } from "./landing-parts.ts";
import { literal } from "./quote.ts";
import { Warehouse } from "./warehouse.ts";

/** What earlier runs know of one request. */
export interface RequestHistory {
  /** When it was last answered (`ok` or `empty`), unchanged answers included. */
  readonly answeredAt: Date | undefined;
  /** An answer with content has landed, so "not modified" is an answer too. */
  readonly isLoaded: boolean;
  /** The latest answer that was not "not modified" held something. */
  readonly isFilled: boolean;
  /** The `request` of the latest answer: address, validators, hash of the body. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly batchId: string | undefined;
  /** Runs in which it failed since it was last answered; a block does not count against a request. */
  readonly failedRuns: number;
  readonly failedAt: Date | undefined;
  /** How it failed last. */
  readonly failure: { readonly status: number | null; readonly error: string | null } | undefined;
}

/** The history of every request a stream has landed under one version of its extractor, by key. */
export async function requestHistory(
  data: string,
  source: string,
  stream: string,
  extractorVersion: number,
): Promise<Map<string, RequestHistory>> {
  const parts = landedParts(data, source, stream);
  if (parts.length === 0) return new Map();
  const memory = await Warehouse.open(":memory:");
  try {
    const rows = await memory.rows<HistoryRow>(historySql(parts), { version: extractorVersion });
    return new Map(
      rows.map((row) => [
        row.request_key,
        {
          answeredAt: row.answered_at ?? undefined,
          isLoaded: row.is_loaded,
          isFilled: row.is_filled,
          request: JSON.parse(row.request ?? "{}") as Record<string, unknown>,
          batchId: row.batch_id ?? undefined,
          failedRuns: Number(row.failed_runs),
          failedAt: row.failed_at ?? undefined,
          failure: row.failed_at
            ? { status: row.failed_status, error: row.failed_error }
            : undefined,
        },
      ]),
    );
  } finally {
    memory.close();
  }
}

type HistoryRow = {
  readonly request_key: string;
  readonly answered_at: Date | null;
  readonly is_loaded: boolean;
  readonly is_filled: boolean;
  readonly request: string | null;
  readonly batch_id: string | null;
  readonly failed_runs: bigint;
  readonly failed_at: Date | null;
  readonly failed_status: number | null;
  readonly failed_error: string | null;
};

function historySql(parts: readonly string[]): string {
  return `
with

attempts as materialized (

    select distinct
        request_key,
        request,
        outcome,
        outcome in ('ok', 'empty') as is_answer,
        status,
        error,
        batch_id,
        run_id,
        fetched_at
    from read_parquet([${parts.map(literal).join(", ")}], union_by_name = true)
    where extractor_version = $version

),

answers as (

    select
        request_key,
        max(fetched_at) filter (where is_answer) as answered_at,
        coalesce(bool_or(is_answer and status is distinct from 304), false) as is_loaded,
        coalesce(
            arg_max(outcome = 'ok', fetched_at)
                filter (where is_answer and status is distinct from 304),
            false
        ) as is_filled,
        arg_max(request, fetched_at) filter (where is_answer) as request,
        arg_max(batch_id, fetched_at) filter (where is_answer) as batch_id
    from attempts
    group by request_key

),

failures as (

    select
        attempts.request_key,
        count(distinct attempts.run_id) as failed_runs,
        max(attempts.fetched_at) as failed_at,
        arg_max(attempts.status, attempts.fetched_at) as failed_status,
        arg_max(attempts.error, attempts.fetched_at) as failed_error
    from attempts
    inner join answers using (request_key)
    where attempts.outcome in ('retry', 'fatal')
        and (answers.answered_at is null or attempts.fetched_at > answers.answered_at)
    group by attempts.request_key

),

final as (

    select
        answers.*,
        coalesce(failures.failed_runs, 0) as failed_runs,
        failures.failed_at,
        failures.failed_status,
        failures.failed_error
    from answers
    left join failures using (request_key)

)

select * from final`;
}
