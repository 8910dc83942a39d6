import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { literal, quote } from "../../../engine/warehouse/quote.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { match } from "../../../matchers/kit/match.ts";
import type { MatcherSpec } from "../../../matchers/kit/spec.ts";

type Row = Readonly<Record<string, string | number | readonly string[] | null>>;

/** A warehouse in memory that holds the records of one entity. */
export class EntityNight {
  readonly warehouse: Warehouse;
  readonly #entity: string;
  readonly #spec: MatcherSpec;

  private constructor(warehouse: Warehouse, entity: string, spec: MatcherSpec) {
    this.warehouse = warehouse;
    this.#entity = entity;
    this.#spec = spec;
  }

  static async open(
    entity: string,
    spec: MatcherSpec,
    columns: Readonly<Record<string, string>>,
  ): Promise<EntityNight> {
    const warehouse = await Warehouse.open(":memory:", { settings: { threads: "2" } });
    const types = Object.entries(columns).map(([name, type]) => `${quote(name)} ${type}`);
    await warehouse.run(`create schema resolution; create schema seeds;
create table seeds.match_decisions (record_id_l varchar, record_id_r varchar, verdict varchar);
create table ${spec.input} (${types.join(", ")})`);
    return new EntityNight(warehouse, entity, spec);
  }

  async match(rows: readonly Row[]): Promise<void> {
    const values = rows.map((row) => `(${Object.values(row).map(valueSql).join(", ")})`);
    const names = Object.keys(rows[0] ?? {}).map(quote);
    await this.warehouse.run(
      `insert into ${this.#spec.input} (${names.join(", ")}) values ${values.join(", ")}`,
    );
    await match(this.warehouse, this.#spec, {
      entity: this.#entity,
      identityFolder: mkdtempSync(join(tmpdir(), "leadhouse-entity-")),
      runId: "run-1",
      startedAt: new Date("2026-06-15T02:00:00Z"),
    });
  }

  /** Records named `<source>:<prefix><place>` by the entity they became, as their places. */
  async groups(prefix: string): Promise<number[][]> {
    const rows = await this.warehouse.rows<{ places: readonly number[] }>(
      `with it as (
  select ${this.#entity}_id as id, split_part(record_id, $1, 2)::integer as place
  from match.${this.#entity}_clusters
  where contains(record_id, ':' || $1)
)
select list(place order by place) as places from it group by id order by min(place)`,
      [prefix],
    );
    return rows.map(({ places }) => [...places]);
  }

  close(): void {
    this.warehouse.close();
  }
}

function valueSql(value: Row[string]): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return literal(value);
  return `[${value.map((item) => literal(item)).join(", ")}]`;
}
