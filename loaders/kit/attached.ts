import type { Client } from "pg";
import { EltError } from "../../engine/errors.ts";
import { quote, quotePath } from "../../engine/warehouse/quote.ts";
import { LOADS } from "./names.ts";

/** A view outside leadhouse that reads one of its tables: made again over the new table. */
export interface AttachedView {
  readonly name: string;
  readonly path: string;
  readonly definition: string;
}

/** The views that read these tables directly; a view on such a view follows by itself. */
export async function viewsOn(
  client: Client,
  schema: string,
  tables: readonly string[],
): Promise<AttachedView[]> {
  const { rows } = await client.query<{
    schema: string;
    name: string;
    options: string[] | null;
    body: string;
  }>(
    `
select distinct
    namespaces.nspname as schema,
    views.relname as name,
    views.reloptions as options,
    pg_get_viewdef(views.oid) as body

from pg_depend as dependencies
inner join pg_rewrite as rules on rules.oid = dependencies.objid
inner join pg_class as views on views.oid = rules.ev_class
inner join pg_namespace as namespaces on namespaces.oid = views.relnamespace
inner join pg_class as tables on tables.oid = dependencies.refobjid
inner join pg_namespace as homes on homes.oid = tables.relnamespace

where dependencies.classid = 'pg_rewrite'::regclass
    and dependencies.refclassid = 'pg_class'::regclass
    and homes.nspname = $1 and tables.relname = any ($2) and views.relkind = 'v'
order by schema, name`,
    [schema, tables],
  );
  return rows.map((row) => ({
    name: `${row.schema}.${row.name}`,
    path: quotePath(row.schema, row.name),
    definition:
      `create or replace view ${quotePath(row.schema, row.name)}` +
      `${row.options ? ` with (${row.options.join(", ")})` : ""} as ${row.body}`,
  }));
}

/** Refuses tables that carry what a new table could not take over without losing it. */
export async function refuseAttachments(
  client: Client,
  schema: string,
  tables: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ table: string; what: string }>(
    `
with tables as (

    select pg_class.oid, relname, relrowsecurity
    from pg_class
    inner join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = $1 and relname = any ($2)

),

attachments as (

    select distinct tables.relname, 'materialized view ' || views.oid::regclass as what
    from tables
    inner join pg_depend as d on d.refobjid = tables.oid and d.refclassid = 'pg_class'::regclass
    inner join pg_rewrite as r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    inner join pg_class as views on views.oid = r.ev_class
    where views.relkind = 'm'

    union all

    select tables.relname, 'foreign key ' || conname || ' of ' || conrelid::regclass
    from tables
    inner join pg_constraint on confrelid = tables.oid and contype = 'f' and conrelid <> tables.oid

    union all

    select tables.relname, 'trigger ' || tgname
    from tables
    inner join pg_trigger on tgrelid = tables.oid and not tgisinternal

    union all

    select relname, 'row level security'
    from tables
    where relrowsecurity

)

select relname as table, what
from attachments
order by relname, what`,
    [schema, tables],
  );
  if (rows.length === 0) return;
  throw new EltError(
    `${schema}.${rows[0]?.table} cannot be replaced: ${rows.map((row) => row.what).join(", ")} would be lost`,
    { hint: "put it on a view or a table of your own that reads this one, then run again" },
  );
}

/** Refuses names that are taken by something leadhouse did not write. */
export async function refuseStrangers(
  client: Client,
  schema: string,
  wanted: readonly string[],
  ours: ReadonlySet<string>,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `
select relname as name
from pg_class
inner join pg_namespace on pg_namespace.oid = relnamespace
where nspname = $1 and relname = any ($2) and relkind <> 'c'
order by relname`,
    [schema, wanted],
  );
  const stranger = rows.find((row) => !ours.has(row.name));
  if (!stranger) return;
  throw new EltError(
    `${schema}.${stranger.name} is there already, and leadhouse did not write it`,
    {
      hint: `move it away, or set another loaders.postgres.schema (what leadhouse wrote is listed in ${schema}.${LOADS})`,
    },
  );
}

/** Statements that give the new table the owner and the rights of the one it replaces. */
export async function rightsOf(
  client: Client,
  schema: string,
  table: string,
  path: string,
  columns: ReadonlySet<string>,
): Promise<string[]> {
  const values = [schema, table];
  const { rows: owners } = await client.query<{ owner: string }>(
    `
select pg_get_userbyid(relowner) as owner
from pg_class
inner join pg_namespace on pg_namespace.oid = relnamespace
where nspname = $1 and relname = $2 and pg_get_userbyid(relowner) <> current_user`,
    values,
  );
  const { rows: grants } = await client.query<{
    privilege: string;
    column: string | null;
    grantee: string | null;
    grantable: boolean;
  }>(
    `
with tables as (

    select pg_class.oid, relacl, relowner
    from pg_class
    inner join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = $1 and relname = $2

),

entries as (

    select relowner, null as attname, (aclexplode(relacl)).*
    from tables

    union all

    select relowner, attname, (aclexplode(attacl)).*
    from tables
    inner join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped

)

select
    privilege_type as privilege,
    attname as column,
    case when grantee <> 0 then pg_get_userbyid(grantee) end as grantee,
    is_grantable as grantable

from entries
where grantee <> relowner`,
    values,
  );
  const kept = grants.filter((grant) => grant.column === null || columns.has(grant.column));
  return [
    ...kept.map(
      ({ privilege, column, grantee, grantable }) =>
        `grant ${privilege}${column === null ? "" : ` (${quote(column)})`} on ${path} ` +
        `to ${grantee === null ? "public" : quote(grantee)}${grantable ? " with grant option" : ""}`,
    ),
    ...owners.map(({ owner }) => `alter table ${path} owner to ${quote(owner)}`),
  ];
}
