import { Warehouse } from "../../../engine/warehouse/warehouse.ts";

/** Layers of parsed columns run on texts, on a real DuckDB: one row a text, null for what was not found. */
export async function parsed(
  layers: readonly Readonly<Record<string, string>>[],
  texts: readonly string[],
): Promise<Record<string, unknown>[]> {
  const warehouse = await Warehouse.open(":memory:");
  try {
    const values = texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");
    const from = layers.reduce((inner, layer) => {
      const columns = Object.entries(layer).map(([name, sql]) => `${sql} as ${name}`);
      return `(select *, ${columns.join(", ")} from ${inner})`;
    }, `(select unnest([${values}]) as text, unnest(range(${texts.length})) as position)`);
    return await warehouse.rows(`select * from ${from} order by position`);
  } finally {
    warehouse.close();
  }
}
