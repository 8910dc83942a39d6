import { EltError } from "../../engine/errors.ts";
import { quote } from "../../engine/warehouse/quote.ts";
import {
  dictionariesOf,
  type FrozenTerms,
  prepareRecords,
  rawStatement,
  refuseBadIds,
} from "./prepare.ts";
import type { MatcherSpec } from "./spec.ts";
import { contentSql, stateTable } from "./state.ts";
import type { Statements } from "./statements.ts";

export interface Changes {
  readonly records: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

type Counts = Record<keyof Changes | "before", number>;

/** Makes `temp.changed`: record_id, old_id, present, content of every record that is new, other or gone since last night. */
export async function findChanges(
  statements: Statements,
  spec: MatcherSpec,
  entity: string,
): Promise<Changes> {
  await statements.run({
    name: "contents",
    sql: `create or replace temp table contents as\n${await contentSql(statements.warehouse, spec)}`,
  });
  await statements.run({
    name: "changed",
    sql: `create or replace temp table changed as
select
  coalesce(contents.record_id, records.record_id) as record_id,
  records.id as old_id,
  contents.content is not null as present,
  contents.content
from temp.contents as contents
full join ${stateTable(entity, "records")} as records on records.record_id = contents.record_id
where contents.content is distinct from records.content`,
  });
  const [row] = await statements.rows<Counts>({
    name: "changes",
    sql: `select
  (select count(*)::integer from temp.contents) as records,
  (select count(*)::integer from ${stateTable(entity, "records")}) as before,
  (count(*) filter (where present and old_id is null))::integer as inserted,
  (count(*) filter (where present and old_id is not null))::integer as updated,
  (count(*) filter (where not present))::integer as deleted
from temp.changed`,
  });
  if (!row) throw new EltError("the changes cannot be counted");
  const { before, ...changes } = row;
  // An id that repeats, or is missing, makes more rows than records.
  if (before + row.inserted - row.deleted !== row.records || (await hasNoId(statements))) {
    await refuseBadIds(statements, "temp.contents");
  }
  return changes;
}

async function hasNoId(statements: Statements): Promise<boolean> {
  const row = await statements.warehouse.first(
    "select 1 as one from temp.changed where record_id is null limit 1",
  );
  return row !== undefined;
}

/**
 * Prepares the changed records and puts them into the state in the place of what they were. Makes `temp.rec` of them alone, and
 * `temp.fresh` (id) and `temp.gone` (id) of their new and old ids in the state. Answers what ids start from tonight.
 */
export async function prepareChanges(
  statements: Statements,
  spec: MatcherSpec,
  options: { readonly entity: string; readonly population: FrozenTerms["population"] },
): Promise<number> {
  const { entity, population } = options;
  const table = (name: string) => stateTable(entity, name);
  const [row] = await statements.rows<{ base: number }>({
    name: "first_id",
    sql: `select coalesce(max(id) + 1, 0)::integer as base from ${table("records")}`,
  });
  const base = row?.base ?? 0;
  await statements.runAll([
    rawStatement(spec, `${quote(spec.id)} in (select record_id from temp.changed where present)`),
    {
      name: "source_codes",
      sql: `create or replace temp table source_codes as
select source, source_code from ${table("sources")}
union all
select
  source,
  ((select count(*) from ${table("sources")}) + row_number() over (order by source) - 1)::integer as source_code
from (select distinct source from temp.raw)
anti join ${table("sources")} using (source)`,
    },
  ]);
  await prepareRecords(statements, spec, {
    counted: (name) => table(`dictionary_${name}`),
    highest: (name) => `select coalesce(max(code), 0) from ${table(`dictionary_${name}`)}`,
    population,
  });
  await statements.runAll([
    {
      name: "gone",
      sql: "create or replace temp table gone as select old_id as id from temp.changed where old_id is not null",
    },
    {
      name: "fresh",
      sql: `create or replace temp table fresh as select id + ${base} as id from temp.rec`,
    },
    ...[...dictionariesOf(spec).keys()].map((name) => ({
      name: `state_dictionary_${name}`,
      sql: `insert into ${table(`dictionary_${name}`)}
select value, code, count, bits
from temp.${quote(`dictionary_${name}`)}
where code > (select coalesce(max(code), 0) from ${table(`dictionary_${name}`)})
order by code`,
    })),
    {
      name: "state_sources",
      sql: `create or replace table ${table("sources")} as select * from temp.source_codes order by source_code`,
    },
    ...["rec", "records"].map((name) => ({
      name: `state_${name}_gone`,
      sql: `delete from ${table(name)} where id in (select id from temp.gone)`,
    })),
    {
      name: "state_rec",
      sql: `insert into ${table("rec")} by name
select * replace ((id + ${base})::integer as id) from temp.rec order by id`,
    },
    {
      name: "state_records",
      sql: `insert into ${table("records")} by name
select (rec.id + ${base})::integer as id, record_id, changed.content
from temp.rec as rec
join temp.changed as changed using (record_id)
order by rec.id`,
    },
  ]);
  return base;
}
