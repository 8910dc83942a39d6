import { describe, expect, test } from "vitest";
import { foreignProject, mistakes, ownProject } from "./project-kit.ts";

const GUESTS = "select 1 as guest_id, 'Ana' as name, 'é' as city";

describe("a misspelt column", () => {
  test("is placed in the template, with what was meant", async () => {
    const [error, ...others] = await mistakes(() =>
      ownProject({
        "models/guests.sql": GUESTS,
        "models/stays.sql": "select\n    guest_id,\n    nme\nfrom {{ ref('guests') }}\n",
        "models/later.sql": "select * from {{ ref('stays') }}",
      }),
    );
    expect(others).toEqual([]);
    expect(error?.place).toBe("models/stays.sql:3:5");
    expect(error?.message).toBe('column "nme" not found — did you mean "name"?');
    expect(error?.details.excerpt).toBe("3 │     nme\n  │     ^^^");
  });

  test("is placed behind accents and emoji, and behind text the template made longer", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "models/guests.sql": GUESTS,
        "models/stays.sql":
          "{% set words = ['é🏨', 'ü'] %}\nselect {% for w in words %}'{{ w }}{{ w }}{{ w }}', {% endfor %}'éé🏨' as x, /* ñ */ cty\nfrom {{ ref('guests') }}",
      }),
    );
    expect(error?.place).toBe("models/stays.sql:2:85");
    expect(error?.details.excerpt).toContain("cty");
    expect(error?.details.excerpt).toContain(
      "compiled\n2 │ select 'é🏨é🏨é🏨', 'üüü', 'éé🏨' as x, /* ñ */ cty",
    );
  });

  test("inside a macro names the call and the macro", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "models/guests.sql": GUESTS,
        "macros/clean.sql": "{% macro clean() %}\n  trim(nmae)\n{% endmacro %}",
        "models/stays.sql":
          "select\n  guest_id,\n  {{ clean() }} as name\nfrom {{ ref('guests') }}",
      }),
    );
    expect(error?.message).toBe('column "nmae" not found — did you mean "name"?');
    expect(error?.place).toBe("models/stays.sql:3:6");
    expect(error?.details.excerpt).toContain("printed by  macros/clean.sql:2:8");
    expect(error?.details.excerpt).toContain("called from models/stays.sql:3:6");
  });

  test("in an ephemeral model points into that model", async () => {
    const errors = await mistakes(() =>
      ownProject({
        "models/guests.sql": GUESTS,
        "models/short.sql":
          "{{ config(materialized='ephemeral') }}\nselect nme from {{ ref('guests') }}",
        "models/stays.sql": "select * from {{ ref('short') }}",
      }),
    );
    expect(errors.map((error) => error.place)).toEqual(["models/short.sql:2:8"]);
  });
});

test("each broken model is reported, its readers are not", async () => {
  const errors = await mistakes(() =>
    ownProject({
      "models/a.sql": "select lowr('x') as x",
      "models/b.sql": "select * from {{ ref('a') }}",
      "models/c.sql": "select 1 as x, from from y",
      "models/d.sql": "select 'a' + interval 1 day as x, date '2026-01-01' || 1 + true as y",
    }),
  );
  expect(errors.map((error) => error.place.split(":")[0])).toEqual([
    "models/a.sql",
    "models/c.sql",
    "models/d.sql",
  ]);
  expect(errors[0]?.message).toBe('function "lowr" not found — did you mean "lower"?');
});

test("an error without a position names the model", async () => {
  const [error] = await mistakes(() =>
    ownProject({ "models/a.sql": "\nselect * exclude (zz) from (select 1 as x)" }),
  );
  expect(error?.place).toBe("models/a.sql:2");
  expect(error?.message).toContain('"zz"');
});

test("a check is bound too, and a check of YAML is placed there", async () => {
  const errors = await mistakes(() =>
    ownProject({
      "models/guests.sql": GUESTS,
      "models/guests.yml":
        "models:\n  - name: guests\n    columns:\n      - name: gest_id\n        data_tests:\n          - not_null\n",
      "tests/no_ana.sql": "select * from {{ ref('guests') }}\nwhere nam = 'Ana'",
    }),
  );
  expect(errors.map((error) => `${error.place} ${error.message}`)).toEqual([
    'tests/no_ana.sql:2:7 column "nam" not found — did you mean "name"?',
    'models/guests.yml:6:13 check not_null: column "gest_id" not found — did you mean "guest_id"?',
  ]);
});

test("sources bind as their YAML types them", async () => {
  const project = ownProject({
    "models/_s.yml":
      "sources:\n  - name: register\n    tables:\n      - name: licences\n        columns: [{name: id, data_type: integer}, {name: seats, data_type: 'decimal(9,2)'}]\n",
    "seeds/rooms.csv": "id,size,name\n1,1.5,a\n",
    "models/a.sql":
      "select licences.seats, rooms.size from {{ source('register', 'licences') }} join {{ ref('rooms') }} using (id)",
  });
  const proof = await project.bind();
  expect(proof.errors).toEqual([]);
  expect(proof.columns.get("model.shop.a")).toEqual([
    { name: "seats", type: "DECIMAL(9,2)" },
    { name: "size", type: "DOUBLE" },
  ]);
});

test("an unknown type of a source's column is placed at the type", async () => {
  const [error] = await mistakes(() =>
    ownProject({
      "models/_s.yml":
        "sources:\n  - name: register\n    tables:\n      - name: licences\n        columns:\n          - name: id\n            data_type: intger\n",
    }),
  );
  expect(error?.place).toBe("models/_s.yml:7:13");
  expect(error?.message).toBe('column "id" has the unknown type "intger"');
});

test("both faces of an incremental model are bound", async () => {
  const [error] = await mistakes(() =>
    ownProject({
      "models/a.sql":
        "{{ config(materialized='incremental') }}\nselect 1 as id\n{% if is_incremental() %}\nwhere 1 > (select max(idd) from {{ this }})\n{% endif %}",
    }),
  );
  expect(error?.place).toBe("models/a.sql:4:23");
  expect(error?.message).toBe('column "idd" not found — did you mean "id"?');
});

test("a template may ask for the columns of a model that is not built yet", async () => {
  const project = ownProject({
    "models/guests.sql": GUESTS,
    "models/a.sql":
      "select {% for c in adapter.get_columns_in_relation(ref('guests')) %}upper({{ c.quoted }}::text) as {{ c.name }}_up{{ ', ' if not loop.last }}{% endfor %} from {{ ref('guests') }}",
  });
  const proof = await project.bind();
  expect(proof.columns.get("model.shop.a")?.map((each) => each.name)).toEqual([
    "guest_id_up",
    "name_up",
    "city_up",
  ]);
});

test("a model made from rows is left for the run, and so is its reader", async () => {
  const project = foreignProject({
    "models/a.sql":
      "{% set names = run_query('select 1 as n union all select 2') %}select {{ names.columns[0].values() | join(' + ') if execute else 0 }} as total",
    "models/b.sql": "select * from {{ ref('a') }}",
  });
  const proof = await project.bind();
  expect(proof.errors).toEqual([]);
  expect([...proof.unchecked.keys()]).toEqual(["model.shop.a", "model.shop.b"]);
});

test("macros of on-run-start exist while binding", async () => {
  const project = foreignProject({
    "dbt_project.yml":
      'name: shop\nprofile: shop\non-run-start: ["create or replace macro twice(x) as x * 2"]\n',
    "models/a.sql": "select twice(2) as four",
  });
  expect((await project.bind()).errors).toEqual([]);
});

test("a semicolon at the end of a model is told where it stands", async () => {
  const [error] = await mistakes(() => ownProject({ "models/a.sql": "select 1 as x\n;\n" }));
  expect(error?.place).toBe("models/a.sql:2");
  expect(error?.details.hint).toBe("take the semicolon out");
});

test("every type of DuckDB passes through a model to its readers", async () => {
  const project = ownProject({
    "models/a.sql":
      "select null as n, [] as l, {'a': null, 'b c': 1} as s, map {'k': 1.5} as m, 'x'::enum('x', 'y') as e, 1::decimal(5,1) as d, now() as t, 'ab'::blob as b, uuid() as u",
    "models/b.sql": "select * from {{ ref('a') }}",
  });
  const { columns, errors } = await project.bind();
  expect(errors).toEqual([]);
  expect(columns.get("model.shop.b")).toEqual(columns.get("model.shop.a"));
});

test("readers of a pivot without a list of values are left for the run", async () => {
  const project = foreignProject({
    "models/a.sql": "{{ config(materialized='table') }} select 'x' as kind, 1 as n",
    "models/wide.sql": "with p as (pivot {{ ref('a') }} on kind using sum(n)) select * from p",
    "models/reader.sql": "select x from {{ ref('wide') }}",
    "models/listed.sql": "pivot {{ ref('a') }} on kind in ('x') using sum(n)",
  });
  const proof = await project.bind();
  expect(proof.errors).toEqual([]);
  expect([...proof.unchecked.keys()]).toEqual(["model.shop.wide", "model.shop.reader"]);
});
