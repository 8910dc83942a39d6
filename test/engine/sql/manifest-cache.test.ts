import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { EltError } from "../../../engine/errors.ts";
import type { SqlProject, SqlProjectOptions } from "../../../engine/sql/sql-project.ts";
import { folderOf, mistakes, ownProject } from "./project-kit.ts";

const CHECKS =
  "models:\n  - name: a\n    description: \"{{ doc('about') }}\"\n    columns:\n      - name: id\n        data_tests: [unique, {accepted_values: {values: [1, yes]}}]\n";
const UNIT =
  "unit_tests:\n  - name: gives_one\n    model: a\n    expect: {format: csv, fixture: one}\n";

const FILES: Readonly<Record<string, string>> = {
  "elt.yml": "",
  "dbt_project.yml": "name: shop\nprofile: shop\nvars: {floor: 1}\npackages: []\n",
  "packages.yml": "packages: [{local: parts}]\n",
  "parts/dbt_project.yml": "name: parts\n",
  "parts/models/p.sql": "select 1 as part",
  "models/a.sql": "{{ config(tags=[env_var('ELT_TAG', 'none')]) }}\nselect {{ one() }} as id",
  "models/b.sql": "select * from {{ ref('a') }} where id > {{ var('floor') }}",
  "models/a.yml": CHECKS,
  "models/unit.yml": UNIT,
  "models/about.md": "{% docs about %}first{% enddocs %}",
  "macros/one.sql": "{% macro one() %}1{% endmacro %}",
  "seeds/s.csv": "id\n1\n",
  "tests/t.sql": "select * from {{ ref('b') }} where id is null",
  "tests/fixtures/one.csv": "id\n1\n",
};

afterEach(() => {
  delete process.env.ELT_TAG;
});

type Options = Partial<SqlProjectOptions>;

const cached = (root: string, options: Options = {}) =>
  ownProject({}, { root, cache: join(root, "data/cache"), ...options });
const uncached = (root: string, options: Options = {}) => ownProject({}, { root, ...options });

/** All that commands see of a project, compiled texts and places included. */
async function seen(
  load: (root: string, options?: Options) => SqlProject,
  root: string,
  options?: Options,
) {
  let project: SqlProject;
  try {
    project = load(root, options);
  } catch {
    return (await mistakes(() => load(root, options))).map(
      (each) => `${each.place} ${each.message}`,
    );
  }
  const { nodes, manifest } = project;
  const proof = await project.bind();
  return {
    nodes: nodes.map((node) => ({
      ...node,
      package: node.package.name,
      origin: node.origin?.file.place(node.origin.path),
      reads: node.reads.map((read) => read.id),
      test: node.kind === "check" && node.test && { ...node.test, target: node.test.target.id },
      compiled: compiled(project, node),
    })),
    unitTests: manifest.unitTests.map(({ name, model, given, expect: wanted, file, path }) => [
      ...[name, model.id, given, wanted, file.place(path)],
    ]),
    steps: (await project.steps()).map(({ name, reads, writes, labels, tags, path }) => [
      ...[name, reads, writes, labels, tags, path],
    ]),
    errors: proof.errors.map((each) => `${each.place} ${each.message}`),
    warnings: [...project.warnings, ...proof.warnings].map(
      (each) => `${each.place} ${each.message} ${each.details.excerpt}`,
    ),
  };
}

function compiled(project: SqlProject, { kind, id }: SqlProject["nodes"][number]) {
  if (kind !== "model" && kind !== "check") return undefined;
  try {
    return project.compile(id).text;
  } catch (error) {
    return `${(error as EltError).place} ${(error as EltError).message}`;
  }
}

/** When the cache was written. A read of a known project leaves it alone. */
function written(root: string): number {
  return statSync(join(root, "data/cache/manifest"), { throwIfNoEntry: false })?.ino ?? 0;
}

test("an unchanged project is not parsed again and looks the same in every way", async () => {
  const root = folderOf(FILES);
  const cold = await seen(uncached, root);
  expect(await seen(cached, root)).toEqual(cold);
  const first = written(root);
  expect(first).not.toBe(0);
  expect(await seen(cached, root)).toEqual(cold);
  expect(written(root)).toBe(first);
  expect(
    JSON.stringify(cold, (_, value) => (typeof value === "bigint" ? `${value}n` : value)),
  ).toContain("models/a.yml");
});

const EDITS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  "models/a.sql": ["select 2 as id", "select 3 as id", "{{ nothing }}"],
  "models/b.sql": ["select 4 as id", "{{ config(enabled=false) }}select 1 as id", undefined],
  "models/c.sql": ["select * from {{ ref('s') }}", "select * from {{ ref('nobody') }}", undefined],
  "models/a.yml": [
    CHECKS.replace("unique", "not_null"),
    CHECKS.replace("name: id", "name: ix"),
    "models: 1\nmodels: 2\n",
    undefined,
  ],
  "models/unit.yml": [UNIT.replace("gives_one", "gives_two"), undefined],
  "models/about.md": ["{% docs about %}other{% enddocs %}", undefined],
  "macros/one.sql": [
    "{% macro one() %}7{% endmacro %}",
    "{% macro one() %}8{% endmacro %}",
    undefined,
  ],
  "seeds/s.csv": ["ix\n1\n", "id,name\n1,x\n", undefined],
  "seeds/z.csv": ["id\n2\n", undefined],
  "tests/t.sql": ["select * from {{ ref('a') }}", undefined],
  "tests/fixtures/one.csv": ["id\n2\n", undefined],
  "dbt_project.yml": [
    "name: shop\nvars: {floor: 9}\n",
    "name: shop\nvars: {floor: 1}\nmodels: {shop: {+materialized: table}}\n",
  ],
  "parts/models/p.sql": ["select 2 as part", undefined],
  "packages.yml": ["packages: []\n", undefined],
};

test("any history of edits looks the same warm as cold", async () => {
  const edit = fc.constantFrom(...Object.keys(EDITS)).chain((file) =>
    fc.record({
      file: fc.constant(file),
      text: fc.constantFrom(FILES[file], ...(EDITS[file] ?? [])),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
      const root = folderOf(FILES);
      await seen(cached, root);
      for (const { file, text } of edits) {
        if (text === undefined) rmSync(join(root, file), { force: true });
        else writeFileSync(join(root, file), text);
        expect(await seen(cached, root)).toEqual(await seen(uncached, root));
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);

test("each kind of edit is seen at once, the file's time and size unchanged", async () => {
  for (const [file, texts] of Object.entries(EDITS)) {
    const root = folderOf(FILES);
    await seen(cached, root);
    for (const text of texts.filter((each) => each !== undefined)) {
      const path = join(root, file);
      const before = statSync(path, { throwIfNoEntry: false });
      writeFileSync(path, text);
      if (before) utimesSync(path, before.atime, before.mtime);
      expect(await seen(cached, root), file).toEqual(await seen(uncached, root));
    }
  }
}, 60_000);

test("what is given from outside decides, too", async () => {
  const root = folderOf(FILES);
  const before = await seen(cached, root);
  process.env.ELT_TAG = "nightly";
  expect(await seen(cached, root)).toEqual(await seen(uncached, root));
  expect(await seen(cached, root)).not.toEqual(before);
  const options: readonly Options[] = [
    { vars: { floor: 5 } },
    { profile: "other" },
    { database: "elsewhere" },
    { fullRefresh: true },
    { startedAt: new Date("2027-01-01") },
  ];
  for (const option of options) {
    expect(await seen(cached, root, option)).toEqual(await seen(uncached, root, option));
  }
});

test("a project that looks at the run's clock while it is read is read each time", async () => {
  const clocked = "{{ config(tags=[run_started_at.strftime('%H')]) }}\nselect 1 as id";
  const root = folderOf({ ...FILES, "models/d.sql": clocked });
  for (const hour of ["05", "06"]) {
    const startedAt = new Date(`2026-03-01T${hour}:00:00Z`);
    expect(cached(root, { startedAt }).find("d").tags).toEqual([hour]);
  }
  expect(written(root)).toBe(0);
});

test("warnings of texts are said each time", () => {
  const loud = "{% do exceptions.warn('mind the gap') %}\nselect 1 as id";
  const root = folderOf({ ...FILES, "models/d.sql": loud });
  for (let start = 0; start < 2; start += 1) {
    expect(cached(root).warnings.map((each) => each.message)).toContain("mind the gap");
  }
});

test("a cache that cannot be read is made anew", async () => {
  const root = folderOf({ ...FILES, "data/cache/manifest": "garbage" });
  expect(await seen(cached, root)).toEqual(await seen(uncached, root));
  expect(readFileSync(join(root, "data/cache/manifest"), "latin1")).not.toBe("garbage");
});

test("a proof is kept for as long as the files and the seeds are the same", async () => {
  const root = folderOf({ ...FILES, "models/c.sql": "select id from {{ ref('s') }}" });
  const path = join(root, "data/cache/proof");
  const cold = await cached(root).bind();
  expect(cold.errors).toEqual([]);
  const first = statSync(path).ino;
  const warm = await cached(root).bind();
  expect(warm).toEqual(cold);
  expect(statSync(path).ino).toBe(first);
  writeFileSync(join(root, "seeds/s.csv"), "no\n1\n");
  expect((await cached(root).bind()).errors.map((each) => each.place)).toEqual([
    "models/c.sql:1:8",
  ]);
  writeFileSync(join(root, "seeds/s.csv"), "id\n1.5\n");
  expect((await cached(root).bind()).columns).not.toEqual(cold.columns);
});

test("a proof is not kept where a text depends on more than the project's files", async () => {
  const texts = [
    "select * from read_csv('list.csv')",
    "select '{{ run_started_at }}' as began, 1 as id",
    "{% if execute %}{% do exceptions.warn('late') %}{% endif %}select 1 as id",
    "select {{ adapter.get_columns_in_relation(ref('a')) | length }} as id",
  ];
  for (const text of texts) {
    const root = folderOf({ ...FILES, "models/d.sql": text, "list.csv": "id\n1\n" });
    expect(await seen(cached, root), text).toEqual(await seen(uncached, root));
    expect(existsSync(join(root, "data/cache/proof")), text).toBe(false);
    expect(await seen(cached, root), text).toEqual(await seen(uncached, root));
  }
});
