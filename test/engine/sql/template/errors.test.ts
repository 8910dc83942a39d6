import { describe, expect, test } from "vitest";
import { EltError } from "../../../../engine/errors.ts";
import {
  bindMacro,
  blocksOf,
  parseTemplate,
  renderTemplate,
} from "../../../../engine/sql/template/template.ts";
import { fn, fromJs, type Value } from "../../../../engine/sql/template/values.ts";

function shown(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof EltError)) throw error;
    return `${error.place}\n  ${error.message}\n\n${error.details.excerpt}`;
  }
  throw new Error("nothing failed");
}

function macros(text: string, file: string): Map<string, Value> {
  const globals = new Map<string, Value>();
  for (const block of blocksOf(parseTemplate(text, { file }))) {
    globals.set(block.name, bindMacro(block, globals));
  }
  return globals;
}

const MACROS = `{% macro normalise(value) %}
  lower({{ value }})
{% endmacro %}
{% macro outer(value) %}{{ normalise(value) }}{% endmacro %}
{% macro divide(a) %}{{ a / 0 }}{% endmacro %}
{% macro words() %}  from a macro{% endmacro %}`;

describe("an error of rendering", () => {
  const globals = macros(MACROS, "macros/text.sql");
  const model = (text: string) =>
    shown(() => renderTemplate(parseTemplate(text, { file: "models/a.sql" }), { globals }));

  test("points at the name that is missing, and tells through which macros it went", () => {
    expect(
      model("{% set brand_family = 'x' %}\nselect\n    {{ outer(brand_famly) }} as brand"),
    ).toBe(
      `models/a.sql:3:14
  'brand_famly' is undefined — did you mean 'brand_family'?

  3 │     {{ outer(brand_famly) }} as brand
    │              ^^^^^^^^^^^
  in macro normalise    macros/text.sql:2:12
  in macro outer        macros/text.sql:4:28
  called from           models/a.sql:3:8`,
    );
  });

  test("points into the macro when the mistake is there", () => {
    expect(model("select {{ divide(1) }}")).toBe(
      `macros/text.sql:5:25
  division by zero

  5 │ {% macro divide(a) %}{{ a / 0 }}{% endmacro %}
    │                         ^^^^^
  in macro divide    macros/text.sql:5:25
  called from        models/a.sql:1:11`,
    );
  });

  test("tells where a value that went missing earlier is used", () => {
    expect(model("{% set x = nothing %}\nselect {{ x }}")).toContain(
      "used at    models/a.sql:2:11",
    );
  });

  test("counts columns in characters and keeps tabs", () => {
    expect(model("\t🏨é {{ nothing }}")).toBe(
      `models/a.sql:1:8
  'nothing' is undefined

  1 │ \t🏨é {{ nothing }}
    │ \t       ^^^^^^^`.replace("\t       ", "\t      "),
    );
  });

  test("gives an error of a function its place, and keeps its hint", () => {
    const failing = fn("ref", () => {
      throw new EltError("unknown model", { hint: "name one" });
    });
    const run = () =>
      renderTemplate(parseTemplate("a\n{{ ref('x') }}", { file: "m.sql" }), {
        globals: new Map<string, Value>([["ref", failing]]),
      });
    expect(shown(run)).toContain("m.sql:2:4\n  unknown model");
    expect(run).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ hint: "name one" }) }),
    );
  });

  test("a macro without end is an error, not a crash", () => {
    expect(model("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")).toContain(
      "maximum recursion depth",
    );
  });
});

describe("an error of reading", () => {
  const place = (text: string) =>
    shown(() => parseTemplate(text, { file: "m.sql" }))
      .split("\n")
      .slice(0, 2)
      .join("");

  test.each([
    [
      "a\n{% if x %}\n  {% for y in z %}\n{% endif %}",
      "m.sql:4:4  Encountered unknown tag 'endif'. You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for 'endfor' or 'else'. The innermost block that needs to be closed is 'for'.",
    ],
    [
      "a\n  {% if x %}\nb",
      "m.sql:2:3  Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
    ],
    [
      "select {{ ref('a') ",
      "m.sql:1:8  unexpected end of template, expected 'end of print statement'.",
    ],
    ["{{ 'a' | shout }}", "m.sql:1:10  No filter named 'shout'."],
    ["{{ 1 is loud }}", "m.sql:1:9  No test named 'loud'."],
    ["{{ f(a=1, a=2) }}", "m.sql:1:11  keyword argument repeated: a"],
    ["{% macro m(a, a) %}{% endmacro %}", "m.sql:1:15  duplicate argument 'a' in macro definition"],
    [
      "{% for loop in x %}{% endfor %}",
      "m.sql:1:8  Can't assign to special loop variable in for-loop target",
    ],
    ["{% set 'a' = 1 %}", "m.sql:1:8  can't assign to 'const'"],
    ["{% break %}", "m.sql:1:1  'break' outside loop"],
    ["{% extends 'a' %}", "m.sql:1:4  'extends' does not exist in dbt templates"],
    [`{{ ${"(".repeat(50_000)} }}`, "m.sql:1:"],
  ])("%s", (text, expected) => {
    expect(place(text).startsWith(expected)).toBe(true);
  });

  test("lines are counted from where the text stands in its file", () => {
    expect(shown(() => parseTemplate("a\n{{ 1 + }}", { file: "schema.yml", line: 10 }))).toContain(
      "schema.yml:11:8",
    );
  });
});

describe("undefined values", () => {
  const render = (text: string, mode: "lenient" | "parse") => {
    const warnings: string[] = [];
    const template = parseTemplate(text, { file: "m.sql" });
    const { text: result } = renderTemplate(template, {
      globals: new Map([["d", fromJs({ a: 1 })]]),
      undefined: mode,
      warn: (error) => warnings.push(`${error.place} ${error.message}`),
    });
    return { result, warnings };
  };

  test("in a foreign project print nothing, and each place is a warning", () => {
    expect(render("[{{ x }}]{{ d.b ~ 'c' }}\n{{ [y] }}", "lenient")).toEqual({
      result: "[]c\n[Undefined]",
      warnings: [
        "m.sql:1:5 'x' is undefined",
        "m.sql:1:13 'dict object' has no attribute 'b'",
        "m.sql:2:5 'y' is undefined",
      ],
    });
  });

  test("swallow attributes, calls and arithmetic while dbt only parses", () => {
    const text = "[{{ 'ab'.replace('b', x) }}{{ range(x) | list }}{{ [2, x] | sort | length }}]";
    expect(render(text, "parse").result).toBe("[a[]2]");
    expect(
      render("[{{ x.y.z(1)['k'] + 1 }}{{ x | upper }}{% for a in x.b %}a{% endfor %}]", "parse"),
    ).toEqual({
      result: "[]",
      warnings: [],
    });
  });
});

describe("a position of the text", () => {
  const globals = macros(MACROS, "macros/text.sql");
  const rendered = renderTemplate(
    parseTemplate(
      "select {{ 1 }},\n  {{ words() }} as w\n{% set q %}{{ words() }}{% endset %}{{ q }}",
      {
        file: "models/a.sql",
      },
    ),
    { globals },
  );
  const at = (part: string, from = 0) => {
    const found = rendered.locate(rendered.text.indexOf(part, from));
    const show = ({ file, line, column }: { file: string; line: number; column: number }) =>
      `${file}:${line}:${column}`;
    return found && [show(found), ...found.via.map(show)];
  };

  test("leads back to the template", () => {
    expect(at("select")).toEqual(["models/a.sql:1:1"]);
    expect(at("elect")).toEqual(["models/a.sql:1:2"]);
    expect(at("1")).toEqual(["models/a.sql:1:11"]);
    expect(at("as w")).toEqual(["models/a.sql:2:17"]);
  });

  test("leads through macros, and tells where they were called", () => {
    expect(at("from a macro")).toEqual(["macros/text.sql:6:22", "models/a.sql:2:6"]);
  });

  test("leads nowhere in an empty text", () => {
    expect(
      renderTemplate(parseTemplate("", { file: "m.sql" }), { globals }).locate(0),
    ).toBeUndefined();
  });
});
