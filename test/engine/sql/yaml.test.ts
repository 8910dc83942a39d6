import { describe, expect, test } from "vitest";
import { EltError, EltErrors } from "../../../engine/errors.ts";
import { readYaml } from "../../../engine/sql/yaml.ts";

const READ: [string, unknown][] = [
  ["yes", true],
  ["no", false],
  ["on", true],
  ["off", false],
  ["y", "y"],
  ["'no'", "no"],
  ["010", 8n],
  ["1_000", 1000n],
  ["12:30", 750n],
  ["0x1f", 31n],
  ["0b11", 3n],
  ["1e3", "1e3"],
  ["1.5e+3", 1500],
  ["0o10", "0o10"],
  ["08", "08"],
  ["1.0", 1],
  [".5", 0.5],
  ["-3", -3n],
  ["~", null],
  ["", null],
  ["2024-01-01", "2024-01-01"],
  ["é🏨", "é🏨"],
];

describe("a plain scalar is read as PyYAML reads it", () => {
  for (const [written, value] of READ) {
    test(`${written || "(nothing)"}`, () => {
      expect(readYaml(`a: ${written}\n`, "x.yml").value).toEqual({ a: value });
    });
  }
});

test("a merge key fills in what the mapping does not say itself", () => {
  const text = "base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n";
  expect(readYaml(text, "x.yml").value).toMatchObject({ own: { x: 1n, y: 3n } });
});

test("a key written twice names both lines", () => {
  const error = caught("models:\n  - name: a\n    name: b\n");
  expect(error.place).toBe("models.yml:3:5");
  expect(error.message).toBe('key "name" is written twice, first in line 2');
  expect(error.details.excerpt).toBe("3 │     name: b\n  │     ^");
});

test("all duplicate keys of a file are reported together", () => {
  const error = caught("a: 1\na: 2\nb: 1\nb: 2\n");
  expect(error).toBeInstanceOf(EltErrors);
  expect((error as EltErrors).errors).toHaveLength(2);
});

test("a file that is no YAML says where", () => {
  const error = caught("a: [1, 2\nb: 3\n");
  expect(error.place).toMatch(/^models\.yml:\d+:\d+$/);
});

test("an unquoted yes inside a list is a surprise with its place", () => {
  const file = readYaml("values: [yes, 'no', true, 010]\n", "x.yml");
  expect(file.surprises.map((each) => each.message)).toEqual([
    "yes is read as True: quote it",
    "010 is read as the number 8: quote it",
  ]);
  expect(file.place(["values", 3])).toEqual({ file: "x.yml", line: 1, column: 27 });
});

test("an error at a missing key points to the nearest place above", () => {
  const file = readYaml("a:\n  b: 1\n", "x.yml");
  expect(file.error("gone", ["a", "zz"]).place).toBe("x.yml:1:1");
});

function caught(text: string): EltError {
  try {
    readYaml(text, "models.yml");
  } catch (error) {
    if (error instanceof EltError) return error;
  }
  throw new Error("nothing was thrown");
}
