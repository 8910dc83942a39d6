import { statSync } from "node:fs";
import { basename, extname } from "node:path";
import { EltError, messageOf } from "../../engine/errors.ts";
import { suggest } from "../../engine/suggest.ts";
import { literal, quote } from "../../engine/warehouse/quote.ts";
import type { Column, Warehouse } from "../../engine/warehouse/warehouse.ts";

export interface StagedTables {
  readonly columns: readonly Column[];
  readonly sources: readonly { readonly source: string; readonly records: number }[];
  /** What was found odd and how it was taken. */
  readonly notes: readonly string[];
}

interface StageOptions {
  /** Names the spec gives to the id and the source of a record. */
  readonly spec: { readonly id: string; readonly source: string };
  /** Column that names a record, when it is none of the usual. */
  readonly id?: string;
  readonly source?: string;
}

const USUAL_IDS = ["record_id", "id", "unique_id"];
/** "Member No", "customer_id", "Kundennummer". */
const NUMBERING = /(^|[^a-z])(id|no|nr|key)\.?$|number$|nummer$/i;
const POSITION = /^(lat|latitude|lon|lng|long|longitude)$/i;
const USUAL_SOURCES = ["source", "source_dataset"];

/**
 * Reads the files into the table `records`: one row per record, each with an id and a source under the names the spec
 * uses. A file without a source column is a source of its own. Throws what cannot be matched.
 */
export async function stageTables(
  warehouse: Warehouse,
  files: readonly string[],
  options: StageOptions,
): Promise<StagedTables> {
  const names = sourceNames(files);
  const notes: string[] = [];
  for (const [index, file] of files.entries()) {
    notes.push(
      ...(await stageFile(warehouse, { file, name: names[index] ?? file, index }, options)),
    );
  }
  const parts = files.map((_, index) => `select * from input_${index}`).join(" union all by name ");
  await warehouse.run(`create or replace table records as ${parts}`);
  await typeEmptyColumns(warehouse);
  notes.push(
    ...(await prefixRepeatedIds(warehouse, options)),
    ...(await columnNotes(warehouse, options)),
  );
  return {
    columns: await warehouse.describe("select * from records"),
    sources: await warehouse.rows<{ source: string; records: number }>(
      `select ${quote(options.spec.source)} as source, count(*)::integer as records
from records group by 1 order by 1`,
    ),
    notes,
  };
}

/** The SQL that reads a file, by how its name ends. */
export function readerSql(file: string): string {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new EltError(`no file ${file}`, { exitCode: 2 });
  }
  const ending = extname(file.replace(/\.gz$/, "")).toLowerCase();
  if (ending === ".parquet") return `read_parquet(${literal(file)})`;
  if ([".csv", ".tsv", ".txt"].includes(ending)) {
    // "T" is a town here, no truth value.
    const types = "['BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'VARCHAR']";
    return `read_csv(${literal(file)}, header = true, sample_size = -1, auto_type_candidates = ${types})`;
  }
  if ([".json", ".jsonl", ".ndjson"].includes(ending)) return `read_json_auto(${literal(file)})`;
  throw new EltError(`cannot tell what ${file} is`, {
    hint: "give a .parquet, .csv, .tsv or .json file",
    exitCode: 2,
  });
}

async function stageFile(
  warehouse: Warehouse,
  input: { readonly file: string; readonly name: string; readonly index: number },
  options: StageOptions,
): Promise<string[]> {
  const { file, name, index } = input;
  const reader = readerSql(file);
  const columns = await warehouse.describe(`select * from ${reader}`).catch((error) => {
    throw new EltError(`cannot read ${file}: ${messageOf(error).split("\n")[0]}`, { cause: error });
  });
  const known = columns.map((column) => column.name);
  const usual = firstAmong(
    options.id === undefined ? [options.spec.id, ...USUAL_IDS] : [options.id],
    known,
  );
  const id =
    usual ?? (await likelyId(warehouse, reader, known, options)) ?? noId(input, known, options);
  const source = firstAmong(
    options.source === undefined ? [options.spec.source, ...USUAL_SOURCES] : [options.source],
    known,
  );
  if (source === undefined && options.source !== undefined) {
    const near = suggest(options.source, known);
    throw new EltError(`no column "${options.source}" in ${file}${near}`, { exitCode: 2 });
  }
  const sourceSql =
    source === undefined
      ? literal(name)
      : `coalesce(nullif(trim(${quote(source)}::varchar), ''), ${literal(name)})`;
  const digits = await digitColumns(warehouse, file, columns);
  const kept = columns
    .filter(({ name: column }) => !isNamed(column, [options.spec.id, options.spec.source]))
    .map((column) => `${valueSql(column, digits)} as ${quote(column.name)}`);
  const idSql = digits.has(id) ? `${quote(id)}` : `trim(${quote(id)}::varchar)`;
  const from = digits.size > 0 ? reader.replace(/\)$/, `, types = ${typesOf(digits)})`) : reader;
  await warehouse.run(`create or replace temp table input_${index} as
select
  ${[`nullif(${idSql}, '') as ${quote(options.spec.id)}`, `${sourceSql} as ${quote(options.spec.source)}`, ...kept].join(",\n  ")}
from ${from}`);
  await refuseBadIds(warehouse, { file, index, id }, options);
  return usual === undefined ? [`${file}: a record is named by "${id}"`] : [];
}

/** The first column that is called a number or key and is filled and different on every row. */
async function likelyId(
  warehouse: Warehouse,
  reader: string,
  known: readonly string[],
  options: StageOptions,
): Promise<string | undefined> {
  if (options.id !== undefined) return undefined;
  for (const column of known.filter((name) => NUMBERING.test(name))) {
    const row = await warehouse.first<{ unique: boolean }>(
      `select count(*) > 0 and count(distinct ${quote(column)}) = count(*) as unique from ${reader}`,
    );
    if (row?.unique) return column;
  }
  return undefined;
}

function noId(
  { file }: { readonly file: string },
  known: readonly string[],
  options: StageOptions,
): never {
  const usual = [...new Set([options.spec.id, ...USUAL_IDS])].join(", ");
  throw new EltError(
    options.id === undefined
      ? `${file} has no column that names a record: ${usual}`
      : `no column "${options.id}" in ${file}${suggest(options.id, known)}`,
    { hint: `name it with --id; the columns are ${known.join(", ")}`, exitCode: 2 },
  );
}

/** What is no number is unknown; a column without any value is text, for SQL over it must still bind. */
function valueSql({ name, type }: Column, digits: ReadonlySet<string>): string {
  if (digits.has(name)) return quote(name);
  if (type === "DOUBLE" || type === "FLOAT") {
    return `case when isfinite(${quote(name)}) then ${quote(name)} end`;
  }
  return type === '"NULL"' ? `${quote(name)}::varchar` : quote(name);
}

/** Columns of a CSV that look like integers and would lose a leading zero or plus: postcodes, phones, ids. */
async function digitColumns(
  warehouse: Warehouse,
  file: string,
  columns: readonly Column[],
): Promise<ReadonlySet<string>> {
  const integers = columns.filter(({ type }) => ["BIGINT", "HUGEINT", "INTEGER"].includes(type));
  if (integers.length === 0 || !readerSql(file).startsWith("read_csv")) return new Set();
  const asText = readerSql(file).replace(/, auto_type_candidates.*$/, ", all_varchar = true)");
  const tests = integers.map(
    ({ name }) =>
      `coalesce(bool_or(regexp_matches(trim(${quote(name)}), '^(0[0-9]|[+])')), false) as ${quote(name)}`,
  );
  const found = await warehouse.first(`select ${tests.join(", ")} from ${asText}`);
  return new Set(integers.map(({ name }) => name).filter((name) => found?.[name] === true));
}

function typesOf(columns: ReadonlySet<string>): string {
  return `{${[...columns].map((name) => `${literal(name)}: 'VARCHAR'`).join(", ")}}`;
}

async function refuseBadIds(
  warehouse: Warehouse,
  input: { readonly file: string; readonly index: number; readonly id: string },
  { spec }: StageOptions,
): Promise<void> {
  const [id, source] = [quote(spec.id), quote(spec.source)];
  const bad = await warehouse.rows<{ id: string | null; n: number }>(
    `select ${id} as id, count(*)::integer as n from input_${input.index}
group by ${id}, ${source} having n > 1 or id is null order by n desc, id limit 3`,
  );
  if (bad.length === 0) return;
  const empty = bad.find((row) => row.id === null);
  throw new EltError(
    empty
      ? `${empty.n} records of ${input.file} have no ${input.id}`
      : `${input.id} repeats in ${input.file}: ${bad.map((row) => `"${row.id}" ${row.n} times`).join(", ")}`,
    { hint: "give one row per record, or name another column with --id", exitCode: 2 },
  );
}

/** Two sources may both count from 1: then their ids get the source's name before them. */
async function prefixRepeatedIds(
  warehouse: Warehouse,
  { spec }: StageOptions,
): Promise<readonly string[]> {
  const [id, source] = [quote(spec.id), quote(spec.source)];
  const repeated = await warehouse.first(
    `select 1 as one from records group by ${id} having count(*) > 1 limit 1`,
  );
  if (!repeated) return [];
  await warehouse.run(`update records set ${id} = ${source} || ':' || ${id}`);
  return ["the sources use the same ids: records are named source:id"];
}

/** A column without a value has no type of its own; SQL over a position must bind to numbers all the same. */
async function typeEmptyColumns(warehouse: Warehouse): Promise<void> {
  const columns = await warehouse.describe("select * from records");
  for (const { name, type } of columns) {
    if (!POSITION.test(name) || !["VARCHAR", "INTEGER"].includes(type)) continue;
    const row = await warehouse.first(
      `select 1 as one from records where ${quote(name)} is not null limit 1`,
    );
    if (!row) await warehouse.run(`alter table records alter ${quote(name)} type double`);
  }
}

async function columnNotes(
  warehouse: Warehouse,
  { spec }: StageOptions,
): Promise<readonly string[]> {
  const columns = await warehouse.describe("select * from records");
  const looked = columns.filter(({ name }) => ![spec.id, spec.source].includes(name));
  if (looked.length === 0) return [];
  const row = await warehouse.first(
    `select count(*)::integer as n, ${looked
      .map(
        ({ name }, index) =>
          `count(${quote(name)})::integer as c${index}, min(${quote(name)})::varchar as l${index}, max(${quote(name)})::varchar as h${index}`,
      )
      .join(", ")} from records`,
  );
  const records = Number(row?.n ?? 0);
  if (records < 2) return [];
  return looked.flatMap(({ name }, index) => {
    if (row?.[`c${index}`] === 0) return [`${name} has no value in any record`];
    const same = row?.[`l${index}`] === row?.[`h${index}`];
    if (same && row?.[`c${index}`] === records && records > 2) {
      return [`${name} is "${row?.[`l${index}`]}" in every record: it tells nobody apart`];
    }
    return [];
  });
}

/** A source is named as its file is; two files of one name are numbered. */
function sourceNames(files: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return files.map((file) => {
    const name = basename(file)
      .replace(/\.gz$/, "")
      .replace(/\.[^.]+$/, "");
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}

/** The first of the wanted columns that is there; SQL does not tell `ID` from `id`. */
export function firstAmong(
  wanted: readonly string[],
  known: readonly string[],
): string | undefined {
  for (const name of wanted) {
    const found = known.find((column) => isNamed(column, [name]));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isNamed(column: string, names: readonly string[]): boolean {
  return names.some((name) => name.toLowerCase() === column.toLowerCase());
}
