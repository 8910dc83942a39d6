import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import excel from "exceljs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEntries } from "../../exports/kit/pack.ts";
import { exportTo, newFolder, openMarts } from "./marts.ts";

const folders: string[] = [];
let data = "";

function folder(): string {
  const made = newFolder();
  folders.push(made);
  return made;
}

beforeAll(async () => {
  data = folder();
  await exportTo(data, await openMarts());
});

afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

function workbooks(root: string): string[] {
  return (readdirSync(join(root, "exports"), { recursive: true }) as string[])
    .filter((path) => path.endsWith(".xlsx"))
    .sort();
}

async function open(root: string, path: string): Promise<excel.Workbook> {
  const workbook = new excel.Workbook();
  await workbook.xlsx.readFile(join(root, "exports", path));
  return workbook;
}

async function sheet(
  name: string,
  path = "us/fl/miami.xlsx",
  root = data,
): Promise<excel.Worksheet> {
  return (await open(root, path)).getWorksheet(name)!;
}

/** The parts of a workbook as Excel gets them. */
function parts(path: string, root = data): Map<string, string> {
  const zip = readFileSync(join(root, "exports", path));
  return new Map(readEntries(zip).map(({ name, data }) => [name.toString(), data.toString()]));
}

function headers(leads: excel.Worksheet): string[] {
  return (leads.getRow(1).values as string[]).slice(1);
}

function cell(leads: excel.Worksheet, row: number, header: string): excel.Cell {
  return leads.getRow(row).getCell(headers(leads).indexOf(header) + 1);
}

test("each state and each city with a lead has a workbook", () => {
  expect(workbooks(data)).toEqual([
    "au/nsw.xlsx",
    "au/nsw/byron-bay.xlsx",
    "us/fl.xlsx",
    "us/fl/miami.xlsx",
    "us/fl/tampa.xlsx",
    "us/state-unknown.xlsx",
  ]);
});

test("the leads stand in the order of the contract, best first, without empty columns", async () => {
  const leads = await sheet("Leads");
  expect(headers(leads)).toEqual([
    "Hotel",
    "Address",
    "City",
    "State",
    "Country",
    "Phone",
    "Email",
    "Website",
    "Rating",
    "Reviews",
    "Room Count",
    "Score",
    "Priority",
    "Last Verified",
    "Latitude",
    "Longitude",
    "Lead ID",
  ]);
  expect([2, 3, 4].map((row) => leads.getRow(row).getCell(1).value)).toEqual([
    "Tidewater Inn",
    "Coral Lodge",
    "Bayside Motel",
  ]);
});

test("the people at each lead stand with the one to call first on top, companies last", async () => {
  const people = await sheet("Decision makers");
  expect([2, 3, 4].map((row) => cell(people, row, "Name").value)).toEqual([
    "Marta Quist",
    "Bo Vik",
    "Tidewater Holdings LLC",
  ]);
  expect(cell(people, 2, "Call First").value).toBe("Yes");
  expect(cell(people, 2, "Email").hyperlink).toBe("mailto:marta@tidewater.example.com");
  expect(cell(people, 4, "Company").value).toBe("Yes");
  expect((await open(data, "us/fl/tampa.xlsx")).getWorksheet("Decision makers")).toBeUndefined();
});

test("phones and ids are text, numbers numbers, dates dates", async () => {
  const leads = await sheet("Leads");
  expect(cell(leads, 2, "Phone").text).toBe("+13055550101");
  expect(cell(leads, 2, "Lead ID").value).toBe("1");
  expect(cell(leads, 2, "Rating")).toMatchObject({ value: 4.26, numFmt: "0.0" });
  expect(cell(leads, 2, "Reviews")).toMatchObject({ value: 128, numFmt: "#,##0" });
  expect(cell(leads, 2, "Last Verified")).toMatchObject({
    value: new Date("2026-11-12T00:00:00Z"),
    numFmt: "yyyy-mm-dd",
  });
});

test("websites, mails, phones and places are links", async () => {
  const leads = await sheet("Leads");
  expect(cell(leads, 2, "Website").hyperlink).toBe("https://tidewater.example.com/");
  expect(cell(leads, 2, "Email").hyperlink).toBe("mailto:stay@tidewater.example.com");
  expect(cell(leads, 2, "Phone").hyperlink).toBe("tel:+13055550101");
  expect(cell(leads, 2, "Address").hyperlink).toContain("mlat=25.780000&mlon=-80.130000");
  expect(cell(leads, 3, "Address").hyperlink).toBeUndefined();
});

test("the header is frozen, filtered and printed on each page, one page wide", async () => {
  const leads = await sheet("Leads");
  expect(leads.views[0]).toMatchObject({ state: "frozen", ySplit: 1, xSplit: 1 });
  expect(leads.autoFilter).toBe("A1:Q4");
  expect(leads.pageSetup).toMatchObject({
    orientation: "landscape",
    fitToPage: true,
    fitToWidth: 1,
    fitToHeight: 0,
    printTitlesRow: "1:1",
  });
  expect(leads.headerFooter.oddFooter).toContain("Page &P of &N");
});

test("the score is coloured by rules, so that it follows an edit", async () => {
  const xml = parts("us/fl/miami.xlsx").get("xl/worksheets/sheet1.xml")!;
  expect(xml).toContain('<conditionalFormatting sqref="L2:L4"><cfRule type="colorScale"');
  expect(xml).toContain('<conditionalFormatting sqref="M2:M4"><cfRule type="cellIs"');
});

test("the dashboard names the place and survives a share of nothing", async () => {
  const stats = await sheet("Stats");
  const texts: string[] = [];
  stats.eachRow((row) => row.eachCell((found) => texts.push(found.text)));
  expect(texts).toContain("LEAD GENERATION DASHBOARD - MIAMI, FL");
  for (const text of [
    "Detection funnel",
    "Total hotels",
    "With website",
    "Top engines",
    "innRoad",
  ]) {
    expect(texts).toContain(text);
  }
  expect(texts.join(" ")).not.toMatch(/NaN|Infinity|#DIV|undefined|null/);
});

test("a state's dashboard lists its cities", async () => {
  const stats = await sheet("Stats", "us/fl.xlsx");
  const texts: string[] = [];
  stats.eachRow((row) => row.eachCell((found) => texts.push(found.text)));
  expect(texts).toEqual(expect.arrayContaining(["Cities", "Miami", "Tampa"]));
});

test("the provenance has the winners of these leads and the run", async () => {
  const provenance = await sheet("Provenance");
  expect(provenance.getCell("A4").value).toBe("Written by run run-1");
  expect(provenance.getCell("A3").value).toBe("Sources: florida_dbpr 1");
  expect((provenance.getRow(6).values as unknown[]).slice(1, 5)).toEqual([
    "Tidewater Inn",
    "Phone",
    "+13055550101",
    "florida_dbpr",
  ]);
  expect(provenance.rowCount).toBe(6);
});

test("text from outside stays text: no formula, no illegal character, no escape read back", async () => {
  const root = folder();
  const texts = [
    "=1+1",
    '=HYPERLINK("https://evil.example.com")',
    "+1 cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    '_x000D_ & <b>"x"</b> ü 🏨',
  ];
  const values = texts.map((text, index) => `(${100 + index}, '${text.replaceAll("'", "''")}')`);
  const warehouse = await openMarts(`
    insert into marts.leads by name
    select id as lead_id, text as hotel, text as address, 'Miami' as city, 'FL' as state, 'US' as country,
        text as email, text as website, text as phone, 99 as score, 'miami' as city_slug, 'fl' as state_slug, 'us' as country_slug
    from (values ${values.join(", ")}, (200, 'a' || chr(0) || chr(11) || 'b'), (201, repeat('x', 40000))) as t (id, text)`);
  await exportTo(root, warehouse);
  const leads = await sheet("Leads", "us/fl/miami.xlsx", root);
  const names: string[] = [];
  leads.eachRow((row) => names.push(row.getCell(1).text));
  expect(names).toEqual(expect.arrayContaining([...texts, "ab"]));
  expect(Math.max(...names.map((name) => name.length))).toBe(32_767);
  leads.eachRow((row) =>
    row.eachCell((found) => expect(found.type).not.toBe(excel.ValueType.Formula)),
  );
  for (const [name, xml] of parts("us/fl/miami.xlsx", root)) {
    expect(xml, name).not.toMatch(/<f[ >]/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they would make Excel refuse the file
    expect(xml, name).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    expect(xml, name).not.toContain("javascript:");
  }
});

test("the elements of a sheet stand in the order Excel demands", () => {
  const order = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetProtection",
    "autoFilter",
    "mergeCells",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "drawing",
    "tableParts",
    "extLst",
  ];
  for (const [name, xml] of parts("us/fl/miami.xlsx")) {
    if (!/worksheets\/sheet\d/.test(name)) continue;
    const found = [...xml.matchAll(/<(\w+)[ />]/g)].map((match) => order.indexOf(match[1]!));
    const places = found.filter((place) => place >= 0);
    expect(places, name).toEqual(places.toSorted((a, b) => a - b));
  }
});

test("equal data give equal bytes, whatever the day", async () => {
  const root = folder();
  await exportTo(root, await openMarts());
  for (const path of workbooks(data)) {
    const bytes = (of: string) => readFileSync(join(of, "exports", path));
    expect(bytes(root).equals(bytes(data)), path).toBe(true);
  }
});

test("a second night touches no file, a changed lead only its city and state", async () => {
  const root = folder();
  expect(await exportTo(root, await openMarts())).toMatchObject({ amount: "6 workbooks" });
  const time = (path: string) => statSync(join(root, "exports", path), { bigint: true }).mtimeNs;
  const times = () => new Map(workbooks(root).map((path) => [path, time(path)]));
  const before = times();
  expect(await exportTo(root, await openMarts(), "run-2")).toMatchObject({ unchanged: true });
  expect(times()).toEqual(before);
  const changed = await openMarts(
    "update marts.leads set phone = '+18135550199' where lead_id = 4",
  );
  expect(await exportTo(root, changed, "run-3")).toMatchObject({
    amount: "6 workbooks, 2 written",
  });
  const after = times();
  const touched = [...after]
    .filter(([path, time]) => time !== before.get(path))
    .map(([path]) => path);
  expect(touched).toEqual(["us/fl.xlsx", "us/fl/tampa.xlsx"]);
});

test("the workbook of a city without leads goes, files of others stay", async () => {
  const root = folder();
  await exportTo(root, await openMarts());
  mkdirSync(join(root, "exports/us/fl/notes"));
  writeFileSync(join(root, "exports/us/fl/mine.xlsx"), "mine");
  const fewer = await openMarts("delete from marts.leads where city in ('Tampa', 'Byron Bay')");
  expect(await exportTo(root, fewer)).toMatchObject({
    amount: "3 workbooks, 1 written, 3 removed",
  });
  expect(workbooks(root)).toEqual([
    "us/fl.xlsx",
    "us/fl/miami.xlsx",
    "us/fl/mine.xlsx",
    "us/state-unknown.xlsx",
  ]);
  expect(readdirSync(join(root, "exports"))).not.toContain("au");
});

test("a file that cannot be written stops no other and is named", async () => {
  const root = folder();
  mkdirSync(join(root, "exports/us/fl/miami.xlsx"), { recursive: true });
  await expect(exportTo(root, await openMarts())).rejects.toThrow(
    "1 of 6 files could not be written",
  );
  rmSync(join(root, "exports/us/fl/miami.xlsx"), { recursive: true });
  expect(await exportTo(root, await openMarts())).toMatchObject({
    amount: "6 workbooks, 1 written",
  });
  expect(readdirSync(join(root, "exports/us/fl"))).toEqual(["miami.xlsx", "tampa.xlsx"]);
});

test("slugs never lead out of the folder", async () => {
  const root = folder();
  await exportTo(
    root,
    await openMarts("update marts.leads set city_slug = '../../../x' where lead_id = 4"),
  );
  expect(workbooks(root)).toContain("us/fl/x.xlsx");
});
