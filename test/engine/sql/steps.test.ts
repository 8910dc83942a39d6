import { describe, expect, test } from "vitest";
import type { Step } from "../../../engine/step.ts";
import { contextOf, emptyWarehouse, foreignProject, ownProject } from "./project-kit.ts";

const FILES = {
  "dbt_project.yml": "name: shop\nvars: {limit: 3}\n",
  "seeds/kinds.csv": "kind\na\n",
  "models/_s.yml":
    "sources:\n  - name: raw\n    tables: [{name: t, columns: [{name: id, data_type: integer}]}]\n",
  "models/staging/e.sql":
    "{{ config(materialized='ephemeral') }} select * from {{ source('raw', 't') }}",
  "models/staging/a.sql":
    "{{ config(materialized='table', tags='nightly') }} select id from {{ ref('e') }}, {{ ref('kinds') }} limit {{ var('limit') }}",
  "models/staging/a.yml":
    "models:\n  - name: a\n    description: One row per id.\n    columns: [{name: id, data_tests: [unique]}]\n",
  "models/b.sql": "select '{{ var('run_date') }}' as day",
};

test("steps say what they read and write, through ephemeral models", async () => {
  const steps = await ownProject(FILES).steps();
  expect(steps.map(({ kind, name, reads, writes }) => [kind, name, reads, writes])).toEqual([
    ["seed", "kinds", [], ["kinds"]],
    ["model", "b", [], ["b"]],
    ["model", "a", ["raw.t", "kinds"], ["a"]],
    ["check", "unique_a_id", ["a"], []],
  ]);
});

test("a foreign project's sources are read by nobody's leave", async () => {
  const steps = await foreignProject({ ...FILES, "models/b.sql": "select 1 as x" }).steps();
  expect(steps.find((step) => step.name === "a")?.reads).toEqual(["kinds"]);
});

test("labels carry what selection asks for", async () => {
  const steps = await ownProject(FILES).steps();
  const a = steps.find((step) => step.name === "a");
  expect(a?.tags).toEqual(["nightly"]);
  expect(a?.path).toBe("models/staging/a.sql");
  expect(a?.labels).toEqual([
    "resource_type:model",
    "package:shop",
    "fqn:shop.staging.a",
    "file:a.sql",
    "config.materialized:table",
    "source:raw.t",
  ]);
  const check = steps.find((step) => step.kind === "check");
  expect(check?.labels).toEqual(
    expect.arrayContaining(["test_type:generic", "test_name:unique", "resource_type:test"]),
  );
});

describe("a fingerprint changes with what decides the result, and with nothing else", () => {
  const prints = async (files: Record<string, string>, vars = {}) => {
    const project = ownProject({ ...FILES, ...files }, { vars });
    const context = contextOf(project, await emptyWarehouse(project));
    const all: Record<string, string> = {};
    for (const step of await project.steps()) all[step.name] = String(await printOf(step, context));
    return all;
  };
  const printOf = (step: Step, context: Parameters<Step["run"]>[0]) => step.fingerprint?.(context);
  const changed = async (files: Record<string, string>, vars = {}) => {
    const before = await prints({});
    const after = await prints(files, vars);
    return Object.keys(before).filter((name) => before[name] !== after[name]);
  };

  test("nothing", async () => expect(await changed({})).toEqual([]));
  test("an ephemeral model changes its readers", async () => {
    const text =
      "{{ config(materialized='ephemeral') }} select id + 1 as id from {{ source('raw', 't') }}";
    expect(await changed({ "models/staging/e.sql": text })).toEqual(["a"]);
  });
  test("a seed's file", async () => {
    expect(await changed({ "seeds/kinds.csv": "kind\nb\n" })).toEqual(["kinds"]);
  });
  test("a description", async () => {
    const yml = FILES["models/staging/a.yml"].replace("per id", "per key");
    expect(await changed({ "models/staging/a.yml": yml })).toEqual(["a"]);
  });
  test("a var reaches its readers only", async () => {
    expect(await changed({}, { limit: 4 })).toEqual(["a"]);
    expect(await changed({}, { run_date: "2026-03-02" })).toEqual(["b"]);
  });
});
