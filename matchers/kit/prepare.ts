import { EltError } from "../../engine/errors.ts";
import { quote } from "../../engine/warehouse/quote.ts";
import type { Dictionary, MatcherSpec } from "./spec.ts";
import type { Statement, Statements } from "./statements.ts";

export interface Prepared {
  readonly records: number;
  /** Names of the sources; a record's `source_code` is its place here. */
  readonly sources: readonly string[];
  readonly sourceSizes: readonly number[];
  /** Per comparison with a frequency. */
  readonly rarities: ReadonlyMap<string, Rarity>;
}

export interface Rarity {
  /** Records of the source that takes part with most. */
  readonly population: number;
  /**
   * Other holders to expect of a value that one record of a source holds. Good and Turing's estimate, 2 · N₂ / N₁
   * from the values held twice and once, is what a sample as large again would show; sources overlap, so a part.
   */
  readonly floor: number;
}

/** Records assumed beside those seen, so that a value is not called common for want of data. */
const OUTSIDE_RECORDS = 500;
/** Part of the entities that no source lists. */
const UNSEEN_SHARE = 0.1;

/** What a model version holds fast of values, so that a record weighs the same whatever else is listed tonight. */
export interface FrozenTerms {
  /** Relation of a dictionary's values as they were counted: value, code, count, bits. */
  readonly counted: (dictionary: string) => string;
  /** Records of the source that held most values of a dictionary. */
  readonly population: (dictionary: string) => number;
  /** Highest code given so far. */
  readonly highest: (dictionary: string) => string;
}

/**
 * Makes `temp.rec`: one row per record, dense ids in the order of record_id (never of the input), and every
 * value that blocking and comparing need, parsed once.
 */
export async function prepare(
  statements: Statements,
  spec: MatcherSpec,
  frozen?: FrozenTerms,
): Promise<Prepared> {
  await statements.run(rawStatement(spec));
  await refuseBadIds(statements);
  await statements.run({
    name: "source_codes",
    sql: `create or replace temp table source_codes as
select source, (row_number() over (order by source) - 1)::integer as source_code
from (select distinct source from temp.raw)`,
  });
  await prepareRecords(statements, spec, frozen);
  await statements.drop("raw");
  const sources = await statements.rows<{ source: string; n: number }>({
    name: "sources",
    sql: "select source, count(*)::integer as n from temp.rec group by source order by source",
  });
  return {
    records: sources.reduce((sum, row) => sum + row.n, 0),
    sources: sources.map((row) => row.source),
    sourceSizes: sources.map((row) => row.n),
    rarities: frozen ? new Map() : await countHolders(statements, spec),
  };
}

/** Codes and counts the values of `temp.raw`, by what is frozen or by itself, and makes `temp.rec` of them. */
export async function prepareRecords(
  statements: Statements,
  spec: MatcherSpec,
  frozen?: FrozenTerms,
): Promise<void> {
  const dictionaries = dictionariesOf(spec);
  for (const [name, dictionary] of dictionaries) {
    await statements.run(
      frozen
        ? frozenDictionaryStatement(name, dictionary, frozen)
        : dictionaryStatement(name, dictionary),
    );
    if (dictionary.kind !== "value") await statements.run(packedStatement(name, dictionary));
  }
  await statements.run(recStatement(spec, dictionaries));
  for (const name of dictionaries.keys()) await statements.drop(`packed_${name}`);
}

/** Prepared columns that are plain SQL over the input row, each name once. */
function columnsOf(spec: MatcherSpec): Map<string, string> {
  const columns = new Map<string, string>();
  for (const part of [...spec.comparisons, ...spec.constraints]) {
    for (const [name, sql] of Object.entries(part.columns ?? {})) columns.set(name, sql);
  }
  return columns;
}

/** The coded columns of a spec, each name once. */
export function dictionariesOf(spec: MatcherSpec): Map<string, Dictionary> {
  return new Map(spec.comparisons.flatMap((part) => Object.entries(part.dictionaries ?? {})));
}

/** The input with every prepared column that is plain SQL over its row; `only` a condition on the rows. */
export function rawStatement(spec: MatcherSpec, only?: string): Statement {
  const columns = [...columnsOf(spec)].map(([name, sql]) => `  ${sql} as ${quote(name)}`);
  const raw = [...dictionariesOf(spec)].map(([name, { sql }]) => `  ${sql} as ${quote(name)}`);
  return {
    name: "raw",
    sql: `create or replace temp table raw as
select
${[
  `  (row_number() over (order by ${quote(spec.id)}) - 1)::integer as id`,
  `  ${quote(spec.id)} as record_id`,
  `  coalesce(${quote(spec.source)}, '?') as source`,
  ...columns,
  ...raw,
].join(",\n")}
from ${inputSql(spec)}${only === undefined ? "" : `\nwhere ${only}`}
order by id`,
  };
}

function inputSql({ input, parsed = [] }: MatcherSpec): string {
  return parsed.reduce((from, layer) => {
    const columns = Object.entries(layer).map(([name, sql]) => `  ${sql} as ${quote(name)}`);
    return `(\nselect\n  *,\n${columns.join(",\n")}\nfrom ${from}\n) as parsed`;
  }, input.split(".").map(quote).join("."));
}

/** Throws on a record without an id, or an id that occurs twice. */
export async function refuseBadIds(statements: Statements, records = "temp.raw"): Promise<void> {
  const [bad] = await statements.rows<{ record_id: string | null; n: number }>({
    name: "repeated_ids",
    sql: `select record_id, count(*)::integer as n
from ${records}
group by record_id
having n > 1 or record_id is null
order by record_id nulls first
limit 1`,
  });
  if (!bad) return;
  throw new EltError(
    bad.record_id === null
      ? "a record has no record_id"
      : `record_id "${bad.record_id}" occurs ${bad.n} times`,
    { hint: "give the matcher one row per record" },
  );
}

/** Who holds which value: id, source, holder, value of a coded column of `temp.raw`. */
function itemsSql(name: string, { kind, holder = "id" }: Dictionary): string {
  const column = quote(name);
  return kind === "value"
    ? `select id, source, coalesce((${holder})::varchar, id::varchar) as holder, ${column} as value
from temp.raw
where ${column} is not null`
    : `select distinct id, source, holder, value
from (
  select id, source, coalesce((${holder})::varchar, id::varchar) as holder, unnest(${column}) as value
  from temp.raw
)
where value is not null and value <> ''`;
}

function bitsSql(population: string, count: string): string {
  return `least(1023, floor(32 * log2((${population} + ${OUTSIDE_RECORDS}) / ${count})))::integer`;
}

function dictionaryStatement(name: string, dictionary: Dictionary): Statement {
  return {
    name: `dictionary_${name}`,
    // The count is that of the source which holds the value most often: what several sources say of one
    // entity must not make its name look common.
    sql: `create or replace temp table ${quote(`dictionary_${name}`)} as
with

items as (

${itemsSql(name, dictionary)}

),

counted as (

  select source, value, count(distinct holder) as n
  from items
  group by source, value

),

population as (

  select coalesce(max(n), 0) as n
  from (select count(distinct id) as n from items group by source)

)

select
  value,
  row_number() over (order by value) as code,
  max(counted.n)::integer as count,
  ${bitsSql("max(population.n)", "max(counted.n)")} as bits
from counted
cross join population
group by value`,
  };
}

/** Values as they were counted when the model was trained; one not seen then counts as held once. */
function frozenDictionaryStatement(
  name: string,
  dictionary: Dictionary,
  { counted, population, highest }: FrozenTerms,
): Statement {
  return {
    name: `dictionary_${name}`,
    sql: `create or replace temp table ${quote(`dictionary_${name}`)} as
with

held as (

  select distinct value
  from (${itemsSql(name, dictionary)})

),

known as (

  select counted.value, counted.code, counted.count, counted.bits
  from ${counted(name)} as counted
  semi join held using (value)

)

select * from known

union all

select
  value,
  (${highest(name)}) + row_number() over (order by value) as code,
  1::integer as count,
  ${bitsSql(`${population(name)}`, "1")} as bits
from held
anti join known using (value)`,
  };
}

function packedStatement(name: string, dictionary: Dictionary): Statement {
  const packed =
    dictionary.kind === "values"
      ? "list(d.code * 4096 + least(d.count, 4095) order by d.code) as packed"
      : `list(d.code * 1024 + d.bits order by d.code) as packed,
  sum(d.bits)::integer as bits,
  bit_or(1::ubigint << (d.code % 64)::ubigint) as sig`;
  return {
    name: `packed_${name}`,
    sql: `create or replace temp table ${quote(`packed_${name}`)} as
select
  items.id,
  ${packed}
from (
${itemsSql(name, dictionary)}
) as items
join temp.${quote(`dictionary_${name}`)} as d using (value)
group by items.id`,
  };
}

function recStatement(spec: MatcherSpec, dictionaries: ReadonlyMap<string, Dictionary>): Statement {
  const columns: string[] = ["raw.id", "raw.record_id", "raw.source"];
  columns.push("source_codes.source_code");
  for (const name of columnsOf(spec).keys()) columns.push(`raw.${quote(name)}`);
  const joins = ["join temp.source_codes as source_codes on source_codes.source = raw.source"];
  for (const [name, { kind }] of dictionaries) {
    if (kind === "value") {
      const table = quote(`dictionary_${name}`);
      columns.push(`${table}.code::integer as ${quote(name)}`);
      columns.push(`${table}.count as ${quote(`${name}_count`)}`);
      joins.push(`left join temp.${table} as ${table} on ${table}.value = raw.${quote(name)}`);
      continue;
    }
    const table = quote(`packed_${name}`);
    columns.push(`${table}.packed as ${quote(name)}`);
    if (kind === "tokens") {
      columns.push(`${table}.bits as ${quote(`${name}_bits`)}`);
      columns.push(`${table}.sig as ${quote(`${name}_sig`)}`);
    }
    joins.push(`left join temp.${table} as ${table} on ${table}.id = raw.id`);
  }
  return {
    name: "rec",
    sql: `create or replace temp table rec as
select
  ${columns.join(",\n  ")}
from temp.raw as raw
${joins.join("\n")}
order by raw.id`,
  };
}

async function countHolders(
  statements: Statements,
  spec: MatcherSpec,
): Promise<Map<string, Rarity>> {
  const rarities = new Map<string, Rarity>();
  for (const { name, counted, floor } of spec.comparisons) {
    if (counted === undefined) continue;
    const [row] = await statements.rows<{ population: number; once: number; twice: number }>({
      name: `rarity_${name}`,
      sql: `select
  (
    select coalesce(max(n), 0)::integer
    from (select count(*) as n from temp.rec where ${quote(counted)} is not null group by source)
  ) as population,
  (count(*) filter (where count = 1))::integer as once,
  (count(*) filter (where count = 2))::integer as twice
from temp.${quote(`dictionary_${counted}`)}`,
    });
    const { population = 0, once = 0, twice = 0 } = row ?? {};
    rarities.set(name, {
      population: population + OUTSIDE_RECORDS,
      floor: floor ?? UNSEEN_SHARE * ((2 * twice + 1) / (once + 50)),
    });
  }
  return rarities;
}
