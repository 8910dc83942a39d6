import { describe, expect, test } from "vitest";
import { build, emptyWarehouse, foreignProject, mistakes } from "./project-kit.ts";

const FILES = {
  "models/_s.yml":
    "sources: [{name: raw, tables: [{name: stays, columns: [{name: guest_id, data_type: integer}, {name: nights, data_type: integer}, {name: paid, data_type: 'decimal(9,2)'}]}]}]\n",
  "models/short.sql":
    "{{ config(materialized='ephemeral') }} select * from {{ source('raw', 'stays') }} where nights < {{ var('long', 7) }}",
  "macros/m.sql": "{% macro today() %}current_date{% endmacro %}",
  "models/totals.sql":
    "{{ config(materialized='incremental', unique_key='guest_id') }}\nselect guest_id, sum(paid) as paid, {{ today() }} as day, {{ env_var('ELT_TEST_UNIT', '0') }} as env from {{ ref('short') }}\n{% if is_incremental() %}where guest_id > (select max(guest_id) from {{ this }}){% endif %}\ngroup by all",
};

async function outcome(tests: string): Promise<string[]> {
  const project = foreignProject({ ...FILES, "models/t.yml": `unit_tests:\n${tests}` });
  const warehouse = await emptyWarehouse(project);
  await warehouse.run(
    "create schema raw; create table raw.stays (guest_id integer, nights integer, paid decimal(9,2))",
  );
  const { failures, results } = await build(project, warehouse);
  return project.manifest.unitTests.map(({ name }) => {
    const error = failures.get(name);
    if (!error) return results.has(name) ? "pass" : "not run";
    return `${error.place} ${error.message}\n${error.details.excerpt ?? ""}`;
  });
}

const one = (given: string, expected: string, more = "") =>
  `  - name: t\n    model: totals\n    given:\n${given}    expect: ${expected}\n${more}`;

describe("given rows become tables with the real types", () => {
  test("of an ephemeral model, with columns left out", async () => {
    const given =
      "      - input: ref('short')\n        rows: [{guest_id: 1, paid: 10}, {guest_id: 1, paid: 2.5}, {guest_id: 2}]\n";
    expect(
      await outcome(one(given, "{rows: [{guest_id: 2, paid: null}, {guest_id: 1, paid: 12.50}]}")),
    ).toEqual(["pass"]);
  });

  test("as CSV, and expected as SQL", async () => {
    const given =
      "      - input: ref('short')\n        format: csv\n        rows: |\n          guest_id,paid\n          3,\"1.00\"\n          4,\n";
    expect(
      await outcome(
        one(
          given,
          '{format: sql, rows: "select 3 as guest_id, 1::decimal(38,2) as paid union all select 4, null"}',
        ),
      ),
    ).toEqual(["pass"]);
  });

  test("overrides replace macros, vars and environment variables", async () => {
    const given = "      - {input: ref('short'), rows: [{guest_id: 1}]}\n";
    const more =
      "    overrides:\n      macros: {today: \"date '2026-02-03'\"}\n      env_vars: {ELT_TEST_UNIT: 5}\n";
    expect(
      await outcome(one(given, "{rows: [{guest_id: 1, day: 2026-02-03, env: 5}]}", more)),
    ).toEqual(["pass"]);
    expect(process.env.ELT_TEST_UNIT).toBeUndefined();
  });

  test("is_incremental and this", async () => {
    const given =
      "      - {input: ref('short'), rows: [{guest_id: 1}, {guest_id: 5}]}\n      - {input: this, rows: [{guest_id: 4}]}\n";
    const more = "    overrides: {macros: {is_incremental: true}}\n";
    expect(await outcome(one(given, "{rows: [{guest_id: 5}]}", more))).toEqual(["pass"]);
  });
});

test("a difference shows what is missing and what was not expected", async () => {
  const given = "      - {input: ref('short'), rows: [{guest_id: 1, paid: 3}]}\n";
  expect(await outcome(one(given, "{rows: [{guest_id: 1, paid: 4}]}"))).toEqual([
    'models/t.yml:2:5 unit test t of totals: 1 rows missing (-), 1 not expected (+)\n  - {"guest_id":1,"paid":4.00}\n  + {"guest_id":1,"paid":3.00}',
  ]);
});

test("mistakes of a unit test are placed", async () => {
  const given = (text: string) => `      - ${text}\n`;
  const message = async (text: string) =>
    (
      await mistakes(() =>
        foreignProject({
          ...FILES,
          "models/t.yml": `unit_tests:\n${one(given(text), "{rows: []}")}`,
        }),
      )
    ).map((error) => `${error.place} ${error.message}`);
  expect(await message("{input: ref('shrt'), rows: []}")).toEqual([
    'models/t.yml:5:10 unknown model "shrt" in ref — did you mean "short"?',
  ]);
  expect(await message("{input: short, rows: []}")).toEqual([
    'models/t.yml:5:10 input "short" is neither a ref, a source nor this',
  ]);
  const [wrong] = await outcome(
    one(given("{input: ref('short'), rows: [{guest: 1}]}"), "{rows: []}"),
  );
  expect(wrong).toContain('short has no column "guest"');
  const [none] = await outcome("  - {name: t, model: totals, given: [], expect: {rows: []}}\n");
  expect(none).toContain("gives no rows for short");
});
