import { expect, test } from "vitest";
import { addressLayers } from "../../../matchers/kit/shapes/addresses.ts";
import { columnSql, textSql } from "../../../matchers/kit/shapes/columns.ts";
import { companyNameLayers } from "../../../matchers/kit/shapes/company-names.ts";
import { fullNameLayers, longFormSql } from "../../../matchers/kit/shapes/person-names.ts";
import { nationalNumberSql, nationalNumbersSql } from "../../../matchers/kit/shapes/phones.ts";
import { ownDomainsSql, portalPagesSql } from "../../../matchers/kit/shapes/websites.ts";
import { parsed } from "../kit/parsed.ts";

const NAMES: readonly (readonly [
  text: string,
  given: string | null,
  middle: string | null,
  family: string,
])[] = [
  ["Quist, Marta A.", "marta", "a", "quist"],
  ["Dr Marta A. Quist Jr", "marta", "a", "quist"],
  ["Dr. Marta Quist, PhD", "marta", null, "quist"],
  ["QUIST Marta", "marta", null, "quist"],
  ["MARTA QUIST", "marta", null, "quist"],
  ["M. Quist", "m", null, "quist"],
  ["Bertil van der Undset", "bertil", null, "van der undset"],
  ["O'Quist, Marta", "marta", null, "oquist"],
  ["Quist Jr., Bertil", "bertil", null, "quist"],
  ["Lord, Marta", "marta", null, "lord"],
  ["Prof. Dr. Märta Quïst", "marta", null, "quist"],
  ["Marta (Mia) Quist", "marta", null, "quist"],
  ["李小龙", null, null, "李小龙"],
  ["Иван Петров", "иван", null, "петров"],
];

test("a full name is parted however it is written", async () => {
  const rows = await parsed(
    fullNameLayers("text"),
    NAMES.map(([text]) => text),
  );
  expect(rows.map((row) => [row.text, row.part_given, row.part_middle, row.part_family])).toEqual(
    NAMES,
  );
});

test("father and son are told apart by what follows their name", async () => {
  const rows = await parsed(fullNameLayers("text"), [
    "Bo Quist Jr",
    "Bo Quist Sr.",
    "Quist III, Bo",
    "Bo Quist",
  ]);
  expect(rows.map((row) => row.part_generation)).toEqual(["jr", "sr", "iii", null]);
});

test("short forms of a given name stand for one name", async () => {
  const rows = await parsed(
    [{ long: longFormSql("text") }],
    ["bill", "will", "william", "liz", "marta"],
  );
  expect(rows.map((row) => row.long)).toEqual([
    "william",
    "william",
    "william",
    "elizabeth",
    "marta",
  ]);
});

const ADDRESSES: readonly (readonly [text: string, ...parts: (string | null)[]])[] = [
  ["12 Oak St", "12", "oak", null, null, null],
  ["12, Oak Street", "12", "oak", null, null, null],
  ["Calle Mayor, 5", "5", "mayor", null, null, null],
  ["Eichenstraße 12, 1010 Wien", "12", "eichenstr", null, "wien", "1010"],
  ["Eichenstr. 12a", "12", "eichenstr", null, null, null],
  ["Suite 3, 12 Oak St, Lakeview, IL 60657", "12", "oak", "3", "lakeview", "60657"],
  ["3/12 Oak Road, Newtown NSW 2042", "12", "oak", "3", "newtown nsw", "2042"],
  ["Oak Building, 350 Fifth Ave, New York, NY 10118", "350", "5th", null, "new york", "10118"],
  ["10 Oak Street, London, SW1A 2AA", "10", "oak", null, "london", "sw1a 2aa"],
  ["Oak Road, Leeds, LS1 4AB", null, "oak", null, "leeds", "ls1 4ab"],
  ["100 Avenue A", "100", "avenue a", null, null, null],
  ["71 Fifth Ave. between 14th and 15th Sts.", "71", "5th", null, null, null],
  ["221B Oak Street", "221", "oak", null, null, null],
];

test("an address in one line is read in either order of street and number", async () => {
  const rows = await parsed(
    addressLayers({ line: "text" }),
    ADDRESSES.map(([text]) => text),
  );
  expect(
    rows.map((row) => [
      row.text,
      row.part_number,
      row.part_street,
      row.part_unit,
      row.part_city,
      row.part_zip,
    ]),
  ).toEqual(ADDRESSES);
});

const COMPANIES: readonly (readonly [text: string, core: string, legal: string | null])[] = [
  ["Eiche & Söhne GmbH & Co. KG", "eiche", "gmbhcokg"],
  ["Oak Pty. Limited", "oak", "ptyltd"],
  ["Oak Plumbing Ltd", "oak plumbing", "ltd"],
  ["OAK PLUMBING LIMITED", "oak plumbing", "ltd"],
  ["Quercia S.p.A.", "quercia", "spa"],
  ["S.A. Chêne", "chene", "sa"],
  ["A.B.C. Inc.", "abc", "inc"],
  ["ООО Дуб", "дуб", "ооо"],
  ["株式会社オーク", "オーク", "株式会社"],
  ["Oak Intl. Svcs", "oak services", null],
  ["The Holding Company", "the holding", "co"],
];

test("a company's name is bare of its legal form, whatever the country", async () => {
  const rows = await parsed(
    companyNameLayers("text", undefined),
    COMPANIES.map(([text]) => text),
  );
  expect(rows.map((row) => [row.text, row.company_core, row.company_legal])).toEqual(COMPANIES);
});

test("the name a company trades under stands apart, and its initials are known", async () => {
  const [trade, long] = await parsed(companyNameLayers("text", undefined), [
    "Quist Holdings Ltd t/a Bertil's Bakery",
    "Northern Oak Works Corp",
  ]);
  expect([trade?.company_core, trade?.company_trade_core]).toEqual(["quist", "bakery bertils"]);
  expect(long?.company_initials).toBe("now");
});

test("a phone is the same with any punctuation, with and without its country", async () => {
  const numbers = ["+61 2 5550 4000", "(02) 5550-4000", "0061 255504000", "02 5550 4000 ext. 12"];
  const rows = await parsed([{ digits: nationalNumberSql("text") }], numbers);
  expect(new Set(rows.map((row) => row.digits))).toEqual(new Set(["255504000"]));
  const [two] = await parsed(
    [{ list: nationalNumbersSql("text") }],
    ["212/555-1234; (212) 555-9876"],
  );
  const list = two?.list as string[] | undefined;
  expect(list?.toSorted()).toEqual(["2125551234", "2125559876"]);
});

test("a domain is somebody's own unless a portal or a mail host gives it out", async () => {
  const rows = await parsed(
    [{ own: ownDomainsSql(["text"], []), page: portalPagesSql(["text"]) }],
    ["https://www.shop.oak.co.uk/about", "oak.example", "http://facebook.com/oak.bakery/?x=1"],
  );
  expect(rows.map((row) => [row.own, row.page])).toEqual([
    [["oak.co.uk"], []],
    [["oak.example"], []],
    [[], ["facebook.com/oak.bakery"]],
  ]);
});

test("a name of words is a column, anything else is SQL, and words for nothing are nothing", async () => {
  expect(columnSql("First Name")).toBe('"First Name"');
  expect(columnSql("Reg. No")).toBe('"Reg. No"');
  expect(columnSql("address.city")).toBe("(address.city)");
  expect(columnSql("lower(name)")).toBe("(lower(name))");
  const rows = await parsed([{ said: textSql("text") }], [" Oak ", "N/A", "-", "unknown", ""]);
  expect(rows.map((row) => row.said)).toEqual(["Oak", null, null, null, null]);
});
