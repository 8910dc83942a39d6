import { readFileSync } from "node:fs";
import { EltError } from "../errors.ts";
import { literal, quote } from "../warehouse/quote.ts";
import type { Column, Warehouse } from "../warehouse/warehouse.ts";
import { isMap } from "./config-tree.ts";
import { csvHeader } from "./csv.ts";
import type { SeedNode } from "./nodes.ts";

const NUMBER = "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$";
const WHOLE = "^[+-]?[0-9]+(\\.0*)?$";
/** What dbt takes for a number and no database does. */
const DECORATED = "^[+-]?[$€£]?[0-9][0-9,]*(\\.[0-9]+)?%?$";
const DATE = "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$";
const TIMESTAMP =
  "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$";
const MAX_INTEGER = 2_147_483_647;

/** How a seed's file is read: everything as text, so that types are decided here. */
function readSeed(seed: SeedNode): string {
  return `read_csv(${literal(seed.absolute)}, header = true, all_varchar = true, auto_detect = false, delim = ${literal(delimiter(seed))}, columns = {COLUMNS}, nullstr = '')`;
}

export function delimiter(seed: SeedNode): string {
  return String(seed.config.delimiter ?? ",");
}

/** The columns of a seed: types from its config, else the first that fits all rows, as dbt infers them. */
export async function seedColumns(warehouse: Warehouse, seed: SeedNode): Promise<Column[]> {
  const names = headerOf(seed);
  const given = isMap(seed.config.column_types) ? seed.config.column_types : {};
  const types = new Map(
    Object.entries(given).map(([name, type]) => [name.toLowerCase(), String(type)]),
  );
  const open = names.filter((name) => !types.has(name.toLowerCase()));
  for (const name of types.keys()) {
    if (names.some((each) => each.toLowerCase() === name)) continue;
    throw new EltError(`column_types names "${name}", which ${seed.path} does not have`, {
      file: seed.path,
      line: 1,
      hint: `use one of its columns: ${names.join(", ")}`,
    });
  }
  const inferred = await infer(warehouse, seed, names, open);
  return names.map((name) => ({
    name,
    type: types.get(name.toLowerCase()) ?? inferred.get(name) ?? "text",
  }));
}

function headerOf(seed: SeedNode): string[] {
  const names = csvHeader(readFileSync(seed.absolute, "utf8"), delimiter(seed));
  if (names.length === 0 || names.includes("")) {
    throw new EltError("the first line of a seed names its columns; one is missing", {
      file: seed.path,
      line: 1,
    });
  }
  return names;
}

async function infer(
  warehouse: Warehouse,
  seed: SeedNode,
  names: readonly string[],
  wanted: readonly string[],
): Promise<Map<string, string>> {
  if (wanted.length === 0) return new Map();
  const columns = `{${names.map((name) => `${literal(name)}: 'VARCHAR'`).join(", ")}}`;
  const tests = wanted.flatMap((name, index) => {
    const value = quote(name);
    const filled = `${value} is not null and lower(trim(${value})) not in ('', 'null')`;
    const all = (pattern: string) =>
      `coalesce(bool_and(regexp_full_match(trim(${value}), ${literal(pattern)})) filter (${filled}), true)`;
    return [
      `count(*) filter (${filled}) as filled_${index}`,
      `${all(NUMBER)} as number_${index}`,
      `${all(WHOLE)} as whole_${index}`,
      `${all(DECORATED)} as decorated_${index}`,
      `${all(DATE)} as date_${index}`,
      `${all(TIMESTAMP)} as timestamp_${index}`,
      `coalesce(bool_and(lower(trim(${value})) in ('true', 'false')) filter (${filled}), true) as boolean_${index}`,
      `max(abs(try_cast(trim(${value}) as double))) as largest_${index}`,
    ];
  });
  const row = await warehouse.first(
    `select ${tests.join(", ")} from ${readSeed(seed).replace("{COLUMNS}", columns)}`,
  );
  const answer = (test: string, index: number): unknown => row?.[`${test}_${index}`];
  const need = (name: string, why: string): never => {
    throw new EltError(`column "${name}" of seed "${seed.name}" ${why}`, {
      file: seed.path,
      line: 1,
      hint: `give this column a type under column_types of the seed`,
    });
  };
  return new Map(
    wanted.map((name, index) => {
      if (Number(answer("filled", index)) === 0) return [name, "integer"];
      if (answer("whole", index)) {
        if (Number(answer("largest", index)) > MAX_INTEGER)
          need(name, "has whole numbers beyond INTEGER");
        return [name, "integer"];
      }
      if (answer("number", index)) return [name, "double"];
      if (answer("decorated", index))
        need(name, "has numbers written with $, % or thousands separators");
      if (answer("date", index)) return [name, "date"];
      if (answer("timestamp", index)) return [name, "timestamp"];
      return [name, answer("boolean", index) ? "boolean" : "text"];
    }),
  );
}
