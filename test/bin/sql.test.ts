import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { type TestProject, testProject } from "../kit/project.ts";

let project: TestProject;

beforeAll(async () => {
  project = testProject(`
default_profile: here
contact: { url: https://example.com, email: crawler@example.com }
profiles:
  here:
    sources: {}
`);
  project.write("data/empty.txt", "");
  const warehouse = await Warehouse.open(join(project.root, "data", "warehouse.duckdb"));
  await warehouse.run(
    "create schema marts; create table marts.hotels as select 'The Gull' as name",
  );
  warehouse.close();
});
afterAll(() => project.remove());

test("a question is answered", async () => {
  const { code, out } = await project.elt("sql", "select name from hotels", "-o", "csv");
  expect(code).toBe(0);
  expect(out).toContain("The Gull");
});

test("a mistake in the question is shown where it is, and is not called a bug", async () => {
  const { code, err } = await project.elt("sql", "select nme from hotels");
  expect(code).toBe(2);
  expect(err).toContain('"nme" not found');
  expect(err).not.toContain("bug of leadhouse");
});
