import { expect, test } from "vitest";
import { emptyWarehouse, foreignProject } from "./project-kit.ts";

const D = "date '2026-03-31'";

/** Each cross-database macro with what its SQL gives in DuckDB. */
const CASES: [string, unknown][] = [
  [`dbt.dateadd('month', 1, "${D}")`, "2026-04-30 00:00:00"],
  [`dbt.dateadd('quarter', 1, "${D}")`, "2026-06-30 00:00:00"],
  [`dbt.dateadd('week', -1, "${D}")`, "2026-03-24 00:00:00"],
  [`dbt.datediff("date '2026-01-31'", "${D}", 'month')`, "2"],
  [`dbt.datediff("date '2026-03-28'", "${D}", 'week')`, "1"],
  [`dbt.last_day("date '2026-02-03'", 'month')`, "2026-02-28"],
  [`dbt.last_day("date '2026-02-03'", 'quarter')`, "2026-03-31"],
  [`dbt.last_day("date '2026-02-03'", 'year')`, "2026-12-31"],
  [`dbt.date(2026, 3, 1)`, "2026-03-01"],
  [`dbt.split_part("'a-b-c'", "'-'", 2)`, "b"],
  [`dbt.hash("'a'")`, "0cc175b9c0f1b6a831c399e269772661"],
  [`dbt.safe_cast("'x'", 'integer')`, null],
  [`dbt.cast_bool_to_text('true')`, "true"],
  [`dbt.position("'b'", "'abc'")`, "2"],
  [`dbt.right("'abc'", 2)`, "bc"],
  [`dbt.replace("'aXa'", "'X'", "'-'")`, "a-a"],
  [`dbt.length("'abc'")`, "3"],
  [`dbt.equals('null', 'null')`, "true"],
  [`dbt.string_literal('x')`, "x"],
  [`dbt.any_value('1')`, "1"],
  [`dbt.bool_or('true')`, "true"],
  [`dbt.listagg("'a'", "','")`, "a"],
  [`dbt.listagg("'a'", "','", 'order by 1', 2)`, "a"],
  [`dbt.array_construct([1, 2])`, "[1, 2]"],
  [`dbt.array_append(dbt.array_construct([1]), 2)`, "[1, 2]"],
  [`dbt.array_concat('[1]', '[2]')`, "[1, 2]"],
  [`dbt.escape_single_quotes("it's") | length`, "5"],
  [`dbt.cast('1', dbt.type_numeric())`, "1.000000"],
];

test("every cross-database macro binds and gives what dbt's gives", async () => {
  const columns = CASES.map(([call], index) => `({{ ${call} }})::varchar as c${index}`);
  const project = foreignProject({ "models/a.sql": `select ${columns.join(",\n  ")}` });
  const warehouse = await emptyWarehouse(project);
  const row = await warehouse.first(project.compile("a").text);
  const found = CASES.map(([call], index) => [call, row?.[`c${index}`]]);
  expect(found).toEqual(CASES);
});

test("a date spine has a row for each day but the last", async () => {
  const project = foreignProject({
    "models/a.sql": `{{ dbt.date_spine('day', "date '2026-01-30'", "date '2026-02-02'") }}`,
  });
  const warehouse = await emptyWarehouse(project);
  const steps = await project.steps();
  const { contextOf } = await import("./project-kit.ts");
  await steps[0]?.run(contextOf(project, warehouse));
  const rows = await warehouse.rows("select date_day::date::varchar as d from main.a order by 1");
  expect(rows.map((row) => row.d)).toEqual(["2026-01-30", "2026-01-31", "2026-02-01"]);
});
