import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import pg from "pg";
import { quotePath } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";

const RUN_ID = /\d{4}-\d\d-\d\dT[\d-]+Z(-\d+)?/g;

/**
 * Everything a reader can see of a data folder, as fingerprints: each mart, each Postgres table, each
 * workbook. Times of day are left out: two runs do not happen at one instant.
 */
export async function publishedState(
  data: string,
  postgresUrl?: string,
): Promise<Record<string, string>> {
  return {
    ...(await martHashes(data)),
    ...(postgresUrl ? await postgresHashes(postgresUrl) : {}),
    ...(await workbookHashes(data)),
  };
}

async function martHashes(data: string): Promise<Record<string, string>> {
  const warehouse = await Warehouse.open(join(data, "warehouse.duckdb"), { readOnly: true });
  try {
    const tables = await warehouse.rows<{ schema: string; name: string; columns: string[] }>(
      `select schema_name as schema, table_name as name,
         list(column_name order by column_index) filter (not starts_with(data_type, 'TIMESTAMP')) as columns
       from duckdb_columns()
       where schema_name in ('marts', 'match') and not regexp_matches(table_name, '_(log|identity)$')
       group by all order by all`,
    );
    const hashes: Record<string, string> = {};
    for (const { schema, name, columns } of tables) {
      const rows = await warehouse.first<{ sum: string; n: bigint }>(
        `select coalesce(sum(hash(${columns.map((c) => `"${c}"`).join(", ")}))::varchar, '') as sum, count(*) as n
         from ${quotePath(schema, name)}`,
      );
      hashes[`duckdb ${schema}.${name}`] = `${rows?.n} rows ${rows?.sum}`;
    }
    return hashes;
  } finally {
    warehouse.close();
  }
}

async function postgresHashes(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ table_name: string; columns: string }>(
      `select table_name, string_agg(format('%I::text', column_name), ', ' order by ordinal_position)
         filter (where data_type not like 'timestamp%') as columns
       from information_schema.columns
       where table_schema = 'leadhouse' and table_name not like '%loads'
       group by 1 order by 1`,
    );
    const hashes: Record<string, string> = {};
    for (const { table_name, columns } of rows) {
      const answer = await client.query<{ sum: string }>(
        `select count(*) || ' rows ' || coalesce(sum(hashtextextended(concat_ws('|', ${columns}), 0)), 0) as sum
         from leadhouse."${table_name}"`,
      );
      hashes[`postgres ${table_name}`] = answer.rows[0]?.sum ?? "";
    }
    return hashes;
  } finally {
    await client.end();
  }
}

/** Every cell of every workbook; the id of the run that wrote it is left out. */
async function workbookHashes(data: string): Promise<Record<string, string>> {
  const { default: excel } = await import("exceljs");
  const folder = join(data, "exports");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".xlsx"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hashes: Record<string, string> = {};
  for (const file of files) {
    const workbook = new excel.Workbook();
    await workbook.xlsx.readFile(file);
    const sum = createHash("sha256");
    for (const sheet of workbook.worksheets) {
      const text = JSON.stringify([sheet.name, sheet.getSheetValues()]);
      sum.update(text.replaceAll(RUN_ID, "run"));
    }
    hashes[`workbook ${relative(folder, file)}`] = sum.digest("hex");
  }
  return hashes;
}
