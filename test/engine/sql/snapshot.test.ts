import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SqlProject } from "../../../engine/sql/sql-project.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { buildGreen, emptyWarehouse, folderOf, foreignProject, mistakes } from "./project-kit.ts";

const night = (day: number) => new Date(Date.UTC(2026, 0, day));

function project(config: string, day: number): SqlProject {
  return foreignProject(
    {
      "snapshots/rooms.sql": `{% snapshot rooms %}\n{{ config(unique_key='id', ${config}) }}\nselect * from {{ source('raw', 'rooms') }}\n{% endsnapshot %}`,
      "models/_s.yml":
        "sources: [{name: raw, tables: [{name: rooms, columns: [{name: id, data_type: integer}, {name: v, data_type: varchar}, {name: seen_at, data_type: timestamp}]}]}]\n",
      "models/now_open.sql": "select id, v from {{ ref('rooms') }} where dbt_valid_to is null",
    },
    { startedAt: night(day) },
  );
}

/** Takes a snapshot each night of what the source holds then. */
async function nights(config: string, ...states: string[]): Promise<Warehouse> {
  const warehouse = await emptyWarehouse(project(config, 1));
  await warehouse.run("create schema raw");
  for (const [index, state] of states.entries()) {
    await warehouse.run(`create or replace table raw.rooms as ${state}`);
    await buildGreen(project(config, index + 1), warehouse);
  }
  return warehouse;
}

const rows = (text: string) =>
  `select id, v, seen::timestamp as seen_at from (values ${text}) as t(id, v, seen) where id is not null`;

async function history(warehouse: Warehouse, more = ""): Promise<string[]> {
  const found = await warehouse.rows(
    `select concat_ws(' ', id, v, strftime(dbt_valid_from, '%d'), coalesce(strftime(dbt_valid_to, '%d'), 'now') ${more}) as line from main.rooms order by line`,
  );
  return found.map((row) => String(row.line));
}

describe("strategies", () => {
  test("timestamp closes a row when a newer one comes", async () => {
    const warehouse = await nights(
      "strategy='timestamp', updated_at='seen_at'",
      rows("(1, 'a', '2026-01-01'), (2, 'x', '2026-01-01')"),
      rows("(1, 'b', '2026-01-02'), (2, 'y', '2026-01-01'), (3, 'n', '2026-01-02')"),
    );
    expect(await history(warehouse)).toEqual([
      "1 a 01 02",
      "1 b 02 now",
      "2 x 01 now",
      "3 n 02 now",
    ]);
    expect(await warehouse.rows("select v from main.now_open where id = 1")).toEqual([{ v: "b" }]);
  });

  test("check closes a row when a watched column changes, null or not", async () => {
    const warehouse = await nights(
      "strategy='check', check_cols=['v']",
      rows("(1, 'a', '2026-01-01'), (2, null, '2026-01-01')"),
      rows("(1, 'a', '2026-01-09'), (2, 'x', '2026-01-01')"),
    );
    expect(await history(warehouse)).toEqual(["1 a 01 now", "2 01 02", "2 x 02 now"]);
  });

  test("the first night has dbt's columns in dbt's order", async () => {
    const warehouse = await nights(
      "strategy='check', check_cols='all'",
      rows("(1, 'a', '2026-01-01')"),
    );
    const columns = await warehouse.describe("select * from main.rooms");
    expect(columns.map((column) => column.name)).toEqual([
      ...["id", "v", "seen_at", "dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"],
    ]);
  });
});

describe("rows that go away", () => {
  const states = [rows("(1, 'a', '2026-01-01')"), rows("(null, '', '2026-01-01')")];

  test("stay open unless told", async () => {
    const warehouse = await nights("strategy='check', check_cols='all'", ...states);
    expect(await history(warehouse)).toEqual(["1 a 01 now"]);
  });

  test("are closed by invalidate", async () => {
    const config = "strategy='check', check_cols='all', invalidate_hard_deletes=true";
    expect(await history(await nights(config, ...states))).toEqual(["1 a 01 02"]);
  });

  test("are recorded by new_record, and so is their return", async () => {
    const config = "strategy='check', check_cols='all', hard_deletes='new_record'";
    const warehouse = await nights(config, ...states, states[0] as string);
    expect(await history(warehouse, ", dbt_is_deleted")).toEqual([
      "1 a 01 02 False",
      "1 a 02 03 True",
      "1 a 03 now False",
    ]);
  });
});

test("a new column of the source joins the snapshot", async () => {
  const warehouse = await nights(
    "strategy='check', check_cols='all'",
    rows("(1, 'a', '2026-01-01')"),
    "select 1 as id, 'a' as v, timestamp '2026-01-01' as seen_at, 7 as fresh",
  );
  expect(await history(warehouse, ", fresh")).toEqual(["1 a 01 02", "1 a 02 now 7"]);
});

test("a current row may end in a far future instead of null", async () => {
  const config =
    "strategy='timestamp', updated_at='seen_at', dbt_valid_to_current=\"timestamp '9999-12-31'\"";
  const warehouse = await nights(
    config,
    rows("(1, 'a', '2026-01-01')"),
    rows("(1, 'b', '2026-01-02')"),
  );
  expect(
    await warehouse.rows("select v from main.rooms where dbt_valid_to = '9999-12-31'"),
  ).toEqual([{ v: "b" }]);
});

test("a snapshot of YAML takes a relation", async () => {
  const shop = foreignProject({
    "models/a.sql": "select 1 as id, 'x' as v",
    "snapshots/s.yml":
      "snapshots:\n  - name: a_history\n    relation: ref('a')\n    config: {unique_key: id, strategy: check, check_cols: all, schema: kept}\n    columns: [{name: id, data_tests: [not_null]}]\n",
  });
  const warehouse = await emptyWarehouse(shop);
  const { results } = await buildGreen(shop, warehouse);
  expect([...results.keys()]).toEqual(["a", "a_history", "not_null_a_history_id"]);
  expect(await warehouse.rows("select id, v from main_kept.a_history")).toEqual([
    { id: 1, v: "x" },
  ]);
});

test("a snapshot without what it needs says so", async () => {
  const root = folderOf({
    "profiles.yml": "shop: {target: d, outputs: {d: {type: duckdb}}}\n",
    "snapshots/s.sql":
      "\n{% snapshot s %}\n{{ config(strategy='chek') }} select 1 as id\n{% endsnapshot %}",
  });
  const [error] = await mistakes(() => foreignProject({}, { root }));
  expect(error?.place).toBe("snapshots/s.sql:3");
  expect(error?.message).toBe('snapshot "s": unknown strategy "chek" — did you mean "check"?');
});

test("any history of nights is what a naive log of states gives", async () => {
  type State = Readonly<Record<number, string>>;
  const state = fc.dictionary(fc.constantFrom("1", "2", "3"), fc.constantFrom("a", "b"));
  await fc.assert(
    fc.asyncProperty(fc.array(state, { minLength: 1, maxLength: 5 }), async (states) => {
      const sql = states.map((each) =>
        rows(
          [
            "(null::integer, '', '2026-01-01')",
            ...Object.entries(each).map(([id, v]) => `(${id}, '${v}', '2026-01-01')`),
          ].join(", "),
        ),
      );
      const config = "strategy='check', check_cols=['v'], hard_deletes='invalidate'";
      const warehouse = await nights(config, ...sql);
      const expected: string[] = [];
      const open = new Map<string, { v: string; from: number }>();
      const close = (id: string, until: number | undefined): void => {
        const row = open.get(id);
        if (!row) return;
        const end = until === undefined ? "now" : String(until).padStart(2, "0");
        expected.push(`${id} ${row.v} ${String(row.from).padStart(2, "0")} ${end}`);
        open.delete(id);
      };
      for (const [index, each] of (states as State[]).entries()) {
        for (const [id, row] of [...open]) {
          if ((each as Record<string, string>)[id] !== row.v) close(id, index + 1);
        }
        for (const [id, v] of Object.entries(each)) {
          if (!open.has(id)) open.set(id, { v, from: index + 1 });
        }
      }
      for (const id of [...open.keys()]) close(id, undefined);
      expect(await history(warehouse)).toEqual(expected.sort());
    }),
    { numRuns: 15 },
  );
}, 60_000);
