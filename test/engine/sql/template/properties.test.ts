import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EltError } from "../../../../engine/errors.ts";
import { parseTemplate, renderTemplate } from "../../../../engine/sql/template/template.ts";
import { fn, fromJs, repr, type Value } from "../../../../engine/sql/template/values.ts";

const globals = new Map<string, Value>([
  ["ref", fn("ref", () => '"main"."hotels"')],
  ["columns", fromJs(["name", "city"])],
  ["config", fn("config", () => "")],
]);

function render(text: string): string {
  return renderTemplate(parseTemplate(text, { file: "m.sql" }), { globals }).text;
}

test("text without Jinja renders to itself, less one closing newline", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      fc.pre(!/\{[{%#]/.test(text) && !text.includes("\r"));
      expect(render(text)).toBe(text.replace(/\n$/, ""));
    }),
  );
});

test("a printed value is the literal of itself", () => {
  const scalar = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      scalar,
      fc.array(tie("value")),
      fc.dictionary(fc.string(), tie("value")),
    ),
  }));
  fc.assert(
    fc.property(value, (plain) => {
      const literal = repr(fromJs(plain));
      expect(render(`{{ [${literal}] }}`)).toBe(`[${literal}]`);
    }),
  );
});

test("any text in raw stays as it is", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/endraw|\r/.test(text));
      expect(render(`{% raw %}${text}{% endraw %}.`)).toBe(`${text}.`);
    }),
  );
});

const MODEL = `{{ config(materialized='table') }}
{%- set wanted = ["name", 'it\\'s'] -%}
{% macro star(of, prefix='') -%}
  {% for c in of if c != "x" %}{{ prefix ~ c }}{{ ", " if not loop.last }}{% else %}*{% endfor %}
{%- endmacro %}
{# a comment #}
with hotels as (select {{ star(columns, prefix='h.') }} from {{ ref('hotels') }})
{% if wanted | length > 1 and {'a': [1, 2]}['a'][0] == 1 %}
select {{ wanted[0] }} -- {{ "%s" % 1 }}
{% elif false %}{% raw %}{{ not jinja }}{% endraw %}
{% endif %}
{% set block %}x{{ 1 + 2 * (3 - 1) }}{% endset %}{{ block }}{% call(a) star([]) %}{{ a }}{% endcall %}`;

describe("a damaged template fails with a place, or renders", () => {
  const damage: readonly (readonly [string, (text: string, at: number) => string])[] = [
    ["one character less", (text, at) => text.slice(0, at) + text.slice(at + 1)],
    ["two characters less", (text, at) => text.slice(0, at) + text.slice(at + 2)],
    ["cut off", (text, at) => text.slice(0, at)],
    ["a brace more", (text, at) => `${text.slice(0, at)}}${text.slice(at)}`],
    ["a quote more", (text, at) => `${text.slice(0, at)}'${text.slice(at)}`],
    ["a tag opened", (text, at) => `${text.slice(0, at)}{%${text.slice(at)}`],
  ];

  test.each(damage)("%s, at every position", (_name, change) => {
    for (let at = 0; at < MODEL.length; at += 1) expectOutcome(change(MODEL, at));
  });

  test("without any one of its tags", () => {
    for (const tag of MODEL.matchAll(/\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g)) {
      expectOutcome(MODEL.slice(0, tag.index) + MODEL.slice(tag.index + tag[0].length));
    }
  });

  test("an error stands where the damage is, or behind it in the same tag or block", () => {
    const lines = MODEL.split("\n");
    const broken = lines.map((line, index) =>
      index === 6 ? line.replace("ref('hotels')", "ref('hotels'") : line,
    );
    expect(() => render(broken.join("\n"))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ line: 7 }) }),
    );
  });
});

function expectOutcome(text: string): void {
  try {
    expect(typeof render(text)).toBe("string");
  } catch (error) {
    if (!(error instanceof EltError)) throw error;
    expect(error.place).toMatch(/^m\.sql:\d+:\d+$/);
  }
}
