import { quote } from "../../engine/warehouse/quote.ts";
import type { Column, Warehouse } from "../../engine/warehouse/warehouse.ts";
import { type FrozenBlocks, keyColumns, keyedSql } from "./block.ts";
import type { Frozen } from "./frozen.ts";
import { currentVersion } from "./identity-store.ts";
import { dictionariesOf, type FrozenTerms } from "./prepare.ts";
import type { MatcherSpec } from "./spec.ts";
import type { Statement, Statements } from "./statements.ts";

/**
 * What a night leaves for the next, so that only what changed is matched again. A projection like all tables of the
 * warehouse: without it the next night is matched whole, to the same result.
 */
export function stateTable(entity: string, name: string): string {
  return `match_state.${quote(`${entity}_${name}`)}`;
}

/** SQL over the input: the id of each record and a hash of all that the spec looks at. */
export async function contentSql(warehouse: Warehouse, spec: MatcherSpec): Promise<string> {
  const input = spec.input.split(".").map(quote).join(".");
  const columns = lookedAt(spec, await warehouse.describe(`select * from ${input}`));
  return `select ${quote(spec.id)} as record_id, hash(${columns.join(", ")}) as content
from ${input}`;
}

/** Is there a state of last night, made by the same model, spec and code, and published with the memory on disk? */
export async function hasState(
  warehouse: Warehouse,
  options: { readonly entity: string; readonly key: string; readonly identityFolder: string },
): Promise<boolean> {
  const { entity, key, identityFolder } = options;
  const made = await onlyValue(warehouse, {
    schema: "match_state",
    table: `${entity}_made_by`,
    column: "key",
  });
  if (made === undefined || made !== key) return false;
  const memory = await currentVersion(identityFolder);
  return memory !== undefined && memory === (await publishedVersion(warehouse, entity));
}

/** The model of the last night, if the state is its. */
export async function keptModel(warehouse: Warehouse, entity: string): Promise<Frozen | undefined> {
  const text = await onlyValue(warehouse, {
    schema: "match_state",
    table: `${entity}_made_by`,
    column: "model",
  });
  return text === undefined ? undefined : (JSON.parse(text) as Frozen);
}

/** From now on the next night is matched whole, unless this one leaves a state of its own. */
export async function forgetState(warehouse: Warehouse, entity: string): Promise<void> {
  await warehouse.run(`drop table if exists ${stateTable(entity, "made_by")}`);
}

/** Version of the identity memory the tables were published with. */
export async function publishedVersion(
  warehouse: Warehouse,
  entity: string,
): Promise<string | undefined> {
  return await onlyValue(warehouse, {
    schema: "match",
    table: `${entity}_identity`,
    column: "version",
  });
}

/** The one value of a table of one row, when the table is there. */
async function onlyValue(
  warehouse: Warehouse,
  {
    schema,
    table,
    column,
  }: { readonly schema: string; readonly table: string; readonly column: string },
): Promise<string | undefined> {
  const known = await warehouse.first(
    "select 1 as one from information_schema.tables where table_schema = $1 and table_name = $2",
    [schema, table],
  );
  if (!known) return undefined;
  const row = await warehouse.first<{ value: string }>(
    `select ${quote(column)} as value from ${quote(schema)}.${quote(table)}`,
  );
  return row?.value;
}

/** Keeps the temporary tables of a whole night. `whole` names of each record all it hangs together with. */
export async function saveState(
  statements: Statements,
  spec: MatcherSpec,
  options: {
    readonly entity: string;
    readonly key: string;
    readonly frozen: Frozen;
    readonly whole: Int32Array;
    readonly terms: FrozenTerms & FrozenBlocks;
  },
): Promise<void> {
  const { entity, key, frozen, whole, terms } = options;
  const { warehouse } = statements;
  const table = (name: string) => stateTable(entity, name);
  const keep = (name: string, select: string): Statement => ({
    name: `state_${name}`,
    sql: `create or replace table ${table(name)} as\n${select}`,
  });
  await statements.run({ name: "state", sql: "create schema if not exists match_state" });
  await statements.runAll([
    keep("rec", "select * from temp.rec order by id"),
    keep(
      "records",
      `select rec.id, rec.record_id, contents.content
from temp.rec as rec
join (${await contentSql(warehouse, spec)}) as contents using (record_id)
order by rec.id`,
    ),
    keep("sources", "select * from temp.source_codes order by source_code"),
    keep("verdicts", `${judgedSql("temp.rec")}\norder by all`),
    ...[...dictionariesOf(spec).keys()].map((name) =>
      keep(
        `dictionary_${name}`,
        `select value, code, count, bits from ${terms.counted(name)}
union all
select value, code, count, bits
from temp.${quote(`dictionary_${name}`)}
where code > (${terms.highest(name)})
order by code`,
      ),
    ),
    ...spec.blocking.flatMap((rule) => {
      const columns = keyColumns(rule);
      const keys = table(`keys_${rule.name}`);
      return [
        keep(
          `keys_${rule.name}`,
          `select * from (${keyedSql(rule)})
anti join (${terms.generic(rule)}) using (${columns})
order by id`,
        ),
        keep(
          `generic_${rule.name}`,
          `select ${columns} from ${keys} group by all having count(*) > ${terms.cap(rule.name)}`,
        ),
      ];
    }),
    keep("component", "select 0::integer as id, 0::integer as component limit 0"),
  ]);
  await appendComponents(warehouse, { table: `${entity}_component`, schema: "match_state" }, whole);
  await statements.run(keep("made_by", "select ''::varchar as key, ''::varchar as model"));
  await warehouse.run(`update ${table("made_by")} set key = $1, model = $2`, [
    key,
    JSON.stringify(frozen),
  ]);
}

/** The verdicts of `temp.judged` by the records' own ids. */
export function judgedSql(records: string): string {
  return `select l.record_id as l, r.record_id as r, judged.decision
from temp.judged as judged
join ${records} as l on l.id = judged.a
join ${records} as r on r.id = judged.b`;
}

/** Appends to a table of record and component what hangs together; who is alone is in none. */
export async function appendComponents(
  warehouse: Warehouse,
  { table, schema = "main" }: { readonly table: string; readonly schema?: string },
  whole: Int32Array,
): Promise<void> {
  const size = new Int32Array(whole.length);
  for (const root of whole) size[root] = (size[root] ?? 0) + 1;
  const appender = await warehouse.appender(table, schema);
  for (const [record, root] of whole.entries()) {
    if ((size[root] ?? 0) < 2) continue;
    appender.appendInteger(record);
    appender.appendInteger(root);
    appender.endRow();
  }
  appender.closeSync();
}

/** Columns of the input that occur in the spec's SQL: one too many costs a comparison, one too few would lose a change. */
function lookedAt(spec: MatcherSpec, columns: readonly Column[]): string[] {
  const texts = [
    spec.source,
    ...[...spec.comparisons, ...spec.constraints].flatMap((part) =>
      Object.values(part.columns ?? {}),
    ),
    ...[...dictionariesOf(spec).values()].map(({ sql }) => sql),
  ].map((text) => text.toLowerCase());
  const all = texts.some((text) => /columns\s*\(|\*\s*(exclude|replace)/.test(text));
  return columns
    .filter(({ name }) => all || texts.some((text) => text.includes(name.toLowerCase())))
    .map(({ name }) => quote(name));
}
