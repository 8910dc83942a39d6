import { expect, test } from "vitest";
import { buildGreen, emptyWarehouse, foreignProject } from "./project-kit.ts";

/** A shop as dbt's own examples are written: both spellings of configs and checks, docs blocks, loops, comments. */
const BAKERY = {
  "dbt_project.yml": `name: 'bakery'
config-version: 2
version: '0.1'
profile: 'shop'
model-paths: ["models"]
require-dbt-version: [">=1.0.0", "<2.0.0"]
clean-targets: ["target"]
seeds:
  +docs:
    node_color: '#cd7f32'
models:
  bakery:
    materialized: table
    staging:
      +materialized: view
      +docs: {node_color: silver}
    +docs:
      node_color: gold
`,
  "seeds/raw_sales.csv":
    "id,baker_id,sold_on,kind,cents\n1,1,2026-01-01,bread,350\n2,1,2026-01-02,cake,1250\n3,2,2026-01-02,bread,350\n",
  "seeds/raw_bakers.csv": "id,first_name\n1,Ana\n2,Béla\n",
  "models/staging/stg_sales.sql": `with source as (

    {#-
    Read from the seed.
    #}
    select * from {{ ref('raw_sales') }}

),

renamed as (

    select
        id as sale_id,
        baker_id,
        sold_on,
        kind,

        -- \`cents\` become money
        cents / 100 as amount

    from source

)

select * from renamed
`,
  "models/staging/stg_bakers.sql": "select id as baker_id, first_name from {{ ref('raw_bakers') }}",
  "models/bakers.sql": `{% set kinds = ['bread', 'cake'] %}

with sales as (

    select * from {{ ref('stg_sales') }}

)

select
    stg_bakers.baker_id,

    {% for kind in kinds -%}
    sum(case when kind = '{{ kind }}' then amount else 0 end) as {{ kind }}_amount,
    {% endfor -%}

    max(sold_on) as last_sold_on

from {{ ref('stg_bakers') }}
left join sales using (baker_id)
group by all
`,
  "models/docs.md":
    "{% docs kind %}\n\n| kind | what |\n|--|--|\n| bread | daily |\n\n{% enddocs %}\n{% docs __overview__ %}\n# Bakery\n{% enddocs %}",
  "models/schema.yml": `version: 2

models:
  - name: bakers
    description: One row per baker
    columns:
      - name: baker_id
        description: Its key
        tests:
          - unique
          - not_null
      - name: bread_amount
        data-tests: [not_null]
  - name: stg_sales
    columns:
      - name: kind
        description: '{{ doc("kind") }}'
        tests:
          - accepted_values:
              values: ['bread', 'cake']
      - name: baker_id
        data_tests:
          - relationships:
              to: ref('bakers')
              field: baker_id
`,
};

test("a dbt folder builds as it is", async () => {
  const project = foreignProject(BAKERY);
  const proof = await project.bind();
  expect(proof.errors).toEqual([]);
  const warehouse = await emptyWarehouse(project);
  const { results } = await buildGreen(project, warehouse);
  expect(results.size).toBe(10);
  expect(project.warnings).toEqual([]);
  expect(
    await warehouse.rows("select * exclude (last_sold_on) from main.bakers order by 1"),
  ).toEqual([
    { baker_id: 1, bread_amount: 3.5, cake_amount: 12.5 },
    { baker_id: 2, bread_amount: 3.5, cake_amount: 0 },
  ]);
  const comments = await warehouse.first(
    "select comment from duckdb_columns() where table_name = 'stg_sales' and column_name = 'kind' and comment is not null",
  );
  expect(comments?.comment).toContain("| bread | daily |");
});
