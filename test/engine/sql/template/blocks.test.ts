import { expect, test } from "vitest";
import {
  bindMacro,
  blocksOf,
  callMacro,
  callsIn,
  parseTemplate,
  renderTemplate,
} from "../../../../engine/sql/template/template.ts";
import { fn, PyList, PyObject, toJs, type Value } from "../../../../engine/sql/template/values.ts";

const FILE = `{% set hidden = 1 %}
{% macro cents(column, scale=2) %}round({{ column }} / 100, {{ scale }}){% endmacro %}
{% test positive(model, column_name: str) %}
select * from {{ model }} where {{ column_name }} <= 0
{% endtest %}
{% materialization mine, adapter='duckdb', supported_languages=['sql'] %}x{% endmaterialization %}
{% materialization other, default %}y{% endmaterialization %}
{% snapshot hotels_history %}{{ config(a=1) }}select {{ 1 }}{% endsnapshot %}
{% docs hotel %} One **hotel**. {% enddocs %}`;

const blocks = blocksOf(parseTemplate(FILE, { file: "macros/all.sql" }));
const options = { globals: new Map<string, Value>() };

function block(name: string) {
  const found = blocks.find((one) => one.name === name);
  if (!found) throw new Error(`no block ${name}`);
  return found;
}

test("a macro file tells its blocks with names, places and parameters", () => {
  expect(
    blocks.map(({ kind, name, macroName, adapter, line }) => [
      kind,
      name,
      macroName,
      adapter,
      line,
    ]),
  ).toEqual([
    ["macro", "cents", "cents", undefined, 2],
    ["test", "positive", "test_positive", undefined, 3],
    ["materialization", "mine", "materialization_mine_duckdb", "duckdb", 6],
    ["materialization", "other", "materialization_other_default", "default", 7],
    ["snapshot", "hotels_history", "hotels_history", undefined, 8],
    ["docs", "hotel", "hotel", undefined, 9],
  ]);
  expect(block("cents").parameters).toEqual([
    { name: "column", hasDefault: false },
    { name: "scale", hasDefault: true },
  ]);
  expect(block("positive").parameters.map(({ name }) => name)).toEqual(["model", "column_name"]);
  expect(block("hotels_history").text).toMatch(/^{% snapshot .* endsnapshot %}$/);
});

test("a bound macro renders by itself", () => {
  const macro = bindMacro(block("cents"), options.globals);
  expect(callMacro(macro, ["price"], new Map(), options)).toBe("round(price / 100, 2)");
  expect(
    callMacro(
      macro,
      [],
      new Map<string, Value>([
        ["column", "p"],
        ["scale", 0n],
      ]),
      options,
    ),
  ).toBe("round(p / 100, 0)");
});

test("a macro does not see what its file sets outside it", () => {
  const [only] = blocksOf(
    parseTemplate("{% set x = 1 %}{% macro m() %}{{ x is defined }}{% endmacro %}", {
      file: "m.sql",
    }),
  );
  expect(callMacro(bindMacro(only!, options.globals), [], new Map(), options)).toBe("False");
});

test("a macro calls itself and other macros by name", () => {
  const text =
    "{% macro down(n) %}{{ n }}{% if n > 0 %}{{ down(n - 1) }}{% endif %}{{ end() }}{% endmacro %}";
  const [only] = blocksOf(parseTemplate(text, { file: "m.sql" }));
  const globals = new Map<string, Value>([["end", fn("end", () => ".")]]);
  expect(callMacro(bindMacro(only!, globals), [2n], new Map(), options)).toBe("210...");
});

test("a package gives its macros as attributes, those with an underscore too", () => {
  const dbt_utils = new PyObject({ _private: fn("_private", () => "private"), __proto: "hidden" });
  const globals = new Map<string, Value>([["dbt_utils", dbt_utils]]);
  const text =
    "{{ dbt_utils._private() }} {{ dbt_utils.__proto is defined }} {{ dbt_utils.constructor is defined }}";
  expect(renderTemplate(parseTemplate(text, { file: "m.sql" }), { globals }).text).toBe(
    "private False False",
  );
});

test("line ends of other systems are read as newlines", () => {
  const text = "a\r\n{% if true %}b\rc{% endif %}\r\n";
  expect(renderTemplate(parseTemplate(text, { file: "m.sql" }), options).text).toBe("a\nb\nc");
});

test("return hands on the value itself", () => {
  const text =
    "{% macro m(x) %}text{% if x %}{% do return(x) %}{% endif %}{{ return({'a': [1]}) }}{% endmacro %}";
  const [only] = blocksOf(parseTemplate(text, { file: "m.sql" }));
  const macro = bindMacro(only!, options.globals);
  const list = new PyList([1n]);
  expect(callMacro(macro, [list], new Map(), options)).toBe(list);
  expect(toJs(callMacro(macro, [false], new Map(), options))).toEqual({ a: [1] });
});

test("return from a call block ends the macro that called the caller", () => {
  const text =
    "{% macro w() %}{{ caller() }}never{% endmacro %}{% set x %}{% call w() %}{% do return('early') %}{% endcall %}{% endset %}{{ x }}";
  expect(renderTemplate(parseTemplate(text, { file: "m.sql" }), options).text).toBe("early");
});

test("snapshot and docs blocks render what stands between their tags", () => {
  const globals = new Map<string, Value>([["config", fn("config", () => "")]]);
  expect(renderTemplate(block("hotels_history").body, { globals }).text).toBe("select 1");
  expect(renderTemplate(block("hotel").body, options).text).toBe(" One **hotel**. ");
});

test("blocks print nothing where they stand", () => {
  const globals = new Map<string, Value>([["config", fn("config", () => "")]]);
  expect(renderTemplate(parseTemplate(FILE, { file: "m.sql" }), { globals }).text.trim()).toBe("");
});

test("the calls of a template are known without rendering it", () => {
  const text = `{{ config(materialized='table') }}
{% macro own() %}{{ ref('inner') }}{% endmacro %}
select * from {{ ref('pkg', 'hotels', v=2) }} join {{ source('osm', name) }} {{ own() }}
{% if execute %}{{ dbt_utils.star(from=ref('b')) }}{% endif %}`;
  const calls = callsIn(parseTemplate(text, { file: "m.sql" }));
  expect(calls.map(({ name, line, column }) => [name, line, column])).toEqual([
    ["config", 1, 4],
    ["ref", 2, 21],
    ["ref", 3, 18],
    ["source", 3, 55],
    ["dbt_utils.star", 4, 20],
    ["ref", 4, 40],
  ]);
  expect(calls[2]?.args).toEqual(["pkg", "hotels"]);
  expect(calls[2]?.kwargs).toEqual(new Map([["v", 2n]]));
  expect(calls[3]?.args).toEqual(["osm", undefined]);
});
