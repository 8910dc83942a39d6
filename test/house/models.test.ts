import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSqlProject } from "../../engine/sql/sql-project.ts";
import { type Night, openNight, TONIGHT } from "../models/kit/night.ts";

const root = join(import.meta.dirname, "../..");
const { manifest } = loadSqlProject({ root, startedAt: TONIGHT });
const { models, seeds, sources, checks } = manifest;

const LAYERS: Readonly<Record<string, readonly string[]>> = {
  staging: [],
  resolution: ["staging", "resolution", "seed", "match"],
  golden: ["resolution", "staging", "golden", "seed", "match"],
  worklists: ["resolution", "golden", "staging", "seed"],
  scoring: ["golden", "scoring", "seed"],
  marts: ["golden", "scoring"],
  ops: ["staging", "resolution", "golden", "scoring", "marts", "seed", "source", "ops", "match"],
};

interface Cte {
  readonly name: string;
  readonly body: string;
  readonly isImport: boolean;
}

const files = models.map((model) => {
  const text = readFileSync(join(root, model.path), "utf8");
  return { model, text, ctes: ctesOf(text), layer: model.relation.schema };
});

function ctesOf(text: string): Cte[] {
  const found = text.matchAll(/^(\w+) as \(\n\n([\s\S]*?)\n\n\)/gm);
  return [...found].map(([, name = "", body = ""]) => ({
    name,
    body,
    isImport: /^\s*select \* from \{\{ (ref|source)\([^)]*\) \}\}\s*$/.test(body),
  }));
}

function offences(rule: (file: (typeof files)[number]) => readonly string[] | string | undefined) {
  return files.flatMap((file) => {
    const found = rule(file) ?? [];
    return (typeof found === "string" ? [found] : found).map(
      (what) => `${file.model.path}: ${what}`,
    );
  });
}

/** The text inside the parenthesis that opens at an offset. */
function inside(text: string, open: number): string {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0) return text.slice(open + 1, at);
  }
  return text.slice(open);
}

describe("each model's text", () => {
  test("begins with its imports, each a CTE of its own", () => {
    expect(
      offences(({ ctes, text }) => {
        const late = ctes.findIndex(
          ({ isImport }, index) => isImport && ctes.slice(0, index).some((cte) => !cte.isImport),
        );
        const refs = [...text.matchAll(/\{\{ (ref|source)\(/g)].length;
        if (late >= 0) return `imports ${ctes[late]?.name} late`;
        if (refs !== ctes.filter(({ isImport }) => isImport).length)
          return "reads outside an import";
        return undefined;
      }),
    ).toEqual([]);
  });

  test("ends with the CTE final, in marts ordered", () => {
    expect(
      offences(({ ctes, text, layer }) => {
        if (ctes.at(-1)?.name !== "final") return "the last CTE is not final";
        const end =
          layer === "marts"
            ? /select \* from final\norder by .+\n$/
            : /select \* from final(\norder by .+)?\n$/;
        return end.test(text) ? undefined : "does not end with select * from final";
      }),
    ).toEqual([]);
  });

  test("is at most 100 columns wide, without tabs", () => {
    expect(
      offences(({ text }) =>
        text
          .split("\n")
          .flatMap((line, index) =>
            line.length > 100 || line.includes("\t") ? [`line ${index + 1} of ${line.length}`] : [],
          ),
      ),
    ).toEqual([]);
  });

  test("gives the same bytes whenever it runs", () => {
    const clock =
      /\b(now|today|current_date|current_timestamp|get_current_timestamp|random|uuid|gen_random_uuid|run_started_at|any_value|arg_max|arg_min|max_by|min_by|fsum|stddev)\b/i;
    expect(offences(({ text }) => clock.exec(text)?.[0])).toEqual([]);
  });

  test("orders what it aggregates in order", () => {
    expect(
      offences(({ text }) =>
        [...text.matchAll(/(?<![\w.])(list|string_agg|array_agg|first|last)(\()/g)].flatMap(
          (match) => {
            const body = inside(text, match.index + match[0].length - 1);
            return body.includes("order by") || (body.startsWith("{") && body.includes("order by"))
              ? []
              : [`${match[1]}(${body.slice(0, 40)}) has no order`];
          },
        ),
      ),
    ).toEqual([]);
  });

  test("says why where it selects distinct rows", () => {
    expect(offences(({ text }) => /select distinct/.exec(text)?.[0])).toEqual([]);
  });
});

test("layers read downwards", () => {
  expect(
    offences(({ model, layer }) =>
      model.reads.flatMap((read) => {
        const from =
          read.kind === "model"
            ? read.relation.schema
            : read.kind === "source"
              ? ["match", "ops"].includes(read.sourceName)
                ? read.sourceName
                : "source"
              : read.kind;
        if (layer === "staging") {
          const own = model.fqn.at(-2);
          return read.kind === "source" && read.sourceName === own ? [] : [`reads ${read.name}`];
        }
        return LAYERS[layer]?.includes(from) ? [] : [`${layer} reads ${from} ${read.name}`];
      }),
    ),
  ).toEqual([]);
});

test("a staging model does not join", () => {
  expect(
    offences(({ text, layer }) =>
      layer === "staging" && /\bjoin\b/.test(text) ? "joins" : undefined,
    ),
  ).toEqual([]);
});

describe("each description", () => {
  test("of a model, seed and source table says what one row is", () => {
    expect(
      [...models, ...seeds, ...sources]
        .filter(({ description }) => !/One row per .+\.$/.test(description))
        .map(({ name, description }) => `${name}: ${description}`),
    ).toEqual([]);
  });

  test("of a column is there and is a sentence", () => {
    expect(
      [...models, ...seeds, ...sources].flatMap(({ name, columns }) =>
        [...columns.values()]
          .filter(({ description }) => !/\S.*\.$/s.test(description))
          .map((column) => `${name}.${column.name}`),
      ),
    ).toEqual([]);
  });

  test("of a source column has its type", () => {
    expect(
      sources.flatMap(({ name, columns }) =>
        [...columns.values()]
          .filter(({ dataType }) => !dataType)
          .map((column) => `${name}.${column.name}`),
      ),
    ).toEqual([]);
  });
});

test("each model has a key that is checked", () => {
  const kinds = new Map<string, Set<string>>();
  for (const { test: generic } of checks) {
    if (!generic) continue;
    const key = `${generic.target.name}.${generic.column ?? ""}`;
    kinds.set(key, (kinds.get(key) ?? new Set()).add(generic.name));
  }
  const keyed = ({ name, columns }: (typeof models)[number]) =>
    kinds.get(`${name}.`)?.has("unique_together") ||
    [...columns.keys()].some((column) => {
      const has = kinds.get(`${name}.${column}`);
      return has?.has("unique") && has.has("not_null");
    });
  expect(models.filter((model) => !keyed(model)).map(({ name }) => name)).toEqual([]);
});

describe("against an empty night", () => {
  let night: Night;
  beforeAll(async () => {
    night = await openNight();
    await night.build({});
  });
  afterAll(() => night.close());

  test("the YAML describes every column that is there, in its order, and no other", async () => {
    for (const node of [...models, ...seeds]) {
      const { schema, identifier } = node.relation;
      const rows = await night.rows(`describe "${schema}"."${identifier}"`);
      expect([...node.columns.keys()], node.path).toEqual(rows.map((row) => row.column_name));
    }
  });

  test("money, weights and shares are no floating point numbers", async () => {
    const rows = await night.rows(`
      select schema_name || '.' || table_name || '.' || column_name as place
      from duckdb_columns()
      where schema_name in ('staging', 'resolution', 'golden', 'scoring', 'marts', 'ops', 'seeds')
        and data_type in ('DOUBLE', 'FLOAT')
        and column_name not in ('latitude', 'longitude', 'south', 'north', 'west', 'east')`);
    expect(rows).toEqual([]);
  });
});
