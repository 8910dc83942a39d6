import { expect, test } from "vitest";
import { build, buildGreen, emptyWarehouse, foreignProject, ownProject } from "./project-kit.ts";

test("views, tables and ephemeral models build in order", async () => {
  const project = ownProject({
    "models/a.sql": "{{ config(materialized='table') }} select range as n from range(3)",
    "models/b.sql": "{{ config(materialized='ephemeral') }} select n * 10 as n from {{ ref('a') }}",
    "models/c.sql": "select sum(n)::integer as total from {{ ref('b') }}",
  });
  const warehouse = await emptyWarehouse(project);
  const { results } = await buildGreen(project, warehouse);
  expect(results.get("a")).toEqual({ rows: 3 });
  expect(results.get("c")).toEqual({ amount: "view" });
  expect([...results.keys()]).toEqual(["a", "c"]);
  expect(await warehouse.rows("select * from main.c")).toEqual([{ total: 30 }]);
});

test("a table keeps the order its query asks for", async () => {
  const project = ownProject({
    "models/a.sql":
      "{{ config(materialized='table') }} select range as n from range(1000) order by n desc",
  });
  const warehouse = await emptyWarehouse(project);
  await buildGreen(project, warehouse);
  const rows = await warehouse.rows<{ n: bigint }>("select n from main.a limit 2");
  expect(rows.map((row) => row.n)).toEqual([999n, 998n]);
});

test("a view becomes a table and back, with its readers intact", async () => {
  const files = (kind: string) => ({
    "models/a.sql": `{{ config(materialized='${kind}') }} select 1 as x`,
    "models/b.sql": "select * from {{ ref('a') }}",
  });
  const first = ownProject(files("view"));
  const warehouse = await emptyWarehouse(first);
  for (const kind of ["view", "table", "view"]) {
    await buildGreen(ownProject(files(kind)), warehouse);
    expect(await warehouse.rows("select x from main.b")).toEqual([{ x: 1 }]);
  }
});

test("descriptions become comments, and one of a column that is not there is said", async () => {
  const project = ownProject({
    "models/a.sql": "{{ config(materialized='table') }} select 1 as Id, 'o''x' as name",
    "models/v.sql": "select 1 as id",
    "models/a.yml":
      "models:\n  - name: a\n    description: It's a. One row per id.\n    columns:\n      - {name: id, description: The 'id'.}\n      - {name: nme, description: x}\n  - name: v\n    description: A view.\n    columns: [{name: id, description: Its id.}]\n",
  });
  const warehouse = await emptyWarehouse(project);
  const { results } = await buildGreen(project, warehouse);
  expect(results.get("a")?.warnings).toEqual([
    'a has no column "nme", which its YAML describes — did you mean "name"?',
  ]);
  const comments = await warehouse.rows(
    `select comment from duckdb_tables() where table_name = 'a' and database_name = 'warehouse'
     union all select comment from duckdb_views() where view_name = 'v' and database_name = 'warehouse'
     union all select comment from duckdb_columns() where comment is not null and database_name = 'warehouse' order by 1`,
  );
  expect(comments.map((row) => row.comment)).toEqual([
    "A view.",
    "It's a. One row per id.",
    "Its id.",
    "The 'id'.",
  ]);
});

test("hooks run around the body, in its transaction or outside of it", async () => {
  const project = foreignProject({
    "dbt_project.yml":
      "name: shop\nprofile: shop\nmodels:\n  +pre-hook: \"insert into main.log select 'project pre'\"\n",
    "models/a.sql":
      "{{ config(materialized='table', pre_hook=before_begin(\"insert into main.log select 'outside ' || current_schema()\"), post_hook=[\"insert into main.log select 'rows ' || count(*) from {{ this }}\", after_commit(\"insert into main.log select 'after'\")]) }} select 1 as x",
  });
  const warehouse = await emptyWarehouse(project);
  await warehouse.run("create table main.log (event varchar)");
  await buildGreen(project, warehouse);
  const log = await warehouse.rows("select event from main.log");
  expect(log.map((row) => row.event)).toEqual(["outside main", "project pre", "rows 1", "after"]);
});

test("a failure at run time leaves the old table and points into the template", async () => {
  const files = (value: string) => ({
    "models/a.sql": `{{ config(materialized='table') }}\nselect\n    'é' as e,\n    cast(x as integer) as n\nfrom (select '${value}' as x)`,
  });
  const first = ownProject(files("7"));
  const warehouse = await emptyWarehouse(first);
  await buildGreen(first, warehouse);
  const { failures } = await build(ownProject(files("seven")), warehouse);
  const error = failures.get("a");
  expect(error?.place).toMatch(/^models\/a\.sql:4/);
  expect(error?.message).toContain("'seven'");
  expect(await warehouse.rows("select n from main.a")).toEqual([{ n: 7 }]);
});

test("a failing hook undoes the model", async () => {
  const project = ownProject({
    "models/a.sql": "{{ config(materialized='table', post_hook='select nope') }} select 1 as x",
  });
  const warehouse = await emptyWarehouse(project);
  const { failures } = await build(project, warehouse);
  expect(failures.get("a")?.message).toMatch(/^post-hook failed/);
  expect(await warehouse.rows("select * from duckdb_tables() where table_name = 'a'")).toEqual([]);
});

test("a materialization that is not there is answered", async () => {
  const project = ownProject({
    "models/a.sql": "{{ config(materialized='tabel') }} select 1 as x",
  });
  const { failures } = await build(project, await emptyWarehouse(project));
  expect(failures.get("a")?.message).toBe(
    'materialization "tabel" is not supported — did you mean "table"?',
  );
});

test("rows read while rendering shape a model", async () => {
  const project = foreignProject({
    "models/kinds.sql":
      "{{ config(materialized='table') }} select unnest(['b', 'a']) as kind, 2 as amount",
    "models/wide.sql":
      "{% set kinds = run_query('select distinct kind from ' ~ ref('kinds') ~ ' order by 1') %}\nselect {% if execute %}{% for kind in kinds.columns[0].values() %}sum(amount) filter (kind = '{{ kind }}')::integer as {{ kind }}{{ ', ' if not loop.last }}{% endfor %}{% else %}1{% endif %} from {{ ref('kinds') }}",
  });
  const warehouse = await emptyWarehouse(project);
  await buildGreen(project, warehouse);
  expect(await warehouse.rows("select * from main.wide")).toEqual([{ a: 2, b: 2 }]);
});
