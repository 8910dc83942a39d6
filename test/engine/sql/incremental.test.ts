import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SqlProject } from "../../../engine/sql/sql-project.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { build, buildGreen, emptyWarehouse, foreignProject } from "./project-kit.ts";

function model(config: string, sql: string): SqlProject {
  return foreignProject({
    "models/a.sql": `{{ config(materialized='incremental', ${config}) }}\n${sql}`,
  });
}

async function rowsOf(warehouse: Warehouse, order = "all"): Promise<unknown[]> {
  const rows = await warehouse.rows(`select * from main.a order by ${order}`);
  return rows.map((row) => Object.values(row));
}

/** Runs each text one after the other over the same table. */
async function runs(config: string, ...texts: string[]): Promise<Warehouse> {
  const warehouse = await emptyWarehouse(model(config, texts[0] ?? ""));
  for (const text of texts) await buildGreen(model(config, text), warehouse);
  return warehouse;
}

const ROWS = (text: string) => `select * from (values ${text}) as t(id, v)`;

describe("strategies", () => {
  test("without a key rows are added", async () => {
    const warehouse = await runs("", ROWS("(1, 'a')"), ROWS("(1, 'a'), (2, 'b')"));
    expect(await rowsOf(warehouse)).toEqual([
      [1, "a"],
      [1, "a"],
      [2, "b"],
    ]);
  });

  test("delete+insert replaces what has the key; null keys match nothing", async () => {
    const warehouse = await runs(
      "unique_key='id'",
      ROWS("(1, 'a'), (null, 'n')"),
      ROWS("(1, 'b'), (1, 'c'), (null, 'm')"),
    );
    expect(await rowsOf(warehouse)).toEqual([
      [1, "b"],
      [1, "c"],
      [null, "m"],
      [null, "n"],
    ]);
  });

  test("merge updates, inserts, and spares the excluded columns", async () => {
    const warehouse = await runs(
      "unique_key=['id'], incremental_strategy='merge', merge_exclude_columns=['v']",
      "select 1 as id, 'a' as v, 1 as n",
      "select unnest([1, 2]) as id, 'b' as v, 2 as n",
    );
    expect(await rowsOf(warehouse)).toEqual([
      [1, "a", 2],
      [2, "b", 2],
    ]);
  });

  test("merge conditions hold back updates and inserts", async () => {
    const warehouse = await runs(
      "unique_key='id', incremental_strategy='merge', merge_update_condition='DBT_INTERNAL_SOURCE.v > DBT_INTERNAL_DEST.v', merge_insert_condition='DBT_INTERNAL_SOURCE.id < 9'",
      ROWS("(1, 'b'), (2, 'b')"),
      ROWS("(1, 'a'), (2, 'c'), (3, 'x'), (9, 'y')"),
    );
    expect(await rowsOf(warehouse)).toEqual([
      [1, "b"],
      [2, "c"],
      [3, "x"],
    ]);
  });

  test("is_incremental is true only from the second run on, and this is the table", async () => {
    const text =
      "select {% if is_incremental() %}(select max(id) + 1 from {{ this }}){% else %}1{% endif %} as id";
    const warehouse = await runs("", text, text, text);
    expect(await rowsOf(warehouse)).toEqual([[1], [2], [3]]);
  });

  test("a full refresh begins anew, unless the model says no", async () => {
    for (const [config, rows] of [
      ["unique_key='id'", 1],
      ["unique_key='id', full_refresh=false", 2],
    ] as const) {
      const first = model(config, ROWS("(1, 'a')"));
      const warehouse = await emptyWarehouse(first);
      await buildGreen(first, warehouse);
      const files = {
        "models/a.sql": `{{ config(materialized='incremental', ${config}) }}\n${ROWS("(2, 'b')")}`,
      };
      await buildGreen(foreignProject(files, { fullRefresh: true }), warehouse);
      expect(await rowsOf(warehouse)).toHaveLength(rows);
    }
  });

  test("a strategy that is not there is answered", async () => {
    const project = model("incremental_strategy='merg'", "select 1 as id");
    const warehouse = await emptyWarehouse(project);
    await build(project, warehouse);
    const { failures } = await build(project, warehouse);
    expect(failures.get("a")?.message).toBe(
      'incremental_strategy "merg" is not supported — did you mean "merge"?',
    );
  });
});

describe("columns that change", () => {
  const OLD = "select 1 as id, 'a' as gone";
  const NEW = "select 2 as id, 3.5 as fresh";

  test("ignore keeps the table's columns and refuses a missing one", async () => {
    const warehouse = await runs("", OLD, "select 2 as id, 'b' as gone, 9 as fresh");
    expect(await rowsOf(warehouse)).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
    const { failures } = await build(model("", NEW), warehouse);
    expect(failures.get("a")?.message).toBe("a no longer gives gone, which its table has");
  });

  test("fail names what changed and leaves the table alone", async () => {
    const warehouse = await runs("on_schema_change='fail'", OLD);
    const { failures } = await build(model("on_schema_change='fail'", NEW), warehouse);
    expect(failures.get("a")?.message).toBe("columns of a changed (new: fresh; gone: gone)");
    expect(await rowsOf(warehouse)).toEqual([[1, "a"]]);
  });

  test("append_new_columns adds and keeps", async () => {
    const warehouse = await runs("on_schema_change='append_new_columns'", OLD, NEW);
    expect(await rowsOf(warehouse)).toEqual([
      [1, "a", null],
      [2, null, 3.5],
    ]);
  });

  test("sync_all_columns adds, drops and retypes", async () => {
    const warehouse = await runs(
      "on_schema_change='sync_all_columns'",
      OLD,
      "select 'x' as id, 3 as fresh",
    );
    expect(await rowsOf(warehouse)).toEqual([
      ["1", null],
      ["x", 3],
    ]);
  });
});

test("any history of batches gives what a naive table gives", async () => {
  type Batch = readonly (readonly [number | null, number])[];
  const batch = fc.uniqueArray(
    fc.tuple(fc.option(fc.integer({ min: 0, max: 4 })), fc.integer({ min: 0, max: 9 })),
    { selector: ([id]) => id, maxLength: 5, minLength: 1 },
  );
  const oracle: Record<string, (table: Batch, rows: Batch) => Batch> = {
    append: (table, rows) => [...table, ...rows],
    "delete+insert": (table, rows) => [
      ...table.filter(([id]) => id === null || !rows.some(([other]) => other === id)),
      ...rows,
    ],
    merge: (table, rows) => [
      ...table.map(([id, v]): readonly [number | null, number] => {
        const found = id === null ? undefined : rows.find(([other]) => other === id);
        return found ?? [id, v];
      }),
      ...rows.filter(([id]) => id === null || !table.some(([other]) => other === id)),
    ],
  };
  const sql = (rows: Batch) =>
    ROWS(rows.map(([id, v]) => `(${id === null ? "null::integer" : id}, ${v})`).join(", "));
  const sorted = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.join()).sort();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("append", "delete+insert", "merge"),
      fc.array(batch, { minLength: 1, maxLength: 4 }),
      async (strategy, batches) => {
        const config = `unique_key='id', incremental_strategy='${strategy}'`;
        const warehouse = await runs(config, ...batches.map(sql));
        const step = oracle[strategy] as (table: Batch, rows: Batch) => Batch;
        const [first = [], ...rest] = batches as Batch[];
        const expected = rest.reduce((table, rows) => step(table, rows), first);
        expect(sorted((await rowsOf(warehouse)) as unknown[][])).toEqual(sorted(expected));
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);
