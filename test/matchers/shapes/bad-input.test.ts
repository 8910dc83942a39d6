import { expect, test, vi } from "vitest";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { auto, makeSpec } from "../../../matchers/kit/shapes/auto.ts";
import { companies } from "../../../matchers/kit/shapes/companies.ts";
import { persons } from "../../../matchers/kit/shapes/persons.ts";
import { places } from "../../../matchers/kit/shapes/places.ts";
import { matchRows, matchTable } from "../kit/lists.ts";

vi.setConfig({ testTimeout: 60_000 });

const PERSONS = persons({ columns: { full_name: "name", date_of_birth: "born", phone: "tel" } });

async function made(sql: string): Promise<{ readonly groups: number; readonly roles: object }> {
  const warehouse = await Warehouse.open(":memory:");
  try {
    await warehouse.run(`create table records as ${sql}`);
    const { spec, guess } = await makeSpec(warehouse, auto());
    const { groups } = await matchTable(warehouse, spec);
    return { groups: groups.length, roles: guess.roles };
  } finally {
    warehouse.close();
  }
}

test("an empty table has no cluster, and its columns still have roles", async () => {
  const sql = "select '1' as record_id, 'a' as source, 'x' as first_name, 'y' as last_name limit 0";
  expect(await made(sql)).toMatchObject({ groups: 0 });
});

test("one record is one entity", async () => {
  expect((await made("select '1' as record_id, 'a' as source, 'Oak' as name")).groups).toBe(1);
});

test("two records of one person are one, of two are two", async () => {
  const row = (record_id: string, name: string) => ({
    record_id,
    source: "a",
    name,
    born: "1974-03-09",
    tel: "5550 4000",
  });
  const same = await matchRows(PERSONS, [row("1", "Marta Quist"), row("2", "Quist, Marta")]);
  expect(same.groups).toEqual([["1", "2"]]);
  const { groups } = await matchRows(PERSONS, [
    row("1", "Marta Quist"),
    { ...row("2", "Bertil Undset"), born: "1951-11-20", tel: "5559 1234" },
  ]);
  expect(groups).toHaveLength(2);
});

test("a repeated id is refused by its name", async () => {
  const row = { record_id: "7", source: "a", name: "Oak" };
  await expect(matchRows(places({ columns: { name: "name" } }), [row, row])).rejects.toThrow(
    'record_id "7" occurs 2 times',
  );
});

test("columns without a value, with one value and numbers of rows are not compared", async () => {
  const { roles } = await made(`select
  i::varchar as record_id, 'a' as source, null::varchar as email, 'AT' as country, i as row_no, 'Oak ' || i as name
from range(50) as t (i)`);
  expect(roles).toEqual({ title: "name" });
});

test("positions that are no numbers are no positions", async () => {
  const spec = places({ columns: { name: "name", latitude: "lat", longitude: "lon" } });
  const row = (record_id: string, lat: string) => ({
    record_id,
    source: "a",
    name: "Oak Bakery",
    lat,
    lon: "13.2",
  });
  const { records } = await matchRows(spec, [row("1", "NaN"), row("2", "inf"), row("3", "912")]);
  expect(records).toBe(3);
});

test("names in other scripts are names", async () => {
  const row = (record_id: string, source: string, name: string, tel: string) => ({
    record_id,
    source,
    name,
    tel,
  });
  const spec = companies({ columns: { name: "name", phone: "tel" } });
  const { groups } = await matchRows(spec, [
    row("1", "a", "株式会社オーク", "+81 3 5550 4000"),
    row("2", "b", "オーク株式会社", "03-5550-4000"),
    row("3", "a", "ООО Дуб", "+7 495 555 12 12"),
    row("4", "b", "Дуб", "8 495 555 12 12"),
  ]);
  expect(groups).toContainEqual(["1", "2"]);
});

test("a value that everybody holds makes no pairs and no wait", async () => {
  const warehouse = await Warehouse.open(":memory:");
  try {
    await warehouse.run(`create table records as
select i::varchar as record_id, 'a' as source, 'Marta Quist' as name, '1970-01-01' as born, '5550 4000' as tel
from range(30_000) as t (i)`);
    const { groups, pairs } = await matchTable(warehouse, PERSONS);
    expect(groups).toHaveLength(30_000);
    expect(pairs).toBe(0);
  } finally {
    warehouse.close();
  }
});

test("a shape, a role or a column that is not there is named", async () => {
  const warehouse = await Warehouse.open(":memory:");
  try {
    await warehouse.run(
      "create table records as select '1' as record_id, 'a' as source, 'x' as name",
    );
    await expect(makeSpec(warehouse, auto({ columns: { nmae: "name" } }))).rejects.toThrow(
      'no column "nmae" — did you mean "name"?',
    );
    await expect(makeSpec(warehouse, auto({ columns: { name: "nme" } }))).rejects.toThrow(
      'unknown role "nme" of name',
    );
  } finally {
    warehouse.close();
  }
});

test("a table in which nothing tells records apart is refused", async () => {
  const sql =
    "select i::varchar as record_id, 'a' as source, 'AT' as country from range(9) as t (i)";
  await expect(made(sql)).rejects.toThrow("no column tells records apart");
});
