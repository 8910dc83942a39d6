import { join } from "node:path";
import { literal, quote } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { measureBlocks } from "../../matchers/kit/block.ts";
import { prepare } from "../../matchers/kit/prepare.ts";
import { persons } from "../../matchers/kit/shapes/persons.ts";
import type { Comparison, Level, MatcherSpec } from "../../matchers/kit/spec.ts";
import { Statements } from "../../matchers/kit/statements.ts";
import type { Input } from "./inputs.ts";

/** Prepared columns on which Splink trains m, one pass each, and pairs of them that make a pair all but sure. */
const PASSES = ["name_full", "birth_code", "postcode_code", "email_code", "person_id_code"];
const SURE = [["name_full", "birth_code"], ["person_id_code"], ["email_code", "name_given"]];

/**
 * Our persons in Splink's terms: the records as our matcher prepared them, with the key of every blocking rule (none where
 * its block is over the cap), and each level as one SQL condition. Training and clusters stay Splink's. What it cannot
 * say is left out: the frequency of one value among several, priors of sources, the second look inside groups.
 */
export async function expressed(
  input: Input,
  options: {
    readonly columns: Readonly<Record<string, string>>;
    readonly folder: string;
    readonly across: boolean;
  },
): Promise<{ readonly records: string; readonly job: Readonly<Record<string, unknown>> }> {
  const { columns, folder, across } = options;
  const spec = persons({ columns });
  const records = join(folder, "expressed.parquet");
  const warehouse = await Warehouse.open(":memory:", { settings: { threads: "2" } });
  try {
    await warehouse.run(`create table records as
select source_dataset || ':' || unique_id as record_id, source_dataset as source, *
from read_parquet(${literal(input.records)})`);
    const statements = new Statements(warehouse, "thing");
    const prepared = await prepare(statements, spec);
    const { caps } = await measureBlocks(statements, spec, prepared.records);
    const known = new Set((await warehouse.describe("from temp.rec")).map(({ name }) => name));
    const read = columnsRead(spec).filter((column) => known.has(column));
    const joins = spec.blocking.map((rule, index) => keyJoin(rule, index, caps[index] ?? 0));
    await warehouse.run(`copy (
select split_part(rec.record_id, ':', 2)::bigint as unique_id, rec.source as source_dataset,
  ${[...read.map((column) => `rec.${quote(column)}`), ...joins.map((_, index) => `k${index}.key as k${index}`)].join(", ")}
from temp.rec as rec
${joins.join("\n")}
order by unique_id
) to ${literal(records)}`);
    const filled = new Set<string>();
    for (const column of new Set([...PASSES, ...SURE.flat()])) {
      if (!known.has(column)) continue;
      const row = await warehouse.first(
        `select 1 as one from temp.rec where ${quote(column)} is not null limit 1`,
      );
      if (row) filled.add(column);
    }
    return { records, job: jobOf(spec, { filled, across }) };
  } finally {
    warehouse.close();
  }
}

function jobOf(
  spec: MatcherSpec,
  data: { readonly filled: ReadonlySet<string>; readonly across: boolean },
): Readonly<Record<string, unknown>> {
  const equal = (column: string) => `l.${quote(column)} = r.${quote(column)}`;
  return {
    settings: {
      link_type: data.across ? "link_only" : "dedupe_only",
      sql_dialect: "duckdb",
      retain_matching_columns: false,
      retain_intermediate_calculation_columns: false,
      blocking_rules_to_generate_predictions: spec.blocking.map((rule, index) => ({
        blocking_rule: equal(`k${index}`),
        sql_dialect: "duckdb",
        ...("each" in rule ? { arrays_to_explode: [`k${index}`] } : {}),
      })),
      comparisons: spec.comparisons.map((comparison) => comparisonOf(spec, comparison)),
    },
    deterministic: SURE.filter((parts) => parts.every((column) => data.filled.has(column))).map(
      (parts) => parts.map(equal).join(" and "),
    ),
    recall: 0.7,
    u_pairs: 1e6,
    em: PASSES.filter((column) => data.filled.has(column)).map(equal),
    threshold: 0.95,
  };
}

function comparisonOf(
  spec: MatcherSpec,
  comparison: Comparison,
): Readonly<Record<string, unknown>> {
  const inlined = inlining(spec);
  return {
    output_column_name: comparison.name,
    comparison_levels: [
      {
        sql_condition: `NOT coalesce(${inlined(comparison.known)}, false)`,
        label_for_charts: "unknown",
        is_null_level: true,
      },
      ...comparison.levels.map((level) => levelOf(comparison, level, inlined)),
    ],
  };
}

function levelOf(
  comparison: Comparison,
  level: Level,
  inlined: (sql: string) => string,
): Readonly<Record<string, unknown>> {
  const { label, when, rarity } = level;
  if (when === undefined) return { sql_condition: "ELSE", label_for_charts: label };
  const sql = inlined(when);
  const values = Object.entries(comparison.dictionaries ?? {}).filter(
    ([, { kind }]) => kind === "value",
  );
  const column = values.find(([name]) => sql.includes(`"${name}_l" = "${name}_r"`))?.[0];
  return {
    sql_condition: sql,
    label_for_charts: label,
    ...(rarity && column
      ? { tf_adjustment_column: column, disable_tf_exact_match_detection: true }
      : {}),
  };
}

/** Writes similarities, and those they are made of, out in full over `x_l` and `x_r`. */
function inlining(spec: MatcherSpec): (sql: string) => string {
  const known = new Map<string, string>();
  const inline = (sql: string) =>
    sql
      .replaceAll(
        /\b([lr])\.(?:"(\w+)"|(\w+))/g,
        (_, side, quoted, bare) => `"${quoted ?? bare}_${side}"`,
      )
      .replaceAll(/(?<!")\b\w+\b(?!")/g, (word) => {
        const meaning = known.get(word);
        return meaning === undefined ? word : `(${meaning})`;
      });
  const layers = Math.max(...spec.comparisons.map(({ similarities }) => similarities.length));
  for (let layer = 0; layer < layers; layer += 1) {
    const found = spec.comparisons.flatMap(({ similarities }) =>
      Object.entries(similarities[layer] ?? {}).map(([name, sql]) => [name, inline(sql)] as const),
    );
    for (const [name, sql] of found) known.set(name, sql);
  }
  return inline;
}

function columnsRead(spec: MatcherSpec): string[] {
  const text = spec.comparisons
    .flatMap(({ similarities, known }) => [
      known,
      ...similarities.flatMap((layer) => Object.values(layer)),
    ])
    .join("\n");
  const read = [...text.matchAll(/\b[lr]\.(?:"(\w+)"|(\w+))/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? "",
  );
  return [...new Set([...read, ...PASSES, ...SURE.flat()])].sort();
}

function keyJoin(rule: MatcherSpec["blocking"][number], index: number, cap: number): string {
  if ("metres" in rule) throw new Error(`${rule.name}: Splink has no rule for distances`);
  const held = `select id, key from temp.${quote(`keys_${rule.name}`)} qualify count(*) over (partition by key) between 2 and ${cap}`;
  const keys =
    "each" in rule ? `select id, list(key order by key) as key from (${held}) group by id` : held;
  return `left join (${keys}) as k${index} on k${index}.id = rec.id`;
}
