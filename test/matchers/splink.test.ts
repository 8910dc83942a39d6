import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { matchSplink } from "../../matchers/kit/splink/match.ts";
import { readSplinkModel } from "../../matchers/kit/splink/model.ts";
import { NAME, savedModel, TOWN } from "./kit/splink-model.ts";

vi.setConfig({ testTimeout: 60_000 });

interface Person {
  readonly unique_id: string;
  readonly source_dataset: string;
  readonly name: string | null;
  readonly town: string | null;
}

interface Pair {
  readonly l: string;
  readonly r: string;
  readonly key: number | null;
  readonly weight: number;
  readonly probability: number;
}

const out = mkdtempSync(join(tmpdir(), "elt-splink-"));
let warehouse: Warehouse;

beforeAll(async () => {
  warehouse = await Warehouse.open(":memory:");
});
afterAll(() => warehouse.close());

/** Runs a saved model on a few persons; the pairs its rules found, in order. */
async function pairsOf(text: string, persons: readonly Person[]): Promise<Pair[]> {
  await warehouse.run(
    "create or replace table records (unique_id text, source_dataset text, name text, town text)",
  );
  for (const { unique_id, source_dataset, name, town } of persons) {
    await warehouse.run("insert into records values ($1, $2, $3, $4)", [
      ...[unique_id, source_dataset, name, town],
    ]);
  }
  return await pairsOfRecords(text);
}

async function pairsOfRecords(text: string): Promise<Pair[]> {
  await matchSplink(warehouse, readSplinkModel(text, "model.json"), {
    out,
    columns: await warehouse.describe("select * from records"),
    allPairs: true,
    merge: 0.8,
    review: 0.5,
  });
  return await warehouse.rows<Pair>(
    `select record_id_l as l, record_id_r as r, match_key as key, match_weight as weight, match_probability as probability
from read_parquet('${out}/pairs.parquet') where match_key is not null order by l, r`,
  );
}

const persons = fc
  .array(
    fc.record({
      name: fc.option(fc.constantFrom("Ann", "Anna", "Bob", "Cy"), { nil: null }),
      town: fc.option(fc.constantFrom("York", "Bath"), { nil: null }),
      source_dataset: fc.constantFrom("x", "y"),
    }),
    { minLength: 2, maxLength: 12 },
  )
  .map((list) => list.map((person, at) => ({ unique_id: String(at + 1), ...person })));

/** The model of `savedModel`, worked out by hand. */
function weightByHand(all: readonly Person[], l: Person, r: Person): number {
  const held = (column: "name" | "town", value: string) =>
    all.filter((one) => one[column] === value).length /
    all.filter((one) => one[column] !== null).length;
  let weight = Math.log2(0.05 / 0.95);
  if (l.name !== null && r.name !== null) {
    if (l.name === r.name) {
      weight += Math.log2(0.7 / 0.02);
      weight += 0.5 * Math.log2(0.02 / Math.max(held("name", l.name), 0.15));
    } else {
      weight += l.name[0] === r.name[0] ? Math.log2(0.2 / 0.1) : Math.log2(0.1 / 0.88);
    }
  }
  if (l.town !== null && r.town !== null) {
    weight += l.town === r.town ? Math.log2(0.8 / 0.25) : Math.log2(0.2 / 0.75);
    if (l.town === r.town) weight += Math.log2(0.25 / held("town", l.town));
  }
  return weight;
}

describe("a model that Splink saved", () => {
  test("finds the pairs of its rules and weighs them as it says", async () => {
    await fc.assert(
      fc.asyncProperty(persons, fc.boolean(), async (list, across) => {
        const found = await pairsOf(
          savedModel({ link_type: across ? "link_only" : "dedupe_only" }),
          list,
        );
        const wanted = list.flatMap((l, at) =>
          list.slice(at + 1).flatMap((r) => {
            if (across && l.source_dataset === r.source_dataset) return [];
            const rules = [
              l.name !== null && l.name === r.name,
              l.town !== null && l.town === r.town,
            ];
            const key = rules.indexOf(true);
            return key < 0
              ? []
              : [
                  {
                    ids: [l.unique_id, r.unique_id].sort().join(),
                    key,
                    weight: weightByHand(list, l, r),
                  },
                ];
          }),
        );
        const seen = found.map(({ l, r, key, weight }) => ({
          ids: [l, r].sort().join(),
          key,
          weight,
        }));
        const byIds = (left: { ids: string }, right: { ids: string }) =>
          left.ids < right.ids ? -1 : 1;
        expect(seen.sort(byIds)).toEqual(
          wanted.sort(byIds).map((pair) => ({ ...pair, weight: expect.closeTo(pair.weight, 10) })),
        );
        for (const { weight, probability } of found) {
          expect(probability).toBeCloseTo(1 / (1 + 2 ** -weight), 12);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("a level without m or u takes Splink's default, one never met a millionth", async () => {
    const bare = NAME.map(
      ({ m_probability: _, u_probability: __, tf_adjustment_column: ___, ...rest }) => rest,
    );
    const unmet = [
      TOWN[0],
      {
        ...TOWN[1],
        tf_adjustment_column: undefined,
        m_probability: "level not observed in training dataset",
      },
      TOWN[2],
    ];
    const model = readSplinkModel(
      savedModel({
        comparisons: [
          { output_column_name: "name", comparison_levels: bare },
          { output_column_name: "town", comparison_levels: unmet },
        ],
      }),
      "model.json",
    );
    const levels = (at: number) =>
      model.comparisons[at]?.levels.map(({ gamma, m, u }) => ({
        gamma,
        m,
        bits: Math.log2(m / u),
      }));
    // Splink 5.0.0: m 0.95, 0.025, 0.025 and match weights 10, 3, -5.
    expect(levels(0)).toEqual([
      { gamma: -1, m: 1, bits: 0 },
      { gamma: 2, m: 0.95, bits: expect.closeTo(10, 9) },
      { gamma: 1, m: expect.closeTo(0.025, 9), bits: expect.closeTo(3, 9) },
      { gamma: 0, m: expect.closeTo(0.025, 9), bits: expect.closeTo(-5, 9) },
    ]);
    expect(levels(1)?.[1]?.m).toBe(1e-6);
  });

  test("a rule that looks into arrays finds a pair once, whatever they share", async () => {
    await warehouse.run(`create or replace table records as
select * from (values ('1', 's', 'Ann', 'York', ['a', 'b']), ('2', 's', 'Bob', 'Bath', ['b', 'a']), ('3', 's', 'Cy', 'Hull', ['c']))
as t (unique_id, source_dataset, name, town, phones)`);
    const found = await pairsOfRecords(
      savedModel({
        blocking_rules_to_generate_predictions: [
          {
            blocking_rule: "l.phones = r.phones",
            sql_dialect: "duckdb",
            arrays_to_explode: ["phones"],
          },
        ],
      }),
    );
    expect(found.map(({ l, r }) => [l, r])).toEqual([["1", "2"]]);
  });

  test("ids that are numbers tell left from right as numbers", async () => {
    const rule = { blocking_rule: "l.name = 'Ann' and r.name = 'Bob'", sql_dialect: "duckdb" };
    const text = savedModel({ blocking_rules_to_generate_predictions: [rule] });
    const person = (unique_id: string, name: string) => ({
      unique_id,
      source_dataset: "s",
      name,
      town: null,
    });
    expect(await pairsOf(text, [person("9", "Ann"), person("10", "Bob")])).toMatchObject([
      { l: "9", r: "10" },
    ]);
    expect(await pairsOf(text, [person("x9", "Ann"), person("x10", "Bob")])).toEqual([]);
  });

  test("Spark's quotes and names of functions are DuckDB's afterwards", async () => {
    const levels = [
      { sql_condition: "`name_l` IS NULL OR `name_r` IS NULL", is_null_level: true },
      {
        sql_condition: "jaro_winkler(`name_l`, `name_r`) >= 0.9",
        m_probability: 0.9,
        u_probability: 0.1,
      },
      { sql_condition: "ELSE", m_probability: 0.1, u_probability: 0.9 },
    ];
    const found = await pairsOf(
      savedModel({
        sql_dialect: "spark",
        blocking_rules_to_generate_predictions: ["l.`town` = r.`town`"],
        comparisons: [{ output_column_name: "name", comparison_levels: levels }],
      }),
      ["Johnson", "Johnsen"].map((name, at) => ({
        unique_id: String(at),
        source_dataset: "s",
        name,
        town: "York",
      })),
    );
    expect(found[0]?.weight).toBeCloseTo(Math.log2(0.05 / 0.95) + Math.log2(9), 10);
  });
});

describe("what cannot be imported is named", () => {
  const bad = (name: string, levels: readonly unknown[]) =>
    savedModel({ comparisons: [{ output_column_name: name, comparison_levels: levels }] });
  test.each([
    ["text that is no JSON", "{", /model.json is no JSON/],
    ["another JSON", "{}", /no model of Splink 4 or 5/],
    [
      "settings never trained",
      bad(
        "name",
        NAME.map(({ m_probability: _, u_probability: __, ...rest }) => rest),
      ),
      /never trained/,
    ],
    [
      "an unknown dialect",
      savedModel({ sql_dialect: "athena" }),
      /cannot read SQL of the dialect "athena"/,
    ],
    [
      "a column the tables lack",
      savedModel({ blocking_rules_to_generate_predictions: ["l.nmae = r.nmae"] }),
      /does not fit the tables/,
    ],
    [
      "SQL that does not parse",
      savedModel({ blocking_rules_to_generate_predictions: ["l.name = = r.name"] }),
      /blocking rule 1 is no SQL: syntax error/,
    ],
    [
      "a function DuckDB lacks",
      savedModel({ blocking_rules_to_generate_predictions: ["dmetaphone(l.name) = r.name"] }),
      /blocking rule does not fit the tables: Scalar Function with name dmetaphone/,
    ],
    [
      "a frequency without an exact level",
      bad("name", [NAME[0], { ...NAME[2], tf_adjustment_column: "name" }, NAME[3]]),
      /no level compares name for equality/,
    ],
  ])("%s", async (_, text, message) => {
    const person = { unique_id: "1", source_dataset: "s", name: "Ann", town: null };
    await expect(pairsOf(text, [person])).rejects.toThrow(message);
  });
});

const published = join(import.meta.dirname, "../../../../shared/er");

// A fresh clone has no labelled sets; the bench `splink` holds models against Splink itself.
test.skipIf(!existsSync(published))(
  "a published model finds and weighs what Splink 5.0.0 does",
  async () => {
    await warehouse.run(
      `create or replace table records as select rec_id as unique_id, source as source_dataset, * exclude (rec_id, source) from read_parquet('${published}/splink_fake_1000/records.parquet')`,
    );
    const found = await pairsOfRecords(
      readFileSync(join(published, "splink_published/model_fake_1000.json"), "utf8"),
    );
    expect(found.length).toBe(2406);
    expect(found.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1068.6054048358747, 6);
  },
);
