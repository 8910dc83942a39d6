import { EltError, EltErrors } from "../../../engine/errors.ts";
import { suggest } from "../../../engine/suggest.ts";
import { quote } from "../../../engine/warehouse/quote.ts";
import type { Column, Warehouse } from "../../../engine/warehouse/warehouse.ts";
import type { SplinkLevel, SplinkModel } from "./model.ts";
import { type Condition, parseCondition } from "./parse.ts";
import type { Input, Needs } from "./statements.ts";

/** The columns a model reads, looked up among those of the tables; throws every one that is missing. */
export async function needsOf(
  warehouse: Warehouse,
  model: SplinkModel,
  columns: readonly Column[],
): Promise<Needs> {
  const known = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
  const wanted = new Map<string, string>();
  const want = (name: string, reader: string) => {
    if (!wanted.has(name.toLowerCase())) wanted.set(name.toLowerCase(), reader);
  };
  const averageU = new Map<SplinkLevel, number>();
  const frequencies = new Map<string, string | undefined>();
  for (const { name, levels } of model.comparisons) {
    const conditions = new Map<SplinkLevel, Condition>();
    for (const level of levels) {
      if (level.sql === undefined) continue;
      const named = `level "${level.label}" of ${name}`;
      const condition = await parseCondition(warehouse, level.sql, named);
      conditions.set(level, condition);
      for (const [column = ""] of condition.columns) want(column.replace(/_[lr]$/i, ""), name);
    }
    for (const level of levels) {
      if (!level.frequency) continue;
      const { column, own } = level.frequency;
      want(column, name);
      frequencies.set(column, known.get(`tf_${column}`.toLowerCase()));
      const exact = levels.find(
        (one) => conditions.get(one)?.exactly === column.toLowerCase() && one.gamma >= 0,
      );
      if (!own && !exact) {
        throw new EltError(
          `${name} weighs the frequency of ${column}, but no level compares ${column} for equality`,
          { hint: "Splink cannot score such a model either", exitCode: 2 },
        );
      }
      averageU.set(level, own || !exact ? level.u : exact.u);
    }
  }
  for (const [index, { sql, explode }] of model.blocking.entries()) {
    const named = `blocking rule ${index + 1}`;
    for (const path of (await parseCondition(warehouse, sql, named)).columns) {
      want(path[1] ?? path[0] ?? "", named);
    }
    for (const column of explode) want(column, named);
  }
  const missing = [...wanted].filter(([column]) => !known.has(column));
  if (missing.length > 0) {
    throw new EltErrors(
      "the model does not fit the tables",
      missing.map(
        ([column, reader]) =>
          new EltError(`no column "${column}", read by ${reader}${suggest(column, known.keys())}`),
      ),
    );
  }
  const found = [...wanted.keys()].map((column) => known.get(column) ?? column);
  return { columns: found, frequencies, averageU };
}

/** How the staged table names a record, and how Splink would order such names. */
export async function inputOf(warehouse: Warehouse, model: SplinkModel): Promise<Input> {
  const [id, source] = [quote(model.idColumn), quote(model.sourceColumn)];
  const row = await warehouse.first<{ sources: number; numeric: boolean }>(
    `select
  count(distinct ${source})::integer as sources,
  coalesce(bool_and(coalesce(try_cast(${id} as hugeint)::varchar = ${id}, false)), false) as "numeric"
from records`,
  );
  return {
    id: model.idColumn,
    source: model.sourceColumn,
    sources: row?.sources ?? 0,
    numericIds: row?.numeric ?? false,
  };
}
