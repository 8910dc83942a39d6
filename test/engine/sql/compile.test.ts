import { describe, expect, test } from "vitest";
import { EltError } from "../../../engine/errors.ts";
import type { SqlProject } from "../../../engine/sql/sql-project.ts";
import { foreignProject, NOW, ownProject } from "./project-kit.ts";

const collapse = (text: string) => text.replace(/\s+/g, " ").trim();

/** What a text compiles to in a project with one model, one source and one ephemeral model. */
function compiled(text: string, extra: Record<string, string> = {}, vars = {}): string {
  return project(text, extra, vars).compile("me").text;
}

function project(text: string, extra: Record<string, string> = {}, vars = {}): SqlProject {
  return ownProject(
    {
      "models/a.sql": "select 1 as x",
      "models/e.sql": "{{ config(materialized='ephemeral') }}select * from {{ ref('a') }}",
      "models/ee.sql":
        "{{ config(materialized='ephemeral') }}with z as (select 1) select * from {{ ref('e') }}",
      "models/_s.yml":
        "sources:\n  - name: s\n    schema: raw\n    tables:\n      - {name: t, identifier: T1}\n      - {name: f, meta: {external_location: 'x/{name}.parquet'}}\n      - {name: g, config: {meta: {external_location: \"read_csv('{name}.csv')\"}}}\n",
      "models/me.sql": text,
      ...extra,
    },
    { vars },
  );
}

describe("calls of dbt", () => {
  const CASES: [string, string][] = [
    ["{{ ref('a') }}", '"warehouse"."main"."a"'],
    ["{{ ref('shop', 'a') }}", '"warehouse"."main"."a"'],
    ["{{ source('s', 't') }}", '"warehouse"."raw"."T1"'],
    ["{{ source('s', 'f') }}", "'x/f.parquet'"],
    ["{{ source('s', 'g') }}", "read_csv('g.csv')"],
    [
      "{{ this }} {{ this.schema }} {{ this.identifier }} {{ this.name }}",
      '"warehouse"."main"."me" main me me',
    ],
    ["{{ this.include(database=false) }}", '"main"."me"'],
    ["{{ config(materialized='table', tags=['x']) }}{{ config.get('materialized') }}", "table"],
    ["{{ config.get('zz', 'd') }} {{ config.get('zz') }}", "d None"],
    ["{{ var('n', 3) }} {{ var('run_date') }}", "3 2026-03-01"],
    ["{{ env_var('ELT_NO_SUCH', 'd') }}", "d"],
    ["{{ target.name }} {{ target.schema }} {{ target.type }}", "sandbox main duckdb"],
    ["{{ is_incremental() }} {{ execute }}", "False True"],
    ["{{ log('m') }}{{ print('m', true) }}x", "x"],
    ["{{ run_started_at.strftime('%Y-%m-%d %H:%M') }}", "2026-03-01 05:06"],
    ["{{ modules.datetime.date(2026, 1, 31).isoformat() }}", "2026-01-31"],
    ["{{ api.Relation.create(schema='s', identifier='i') }}", '"s"."i"'],
    ["{{ model.name }} {{ model.resource_type }}", "me model"],
    ["-- depends_on: {{ ref('a') }}", '-- depends_on: "warehouse"."main"."a"'],
    ["{{ dbt.type_string() }} {{ type_int() }}", "text integer"],
    ["{{ dbt.date_trunc('day', 'x') }}", "date_trunc('day', x)"],
    ["{{ dbt.concat(['a', \"'b'\"]) }}", "a || 'b'"],
  ];
  for (const [text, expected] of CASES) {
    test(text, () => expect(collapse(compiled(text))).toBe(expected));
  }
});

describe("ephemeral models", () => {
  test("stand in front, innermost first, once each", () => {
    expect(collapse(compiled("select * from {{ ref('ee') }} join {{ ref('e') }} using (x)"))).toBe(
      'with __dbt__cte__e as ( select * from "warehouse"."main"."a" ), __dbt__cte__ee as ( with z as (select 1) select * from __dbt__cte__e ) select * from __dbt__cte__ee join __dbt__cte__e using (x)',
    );
  });

  test("go before the first CTE, after recursive, behind comments", () => {
    const text =
      "-- with\n/* with */ WITH recursive q as (select 1) select * from q, {{ ref('e') }}";
    expect(collapse(compiled(text))).toBe(
      '-- with /* with */ WITH recursive __dbt__cte__e as ( select * from "warehouse"."main"."a" ), q as (select 1) select * from q, __dbt__cte__e',
    );
  });
});

describe("macros", () => {
  const MACROS = {
    "macros/m.sql":
      "{% macro default__half(x) %}{{ x }} / 2{% endmacro %}{% macro duckdb__half(x) %}{{ x }} * 0.5{% endmacro %}{% macro half(x) %}{{ return(adapter.dispatch('half', 'shop')(x)) }}{% endmacro %}{% macro default__length(expression) %}len({{ expression }}){% endmacro %}{% macro ref(name) %}{{ return(builtins.ref(name).include(database=false)) }}{% endmacro %}",
  };

  test("dispatch takes DuckDB's over the default", () => {
    expect(compiled("{{ half('n') }} {{ shop.half('n') }}", MACROS)).toBe("n * 0.5 n * 0.5");
  });

  test("a project overrides what came with the runner", () => {
    expect(compiled("{{ dbt.length('n') }}", MACROS)).toBe("len(n)");
    expect(compiled("{{ ref('a') }}", MACROS)).toBe('"main"."a"');
  });

  test("a dispatch that finds nothing says where it looked", () => {
    expect(failure("{{ adapter.dispatch('hlf', 'shop')(1) }}", MACROS)?.message).toBe(
      "In dispatch: No macro named 'hlf' found. Searched for: 'shop.duckdb__hlf', 'shop.default__hlf' — did you mean \"half\"?",
    );
  });
});

describe("errors", () => {
  test("a missing var and a missing environment variable", () => {
    const extra = { "dbt_project.yml": "name: shop\nvars: {threshold: 1}\n" };
    const error = failure("select 1,\n  {{ var('treshold') }}", extra);
    expect(error?.place).toBe("models/me.sql:2:6");
    expect(error?.message).toBe("Required var 'treshold' not found — did you mean \"threshold\"?");
    expect(failure("{{ env_var('ELT_NO_SUCH') }}")?.message).toBe(
      "Env var required but not provided: 'ELT_NO_SUCH'",
    );
    expect(failure("{{ env_var('DBT_ENV_SECRET_X') }}")?.message).toContain("Secret env vars");
  });

  test("an undefined name is an error in our project and a warning in a foreign one", () => {
    const error = failure("select {{ brand_famly }}");
    expect(error?.place).toBe("models/me.sql:1:11");
    const foreign = foreignProject({ "models/me.sql": "select 1{{ brand_famly }}" });
    expect(foreign.compile("me").text).toBe("select 1");
    expect(foreign.warnings.map((each) => each.place)).toEqual(["models/me.sql:1:12"]);
  });

  test("a compiler error stands at the call, with the macros around it", () => {
    const error = failure("{{ stop() }}", {
      "macros/m.sql":
        "{% macro stop() %}\n  {{ exceptions.raise_compiler_error('no!') }}\n{% endmacro %}",
    });
    expect(error?.message).toBe("no!");
    expect(`${error?.place} ${error?.details.excerpt}`).toContain("macros/m.sql:2");
    expect(`${error?.place} ${error?.details.excerpt}`).toContain("models/me.sql:1");
  });

  test("a ref only under execute is told to declare itself", () => {
    const error = failure("{% if execute %}{{ ref('a') }}{% endif %}");
    expect(error?.message).toContain("-- depends_on: {{ ref('a') }}");
  });
});

test("vars: the command line, then the root project, then the package", () => {
  const files = {
    "dbt_project.yml": "name: shop\nprofile: shop\nvars: {b: root, shop: {c: own}}\n",
    "packages.yml": "packages: [{local: p}]\n",
    "p/dbt_project.yml": "name: p\nvars: {a: pack, b: pack, p: {c: pack}}\n",
    "p/models/in_p.sql": "{{ var('a') }} {{ var('b') }} {{ var('c') }} {{ var('d') }}",
    "models/me.sql": "{{ var('b') }} {{ var('c') }} {{ var('d') }}",
  };
  const shop = foreignProject(files, { vars: { d: "cli" } });
  expect(shop.compile("in_p").text).toBe("pack root pack cli");
  expect(shop.compile("me").text).toBe("root own cli");
});

test("a whole number of the command line stays whole", () => {
  const text = "{{ var('whole') }} {{ var('part') }} {{ var('list') }}";
  expect(compiled(text, {}, { whole: 4, part: 1.5, list: [1] })).toBe("4 1.5 [1]");
});

test("an inline text is compiled in the eyes of the project", () => {
  const sql = project("select 1 as x").compileInline("select * from {{ ref('e') }} limit 1\n");
  expect(collapse(sql.text)).toContain("with __dbt__cte__e as (");
  expect(NOW.toISOString()).toContain("2026");
});

function failure(text: string, extra: Record<string, string> = {}): EltError | undefined {
  try {
    project(text, extra).compile("me");
  } catch (error) {
    if (error instanceof EltError) return error;
    throw error;
  }
  return undefined;
}
