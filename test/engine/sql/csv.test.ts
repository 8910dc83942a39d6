import fc from "fast-check";
import { expect, test } from "vitest";
import { csvHeader, csvRows } from "../../../engine/sql/csv.ts";

test("names come from the first line, empty fields are null", () => {
  expect(csvRows('a, b ,c\n1,,"x, ""y"""\n\n')).toEqual([{ a: "1", b: null, c: 'x, "y"' }]);
});

test("a header may hold quotes, a byte order mark, another delimiter", () => {
  expect(csvHeader('\uFEFF"a;1";b c;d\r\n1;2;3\n', ";")).toEqual(["a;1", "b c", "d"]);
  expect(csvHeader("a\tb\tc\n", "\t")).toEqual(["a", "b", "c"]);
  expect(csvHeader("a|b", "|")).toEqual(["a", "b"]);
});

test("what is written is read", () => {
  const field = fc.string().map((text) => text.trim());
  fc.assert(
    fc.property(fc.array(fc.record({ a: field, b: field }), { minLength: 1 }), (rows) => {
      const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = ["a,b", ...rows.map((row) => `${quote(row.a)},${quote(row.b)}`)].join("\n");
      expect(csvRows(text)).toEqual(rows);
    }),
  );
});
