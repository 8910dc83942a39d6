import { expect, test } from "vitest";
import { buildGreen, emptyWarehouse, foreignProject } from "./project-kit.ts";

/** What packages of macros commonly do with relations and with rows read while rendering. */
const MACROS = `
{% macro demand_relation(obj) %}
  {%- if not (obj is mapping and obj.get('metadata', {}).get('type', '').endswith('Relation')) -%}
    {%- do exceptions.raise_compiler_error('expected a relation but got: ' ~ obj) -%}
  {%- endif -%}
{% endmacro %}
{% macro values_of(table, column) %}
  {%- if not execute %}{{ return([]) }}{% endif -%}
  {%- do demand_relation(table) -%}
  {%- call statement('values', fetch_result=true) %}
    select {{ column }} as value from {{ table }} group by 1 order by 1
  {%- endcall -%}
  {{ return(load_result('values')['data'] | map(attribute=0) | list) }}
{% endmacro %}
{% macro columns_but(relation, except=[]) %}
  {%- if not execute %}{{ return('*') }}{% endif -%}
  {%- set kept = [] -%}
  {%- for column in adapter.get_columns_in_relation(relation) if column.column not in except -%}
    {%- do kept.append(column.quoted ~ (' /* text */' if column.is_string() else '')) -%}
  {%- endfor -%}
  {{ return(kept | join(', ')) }}
{% endmacro %}
{% macro single(sql) %}
  {%- if execute %}{{ return(run_query(sql).columns.values()[0].values()[0]) }}{% endif -%}
  {{ return(0) }}
{% endmacro %}`;

const FILES = {
  "macros/m.sql": MACROS,
  "models/a.sql":
    "{{ config(materialized='table') }} select * from (values (1, 'x'), (2, 'y'), (3, 'x')) as t(id, kind)",
};

async function compiledBy(text: string): Promise<unknown> {
  const project = foreignProject({
    ...FILES,
    "models/b.sql": `-- depends_on: {{ ref('a') }}\n${text}`,
  });
  const warehouse = await emptyWarehouse(project);
  await buildGreen(project, warehouse);
  return await warehouse.first("select * from main.b");
}

test("values of a column become columns", async () => {
  const text =
    "select {% for v in values_of(ref('a'), 'kind') %}count(*) filter (kind = '{{ v }}')::integer as {{ v }}{{ ', ' if not loop.last }}{% else %}1{% endfor %} from {{ ref('a') }}";
  expect(await compiledBy(text)).toEqual({ x: 2, y: 1 });
});

test("a relation's columns are listed with their types", async () => {
  expect(
    await compiledBy("select {{ columns_but(ref('a'), ['id']) }} from {{ ref('a') }} limit 1"),
  ).toEqual({
    kind: "x",
  });
});

test("rows are read by position, by name, by column", async () => {
  const text = `{% set t = run_query('select 7 as n, null as m union all select 8, 1 order by 1') %}
    {%- if execute -%}
    select {{ t.rows[0]['n'] }} as a, {{ t.rows[1].n }} as b, {{ t.columns['n'].values() | sum }} as c, {{ t.columns[0][1] }} as d, '{{ t.column_names | join }}' as e, {{ t.rows | length }} as f, {{ single('select 5') }} as g, '{{ t.rows[0][1] }}' as h
    {%- else %}select 1 as a{% endif %}`;
  expect(await compiledBy(text)).toEqual({
    a: 7,
    b: 8,
    c: 15,
    d: 8,
    e: "nm",
    f: 2,
    g: 5,
    h: "None",
  });
});

test("a relation that exists is found, one that does not is none", async () => {
  const text =
    "select {{ adapter.get_relation(database=ref('a').database, schema='main', identifier='a') is not none }} as a, {{ load_relation(this.incorporate(path={'identifier': 'nope'})) is none }} as b, '{{ load_relation(ref('a')).type }}' as c";
  expect(await compiledBy(text)).toEqual({ a: true, b: true, c: "table" });
});

test("what is no relation is refused by the macro that needs one", async () => {
  await expect(compiledBy("select {{ values_of('a', 'kind') }}")).rejects.toThrow(
    "expected a relation but got: a",
  );
});
