import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { refreshSource } from "../../../engine/sql/landing-views.ts";
import type { SqlProject } from "../../../engine/sql/sql-project.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { buildGreen, emptyWarehouse, ownProject } from "./project-kit.ts";

const FILES = {
  "models/_s.yml":
    "sources:\n  - name: register\n    tables:\n      - name: licences\n        columns:\n          - {name: id, data_type: varchar}\n          - {name: seats, data_type: integer}\n          - {name: fetched_at, data_type: timestamptz}\n  - name: match\n    tables:\n      - name: pairs\n        columns: [{name: weight, data_type: 'decimal(12,6)'}]\n",
  "models/a.sql":
    "{{ config(materialized='table') }} select id, seats from {{ source('register', 'licences') }} order by id",
  "models/b.sql":
    "{{ config(materialized='table') }} select weight from {{ source('match', 'pairs') }}",
};

async function land(project: SqlProject, warehouse: Warehouse, part: string, sql: string) {
  const folder = join(project.root, "data/landing/register/licences/date=2026-03-01/run=r1");
  mkdirSync(folder, { recursive: true });
  await warehouse.run(`copy (${sql}) to '${folder}/${part}.parquet' (format parquet)`);
}

test("before the first night every source is an empty table with its types", async () => {
  const project = ownProject(FILES);
  const warehouse = await emptyWarehouse(project);
  const { results } = await buildGreen(project, warehouse);
  expect(results.get("a")).toEqual({ rows: 0 });
  expect(await warehouse.describe("select * from register.licences")).toEqual([
    { name: "id", type: "VARCHAR" },
    { name: "seats", type: "INTEGER" },
    { name: "fetched_at", type: "TIMESTAMP WITH TIME ZONE" },
  ]);
  expect(await warehouse.describe("select * from match.pairs")).toEqual([
    { name: "weight", type: "DECIMAL(12,6)" },
  ]);
});

test("parts that land later are seen by the next build, also ones with fewer or other columns", async () => {
  const project = ownProject(FILES);
  const warehouse = await emptyWarehouse(project);
  await buildGreen(project, warehouse);
  await land(project, warehouse, "part-0001", "select '1' as id, '7' as seats");
  await land(project, warehouse, "part-0002", "select '2' as id, 'x' as unknown_yet");
  await buildGreen(project, warehouse);
  expect(await warehouse.rows("select * from main.a")).toEqual([
    { id: "1", seats: 7 },
    { id: "2", seats: null },
  ]);
});

test("a matcher's table is not emptied", async () => {
  const project = ownProject(FILES);
  const warehouse = await emptyWarehouse(project);
  await buildGreen(project, warehouse);
  await warehouse.run("insert into match.pairs values (1.5)");
  const pairs = project.manifest.sources.find((source) => source.name === "pairs");
  await refreshSource(pairs!, { warehouse, data: join(project.root, "data") });
  expect(await warehouse.rows("select count(*)::integer as n from match.pairs")).toEqual([
    { n: 1 },
  ]);
});
