import { describe, expect, test } from "vitest";
import { build, buildGreen, emptyWarehouse, foreignProject, ownProject } from "./project-kit.ts";

async function typesOf(csv: string, properties = ""): Promise<Record<string, string>> {
  const project = ownProject({ "seeds/s.csv": csv, "seeds/_s.yml": properties });
  const warehouse = await emptyWarehouse(project);
  await buildGreen(project, warehouse);
  const columns = await warehouse.describe("select * from main.s");
  return Object.fromEntries(columns.map((column) => [column.name, column.type]));
}

const INFERRED: [string, string][] = [
  ["1|2|-3", "INTEGER"],
  ["1.0|2", "INTEGER"],
  ["1.5|2", "DOUBLE"],
  ["2026-01-31|", "DATE"],
  ["2026-01-31 10:00:00|2026-01-31T10:00:00Z", "TIMESTAMP"],
  ["true|False", "BOOLEAN"],
  ["yes|no", "VARCHAR"],
  ["a|1", "VARCHAR"],
  ["null|", "INTEGER"],
  ["null|x", "VARCHAR"],
  ["01|02", "INTEGER"],
];

describe("types are dbt's", () => {
  for (const [values, type] of INFERRED) {
    test(`${values} is ${type}`, async () => {
      const rows = values.split("|").filter((value) => values !== "null|" || value === "");
      const csv = `k,v\n${rows.map((value) => `x,${value}\n`).join("")}`;
      expect(await typesOf(csv)).toEqual({ k: "VARCHAR", v: type });
    });
  }
});

test("column_types win, whatever the case of the name", async () => {
  const properties =
    "seeds:\n  - name: s\n    config:\n      column_types: {ZIP: varchar, share: 'decimal(5,3)'}\n";
  expect(await typesOf("zip,share\n01234,0.5\n", properties)).toEqual({
    zip: "VARCHAR",
    share: "DECIMAL(5,3)",
  });
});

test("empty is null, the text null stays, quotes and newlines survive, rows keep their order", async () => {
  const project = ownProject({
    "seeds/s.csv": 'id;note\n3;null\n1;\n2;"a ""b""; c\nd é"\n',
    "dbt_project.yml": 'name: shop\nprofile: shop\nseeds:\n  +delimiter: ";"\n',
  });
  const warehouse = await emptyWarehouse(project);
  const { results } = await buildGreen(project, warehouse);
  expect(results.get("s")?.rows).toBe(3);
  expect(await warehouse.rows("select * from main.s")).toEqual([
    { id: 3, note: "null" },
    { id: 1, note: null },
    { id: 2, note: 'a "b"; c\nd é' },
  ]);
});

describe("what cannot be loaded says what to do", () => {
  const failure = async (csv: string, properties = "") => {
    const project = ownProject({ "seeds/s.csv": csv, "seeds/_s.yml": properties });
    return (await build(project, await emptyWarehouse(project))).failures.get("s");
  };

  test("whole numbers beyond INTEGER, and numbers with signs", async () => {
    const big = await failure("id\n3000000000\n");
    expect(big?.message).toBe('column "id" of seed "s" has whole numbers beyond INTEGER');
    expect(big?.details.hint).toContain("column_types");
    expect((await failure("price\n$5\n$7\n"))?.message).toContain("$");
  });

  test("a value that does not fit its type names the line", async () => {
    const types = "seeds:\n  - name: s\n    config: {column_types: {id: integer}}\n";
    const error = await failure("id,n\n1,a\nx,b\n", types);
    expect(error?.place).toBe("seeds/s.csv:3");
    expect(error?.message).toContain('"x"');
  });

  test("a type for a column that is not there", async () => {
    const types = "seeds:\n  - name: s\n    config: {column_types: {idd: integer}}\n";
    expect((await failure("id\n1\n", types))?.message).toContain('"idd"');
  });
});

test("a foreign project's seed keeps its table until a full refresh", async () => {
  const files = (csv: string) => ({ "seeds/s.csv": csv });
  const first = foreignProject(files("id\n1\n"));
  const warehouse = await emptyWarehouse(first);
  await buildGreen(first, warehouse);
  await warehouse.run("alter table main.s alter column id set data type bigint");
  await buildGreen(foreignProject(files("id\n5\n")), warehouse);
  expect(await warehouse.rows("select id from main.s")).toEqual([{ id: 5n }]);
  await buildGreen(foreignProject(files("id\n5\n"), { fullRefresh: true }), warehouse);
  expect(await warehouse.rows("select id from main.s")).toEqual([{ id: 5 }]);
});
