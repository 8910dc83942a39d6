import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { load, martsOf, testServer } from "./target.ts";

let server: Awaited<ReturnType<typeof testServer>>;
let reader: pg.Client;

beforeAll(async () => {
  server = await testServer();
  reader = await server.session();
});

afterAll(async () => {
  await server.close();
});

/** Loads one table `t(t_id, value)` and reads its values back as text. */
async function roundTrip(type: string, values: readonly string[], read = "value::text") {
  const rows = values.map((value, index) => `(${index}, ${value})`).join(", ");
  const warehouse = await martsOf(
    `create table marts.t (t_id bigint, value ${type}); insert into marts.t values ${rows}`,
  );
  const { warnings } = await load(warehouse, server.url, "trip");
  const { rows: found } = await reader.query(`select ${read} as value from trip.t order by t_id`);
  warehouse.close();
  return { values: found.map((row) => row.value), warnings };
}

test("text arrives byte for byte", async () => {
  const texts = [
    "a\tb",
    "a\nb",
    "a\r\nb",
    "C:\\new\\table",
    "\\N",
    "\\.",
    "",
    "ü 東京 🏨",
    '"quoted", it\'s',
    "a\u001fb",
  ];
  const literals = texts.map((text) => `'${text.replaceAll("'", "''")}'`);
  const { values } = await roundTrip("varchar", [...literals, "null"], "value");
  expect(values).toEqual([...texts, null]);
});

test("U+0000 is taken out of text and json, with a warning that names the column", async () => {
  const text = await roundTrip("varchar", ["'a' || chr(0) || 'b'", "chr(0)"]);
  expect(text.values).toEqual(["ab", ""]);
  expect(text.warnings[0]).toContain("marts.t.value: U+0000 taken out of 2 values");
  const json = await roundTrip("json", [`'{"a": "x\\u0000\\u0000y", "b": "c:\\\\u0000"}'`]);
  expect(json.values).toEqual(['{"a": "xy", "b": "c:\\\\u0000"}']);
});

test.each([
  ["boolean", ["true", "false", "null"], ["true", "false", null]],
  ["bigint", ["9223372036854775807", "-1"], ["9223372036854775807", "-1"]],
  [
    "hugeint",
    ["170141183460469231731687303715884105727"],
    ["170141183460469231731687303715884105727"],
  ],
  ["decimal(9,4)", ["0.8500", "-12345.6789"], ["0.8500", "-12345.6789"]],
  ["decimal(3,3)", ["0.5", "-0.001"], ["0.500", "-0.001"]],
  [
    "double",
    ["25.7616798", "1e20", "0.1", "'nan'", "'-inf'"],
    ["25.7616798", "1e+20", "0.1", "NaN", "-Infinity"],
  ],
  ["float", ["0.1", "16777216"], ["0.1", "1.6777216e+07"]],
  ["date", ["'2024-02-29'", "null"], ["2024-02-29", null]],
  [
    "timestamp",
    ["'2026-01-01 00:00:00.123456'", "'infinity'"],
    ["2026-01-01 00:00:00.123456+00", "infinity"],
  ],
  ["timestamptz", ["'2026-01-01 00:00:00+02'"], ["2025-12-31 22:00:00+00"]],
  ["blob", ["'\\x00\\xFFa'::blob", "''"], ["\\x00ff61", "\\x"]],
  ["uuid", ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"], ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]],
  [
    "varchar[]",
    [`['a', 'b"c\\d', null, '', 'e,{f}']`, "[]", "null"],
    [`{a,"b\\"c\\\\d",NULL,"","e,{f}"}`, "{}", null],
  ],
  ["double[]", ["[1.5, null]"], ["{1.5,NULL}"]],
  ["struct(a integer)", ["{'a': 1}", "null"], ['{"a": 1}', null]],
  ["integer[][]", ["[[1, 2], [3]]"], ["[[1, 2], [3]]"]],
] as const)("a %s arrives as it was", async (type, values, expected) => {
  await reader.query("set timezone to 'UTC'");
  expect((await roundTrip(type, values)).values).toEqual(expected);
});

test("many blocks arrive whole", async () => {
  const warehouse = await martsOf(
    `create table marts.t as select i as t_id, repeat('x' || i, 1 + i % 90) as value from range(30000) as r (i)`,
  );
  const { rows } = await load(warehouse, server.url, "trip");
  expect(rows).toBe(30_000);
  const { rows: found } = await reader.query("select sum(length(value)) as length from trip.t");
  const [expected] = await warehouse.rows("select sum(length(value)) as length from marts.t");
  expect(`${found[0].length}`).toBe(`${expected?.length}`);
});

test("a view among the marts is loaded as the table it shows", async () => {
  const warehouse = await martsOf(
    "create view marts.t as select i as t_id, 'a' || chr(9) || i as value from range(2500) as r (i)",
  );
  expect((await load(warehouse, server.url, "trip")).rows).toBe(2500);
});
