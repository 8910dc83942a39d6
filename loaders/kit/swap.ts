import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { EltError, messageOf } from "../../engine/errors.ts";
import { quote, quotePath } from "../../engine/warehouse/quote.ts";
import { type AttachedView, refuseAttachments, rightsOf, viewsOn } from "./attached.ts";
import type { TableManifest } from "./manifest.ts";
import { indexName, keyName, RETIRED, shortName, stagingPath } from "./names.ts";
import { codeOf } from "./target.ts";

/** While the swap waits for a lock, new readers wait behind it: so it waits briefly, and often. */
const LOCK_TIMEOUT_MS = 400;
const LOCK_TRIES = 60;

export interface Swap {
  readonly schema: string;
  /** Tables whose staging is full and checked. */
  readonly tables: readonly TableManifest[];
  /** Tables of an earlier load that the warehouse no longer has. */
  readonly gone: readonly string[];
  /** Runs inside the same transaction: the load record. */
  readonly record: (client: Client) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Puts all staged tables in their places at one instant. Readers find all of the old or all of the new. */
export async function swapTables(client: Client, swap: Swap): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query("begin");
      await swapOnce(client, swap);
      await client.query("commit");
      break;
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      const code = codeOf(error);
      // 55P03 lock not available, 40P01 deadlock, XX000 "tuple concurrently updated".
      if (!["55P03", "40P01", "XX000"].includes(code) || swap.signal?.aborted) throw error;
      if (attempt >= LOCK_TRIES) throw await lockedBy(client, swap, error);
      await sleep(Math.min(50 * attempt, 1000));
    }
  }
  await dropRetired(client, swap.schema);
}

async function swapOnce(client: Client, swap: Swap): Promise<void> {
  const { schema } = swap;
  await client.query(`set local lock_timeout = '${LOCK_TIMEOUT_MS}ms'`);
  const leaving = [...swap.tables.map((table) => table.name), ...swap.gone];
  const standing = await existing(client, schema, leaving);
  await refuseAttachments(client, schema, standing);
  const views = await viewsOn(client, schema, standing);
  refuseLostViews(schema, swap.gone, await viewsOn(client, schema, swap.gone));
  // Views first, as their readers lock them: the other way round, each would wait for the other.
  const locks = [
    ...views.map((view) => view.path),
    ...standing.map((name) => quotePath(schema, name)),
  ];
  if (locks.length > 0) {
    await client.query(`lock table ${locks.join(", ")} in access exclusive mode`);
  }
  for (const name of standing) await retire(client, schema, name);
  for (const table of swap.tables) {
    const rights = standing.includes(table.name)
      ? await rightsOf(
          client,
          schema,
          shortName(`${RETIRED}${table.name}`),
          quotePath(schema, table.name),
          new Set(table.columns.map((column) => column.name)),
        )
      : [];
    await run(client, [...takePlace(schema, table), ...rights]);
  }
  for (const view of views) await repoint(client, view);
  await swap.record(client);
}

/** Renames a table and its indexes out of the way. */
async function retire(client: Client, schema: string, name: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `
select indexes.relname as name
from pg_index
inner join pg_class as tables on tables.oid = indrelid
inner join pg_class as indexes on indexes.oid = indexrelid
inner join pg_namespace on pg_namespace.oid = tables.relnamespace
where nspname = $1 and tables.relname = $2`,
    [schema, name],
  );
  await run(client, [
    ...rows.map(
      (index) =>
        `alter index ${quotePath(schema, index.name)} rename to ${quote(shortName(`${RETIRED}${index.name}`))}`,
    ),
    `alter table ${quotePath(schema, name)} rename to ${quote(shortName(`${RETIRED}${name}`))}`,
  ]);
}

function takePlace(schema: string, table: TableManifest): string[] {
  const staged = (name: string) => stagingPath(schema, name);
  const statements = table.indexes.map((columns) => {
    const name = indexName(table.name, columns);
    return `alter index ${staged(name)} rename to ${quote(name)}`;
  });
  if (table.key.length > 0) {
    const name = keyName(table.name);
    statements.push(`alter index ${staged(name)} rename to ${quote(name)}`);
  }
  return [...statements, `alter table ${staged(table.name)} rename to ${quote(table.name)}`];
}

/** The view keeps its identity, owner and rights; only the table under it changes. */
async function repoint(client: Client, view: AttachedView): Promise<void> {
  try {
    await client.query(view.definition);
  } catch (cause) {
    if (["55P03", "40P01"].includes(codeOf(cause))) throw cause;
    throw new EltError(`view ${view.name} does not fit the new tables: ${messageOf(cause)}`, {
      cause,
      hint: `drop view ${view.name}, run again, then create it anew; until then the last load stays`,
    });
  }
}

function refuseLostViews(schema: string, gone: readonly string[], views: readonly AttachedView[]) {
  const [view] = views;
  if (!view) return;
  throw new EltError(
    `view ${view.name} reads a table that left the warehouse: ${gone.join(", ")}`,
    {
      hint: `drop view ${view.name}, then run again; until then ${schema} keeps the last load`,
    },
  );
}

/** Drops what earlier swaps moved away. A table someone still holds waits for the next run. */
export async function dropRetired(client: Client, schema: string): Promise<void> {
  for (const name of await existing(client, schema, undefined, RETIRED)) {
    try {
      await client.query("begin");
      await client.query(`set local lock_timeout = '${LOCK_TIMEOUT_MS}ms'`);
      await client.query(`drop table ${quotePath(schema, name)}`);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      if (codeOf(error) !== "55P03") throw error;
    }
  }
}

/** The ordinary tables of a schema, by name or by prefix. */
export async function existing(
  client: Client,
  schema: string,
  names: readonly string[] | undefined,
  prefix = "",
): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `
select relname as name
from pg_class
inner join pg_namespace on pg_namespace.oid = relnamespace
where nspname = $1 and relkind in ('r', 'p') and starts_with(relname, $2)
    and ($3::text[] is null or relname = any ($3))
order by relname`,
    [schema, prefix, names ?? null],
  );
  return rows.map((row) => row.name);
}

async function lockedBy(client: Client, swap: Swap, cause: unknown): Promise<EltError> {
  const { rows } = await client
    .query<{ table: string; pid: number; who: string }>(
      `
select relname as table, pg_locks.pid, coalesce(nullif(application_name, ''), usename) as who
from pg_locks
inner join pg_class on pg_class.oid = relation
inner join pg_namespace on pg_namespace.oid = relnamespace
inner join pg_stat_activity on pg_stat_activity.pid = pg_locks.pid
where nspname = $1 and relname = any ($2) and granted and pg_locks.pid <> pg_backend_pid()
order by relname, pg_locks.pid
limit 1`,
      [swap.schema, [...swap.tables.map((table) => table.name), ...swap.gone]],
    )
    .catch(() => ({ rows: [] }));
  const [holder] = rows;
  const table = holder?.table ?? swap.tables[0]?.name ?? "";
  return new EltError(
    `${swap.schema}.${table} stayed locked${holder ? ` by process ${holder.pid} (${holder.who})` : ""}; the last load stays published`,
    { cause, hint: "end that transaction (select pg_terminate_backend(…)), then run again" },
  );
}

async function run(client: Client, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await client.query(statements.join(";\n"));
}
