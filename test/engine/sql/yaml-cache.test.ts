import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { folderOf, mistakes, ownProject } from "./project-kit.ts";

const FILES = {
  "elt.yml": "",
  "models/a.sql": "select 1 as id",
  "models/a.yml":
    "models:\n  - name: a\n    description: first\n    columns:\n      - {name: id, data_tests: [{accepted_values: {values: [1.0, 010, yes]}}]}\n",
};

function load(root: string, warm: boolean) {
  const cache = warm ? { cache: join(root, "data/cache") } : {};
  const project = ownProject({}, { root, ...cache });
  const nodes = project.nodes.map(({ id, config, description, columns }) => [
    id,
    config,
    description,
    [...columns],
  ]);
  return { nodes, warnings: project.warnings.map((each) => `${each.place} ${each.message}`) };
}

test("a warm start reads what a cold one reads, places and warnings included", () => {
  const root = folderOf(FILES);
  const cold = load(root, false);
  expect(load(root, true)).toEqual(cold);
  expect(existsSync(join(root, "data/cache/yaml"))).toBe(true);
  expect(load(root, true)).toEqual(cold);
  expect(cold.warnings.join()).toContain("models/a.yml:5:");
});

test("any history of edits gives the same warm as cold", async () => {
  let clock = 1_700_000_000;
  const edit = fc.record({
    file: fc.constantFrom("models/a.yml", "models/b.yml"),
    name: fc.constantFrom("a", "b"),
    text: fc.constantFrom("one", "two", "three"),
  });
  await fc.assert(
    fc.property(fc.array(edit, { maxLength: 5 }), (edits) => {
      const root = folderOf({ ...FILES, "models/b.sql": "select 1 as id" });
      for (const { file, name, text } of edits) {
        writeFileSync(join(root, file), `models:\n  - name: ${name}\n    description: ${text}\n`);
        clock += 1;
        utimesSync(join(root, file), clock, clock);
        expect(load(root, true)).toEqual(load(root, false));
      }
    }),
    { numRuns: 20 },
  );
});

test("a cache that cannot be read is made anew", () => {
  const root = folderOf({ ...FILES, "data/cache/yaml": "garbage" });
  expect(load(root, true)).toEqual(load(root, false));
  expect(readFileSync(join(root, "data/cache/yaml"), "latin1")).not.toBe("garbage");
});

test("a file with mistakes is not kept: it fails again", async () => {
  const root = folderOf({ ...FILES, "models/a.yml": "models: 1\nmodels: 2\n" });
  const attempt = () => mistakes(() => ownProject({}, { root, cache: join(root, "data/cache") }));
  expect((await attempt()).length).toBe(1);
  expect((await attempt()).length).toBe(1);
});
