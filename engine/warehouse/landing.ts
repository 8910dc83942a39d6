import { mkdirSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EltError, messageOf } from "../errors.ts";
import { landedParts, streamFolder, sweepTemporaries, temporaryName } from "./landing-parts.ts";
import { literal, quote } from "./quote.ts";
import { Warehouse } from "./warehouse.ts";

/** How an answer from outside ended. `ok` and `empty` are answers; the others are asked again. */
export type Outcome = "ok" | "empty" | "retry" | "blocked" | "fatal";

/** What every landed row carries besides its record. */
export interface Envelope {
  /** The normalised question: equal keys are the same question. */
  readonly requestKey: string;
  /** What was sent and the answer's headers that matter. Never a secret. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Exactly as received. Null for bulk streams, whose records are the answer. */
  readonly response?: string | null;
  /** HTTP or protocol code; null where there is none (a file on disk). */
  readonly status: number | null;
  readonly outcome: Outcome;
  readonly error?: string | null;
  /** Which attempt of this run it was, from 1. */
  readonly attempt: number;
  /** The logical address, as the profile names it. */
  readonly sourceUrl: string | null;
  readonly fetchedAt: Date;
  readonly batchId?: string | null;
}

/** One record of a bulk stream, in the order of its columns. */
export type Cells = readonly (string | null)[];

/** A record that could not be read: it lands as it came, beside the others, with its reason. */
export interface Refused {
  readonly refused: string;
  readonly text: string;
}

export type Records = Iterable<Cells | Refused> | AsyncIterable<Cells | Refused>;

export interface LandingOptions {
  /** Absolute path of the data folder. */
  readonly data: string;
  readonly source: string;
  readonly stream: string;
  /** The record's own columns, all VARCHAR, after the envelope; none where the answer lands whole. */
  readonly columns: readonly string[];
  readonly runId: string;
  readonly startedAt: Date;
  readonly extractorVersion: number;
  /** A part is cut after the request that reaches one of these. */
  readonly partRows?: number;
  readonly partBytes?: number;
}

const ENVELOPE = [
  ["request_key", "VARCHAR"],
  ["request", "VARCHAR"],
  ["response", "VARCHAR"],
  ["status", "INTEGER"],
  ["outcome", "VARCHAR"],
  ["error", "VARCHAR"],
  ["attempt", "INTEGER"],
  ["source_url", "VARCHAR"],
  ["fetched_at", "TIMESTAMPTZ"],
  ["run_id", "VARCHAR"],
  ["batch_id", "VARCHAR"],
  ["extractor_version", "INTEGER"],
] as const;

/** Records handed to DuckDB at once. */
const BATCH_ROWS = 8192;

/** Opens one stream for the requests of one run. */
export function openLanding(options: LandingOptions, effects = { rename }): Landing {
  sweepTemporaries(streamFolder(options.data, options.source, options.stream));
  return new Landing(options, effects);
}

/** The only writer of a stream: what `land` was given is whole on disk or not at all. */
export class Landing {
  readonly #options: LandingOptions;
  readonly #effects: { readonly rename: typeof rename };
  readonly #folder: string;
  #buffer: Warehouse | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #openRows = 0;
  #openBytes = 0;
  #part = 0;

  constructor(options: LandingOptions, effects: { readonly rename: typeof rename }) {
    this.#options = options;
    this.#effects = effects;
    const { data, source, stream, runId, startedAt } = options;
    const date = startedAt.toISOString().slice(0, 10);
    this.#folder = join(streamFolder(data, source, stream), `date=${date}`, `run=${runId}`);
    this.#part = landedParts(data, source, stream).filter(
      (path) => dirname(path) === this.#folder,
    ).length;
  }

  /**
   * Lands one request: its envelope alone, or once per record. When reading the records throws,
   * nothing of the request stays. Returns the number of records.
   */
  land(envelope: Envelope, records?: Records): Promise<number> {
    const landed = this.#tail.then(() => this.#land(envelope, records));
    this.#tail = landed.catch(() => undefined);
    return landed;
  }

  /** Cuts the last part. A stream that never landed anything gets a part of no rows for its schema. */
  async close(): Promise<void> {
    await this.#tail;
    const { data, source, stream } = this.#options;
    try {
      if (this.#openRows > 0 || landedParts(data, source, stream).length === 0) await this.#cut();
    } finally {
      this.#buffer?.close();
      this.#buffer = undefined;
    }
  }

  async #land(envelope: Envelope, records: Records | undefined): Promise<number> {
    const { partRows = 122_880, partBytes = 64 * 2 ** 20 } = this.#options;
    const buffer = await this.#open();
    let rows = 0;
    let bytes = 0;
    await buffer.transaction(async () => {
      const refused: Refused[] = [];
      for await (const batch of records ? batches(records, refused) : []) {
        rows += batch.length;
        bytes += batch.reduce((sum, cells) => sum + cells.length, 0);
        await this.#insertRecords(buffer, envelope, batch);
      }
      const isEmpty = records && rows === 0 && refused.length === 0;
      const own: Envelope = isEmpty ? { ...envelope, outcome: "empty" } : envelope;
      if (!records || isEmpty) await this.#insert(buffer, own);
      for (const { refused: error, text } of refused) {
        await this.#insert(buffer, { ...envelope, outcome: "fatal", error, response: text });
      }
      bytes += envelope.response?.length ?? 0;
      this.#openRows += Math.max(rows + refused.length, 1);
    });
    this.#openBytes += bytes;
    if (this.#openRows >= partRows || this.#openBytes >= partBytes) await this.#cut();
    return rows;
  }

  async #insert(buffer: Warehouse, envelope: Envelope): Promise<void> {
    const values = this.#values(envelope);
    const nulls = this.#options.columns.map(() => ", null").join("");
    await buffer.run(`insert into part select ${parameters()}${nulls}`, values);
  }

  /** Records travel as one JSON text each: a third of the time of appending cell by cell. */
  async #insertRecords(buffer: Warehouse, envelope: Envelope, batch: string[]): Promise<void> {
    await buffer.run("create or replace temp table incoming (cells VARCHAR)");
    const appender = await buffer.appender("incoming");
    for (const cells of batch) {
      appender.appendVarchar(cells);
      appender.endRow();
    }
    appender.closeSync();
    const cells = this.#options.columns.map((_, index) => `, cells[${index + 1}]`).join("");
    await buffer.run(
      `insert into part select ${parameters()}${cells} from (select from_json(cells, '["VARCHAR"]') as cells from incoming)`,
      this.#values(envelope),
    );
  }

  #values(envelope: Envelope) {
    return [
      envelope.requestKey,
      JSON.stringify(envelope.request),
      envelope.response ?? null,
      envelope.status,
      envelope.outcome,
      envelope.error ?? null,
      envelope.attempt,
      envelope.sourceUrl,
      envelope.fetchedAt.toISOString(),
      this.#options.runId,
      envelope.batchId ?? null,
      this.#options.extractorVersion,
    ];
  }

  async #open(): Promise<Warehouse> {
    this.#buffer ??= await Warehouse.open(":memory:");
    if (this.#openRows === 0) await this.#empty(this.#buffer);
    return this.#buffer;
  }

  async #empty(buffer: Warehouse): Promise<void> {
    const columns = [
      ...ENVELOPE.map(([name, type]) => `${name} ${type}`),
      ...this.#options.columns.map((name) => `${quote(name)} VARCHAR`),
    ];
    await buffer.run(`create or replace table part (${columns.join(", ")})`);
    this.#openRows = 0;
    this.#openBytes = 0;
  }

  async #cut(): Promise<void> {
    const buffer = await this.#open();
    this.#part += 1;
    const name = `part-${String(this.#part).padStart(4, "0")}.parquet`;
    const part = join(this.#folder, name);
    const temporary = temporaryName(part);
    try {
      mkdirSync(this.#folder, { recursive: true });
      await buffer.run(`copy part to ${literal(temporary)} (format parquet, compression zstd)`);
      await sync(temporary);
      await this.#effects.rename(temporary, part);
      await sync(this.#folder);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw this.#cannotWrite(error);
    } finally {
      await this.#empty(buffer);
    }
  }

  #cannotWrite(cause: unknown): EltError {
    const { source, stream } = this.#options;
    const folder = join("data", "landing", source, stream);
    const isFull = /ENOSPC|EDQUOT|no space left|disk quota/i.test(messageOf(cause));
    return new EltError(
      isFull
        ? `disk full while landing ${source}.${stream} in ${folder}`
        : `cannot write ${folder}/…/${basename(this.#folder)}: ${messageOf(cause)}`,
      {
        cause,
        hint: `${isFull ? "free some space" : "make the folder writable"} and run again: what had landed is kept, only the rest is asked`,
      },
    );
  }
}

function parameters(): string {
  return ENVELOPE.map(([, type], index) => `$${index + 1}::${type}`).join(", ");
}

async function* batches(records: Records, refused: Refused[]): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const record of records) {
    if ("refused" in record) {
      refused.push(record);
      continue;
    }
    batch.push(cellsText(record));
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** DuckDB's JSON refuses half a surrogate pair, which JavaScript strings may hold. */
function cellsText(cells: Cells): string {
  const text = JSON.stringify(cells);
  return text.includes("\\ud")
    ? JSON.stringify(cells.map((cell) => cell?.toWellFormed() ?? null))
    : text;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
