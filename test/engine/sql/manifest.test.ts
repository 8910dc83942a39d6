import { describe, expect, test } from "vitest";
import type { ModelNode } from "../../../engine/sql/nodes.ts";
import { foreignProject, mistakes, ownProject } from "./project-kit.ts";

const SOURCES =
  "sources:\n  - name: register\n    tables:\n      - name: licences\n        columns: [{name: id, data_type: integer}]\n";

describe("a name that is not there", () => {
  test("a misspelt ref is placed and answered", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "models/guests.sql": "select 1 as id",
        "models/stays.sql": "select *\nfrom {{ ref('gests') }}\n",
      }),
    );
    expect(error?.place).toBe("models/stays.sql:2:9");
    expect(error?.message).toBe('unknown model "gests" in ref — did you mean "guests"?');
    expect(error?.details.excerpt).toBe("2 │ from {{ ref('gests') }}\n  │         ^");
  });

  test("lines that were stripped from the top still count", async () => {
    const [error] = await mistakes(() =>
      ownProject({ "models/stays.sql": "\n\n  \nselect * from {{ ref('nowhere') }}" }),
    );
    expect(error?.place).toBe("models/stays.sql:4:18");
  });

  test("a ref inside a macro points into the macro", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "macros/base.sql": "{% macro base() %}\n  select * from {{ ref('nope') }}\n{% endmacro %}",
        "models/a.sql": "{{ base() }}",
      }),
    );
    expect(error?.place).toBe("macros/base.sql:2:20");
  });

  test("a misspelt table of a source, and a misspelt source", async () => {
    const errors = await mistakes(() =>
      ownProject({
        "models/_s.yml": SOURCES,
        "models/a.sql": "select * from {{ source('register', 'licenses') }}",
        "models/b.sql": "select * from {{ source('registers', 'licences') }}",
      }),
    );
    expect(errors.map((error) => error.message)).toEqual([
      'source "register" has no table "licenses" — did you mean "licences"?',
      'unknown source "registers" — did you mean "register"?',
    ]);
  });

  test("a ref to a disabled model says so", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "models/a.sql": "{{ config(enabled=false) }} select 1 as x",
        "models/b.sql": "select * from {{ ref('a') }}",
      }),
    );
    expect(error?.message).toBe('model "a" in ref is disabled');
  });

  test("an unknown check is placed in the YAML", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "models/a.sql": "select 1 as id",
        "models/a.yml":
          "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests: [uniqe]\n",
      }),
    );
    expect(error?.place).toBe("models/a.yml:5:22");
    expect(error?.message).toBe('unknown check "uniqe" — did you mean "unique"?');
  });

  test("a misspelt ref in the arguments of a check is placed at the check", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "models/rooms.sql": "select 1 as id",
        "models/a.yml":
          "models:\n  - name: rooms\n    columns:\n      - name: id\n        data_tests:\n          - not_null\n          - relationships: {to: ref('room'), field: id}\n",
      }),
    );
    expect(error?.place).toBe("models/a.yml:7:13");
    expect(error?.message).toBe('unknown model "room" in ref — did you mean "rooms"?');
  });

  test("YAML of a model that does not exist is a warning", () => {
    const project = ownProject({
      "models/guests.sql": "select 1 as id",
      "models/a.yml": "models:\n  - name: guest\n",
    });
    expect(project.warnings.map((each) => `${each.place} ${each.message}`)).toEqual([
      'models/a.yml:2:5 no model is named "guest" — did you mean "guests"?',
    ]);
  });
});

describe("names that clash", () => {
  test("two models of one name", async () => {
    const [error] = await mistakes(() =>
      ownProject({ "models/x/a.sql": "select 1 as i", "models/y/a.sql": "select 2 as i" }),
    );
    expect(error?.message).toBe('model "a" has the name of models/x/a.sql');
  });

  test("two models that build one table", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "models/a.sql": "{{ config(alias='T') }} select 1 as i",
        "models/b.sql": "{{ config(alias='t') }} select 2 as i",
      }),
    );
    expect(error?.message).toBe('model "b" builds the same table as models/a.sql');
  });

  test("models that read each other", async () => {
    const [error] = await mistakes(() =>
      ownProject({
        "models/a.sql": "select * from {{ ref('b') }}",
        "models/b.sql": "select * from {{ ref('c') }}",
        "models/c.sql": "select * from {{ ref('a') }}",
      }),
    );
    expect(error?.message).toBe("models read each other: a → b → c → a");
  });

  test("every mistake of a project is reported at once", async () => {
    const errors = await mistakes(() =>
      ownProject({
        "models/a.sql": "select {{ zz }}, * from {{ ref('nope') }}",
        "models/b.sql": "select {{ 1 + }}",
        "models/c.yml": "models:\n  - description: nameless\n",
        "models/d.yml": "a: 1\na: 2\n",
      }),
    );
    expect(errors.length).toBeGreaterThanOrEqual(4);
  });
});

describe("configs", () => {
  const FILES = {
    "dbt_project.yml":
      "name: shop\nprofile: shop\nmodels:\n  shop:\n    +materialized: view\n    +tags: [all]\n    +meta: {owner: x, level: far}\n    marts:\n      materialized: table\n      +schema: marts\n",
    "models/marts/sales.sql": "{{ config(tags='hot', meta={'level': 'near'}) }} select 1 as id",
    "models/marts/_marts.yml":
      "models:\n  - name: sales\n    config: {tags: daily, materialized: view, alias: sold}\n",
  };

  test("project, then properties, then the file", () => {
    const sales = foreignProject(FILES).find("sales") as ModelNode;
    expect(sales.tags).toEqual(["all", "daily", "hot"]);
    expect(sales.config.meta).toEqual({ owner: "x", level: "near" });
    expect(sales.materialized).toBe("view");
    expect(sales.relation).toEqual({ database: "shop", schema: "main_marts", identifier: "sold" });
  });

  test("a project's own generate_schema_name decides the schema", () => {
    const project = foreignProject({
      ...FILES,
      "macros/names.sql":
        "{% macro generate_schema_name(custom_schema_name, node) -%}\n  {{ custom_schema_name or target.schema }}\n{%- endmacro %}\n" +
        "{% macro generate_alias_name(custom_alias_name=none, node=none) %}{{ node.name }}__x{% endmacro %}",
    });
    expect(project.find("sales").relation).toMatchObject({
      schema: "marts",
      identifier: "sales__x",
    });
  });

  test("Jinja in YAML gives values", () => {
    const project = foreignProject(
      {
        "dbt_project.yml":
          "name: shop\nprofile: shop\nvars: {n: 3}\nmodels:\n  shop:\n    +enabled: \"{{ target.name == 'dev' }}\"\n    +meta: {limit: \"{{ var('n') }}\", text: \"x{{ var('n') }}\"}\n",
        "models/a.sql": "select 1 as id",
      },
      { vars: { n: 4n } },
    );
    expect(project.find("a").config.meta).toEqual({ limit: 4n, text: "x4" });
  });
});

test("a package's models are read by name and by package and name", () => {
  const project = foreignProject({
    "packages.yml": "packages:\n  - local: deps/parts\n",
    "deps/parts/dbt_project.yml": "name: parts\nvars: {unit: km}\n",
    "deps/parts/macros/m.sql":
      "{% macro unit() %}{{ inner_unit() }}{% endmacro %}{% macro inner_unit() %}'{{ var('unit') }}'{% endmacro %}",
    "deps/parts/models/wheels.sql": "select {{ unit() }} as unit",
    "models/cars.sql":
      "select {{ parts.unit() }} as unit from {{ ref('wheels') }} union all select unit from {{ ref('parts', 'wheels') }}",
  });
  expect(project.compile("cars").text).toBe(
    `select 'km' as unit from "shop"."main"."wheels" union all select unit from "shop"."main"."wheels"`,
  );
});

test("descriptions read docs blocks", () => {
  const project = foreignProject({
    "models/a.sql": "select 1 as id",
    "models/docs.md": "{% docs the_id %}\nThe *id*.\n{% enddocs %}",
    "models/a.yml":
      "models:\n  - name: a\n    columns: [{name: id, description: \"{{ doc('the_id') }}\"}]\n",
  });
  expect(project.find("a").columns.get("id")?.description).toBe("The *id*.");
});

test("what is read and not run is said where it is written", () => {
  const project = foreignProject({
    "models/a.sql": "select 1 as id",
    "models/a.yml": "saved_queries:\n  - {name: u}\nexposures:\n  - {name: e}\n",
  });
  expect(project.warnings.map((each) => `${each.place} ${each.message}`)).toEqual([
    "models/a.yml:1:1 saved queries are not run",
  ]);
});
