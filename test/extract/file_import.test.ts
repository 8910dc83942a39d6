import { readFileSync } from "node:fs";
import { join } from "node:path";
import exceljs from "exceljs";
import { expect, test } from "vitest";
import type { EltError, EltErrors } from "../../engine/errors.ts";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { step } from "../../extract/file_import.ts";
import { type Project, project } from "./kit/night.ts";
import { reply, serve } from "./kit/server.ts";

const LEADS = 'Hotel,City,Phone\n"Gull Inn, The",Salem,+1 305 555 0100\nPier Lodge,,\n';
const COLUMNS = { hotel_name: "Hotel", city: "City" };

function lists(imports: readonly object[]): Project {
  return project({ source: "file_import", step, settings: { imports, per_second: 1000 } });
}

async function records(own: Project): Promise<unknown[]> {
  const rows = await own.landed<{ record: string }>(
    "rows",
    "select record from landed where record is not null order by batch_id, row_number::int",
  );
  return rows.map(({ record }) => JSON.parse(record));
}

test("a list lands its records as found, its batch, and which column is which field", async () => {
  const own = lists([
    { name: "leads", source: "agency", path: "leads.csv", columns: COLUMNS, state: "FL" },
  ]);
  own.write("leads.csv", LEADS);
  expect(await own.night()).toEqual([
    { rows: 2, requests: 0, warnings: [], unchanged: false },
    { rows: 1, amount: "1 list mapped", unchanged: false },
  ]);
  expect(await own.landed("rows", "select batch_id, row_number, record from landed")).toEqual([
    {
      batch_id: expect.stringMatching(/^leads-[0-9a-f]{12}$/),
      row_number: "1",
      record: '{"Hotel":"Gull Inn, The","City":"Salem","Phone":"+1 305 555 0100"}',
    },
    {
      batch_id: expect.any(String),
      row_number: "2",
      record: '{"Hotel":"Pier Lodge","City":null,"Phone":null}',
    },
  ]);
  expect(
    await own.landed(
      "mappings",
      "select list_name, source, purpose, field, column_name, constant from landed order by field",
    ),
  ).toEqual([
    {
      list_name: "leads",
      source: "agency",
      purpose: "discovery",
      field: "city",
      column_name: "City",
      constant: null,
    },
    {
      list_name: "leads",
      source: "agency",
      purpose: "discovery",
      field: "hotel_name",
      column_name: "Hotel",
      constant: null,
    },
    {
      list_name: "leads",
      source: "agency",
      purpose: "discovery",
      field: "state",
      column_name: null,
      constant: "FL",
    },
  ]);
});

test("the same file is never imported twice, under whatever path", async () => {
  const list = { name: "leads", path: "leads.csv", columns: COLUMNS };
  const own = lists([list]);
  own.write("leads.csv", LEADS);
  own.write("renamed.csv", LEADS);
  await own.night();
  const nothing = [
    { rows: 0, unchanged: true },
    { rows: 0, unchanged: true },
  ];
  expect(await own.night()).toMatchObject(nothing);
  expect(
    await own.night({ settings: { imports: [{ ...list, path: "renamed.csv" }] } }),
  ).toMatchObject(nothing);
});

test("a changed file is a new batch and its old one is withdrawn", async () => {
  const own = lists([{ name: "leads", path: "leads.csv", columns: COLUMNS }]);
  own.write("leads.csv", LEADS);
  await own.night();
  own.write("leads.csv", `${LEADS}Third,Salem,\n`);
  expect(await own.night()).toMatchObject([{ rows: 3 }, { rows: 1 }]);
  const latest = `select batch_id, list(purpose order by purpose) as purposes from landed
    where run_id = (select max(run_id) from landed) group by 1 order by 2`;
  expect(await own.landed("mappings", latest)).toMatchObject([
    { purposes: ["discovery", "discovery"] },
    { purposes: ["withdrawn"] },
  ]);
});

test("a changed mapping lands again without the rows; a removed list is withdrawn once", async () => {
  const list = { name: "leads", path: "leads.csv", batch_id: "spring", columns: COLUMNS };
  const own = lists([list]);
  own.write("leads.csv", LEADS);
  await own.night();
  const more = { imports: [{ ...list, columns: { ...COLUMNS, phone: "Phone" } }] };
  expect(await own.night({ settings: more })).toMatchObject([{ unchanged: true }, { rows: 1 }]);
  expect(
    await own.landed(
      "mappings",
      "select batch_id, count(*) as n from landed where run_id = 'night-2' group by 1",
    ),
  ).toEqual([{ batch_id: "spring", n: 3n }]);
  expect(await own.night({ settings: { imports: [] } })).toMatchObject([{}, { unchanged: false }]);
  expect(await own.night({ settings: { imports: [] } })).toMatchObject([{}, { unchanged: true }]);
});

test("a column the list does not have is reported at its line, and the rows have landed", async () => {
  const own = lists([
    { name: "leads", path: "leads.csv", columns: { hotel_name: "Hotle", city: "City" } },
    { name: "others", path: "others.csv", columns: COLUMNS },
  ]);
  own.write("leads.csv", LEADS);
  own.write("others.csv", LEADS.replace("Salem", "Dover"));
  const error = (await own.night().catch((caught: unknown) => caught)) as EltError;
  expect(error.message).toMatch(/^leads has no column "Hotle" for hotel_name/);
  expect(error.details.hint).toBe("choose one of: City, Hotel, Phone");
  const line = readFileSync(join(own.root, "elt.yml"), "utf8").split("\n")[
    (error.details.line ?? 0) - 1
  ];
  expect(line?.trim()).toBe("hotel_name: Hotle");
  expect(await records(own)).toHaveLength(4);
  expect(await own.landed("mappings", "select distinct list_name from landed")).toEqual([
    { list_name: "others" },
  ]);
});

test("all mistakes of the settings are reported at once", async () => {
  const own = lists([
    { name: "Leads!", path: "a.csv", columns: { hotel_nam: "Hotel" } },
    { name: "both", path: "a.csv", url: "http://b", columns: {} },
  ]);
  const error = (await own.night().catch((caught: unknown) => caught)) as EltErrors;
  const messages = error.errors.map(({ message }) => message).join("\n");
  expect(messages).toContain("lower case letters");
  expect(messages).toContain('unknown setting "hotel_nam"');
  expect(messages).toContain("needs a path or a url");
});

const CAFE = { Hotel: "Café Niño", City: "Salem" };

test.each([
  ["UTF-8 with a mark", Buffer.from("\ufeffHotel,City\nCafé Niño,Salem\n")],
  ["UTF-16", Buffer.from("\ufeffHotel\tCity\nCafé Niño\tSalem\n", "utf16le")],
  ["Windows-1252, semicolons", Buffer.from("Hotel;City\r\nCafé Niño;Salem\r\n", "latin1")],
])("a CSV in %s is read", async (_name, content) => {
  const own = lists([{ name: "leads", path: "leads.csv", columns: COLUMNS }]);
  own.write("leads.csv", content);
  await own.night();
  expect(await records(own)).toEqual([CAFE]);
});

test("a corrected encoding reads the file again into the same batch", async () => {
  const list = { name: "leads", path: "leads.csv", columns: COLUMNS };
  const own = lists([{ ...list, encoding: "utf-8" }]);
  own.write("leads.csv", Buffer.from("Hotel,City\nCafé Niño,Salem\n", "latin1"));
  await own.night();
  await own.night({ settings: { imports: [list] } });
  const latest = "select distinct batch_id, record from landed where run_id = 'night-2'";
  const [row] = await own.landed("rows", latest);
  expect(row?.record).toBe(JSON.stringify(CAFE));
  expect(await own.landed("rows", "select distinct batch_id from landed")).toHaveLength(1);
});

test("repeated and empty headers get names; long and short records keep their cells", async () => {
  const own = lists([{ name: "leads", path: "leads.csv", columns: { hotel_name: "Hotel" } }]);
  own.write("leads.csv", "Hotel,Phone,Phone,\nA,1,2,3,4\nB\n");
  await own.night();
  expect(await records(own)).toEqual([
    { Hotel: "A", Phone: "1", Phone_2: "2", column_4: "3", column_5: "4" },
    { Hotel: "B", Phone: null, Phone_2: null, column_4: null },
  ]);
});

test("a workbook is read cell by cell as it reads", async () => {
  const workbook = new exceljs.Workbook();
  workbook.addWorksheet("About").addRow(["nothing here"]);
  const sheet = workbook.addWorksheet("Leads");
  sheet.addRow([]);
  sheet.addRow(["Hotel", "Rooms", "Website", "Since", "Total"]);
  sheet.addRow([
    { richText: [{ text: "Gull " }, { text: "Inn" }] },
    42,
    { text: "gull.example", hyperlink: "https://gull.example" },
    new Date(Date.UTC(1998, 4, 1)),
    { formula: "B3*2", result: 84 },
  ]);
  sheet.addRow([]);
  sheet.addRow(["Pier Lodge"]);
  const own = lists([
    { name: "leads", path: "leads.xlsx", sheet: "Leads", columns: { hotel_name: "Hotel" } },
  ]);
  own.write("leads.xlsx", Buffer.from(await workbook.xlsx.writeBuffer()));
  await own.night();
  expect(await records(own)).toEqual([
    { Hotel: "Gull Inn", Rooms: "42", Website: "gull.example", Since: "1998-05-01", Total: "84" },
    { Hotel: "Pier Lodge", Rooms: null, Website: null, Since: null, Total: null },
  ]);
});

test.each([
  [
    "an array",
    '[{"name":"A","place":{"city":"Salem"}},{"name":"B"}]',
    [{ name: "A", "place.city": "Salem" }, { name: "B" }],
  ],
  ["NDJSON", '{"name":"A"}\n{"name":"B"}\n', [{ name: "A" }, { name: "B" }]],
  ["an object around an array", '{"count":1,"results":[{"name":"A"}]}', [{ name: "A" }]],
  [
    "GeoJSON",
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[-77.5,38.25]}}]}',
    [{ name: "A", "geometry.longitude": -77.5, "geometry.latitude": 38.25 }],
  ],
  [
    "numbers beyond a double",
    '[{"cid":10651910879951459236,"id":9007199254740993,"lat":25.5}]',
    [{ cid: "10651910879951459236", id: "9007199254740993", lat: 25.5 }],
  ],
])("JSON as %s is read", async (_name, content, expected) => {
  const own = lists([{ name: "leads", path: "leads.json", columns: {} }]);
  own.write("leads.json", content);
  await own.night();
  expect(await records(own)).toEqual(expected);
});

test("a bad line of NDJSON is set aside; a cut last line refuses the file", async () => {
  const own = lists([{ name: "leads", path: "leads.ndjson", columns: {} }]);
  own.write("leads.ndjson", '{"name":"A"}\n{"name":\n{"name":"C"}\n');
  expect(await own.night()).toMatchObject([
    { rows: 2, warnings: ["1 record could not be read, set aside in landing"] },
    {},
  ]);
  own.write("leads.ndjson", '{"name":"A"}\n{"name":"B"}\n{"na');
  await expect(own.night()).rejects.toThrow("line 3: the last record was cut");
});

test("a Parquet file is read with its types in JSON", async () => {
  const own = lists([{ name: "leads", path: "leads.parquet", columns: { hotel_name: "name" } }]);
  own.write("leads.parquet", "");
  const memory = await Warehouse.open(":memory:");
  await memory.run(
    `copy (select 'Gull Inn' as name, 9007199254740993 as id, date '2026-01-02' as since) to ${literal(join(own.root, "leads.parquet"))} (format parquet)`,
  );
  memory.close();
  await own.night();
  expect(await own.landed("rows", "select record from landed")).toEqual([
    { record: '{"name":"Gull Inn","id":9007199254740993,"since":"2026-01-02"}' },
  ]);
});

test("a list of addresses is one record a line", async () => {
  const own = lists([{ name: "urls", path: "urls.txt", columns: { website: "url" } }]);
  own.write("urls.txt", "# found by hand\nhttps://gull.example\r\n\nhttps://pier.example/book\n");
  await own.night();
  expect(await records(own)).toEqual([
    { url: "https://gull.example" },
    { url: "https://pier.example/book" },
  ]);
});

test("a list behind an address is asked once a day and keeps its batch while unchanged", async () => {
  const server = await serve(reply(200, LEADS, { etag: '"1"' }), reply(304));
  const own = lists([{ name: "leads", url: `${server.url}/leads.csv`, columns: COLUMNS }]);
  expect(await own.night()).toMatchObject([{ rows: 2, requests: 1 }, { rows: 1 }]);
  expect(await own.night({ hours: 1 })).toMatchObject([
    { requests: 0, unchanged: true },
    { unchanged: true },
  ]);
  expect(await own.night()).toMatchObject([{ requests: 1, unchanged: true }, { unchanged: true }]);
  expect(await own.landed("rows", "select distinct batch_id from landed")).toHaveLength(1);
});

test.each([
  ["leads.xlsx", "PK nonsense", "is not an Excel workbook"],
  ["leads.parquet", "PAR1 nonsense", "is not a Parquet file"],
  ["leads.json", "{", "the JSON was cut or is not JSON"],
  ["leads.csv", 'Hotel\n"Gull', "line 2: a quoted field never ends"],
])("a broken %s fails by its name", async (path, content, message) => {
  const own = lists([{ name: "leads", path, columns: {} }]);
  own.write(path, content);
  const error = (await own.night().catch((caught: unknown) => caught)) as EltError;
  expect(error.message).toContain(`file_import: ${path}: `);
  expect(error.message).toContain(message);
});
