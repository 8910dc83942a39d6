import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { compareSql } from "../../../matchers/kit/compare.ts";
import { prepare } from "../../../matchers/kit/prepare.ts";
import { type Comparison, levelAt, type MatcherSpec } from "../../../matchers/kit/spec.ts";
import { Statements } from "../../../matchers/kit/statements.ts";

export type Values = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

/** The label of the level two records reach in a comparison, on a real DuckDB; null where too little is known. */
export async function levelOf(
  comparisons: readonly Comparison[],
  name: string,
  columns: Readonly<Record<string, string>>,
  [left, right]: readonly [Values, Values],
  others: readonly Values[] = [],
): Promise<string | null> {
  const warehouse = await Warehouse.open(":memory:");
  try {
    await warehouse.run(
      `create table input (record_id varchar, source varchar, ${columnList(columns)})`,
    );
    const rows: [string, string, Values][] = [
      ["left:1", "left", left],
      ["right:1", "right", right],
      ...others.map((values, index): [string, string, Values] => [
        `other:${index}`,
        "other",
        values,
      ]),
    ];
    for (const [id, source, values] of rows) {
      const cells = Object.keys(columns).map((column) => sqlOf(values[column] ?? null));
      await warehouse.run(
        `insert into input values (${[sqlOf(id), sqlOf(source), ...cells].join(", ")})`,
      );
    }
    const spec: MatcherSpec = {
      input: "main.input",
      id: "record_id",
      source: "source",
      comparisons,
      blocking: [],
      training: { passes: [] },
      constraints: [],
    };
    await prepare(new Statements(warehouse, "test"), spec);
    const row = await warehouse.first(
      compareSql(
        spec,
        `(select l.id as a, r.id as b from temp.rec as l, temp.rec as r where l.record_id = 'left:1' and r.record_id = 'right:1')`,
      ),
    );
    const gamma = Number(row?.[`gamma_${name}`]);
    const comparison = comparisons.find((one) => one.name === name);
    if (!comparison) throw new Error(`no comparison ${name}`);
    return gamma < 0 ? null : (levelAt(comparison, gamma)?.label ?? null);
  } finally {
    warehouse.close();
  }
}

function columnList(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(", ");
}

function sqlOf(value: Values[string]): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number")
    return Number.isFinite(value) ? String(value) : `'${value}'::double`;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return `[${value.map((item) => sqlOf(item)).join(", ")}]::varchar[]`;
}
