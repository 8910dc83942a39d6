import { mkdirSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EltError, messageOf } from "../errors.ts";
import { LandingBuffer } from "./landing-buffer.ts";
import { landedParts, streamFolder, sweepTemporaries, temporaryName } from "./landing-parts.ts";

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

export interface Landed {
  /** Records, or 1 for an answer that landed whole. */
  readonly rows: number;
  /** Records set aside. */
  readonly refused: number;
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
  /** Also after the request that lands so long after the part's first one: what a kill can cost. Default 2 minutes. */
  readonly partMs?: number;
}

interface LandingEffects {
  readonly rename: typeof rename;
  /** Absent: parts are not cut by time. */
  readonly now?: () => Date;
}

/** Opens one stream for the requests of one run. */
export function openLanding(
  options: LandingOptions,
  effects: LandingEffects = { rename },
): Landing {
  sweepTemporaries(streamFolder(options.data, options.source, options.stream));
  return new Landing(options, effects);
}

/** The only writer of a stream: what `land` was given is whole on disk or not at all. */
export class Landing {
  readonly #options: LandingOptions;
  readonly #effects: LandingEffects;
  readonly #folder: string;
  readonly #buffer: LandingBuffer;
  #tail: Promise<unknown> = Promise.resolve();
  #part: number;
  /** When the first request of the open part landed. */
  #begunAt = 0;

  constructor(options: LandingOptions, effects: LandingEffects) {
    this.#options = options;
    this.#effects = effects;
    this.#buffer = new LandingBuffer(options);
    const { data, source, stream, runId, startedAt } = options;
    const date = startedAt.toISOString().slice(0, 10);
    this.#folder = join(streamFolder(data, source, stream), `date=${date}`, `run=${runId}`);
    this.#part = Math.max(
      0,
      ...landedParts(data, source, stream)
        .filter((path) => dirname(path) === this.#folder)
        .map((path) => Number(/part-(\d+)/.exec(basename(path))?.[1] ?? 0)),
    );
  }

  /**
   * Lands one request: its envelope alone, or once per record. When reading the records throws,
   * nothing of the request stays.
   */
  land(envelope: Envelope, records?: Records): Promise<Landed> {
    const landed = this.#tail.then(() => this.#land(envelope, records));
    this.#tail = landed.catch(() => undefined);
    return landed;
  }

  /** Cuts the last part. A stream that never landed anything gets a part of no rows for its schema. */
  async close(): Promise<void> {
    await this.#tail;
    const { data, source, stream } = this.#options;
    try {
      if (this.#buffer.rows > 0 || landedParts(data, source, stream).length === 0)
        await this.#cut();
    } finally {
      this.#buffer.close();
    }
  }

  async #land(envelope: Envelope, records: Records | undefined): Promise<Landed> {
    const { partRows = 122_880, partBytes = 64 * 2 ** 20, partMs = 120_000 } = this.#options;
    const now = this.#effects.now?.().getTime() ?? 0;
    if (this.#buffer.rows === 0) this.#begunAt = now;
    const landed = records
      ? await this.#buffer.addRecords(envelope, records)
      : this.#buffer.addWhole(envelope);
    const isFull = this.#buffer.rows >= partRows || this.#buffer.bytes >= partBytes;
    if (isFull || now - this.#begunAt >= partMs) await this.#cut();
    return landed;
  }

  async #cut(): Promise<void> {
    this.#part += 1;
    const name = `part-${String(this.#part).padStart(4, "0")}.parquet`;
    const part = join(this.#folder, name);
    const temporary = temporaryName(part);
    try {
      mkdirSync(this.#folder, { recursive: true });
      await this.#buffer.writeTo(temporary);
      await sync(temporary);
      await this.#effects.rename(temporary, part);
      // Windows has no handle of a folder to sync.
      if (process.platform !== "win32") await sync(this.#folder, "r");
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw this.#cannotWrite(error);
    } finally {
      await this.#buffer.clear();
    }
  }

  #cannotWrite(cause: unknown): EltError {
    const { source, stream } = this.#options;
    const folder = join("data", "landing", source, stream);
    const isFull = /ENOSPC|EDQUOT|no space left|disk quota/i.test(messageOf(cause));
    const remedy = isFull ? "free some space" : "make the folder writable";
    return new EltError(
      isFull
        ? `disk full while landing ${source}.${stream} in ${folder}`
        : `cannot write ${folder}: ${messageOf(cause)}`,
      { cause, hint: `${remedy} and run again: what had landed is kept, only the rest is asked` },
    );
  }
}

async function sync(path: string, flags = "r+"): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
