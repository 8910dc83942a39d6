import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Cells, Envelope, Landed, LandingOptions, Records, Refused } from "./landing.ts";
import { literal, quote } from "./quote.ts";
import { type Value, Warehouse } from "./warehouse.ts";

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

/** Memory of an open part; what does not fit waits on disk, however large one answer is. */
const MEMORY = "1GB";

type BufferOptions = Pick<
  LandingOptions,
  "data" | "source" | "stream" | "columns" | "runId" | "extractorVersion"
>;

/** The open part of a stream, in memory. What was added is whole or not there. */
export class LandingBuffer {
  readonly #options: BufferOptions;
  #memory: Warehouse | undefined;
  /** Answers that land whole wait here: DuckDB is asked once for all of them. */
  #whole: Arriving[] = [];
  #rows = 0;
  #bytes = 0;

  constructor(options: BufferOptions) {
    this.#options = options;
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** One row: the envelope with its response. */
  addWhole(envelope: Envelope): Landed {
    const { response = null } = envelope;
    this.#whole.push({ text: jsonText(this.#values({ ...envelope, response: null })), response });
    this.#rows += 1;
    this.#bytes += response?.length ?? 0;
    return { rows: 1, refused: 0 };
  }

  /** One row a record, under the same envelope; nothing when reading the records throws. */
  async addRecords(envelope: Envelope, records: Records): Promise<Landed> {
    const memory = await this.#open();
    const refused: Refused[] = [];
    let rows = 0;
    let bytes = 0;
    await memory.transaction(async () => {
      for await (const batch of batches(records, refused)) {
        rows += batch.length;
        bytes += batch.reduce((sum, text) => sum + text.length, 0);
        await this.#insertRecords(memory, envelope, batch);
      }
    });
    this.#rows += rows;
    this.#bytes += bytes;
    if (rows === 0 && refused.length === 0) this.addWhole({ ...envelope, outcome: "empty" });
    for (const { refused: error, text } of refused) {
      this.addWhole({ ...envelope, outcome: "fatal", error, response: text });
    }
    return { rows, refused: refused.length };
  }

  async writeTo(path: string): Promise<void> {
    const memory = await this.#open();
    const whole = this.#whole.length > 0 ? ` union all ${await this.#bringWhole(memory)}` : "";
    await memory.run(
      `copy (from part${whole}) to ${literal(path)} (format parquet, compression zstd)`,
    );
  }

  async clear(): Promise<void> {
    this.#whole = [];
    this.#rows = 0;
    this.#bytes = 0;
    if (!this.#memory) return;
    await this.#memory.run("drop table if exists arriving");
    await this.#createPart(this.#memory);
  }

  close(): void {
    this.#memory?.close();
    this.#memory = undefined;
  }

  async #open(): Promise<Warehouse> {
    if (this.#memory) return this.#memory;
    const { data, source, stream } = this.#options;
    const temp_directory = join(data, "tmp", `${source}.${stream}.spill`);
    mkdirSync(join(data, "tmp"), { recursive: true });
    this.#memory = await Warehouse.open(":memory:", {
      settings: { memory_limit: MEMORY, temp_directory },
    });
    await this.#createPart(this.#memory);
    return this.#memory;
  }

  async #createPart(memory: Warehouse): Promise<void> {
    const columns = [
      ...ENVELOPE.map(([name, type]) => `${name} ${type}`),
      ...this.#options.columns.map((name) => `${quote(name)} VARCHAR`),
    ];
    await memory.run(`create or replace table part (${columns.join(", ")})`);
  }

  async #insertRecords(memory: Warehouse, envelope: Envelope, batch: string[]): Promise<void> {
    await bringIn(
      memory,
      batch.map((text) => ({ text, response: null })),
    );
    const constants = ENVELOPE.map(([, type], index) => `$${index + 1}::${type}`);
    const cells = this.#options.columns.map((_, index) => `cells[${index + 1}]`);
    await memory.run(
      `insert into part select ${[...constants, ...cells].join(", ")} from incoming`,
      this.#values(envelope),
    );
  }

  /** The query that reads what landed whole. */
  async #bringWhole(memory: Warehouse): Promise<string> {
    await bringIn(memory, this.#whole);
    const cells = ENVELOPE.map(([name, type], index) =>
      name === "response" ? "response" : `cells[${index + 1}]::${type}`,
    );
    const nulls = this.#options.columns.map(() => "null");
    return `select ${[...cells, ...nulls].join(", ")} from incoming`;
  }

  #values(envelope: Envelope): Value[] {
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
}

/** A row on its way: its cells as JSON, and its response, which may be long, beside them. */
interface Arriving {
  readonly text: string;
  readonly response: string | null;
}

/**
 * Rows travel to DuckDB as one JSON text each, into `incoming (cells VARCHAR[], response VARCHAR)`: a
 * third of the time of appending cell by cell.
 */
async function bringIn(memory: Warehouse, rows: readonly Arriving[]): Promise<void> {
  await memory.run("create or replace temp table arriving (text VARCHAR, response VARCHAR)");
  const appender = await memory.appender("arriving");
  for (const { text, response } of rows) {
    appender.appendVarchar(text);
    if (response === null) appender.appendNull();
    else appender.appendVarchar(response);
    appender.endRow();
  }
  appender.closeSync();
  await memory.run(
    `create or replace temp view incoming as
     select from_json(text, '["VARCHAR"]') as cells, response from arriving`,
  );
}

async function* batches(records: Records, refused: Refused[]): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const record of records) {
    if ("refused" in record) {
      refused.push(record);
      continue;
    }
    batch.push(jsonText(record));
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** DuckDB's JSON refuses half a surrogate pair, which JavaScript strings may hold. */
function jsonText(cells: Cells | readonly Value[]): string {
  const text = JSON.stringify(cells);
  if (!text.includes("\\ud")) return text;
  return JSON.stringify(
    cells.map((cell) => (typeof cell === "string" ? cell.toWellFormed() : cell)),
  );
}
