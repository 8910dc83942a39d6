import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, foreignProject, mistakes, ownProject } from "./project-kit.ts";

const PROFILES = `shop:
  target: "{{ env_var('ELT_NO_SUCH', 'dev') }}"
  outputs:
    dev: {type: duckdb, path: db/dev.duckdb, schema: base, threads: 4, settings: {memory_limit: 1GB}}
    memory: {type: duckdb}
    cloud: {type: postgres}
`;
const FILES = { "profiles.yml": PROFILES, "models/a.sql": "select 1 as x" };

test("a target of profiles.yml names database, schema and settings", () => {
  const root = folderOf(FILES);
  const { target } = foreignProject({}, { root });
  expect(target).toMatchObject({
    name: "dev",
    database: "dev",
    schema: "base",
    threads: 4,
    path: join(root, "db/dev.duckdb"),
    settings: { memory_limit: "1GB" },
  });
});

test("a path left out is a database in memory", () => {
  const project = foreignProject(FILES, { target: "memory" });
  expect(project.target).toMatchObject({ path: ":memory:", database: "memory", schema: "main" });
  expect(project.compileInline("{{ ref('a') }}").text).toBe('"memory"."main"."a"');
});

test("mistakes in profiles.yml are placed", async () => {
  const message = async (options: object, files = {}) =>
    (await mistakes(() => foreignProject({ ...FILES, ...files }, options))).map(
      (error) => `${error.place} ${error.message}`,
    );
  expect(await message({ target: "devv" })).toEqual([
    'profiles.yml:3:3 unknown target "devv" — did you mean "dev"?',
  ]);
  expect(await message({ target: "cloud" })).toEqual([
    'profiles.yml:6:13 target "cloud" is of type postgres; only duckdb is built here',
  ]);
  expect(await message({ profile: "shp" })).toEqual([
    'profiles.yml:1:1 unknown profile "shp" — did you mean "shop"?',
  ]);
});

test("our own project needs no profiles.yml: it builds the warehouse", () => {
  const { target } = ownProject({ "models/a.sql": "select 1 as x" });
  expect(target).toMatchObject({ name: "sandbox", database: "warehouse", schema: "main" });
});

test("the database of a foreign project opens with its settings and attachments", async () => {
  const attach =
    "shop:\n  target: d\n  outputs:\n    d: {type: duckdb, path: d.duckdb, settings: {threads: 3}, attach: [{path: other.duckdb, alias: o}]}\n";
  const project = foreignProject({ ...FILES, "profiles.yml": attach });
  const warehouse = await project.open();
  try {
    await warehouse.run("create table o.main.t as select 1 as x");
    expect(await warehouse.first("select current_setting('threads')::integer as n")).toEqual({
      n: 3,
    });
  } finally {
    warehouse.close();
  }
});
