import { expect, test } from "vitest";
import { build, buildGreen, emptyWarehouse, mistakes, ownProject } from "./project-kit.ts";

const promise = (columns: string) => ({
  "models/a.yml": `models:\n  - name: a\n    config: {materialized: table, contract: {enforced: true}}\n    columns:\n${columns}`,
});

test("a contract that is kept builds a table with its constraints", async () => {
  const files = (sql: string) => ({
    "models/a.sql": sql,
    ...promise(
      "      - {name: id, data_type: integer, constraints: [{type: not_null}, {type: primary_key}]}\n      - {name: price, data_type: 'decimal(10,2)', constraints: [{type: check, expression: price > 0}]}\n",
    ),
  });
  const good = ownProject(files("select 1.50::decimal(10,2) as price, 1 as id"));
  const warehouse = await emptyWarehouse(good);
  await buildGreen(good, warehouse);
  expect(await warehouse.rows("select * from main.a")).toEqual([{ id: 1, price: 1.5 }]);
  const bad = ownProject(files("select -1::decimal(10,2) as price, 1 as id"));
  expect((await build(bad, warehouse)).failures.get("a")?.message).toContain("CHECK");
  expect(await warehouse.rows("select id from main.a")).toEqual([{ id: 1 }]);
});

test("every broken promise is placed at its column, before anything is read", async () => {
  const errors = await mistakes(() =>
    ownProject({
      "models/a.sql": "select 'x' as id, 1 as extra, 2 as nme, 3 as bare",
      ...promise(
        "      - {name: id, data_type: integer}\n      - {name: name, data_type: integer}\n      - {name: bare}\n",
      ),
    }),
  );
  expect(errors.map((error) => `${error.place} ${error.message}`)).toEqual([
    'models/a.yml:5:9 contract of a: column "id" is VARCHAR, not INTEGER',
    'models/a.yml:6:9 contract of a: column "name" is missing — did you mean "nme"?',
    'models/a.yml:7:9 contract of a: column "bare" has no data_type',
    'models/a.yml:2:5 contract of a: column "extra" is not in it',
    'models/a.yml:2:5 contract of a: column "nme" is not in it',
  ]);
});

test("a result that has a column twice is refused in our project", async () => {
  const [error] = await mistakes(() => ownProject({ "models/a.sql": "select 1 as id, 2 as ID" }));
  expect(error?.message).toBe('column "ID" is in the result twice');
});
