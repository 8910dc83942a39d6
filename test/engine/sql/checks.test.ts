import { describe, expect, test } from "vitest";
import type { CheckNode } from "../../../engine/sql/nodes.ts";
import { build, buildGreen, emptyWarehouse, foreignProject, ownProject } from "./project-kit.ts";

const GUESTS =
  "{{ config(materialized='table') }} select * from (values (1, 'a', 10), (1, 'b', 20), (null, null, 30), (2, 'c', null)) as t(id, kind, room_id)";

async function outcome(checks: string, extra: Record<string, string> = {}) {
  const project = foreignProject({
    "models/guests.sql": GUESTS,
    "models/rooms.sql": "select unnest([10, 30, null]) as room_id",
    "models/guests.yml": `models:\n  - name: guests\n    columns:\n${checks}`,
    ...extra,
  });
  const { failures, results } = await build(project, await emptyWarehouse(project));
  const checked = project.nodes.filter((node) => node.kind === "check").map((node) => node.name);
  return checked.map((name) => {
    const failed = failures.get(name)?.message;
    const warned = results.get(name)?.warnings?.join();
    return failed ? `fail ${failed}` : warned ? `warn ${warned}` : `pass ${name}`;
  });
}

describe("the four built-in checks", () => {
  test("unique ignores nulls and counts keys, not rows", async () => {
    expect(await outcome("      - {name: id, data_tests: [unique]}\n")).toEqual([
      "fail 1 row fail unique_guests_id",
    ]);
    expect(await outcome("      - {name: kind, data_tests: [unique]}\n")).toEqual([
      "pass unique_guests_kind",
    ]);
  });

  test("not_null", async () => {
    expect(await outcome("      - {name: kind, data_tests: [not_null]}\n")).toEqual([
      "fail 1 row fail not_null_guests_kind",
    ]);
  });

  test("accepted_values lets nulls pass and quotes unless told", async () => {
    expect(
      await outcome(
        "      - name: kind\n        data_tests: [accepted_values: {arguments: {values: [a, b]}}]\n      - name: room_id\n        tests: [accepted_values: {values: [10, 20, 30], quote: false}]\n",
      ),
    ).toEqual([
      "fail 1 row fail accepted_values_guests_kind__a__b",
      "pass accepted_values_guests_room_id__False__10__20__30",
    ]);
  });

  test("relationships ignores nulls and finds the orphan", async () => {
    expect(
      await outcome(
        "      - name: room_id\n        data_tests: [relationships: {to: ref('rooms'), field: room_id}]\n",
      ),
    ).toEqual(["fail 1 row fail relationships_guests_room_id__room_id__ref_rooms_"]);
  });
});

describe("configs of a check", () => {
  const on = (config: string) =>
    `      - name: kind\n        data_tests: [not_null: {name: c, ${config}}]\n`;

  test("where chooses the rows that count", async () => {
    expect(await outcome(on("config: {where: 'room_id < 30'}"))).toEqual(["pass c"]);
    expect(await outcome(on('where: "room_id = {{ 10 * 3 }}"'))).toEqual(["fail 1 row fail c"]);
  });

  test("severity warn never fails", async () => {
    expect(await outcome(on("severity: warn"))).toEqual([
      "warn models/guests.yml:5:22 1 row fail c",
    ]);
  });

  test("error_if and warn_if move the line", async () => {
    expect(await outcome(on("error_if: '>10', warn_if: '>0'"))).toEqual([
      "warn models/guests.yml:5:22 1 row fail c",
    ]);
    expect(await outcome(on("error_if: '>10', warn_if: '>5'"))).toEqual(["pass c"]);
    expect(await outcome(on("severity: warn, error_if: '>0', warn_if: '>5'"))).toEqual(["pass c"]);
  });

  test("fail_calc counts something else, limit stops counting", async () => {
    expect(await outcome(on("fail_calc: 'count(*) * 40'"))).toEqual(["fail 40 rows fail c"]);
    const limited =
      "      - name: id\n        data_tests: [accepted_values: {name: c, values: [7], quote: false, limit: 1}]\n";
    expect(await outcome(limited)).toEqual(["fail 1 row fail c"]);
  });

  test("enabled: false takes it out", async () => {
    expect(await outcome(on("enabled: false"))).toEqual([]);
  });

  test("the project's data_tests tree sets what the check does not", async () => {
    const yml = "name: shop\nprofile: shop\ndata_tests:\n  shop:\n    +severity: warn\n";
    expect(await outcome(on("tags: [x]"), { "dbt_project.yml": yml })).toEqual([
      "warn models/guests.yml:5:22 1 row fail c",
    ]);
  });
});

test("a check of the project's own, on the whole model and on a column", async () => {
  const macro =
    "{% test within(model, column_name, low=0, high=none) %}\n{{ config(severity='warn') }}\nselect * from {{ model }} where {{ column_name }} < {{ low }}{% if high is not none %} or {{ column_name }} > {{ high }}{% endif %}\n{% endtest %}";
  const checks =
    "      - name: room_id\n        data_tests:\n          - within: {high: 15}\n          - within: {low: 100, config: {severity: error}}\n";
  expect(await outcome(checks, { "macros/within.sql": macro })).toEqual([
    "warn models/guests.yml:6:13 2 rows fail within_guests_room_id__15",
    "fail 3 rows fail within_guests_room_id__100",
  ]);
});

test("a singular check is a file that selects the offending rows", async () => {
  const project = ownProject({
    "models/guests.sql": GUESTS,
    "tests/rooms_known.sql": "-- why\nselect id from {{ ref('guests') }} where room_id is null",
  });
  const { failures } = await build(project, await emptyWarehouse(project));
  const error = failures.get("rooms_known");
  expect(error?.place).toBe("tests/rooms_known.sql:1");
  expect(error?.details.excerpt).toBe("  id = 2");
  expect(error?.details.hint).toContain("rooms_known");
});

test("checks on a source and on a seed", async () => {
  const project = foreignProject({
    "seeds/rooms.csv": "id\n1\n1\n",
    "models/s.yml":
      "sources:\n  - name: raw\n    tables:\n      - name: t\n        columns: [{name: id, data_tests: [unique]}]\nseeds:\n  - name: rooms\n    columns: [{name: id, data_tests: [unique]}]\n",
  });
  const warehouse = await emptyWarehouse(project);
  await warehouse.run("create schema raw; create table raw.t as select 1 as id");
  const { failures } = await build(project, warehouse);
  expect([...failures.keys()]).toEqual(["unique_rooms_id"]);
});

test("names and ids are dbt's", () => {
  const project = foreignProject({
    "models/orders.sql": "select 1 as status",
    "models/o.yml":
      "models:\n  - name: orders\n    columns:\n      - name: status\n        data_tests:\n          - accepted_values: {values: ['placed', 'shipped', 'completed', 'return_pending', 'returned']}\n          - not_null\n",
  });
  const [accepted, filled] = project.manifest.checks as CheckNode[];
  expect(accepted?.name).toBe(
    "accepted_values_orders_status__placed__shipped__completed__return_pending__returned",
  );
  expect(accepted?.relation.identifier).toBe(
    "accepted_values_orders_1ce6ab157c285f7cd2ac656013faf758",
  );
  expect(accepted?.id.split(".").at(-1)).toBe("be6b5b5ec3");
  expect(filled?.name).toBe("not_null_orders_status");
});

test("a check reads what its arguments name, and guards it", async () => {
  const project = foreignProject({
    "models/a.sql": "select 1 as id",
    "models/b.sql": "select 1 as id",
    "models/b.yml":
      "models:\n  - name: b\n    columns: [{name: id, data_tests: [relationships: {to: ref('a'), field: id}]}]\n",
  });
  const step = (await project.steps()).find((each) => each.kind === "check");
  expect(step?.guard).toBe(true);
  expect([...(step?.reads ?? [])].sort()).toEqual(["a", "b"]);
  await buildGreen(project, await emptyWarehouse(project));
});
