import { describe, expect, test } from "vitest";
import { parseTemplate, renderNative } from "../../../../engine/sql/template/template.ts";
import {
  fn,
  fromJs,
  PyObject,
  str,
  toJs,
  type Value,
} from "../../../../engine/sql/template/values.ts";

const vars: Readonly<Record<string, Value>> = { n: 3n, l: fromJs(["a"]), s: "3", none: null };
const globals = new Map<string, Value>([
  ["var", fn("var", ([name = null]) => vars[str(name)] ?? null)],
  ["env_var", fn("env_var", () => "4")],
  ["target", new PyObject({ name: "dev" })],
]);

function native(text: string): unknown {
  return toJs(renderNative(parseTemplate(text, { file: "schema.yml" }), { globals }));
}

describe("a text of YAML renders to a value", () => {
  test.each<[string, unknown]>([
    ["3", "3"],
    ["", ""],
    ["{{ var('n') }}", 3],
    ["{{ var('l') }}", ["a"]],
    ["{{ var('s') }}", "3"],
    ["{{ var('none') }}", null],
    ["{{ env_var('E') }}", "4"],
    ["{{ env_var('E') | as_number }}", 4],
    ["{{ '2.5' | as_number }}", 2.5],
    ["{{ target.name == 'prod' }}", false],
    ["{{ 'True' | as_bool }}", true],
    ["x_{{ var('n') }}", "x_3"],
    ["{{ var('n') }}{{ var('n') }}", "33"],
    ["{{ none }}", "None"],
    ["{{ [1, 2] }}", "[1, 2]"],
    ["{{ 3 }}", "3"],
    ["{{ 1 == 1 }}", "True"],
    ["{{ 'ab' | upper }}", "AB"],
    ["{{ '[1, 2]' | as_native }}", [1, 2]],
    ["{{ \"{'a': -1}\" | as_native }}", { a: -1 }],
    ["{{ 'two words' | as_native }}", "two words"],
    ["{{ var('n') | as_text }}", "3"],
    ["{% if target.name == 'dev' %}{{ var('n') }}{% endif %}", 3],
  ])("%s", (text, expected) => {
    expect(native(text)).toEqual(expected);
  });

  test.each([
    ["{{ 'true' | as_bool }}", "Could not convert value 'true' into type 'bool'"],
    ["{{ 'x' | as_number }}", "Could not convert value 'x' into type 'number'"],
    ["{{ nothing }}", "'nothing' is undefined"],
  ])("%s fails", (text, message) => {
    expect(() => native(text)).toThrow(message);
  });
});
