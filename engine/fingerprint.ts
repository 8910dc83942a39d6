import { createHash } from "node:crypto";
import { stepName } from "./plan.ts";
import type { RunContext, Step } from "./step.ts";
import type { Warehouse } from "./warehouse/warehouse.ts";

interface Known {
  /** Of the step with everything it reads. */
  readonly fingerprint: string;
  /** Of what the step wrote: its readers are unchanged as long as this is. */
  readonly output: string;
}

/**
 * Remembers what each step was built from, inside the warehouse it was built into: the memory and
 * the tables are published, or lost, together.
 */
export class Fingerprints {
  readonly #warehouse: Warehouse;
  readonly #known: Map<string, Known>;
  /** Output fingerprint of each table, as far as this run knows it. */
  readonly #tables = new Map<string, string>();

  static async read(warehouse: Warehouse, steps: readonly Step[]): Promise<Fingerprints> {
    await warehouse.run("create schema if not exists ops");
    await warehouse.run(
      "create table if not exists ops.fingerprints (step varchar, fingerprint varchar, output varchar)",
    );
    const rows = await warehouse.rows<Known & { step: string }>("from ops.fingerprints");
    return new Fingerprints(warehouse, new Map(rows.map((row) => [row.step, row])), steps);
  }

  private constructor(warehouse: Warehouse, known: Map<string, Known>, steps: readonly Step[]) {
    this.#warehouse = warehouse;
    this.#known = known;
    for (const step of steps) {
      const output = known.get(stepName(step))?.output;
      if (output !== undefined) for (const table of step.writes) this.#tables.set(table, output);
    }
  }

  /** The step's fingerprint now; nothing when it cannot be known and the step must run. */
  async now(step: Step, context: RunContext): Promise<string | undefined> {
    const own = await step.fingerprint?.(context);
    if (own === undefined) return undefined;
    const inputs = step.reads.map((table) => `${table}=${this.#tables.get(table) ?? "absent"}`);
    return hash(stepName(step), own, ...inputs.sort());
  }

  /** Whether the warehouse holds what the step writes. */
  isKnown(step: Step): boolean {
    return this.#known.has(stepName(step));
  }

  isUnchanged(step: Step, fingerprint: string | undefined): boolean {
    return (
      fingerprint !== undefined && this.#known.get(stepName(step))?.fingerprint === fingerprint
    );
  }

  /** After a step was done: what it was built from and what it wrote. */
  async remember(step: Step, fingerprint: string | undefined, context: RunContext): Promise<void> {
    const state = await step.state?.(context);
    const output = state ?? fingerprint ?? hash(stepName(step), context.runId);
    for (const table of step.writes) this.#tables.set(table, output);
    this.#known.set(stepName(step), { fingerprint: fingerprint ?? "", output });
  }

  /** What a step that is not run has written by now, where that can be told. */
  async observe(step: Step, context: RunContext): Promise<void> {
    const output = await step.state?.(context);
    if (output === undefined) return;
    for (const table of step.writes) this.#tables.set(table, output);
    this.#known.set(stepName(step), { fingerprint: "", output });
  }

  /** A step that failed or warned is built again next time. */
  forget(step: Step): void {
    this.#known.delete(stepName(step));
  }

  async save(): Promise<void> {
    const rows = [...this.#known].map(([step, { fingerprint, output }]) => [
      step,
      fingerprint,
      output,
    ]);
    await this.#warehouse.run("delete from ops.fingerprints");
    await this.#warehouse.run(
      `insert into ops.fingerprints
       select row[1], row[2], row[3] from (select unnest(from_json($rows::json, '[["varchar"]]')) as row)`,
      { rows: JSON.stringify(rows) },
    );
  }
}

/** SHA-256 of texts, unambiguous about where one ends. */
export function hash(...parts: readonly string[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(`${part.length}:`).update(part);
  return sum.digest("hex");
}
