import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv, sniffDelimiter } from "../../../extract/kit/csv.ts";
import { decodeText } from "../../../extract/kit/text.ts";

const fields = (text: string, delimiter?: string) =>
  [...parseCsv(text, delimiter)].map((record) => record.fields);

test.each([
  [
    "plain",
    "a,b\nc,d\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "no newline at the end",
    "a,b\nc,d",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ["three kinds of line ends in one file", "a\r\nb\rc\nd", [["a"], ["b"], ["c"], ["d"]]],
  [
    "quoted delimiters and line ends",
    '"a,1","b\r\n2"\r\nc,d',
    [
      ["a,1", "b\r\n2"],
      ["c", "d"],
    ],
  ],
  ["doubled quotes", '"say ""hi""",x', [['say "hi"', "x"]]],
  ["a bare quote in a plain field", 'Kid"s,x', [['Kid"s', "x"]]],
  ["a bare quote in a quoted field", '"KID"S INN","x"', [['KID"S INN', "x"]]],
  [
    "blank lines",
    "a,b\n\n\nc,d\n\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  [
    "empty fields",
    ',\n"",""\n',
    [
      ["", ""],
      ["", ""],
    ],
  ],
  ["nothing", "", []],
])("%s", (_name, text, expected) => {
  expect(fields(text)).toEqual(expected);
});

test("a record knows the line it begins on", () => {
  const lines = [...parseCsv('a\n"b\n\n"\n\nc')].map((record) => record.line);
  expect(lines).toEqual([1, 2, 6]);
});

test("a file that ends inside a quoted field was cut, and where", () => {
  expect(() => fields('a,b\n"c","d\n')).toThrow(
    "line 2: a quoted field never ends, the file was cut",
  );
});

test("what a writer of CSV quotes, the reader gives back", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", ";", "\n", "\r", " ", "é", "😀") });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 });
  fc.assert(
    fc.property(table, fc.constantFrom("\n", "\r\n"), (rows, end) => {
      const text = rows
        .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(","))
        .join(end);
      expect(fields(text)).toEqual(rows);
    }),
  );
});

test.each([
  [",", "a,b\n1,2\n"],
  [";", 'name;price\n"Inn, old";1,5\nB;2,5\n'],
  ["\t", "a\tb\n1\t2,3\n"],
  ["|", "a|b|c\n1|2|3\n"],
  [",", "one column\nonly\n"],
])("the delimiter %j is found", (delimiter, text) => {
  expect(sniffDelimiter(text)).toBe(delimiter);
});

test.each([
  ["UTF-8", Buffer.from("Café ☕"), undefined, "Café ☕"],
  ["UTF-8 with a mark", Buffer.from("\ufeffCafé"), undefined, "Café"],
  ["UTF-8 with a mark, said to be Latin-1", Buffer.from("\ufeffCafé"), "latin-1", "Café"],
  ["UTF-16 little end first", Buffer.from("\ufeffCafé", "utf16le"), undefined, "Café"],
  ["UTF-16 big end first", Buffer.from("\ufeffCafé", "utf16le").swap16(), undefined, "Café"],
  ["Windows-1252", Buffer.from([0x43, 0x61, 0x66, 0xe9, 0x92]), undefined, "Café’"],
  ["Latin-1, any byte", Buffer.from([0x43, 0xe9, 0x92, 0xff]), "latin-1", "Cé\u0092ÿ"],
] as const)("%s is read", (_name, bytes, expected, text) => {
  expect(decodeText(bytes, expected)).toBe(text);
});
