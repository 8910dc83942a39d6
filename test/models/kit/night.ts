import { join } from "node:path";
import type { SqlNode } from "../../../engine/sql/nodes.ts";
import { relationSql } from "../../../engine/sql/relation.ts";
import { loadSqlProject, type SqlProject } from "../../../engine/sql/sql-project.ts";
import type { RunContext } from "../../../engine/step.ts";
import { literal, quote } from "../../../engine/warehouse/quote.ts";
import { type Row, Warehouse } from "../../../engine/warehouse/warehouse.ts";

const root = join(import.meta.dirname, "../../..");

/** When the nights of these tests run, unless they say otherwise. */
export const TONIGHT = new Date("2026-06-15T02:00:00Z");

type Fields = Readonly<Record<string, unknown>>;

/** What landed, as a test writes it down: only the columns it is about. */
export interface Landing {
  readonly licences?: readonly Fields[];
  /** Answers of Overpass: their elements. */
  readonly lodgings?: readonly Fields[];
  readonly lists?: readonly List[];
  /** Rows of any source table, `match.hotel_redirects`, as they are. */
  readonly tables?: Readonly<Record<string, readonly Fields[]>>;
  /** Records of one hotel, person or organization, by their ids; every other record is one of its own. */
  readonly same?: readonly (readonly string[])[];
}

export interface List {
  readonly source: string;
  readonly batch?: string;
  readonly purpose?: string;
  /** Field and value of every record. */
  readonly constants?: Readonly<Record<string, string>>;
  /** Records by standard field; the list's own columns are called the same. */
  readonly records: readonly Fields[];
  readonly landed?: Fields;
}

export interface Night {
  readonly project: SqlProject;
  /** Builds what a model needs, or all of them, from a landing; what the last one left is gone. */
  build(landing: Landing, model?: string): Promise<void>;
  rows(sql: string): Promise<Row[]>;
  close(): void;
}

/** The models of this project on an empty database, with its seeds. */
export async function openNight(at = TONIGHT, vars: Fields = {}): Promise<Night> {
  const project = loadSqlProject({ root, startedAt: at, vars, database: "warehouse" });
  const warehouse = await Warehouse.open(":memory:");
  await warehouse.run("attach ':memory:' as warehouse");
  await warehouse.run("use warehouse");
  for (const schema of new Set(project.nodes.map((node) => node.relation.schema))) {
    await warehouse.run(`create schema if not exists ${quote(schema)}`);
  }
  const context = { warehouse, compiled: () => undefined, log: () => undefined };
  for (const step of await project.steps()) {
    if (step.kind === "seed") await step.run(context as unknown as RunContext);
  }
  const texts = new Map<string, string>();
  const textOf = (name: string) => {
    const text = texts.get(name) ?? project.compile(name).text;
    texts.set(name, text);
    return text;
  };
  return {
    project,
    rows: (sql) => warehouse.rows(sql),
    close: () => warehouse.close(),
    async build(landing, model) {
      await createSources(project, warehouse, landing);
      const wanted = model === undefined ? undefined : upstream(project.find(model));
      for (const node of project.nodes) {
        if (node.kind !== "model" || wanted?.has(node) === false) continue;
        const table = relationSql(node.relation);
        await warehouse.run(`create or replace table ${table} as (${textOf(node.name)}\n)`);
        const [, entity] = /^(hotel|organization|person)_records$/.exec(node.name) ?? [];
        if (entity) await cluster(warehouse, entity, landing.same ?? []);
      }
    },
  };
}

function upstream(node: SqlNode, found = new Set<SqlNode>()): Set<SqlNode> {
  found.add(node);
  for (const read of node.reads) if (!found.has(read)) upstream(read, found);
  return found;
}

async function createSources(project: SqlProject, warehouse: Warehouse, landing: Landing) {
  const tables = rowsOf(landing);
  for (const node of project.nodes) {
    if (node.kind !== "source") continue;
    const table = relationSql(node.relation);
    const columns = [...node.columns.values()];
    const types = columns.map(({ name, dataType }) => `${quote(name)} ${dataType}`).join(", ");
    await warehouse.run(`create or replace table ${table} (${types})`);
    for (const row of tables.get(`${node.sourceName}.${node.name}`) ?? []) {
      const names = Object.keys(row);
      const unknown = names.filter((name) => !node.columns.has(name));
      if (unknown.length > 0) throw new Error(`${node.name} has no column ${unknown.join(", ")}`);
      const values = Object.values(row).map((value) =>
        value === null ? "null" : literal(String(value)),
      );
      await warehouse.run(
        `insert into ${table} (${names.map(quote).join(", ")}) values (${values.join(", ")})`,
      );
    }
  }
}

function rowsOf({ licences = [], lodgings, lists = [], tables = {} }: Landing) {
  const all = new Map(Object.entries(tables));
  const add = (table: string, rows: readonly Fields[]) =>
    all.set(table, [...(all.get(table) ?? []), ...rows]);
  add(
    "florida_dbpr.licences",
    licences.map((licence, index) => ({
      ...envelope("hrlodge1"),
      row_number: index + 1,
      rank_code: "HOTL",
      primary_status_code: "20",
      number_of_seats_or_rental_units: "40",
      location_state_code: "FL",
      ...licence,
    })),
  );
  if (lodgings) add("openstreetmap.answers", [overpass(lodgings)]);
  for (const [index, list] of lists.entries()) {
    const batch_id = list.batch ?? `${list.source}-${index + 1}`;
    const landed = { ...envelope(batch_id), batch_id, ...list.landed };
    const columns = [...new Set(list.records.flatMap((record) => Object.keys(record)))];
    const mapping = { ...landed, list_name: list.source, source: list.source };
    const purpose = list.purpose ?? "discovery";
    add(
      "file_import.rows",
      list.records.map((record, line) => ({
        ...landed,
        row_number: line + 1,
        record: JSON.stringify(record),
      })),
    );
    add("file_import.mappings", [
      ...columns.map((field) => ({ ...mapping, purpose, field, column_name: field })),
      ...Object.entries(list.constants ?? {}).map(([field, constant]) => ({
        ...mapping,
        purpose,
        field,
        constant,
      })),
    ]);
  }
  return all;
}

/** What every landed row carries. */
export function envelope(requestKey: string, more: Fields = {}): Fields {
  return {
    request_key: requestKey,
    request: "{}",
    status: 200,
    outcome: "ok",
    attempt: 1,
    source_url: `https://example.com/${requestKey}`,
    fetched_at: "2026-06-14 02:00:00+00",
    run_id: "run-1",
    extractor_version: 1,
    ...more,
  };
}

/** An answer of Overpass that holds these elements. */
export function overpass(elements: readonly Fields[], more: Fields = {}): Fields {
  return { ...envelope("area-1"), response: JSON.stringify({ elements }), ...more };
}

async function cluster(warehouse: Warehouse, entity: string, same: readonly (readonly string[])[]) {
  const records = await warehouse.rows<{ record_id: string }>(
    `select record_id from resolution.${entity}_records order by record_id`,
  );
  const known = new Map(same.flatMap((ids, index) => ids.map((id) => [id, index + 1] as const)));
  for (const [index, { record_id }] of records.entries()) {
    const id = known.get(record_id) ?? 1000 + index;
    await warehouse.run(
      `insert into "match".${entity}_clusters values (${literal(record_id)}, ${id}, 1, 0.9)`,
    );
  }
}
