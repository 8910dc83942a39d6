import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { EltError } from "../../engine/errors.ts";
import type { RunContext } from "../../engine/step.ts";
import { quote, quotePath } from "../../engine/warehouse/quote.ts";
import { refuseStrangers } from "./attached.ts";
import { blockQuery, copyTable } from "./copy.ts";
import { commentsOn, type Manifest, receivedRow, type TableManifest } from "./manifest.ts";
import { indexName, keyName, LOADS, STAGING, stagingPath } from "./names.ts";
import { dropRetired, existing, swapTables } from "./swap.ts";
import { connect, explain, isPassing, type Target } from "./target.ts";

const CONNECTION_TRIES = 3;
const LOCK_TRIES = 40;

export interface Publication {
  /** Names of the tables that were replaced; empty when everything was there already. */
  readonly replaced: readonly string[];
  readonly rows: number;
}

/** Makes a schema in Postgres equal to a manifest: stage, verify, swap. The same content again writes nothing. */
export async function publish(
  context: RunContext,
  target: Target,
  options: { readonly from: string; readonly to: string; readonly manifest: Manifest },
): Promise<Publication> {
  for (let attempt = 1; ; attempt += 1) {
    let client: Client | undefined;
    try {
      client = await connect(target);
      return await publishOn(client, context, options);
    } catch (error) {
      if (context.signal.aborted) {
        throw new EltError("stopped; what was published before stays", { cause: error });
      }
      // After a commit whose answer was lost, the next attempt finds the load record and is done.
      if (isPassing(error) && attempt < CONNECTION_TRIES) {
        context.log("postgres.retry", { attempt });
        await sleep(500 * attempt);
        continue;
      }
      throw explain(error, target);
    } finally {
      await client?.end().catch(() => undefined);
    }
  }
}

async function publishOn(
  client: Client,
  context: RunContext,
  options: { readonly from: string; readonly to: string; readonly manifest: Manifest },
): Promise<Publication> {
  const { from, to: schema, manifest } = options;
  await lockTarget(client, schema);
  await openSchema(client, schema);
  await dropRetired(client, schema);
  await dropStaging(client, schema);
  const last = await lastLoad(client, schema);
  const names = manifest.tables.map((table) => table.name);
  await refuseStrangers(client, schema, names, new Set(last.keys()));
  const changed: TableManifest[] = [];
  for (const table of manifest.tables) {
    const same = last.get(table.name) === table.content && (await stands(client, schema, table));
    if (!same) changed.push(table);
  }
  const gone = [...last.keys()].filter((name) => !names.includes(name));
  if (changed.length === 0 && gone.length === 0) return { replaced: [], rows: 0 };

  let rows = 0;
  for (const table of changed) {
    context.compiled(
      `postgres/${table.name}`,
      blockQuery(quotePath(from, table.name), table.columns),
    );
    await stage(client, context, from, schema, table);
    rows += Number(table.rows);
  }
  await swapTables(client, {
    schema,
    tables: changed,
    gone,
    signal: context.signal,
    record: (transaction) => record(transaction, context, schema, manifest),
  });
  return { replaced: changed.map((table) => table.name), rows };
}

/** One load into a schema at a time, wherever it was started. The lock ends with its session, so none is left behind. */
async function lockTarget(client: Client, schema: string): Promise<void> {
  for (let attempt = 1; attempt <= LOCK_TRIES; attempt += 1) {
    const { rows } = await client.query<{ locked: boolean }>(
      "select pg_try_advisory_lock(hashtextextended($1, 0)) as locked",
      [`leadhouse:${schema}`],
    );
    if (rows[0]?.locked) return;
    await sleep(250);
  }
  throw new EltError(`another load into schema ${schema} is running`, {
    hint: "wait until it has ended, then run again",
  });
}

async function openSchema(client: Client, schema: string): Promise<void> {
  // "if not exists" asks for the right to create even where nothing is to be created.
  const { rowCount } = await client.query("select 1 from pg_namespace where nspname = $1", [
    schema,
  ]);
  if (rowCount === 0) await client.query(`create schema ${quote(schema)}`);
  if ((await existing(client, schema, [LOADS])).length > 0) return;
  const path = quotePath(schema, LOADS);
  await client.query(`
create table ${path} (
    generation bigint not null,
    table_name text not null,
    load_id text not null,
    content text not null,
    row_count bigint not null,
    checksum text not null,
    run_id text not null,
    loaded_at timestamp with time zone not null,
    primary key (generation, table_name)
);
comment on table ${path} is 'What leadhouse has loaded into this schema. One row per table and load.';
comment on column ${path}.generation is 'Number of the load, rising; the highest one is what the tables hold.';
comment on column ${path}.load_id is 'Hash of the content of all tables of the load.';
comment on column ${path}.content is 'Hash of the table: rows, columns, descriptions, key, indexes.';
comment on column ${path}.checksum is 'Sum over the rows of a part of their hash, equal in DuckDB and Postgres.'`);
}

async function dropStaging(client: Client, schema: string): Promise<void> {
  for (const name of await existing(client, schema, undefined, STAGING)) {
    await client.query(`drop table ${quotePath(schema, name)}`);
  }
}

async function lastLoad(client: Client, schema: string): Promise<Map<string, string>> {
  const path = quotePath(schema, LOADS);
  const { rows } = await client.query<{ table_name: string; content: string }>(
    `select table_name, content from ${path} where generation = (select max(generation) from ${path})`,
  );
  return new Map(rows.map((row) => [row.table_name, row.content]));
}

/** Whether the loaded table is still there with all its rows: someone may have emptied or dropped it. */
async function stands(client: Client, schema: string, table: TableManifest): Promise<boolean> {
  if ((await existing(client, schema, [table.name])).length === 0) return false;
  const { rows } = await client.query<{ rows: string }>(
    `select count(*)::text as rows from ${quotePath(schema, table.name)}`,
  );
  return rows[0]?.rows === `${table.rows}`;
}

/** Fills a table beside the published one, with key, indexes and comments, and checks what arrived. */
async function stage(
  client: Client,
  context: RunContext,
  from: string,
  schema: string,
  table: TableManifest,
): Promise<void> {
  const path = stagingPath(schema, table.name);
  const columns = table.columns.map((column) => `    ${quote(column.name)} ${column.type}`);
  await client.query("begin");
  await client.query(`create table ${path} (\n${columns.join(",\n")}\n)`);
  await copyTable(context.warehouse, client, {
    from: [from, table.name],
    to: path,
    columns: table.columns,
    signal: context.signal,
    sent: (done) =>
      context.progress({ done, total: Number(table.rows), unit: "rows", note: table.name }),
  });
  await client.query("commit");
  await verify(client, path, schema, table);
  const staged = (name: string) => stagingPath(schema, name).slice(`${quote(schema)}.`.length);
  const list = (names: readonly string[]) => names.map(quote).join(", ");
  const statements = table.indexes.map(
    (index) => `create index ${staged(indexName(table.name, index))} on ${path} (${list(index)})`,
  );
  if (table.key.length > 0) {
    statements.push(
      `alter table ${path} add constraint ${staged(keyName(table.name))} primary key (${list(table.key)})`,
    );
  }
  await client.query([...statements, ...commentsOn(path, table), `analyze ${path}`].join(";\n"));
}

async function verify(
  client: Client,
  path: string,
  schema: string,
  table: TableManifest,
): Promise<void> {
  const { rows } = await client.query<{ rows: string; checksum: string }>(`
select
    count(*)::text as rows,
    coalesce(sum(('x' || substr(md5(${receivedRow(table.columns)}), 1, 15))::bit(60)::bigint), 0)::text as checksum

from ${path}`);
  const [found] = rows;
  if (found?.rows === `${table.rows}` && found.checksum === table.checksum) return;
  const difference =
    found?.rows === `${table.rows}`
      ? "the rows differ"
      : `${found?.rows} of ${table.rows} rows arrived`;
  throw new EltError(`${schema}.${table.name} did not arrive as it was sent: ${difference}`, {
    hint: "run again; what readers see was not touched",
  });
}

async function record(
  client: Client,
  context: RunContext,
  schema: string,
  manifest: Manifest,
): Promise<void> {
  const path = quotePath(schema, LOADS);
  const { tables } = manifest;
  await client.query(
    `
insert into ${path} (generation, table_name, load_id, content, row_count, checksum, run_id, loaded_at)
select last.generation + 1, loaded.table_name, $1, loaded.content, loaded.row_count, loaded.checksum, $2, $3
from (select coalesce(max(generation), 0) as generation from ${path}) as last
cross join unnest($4::text[], $5::text[], $6::bigint[], $7::text[])
    as loaded (table_name, content, row_count, checksum)`,
    [
      manifest.id,
      context.runId,
      context.startedAt,
      tables.map((table) => table.name),
      tables.map((table) => table.content),
      tables.map((table) => `${table.rows}`),
      tables.map((table) => table.checksum),
    ],
  );
}
