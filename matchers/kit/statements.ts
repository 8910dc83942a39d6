import { quote } from "../../engine/warehouse/quote.ts";
import type { Batch, Numbers, Row, Values, Warehouse } from "../../engine/warehouse/warehouse.ts";

export interface Statement {
  /** Short and readable: it becomes a file name. */
  readonly name: string;
  readonly sql: string;
}

/** The statements of one matcher's run: each is kept readable under its number and name, then run. */
export class Statements {
  readonly warehouse: Warehouse;
  readonly #folder: string;
  readonly #keep: (name: string, sql: string) => void;
  readonly #temporary = new Set<string>();
  #count = 0;

  constructor(
    warehouse: Warehouse,
    folder: string,
    keep: (name: string, sql: string) => void = () => undefined,
  ) {
    this.warehouse = warehouse;
    this.#folder = folder;
    this.#keep = keep;
  }

  async run({ name, sql }: Statement): Promise<void> {
    this.#note(name, sql);
    await this.warehouse.run(sql);
  }

  async runAll(statements: readonly Statement[]): Promise<void> {
    for (const statement of statements) await this.run(statement);
  }

  async rows<T extends Row = Row>({ name, sql }: Statement, values?: Values): Promise<T[]> {
    this.#note(name, sql);
    return await this.warehouse.rows<T>(sql, values);
  }

  batches({ name, sql }: Statement): AsyncGenerator<Batch> {
    this.#note(name, sql);
    return this.warehouse.batches(sql);
  }

  numbers({ name, sql }: Statement): AsyncGenerator<Numbers> {
    this.#note(name, sql);
    return this.warehouse.numbers(sql);
  }

  /** Frees a temporary table that nothing reads any more. */
  async drop(table: string): Promise<void> {
    await this.warehouse.run(`drop table if exists temp.${quote(table)}`);
  }

  /** Removes the temporary tables the statements made. */
  async dropTemporary(): Promise<void> {
    for (const table of this.#temporary) {
      await this.warehouse.run(`drop table if exists temp.${table}`);
    }
    this.#temporary.clear();
  }

  #note(name: string, sql: string): void {
    this.#count += 1;
    for (const [, table] of sql.matchAll(/create or replace temp table ("[^"]+"|\w+)/g)) {
      if (table) this.#temporary.add(table);
    }
    const number = String(this.#count).padStart(3, "0");
    this.#keep(`match/${this.#folder}/${number}_${name}`, `${sql.trim()}\n`);
  }
}
