import type {
  DuckDBAppender,
  DuckDBConnection,
  DuckDBInstance,
  DuckDBValue,
} from "@duckdb/node-api";
import { databaseError } from "./database-error.ts";

/** A row as JavaScript values: BIGINT is `bigint`, DATE and TIMESTAMP are `Date`, DECIMAL is `number`. */
export type Row = Readonly<Record<string, unknown>>;
export type Values = readonly Value[] | Readonly<Record<string, Value>>;
export type Value = DuckDBValue;

export interface Column {
  readonly name: string;
  /** DuckDB's spelling: `VARCHAR`, `DECIMAL(10,2)`, `INTEGER[]`. */
  readonly type: string;
}

export interface OpenOptions {
  readonly readOnly?: boolean;
  /** Any DuckDB setting: `threads`, `memory_limit`, `temp_directory`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** One DuckDB database and the one connection that works on it. The only door to DuckDB in the project. */
export class Warehouse {
  readonly path: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  /** Opens (and creates unless `readOnly`) a database file; `:memory:` for one without a file. */
  static async open(path: string, options: OpenOptions = {}): Promise<Warehouse> {
    const settings: Record<string, string> = { ...options.settings };
    if (options.readOnly) settings.access_mode = "READ_ONLY";
    const { DuckDBInstance } = await duckdb();
    const instance = await DuckDBInstance.create(path, settings);
    const connection = await instance.connect();
    const warehouse = new Warehouse(path, instance, connection);
    // Offline by promise: an extension that is not built in is an error, never a download.
    await warehouse.run("set autoinstall_known_extensions = false");
    await warehouse.run("set timezone = 'UTC'");
    // A report of what is wrong and where; it reads as DuckDB's own message again in `DatabaseError`.
    await warehouse.run("set errors_as_json = true");
    return warehouse;
  }

  private constructor(path: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.path = path;
    this.#instance = instance;
    this.#connection = connection;
  }

  /** Runs one or more statements and forgets their result. */
  async run(sql: string, values?: Values): Promise<void> {
    await reported(sql, () => this.#connection.run(sql, values as DuckDBValue[] | undefined));
  }

  /** All rows of a query. For results that fit in memory; see `batches` for those that may not. */
  async rows<T extends object = Row>(sql: string, values?: Values): Promise<T[]> {
    const reader = await reported(sql, () =>
      this.#connection.runAndReadAll(sql, values as DuckDBValue[] | undefined),
    );
    return reader.getRowObjectsJS() as unknown as T[];
  }

  /** Rows of a query on a connection of its own, beside whatever this one is doing. */
  async aside<T extends object = Row>(sql: string): Promise<T[]> {
    const connection = await this.#instance.connect();
    try {
      await connection.run("set timezone = 'UTC'");
      return (await connection.runAndReadAll(sql)).getRowObjectsJS() as unknown as T[];
    } finally {
      connection.closeSync();
    }
  }

  /** The first row, or nothing. */
  async first<T extends object = Row>(sql: string, values?: Values): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0];
  }

  /** The result as columns of JavaScript values, batch by batch, without holding it whole. */
  async *batches(sql: string, values?: Values): AsyncGenerator<Batch> {
    const { JSDuckDBValueConverter } = await duckdb();
    const result = await reported(sql, () =>
      this.#connection.stream(sql, values as DuckDBValue[] | undefined),
    );
    const names = result.deduplicatedColumnNames();
    for (;;) {
      const chunk = await reported(sql, () => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      yield {
        names,
        rowCount: chunk.rowCount,
        columns: chunk.convertColumns(JSDuckDBValueConverter),
      };
    }
  }

  /**
   * The result as columns of numbers, batch by batch: INTEGER, TINYINT, DOUBLE and the like, without nulls. The arrays
   * are good until the next batch. Many times faster than `batches`.
   */
  async *numbers(sql: string): AsyncGenerator<Numbers> {
    const result = await reported(sql, () => this.#connection.stream(sql));
    for (;;) {
      const chunk = await reported(sql, () => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      const columns: NumberColumn[] = [];
      for (let column = 0; column < chunk.columnCount; column += 1) {
        const { items } = chunk.getColumnVector(column) as { items?: unknown };
        if (!isNumberColumn(items)) {
          throw new Error(`column ${result.columnName(column)} holds no plain numbers`);
        }
        columns.push(items);
      }
      yield { rowCount: chunk.rowCount, columns };
    }
  }

  /** Adds rows to a table, given as columns of numbers of one length: INTEGER for `Int32Array`, BIGINT, DOUBLE, TINYINT. */
  async appendNumbers(table: string, columns: readonly NumberColumn[]): Promise<void> {
    const { DuckDBDataChunk, INTEGER, BIGINT, DOUBLE, TINYINT } = await duckdb();
    const types = columns.map((column) => {
      if (column instanceof Int32Array) return INTEGER;
      if (column instanceof BigInt64Array) return BIGINT;
      return column instanceof Float64Array ? DOUBLE : TINYINT;
    });
    const appender = await this.appender(table);
    const rows = columns[0]?.length ?? 0;
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const length = Math.min(CHUNK_ROWS, rows - from);
      const chunk = DuckDBDataChunk.create(types, length);
      for (const [index, column] of columns.entries()) {
        const vector = chunk.getColumnVector(index) as unknown as {
          items: { set(values: NumberColumn): void };
          flush(): void;
        };
        vector.items.set(column.subarray(from, from + length));
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  /** The column names of a table or view. Cheaper than `describe`. */
  async columnNames(table: string): Promise<string[]> {
    const sql = `from ${table} limit 0`;
    return (await reported(sql, () => this.#connection.run(sql))).columnNames();
  }

  /** Names and types a query would give, without running it. */
  async describe(sql: string): Promise<Column[]> {
    const rows = await this.rows<{ column_name: string; column_type: string }>(`describe ${sql}`);
    return rows.map((row) => ({ name: row.column_name, type: row.column_type }));
  }

  /** Runs `work` in a transaction: all of it or nothing. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run("begin transaction");
    try {
      const result = await work();
      await this.run("commit");
      return result;
    } catch (error) {
      await this.run("rollback").catch(() => undefined);
      throw error;
    }
  }

  /** The fast way in for rows made in TypeScript. Close it to flush. */
  async appender(table: string, schema = "main"): Promise<DuckDBAppender> {
    return await this.#connection.createAppender(table, schema);
  }

  /** Stops the running statement; it fails with an interrupt error. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

export interface Batch {
  readonly names: readonly string[];
  readonly rowCount: number;
  /** One array per column. */
  readonly columns: readonly (readonly unknown[])[];
}

export type NumberColumn = Int8Array | Int32Array | Float64Array | BigInt64Array;

export interface Numbers {
  readonly rowCount: number;
  readonly columns: readonly NumberColumn[];
}

/** Rows of a data chunk at most: DuckDB's vector size. */
const CHUNK_ROWS = 2048;

function isNumberColumn(items: unknown): items is NumberColumn {
  return (
    items instanceof Int8Array ||
    items instanceof Int32Array ||
    items instanceof Float64Array ||
    items instanceof BigInt64Array
  );
}

async function reported<T>(sql: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseError(error, sql);
  }
}

/** Loaded when a database is opened: a command that opens none does not pay for it. */
function duckdb(): Promise<typeof import("@duckdb/node-api")> {
  return import("@duckdb/node-api");
}
