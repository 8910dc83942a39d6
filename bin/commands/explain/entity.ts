import { styleText } from "node:util";
import type { Row, Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { explainPublished } from "../../../matchers/kit/explain.ts";
import { formatTable } from "../../table.ts";
import { type Entity, hasTable } from "./entities.ts";
import { waterfall } from "./pair.ts";

/** How one hotel, person or organization came together, and where each value of a hotel is from. */
export async function entityLines(
  warehouse: Warehouse,
  entity: Entity,
  id: bigint,
): Promise<string[]> {
  const { name, spec, title, columns } = entity;
  const records = await warehouse.rows(
    `select records.record_id, ${columns.map((column) => `records.${column}`).join(", ")},
  clusters.cluster_confidence::double as cluster_confidence
from match.${name}_clusters as clusters
join ${spec.input} as records using (record_id)
where clusters.${name}_id = $1
order by records.record_id`,
    [id],
  );
  const confidence = Number(records[0]?.cluster_confidence ?? 1);
  const best = await bestName(warehouse, entity, id);
  const lines = [
    styleText("bold", `${best ?? String(records[0]?.[title] ?? "")}  ${id}`),
    records.length === 1
      ? "1 record"
      : `${records.length} records, weakest link ${confidence.toFixed(4)}`,
    "",
    ...tableOf(records, ["record_id", ...columns]),
  ];
  for (const pair of await joiningPairs(warehouse, name, id)) {
    const explained = await explainPublished(warehouse, spec, name, pair);
    if (explained) lines.push("", ...waterfall(explained));
  }
  const more = name === "hotel" ? fieldLines : name === "person" ? houseLines : undefined;
  if (more) lines.push("", ...(await more(warehouse, id)));
  return lines;
}

/** The pairs that tie the records together: the heaviest that still joins two parts, as a tree. */
async function joiningPairs(
  warehouse: Warehouse,
  name: string,
  id: bigint,
): Promise<(readonly [string, string])[]> {
  const pairs = await warehouse.rows<{ l: string; r: string }>(
    `select pairs.record_id_l as l, pairs.record_id_r as r
from match.${name}_pairs as pairs
join match.${name}_clusters as cl on cl.record_id = pairs.record_id_l and cl.${name}_id = $1
join match.${name}_clusters as cr on cr.record_id = pairs.record_id_r and cr.${name}_id = $1
order by pairs.decision = 'same' desc, pairs.match_weight desc, l, r`,
    [id],
  );
  const part = new Map<string, string>();
  const rootOf = (record: string): string => {
    const above = part.get(record);
    return above === undefined ? record : rootOf(above);
  };
  return pairs.flatMap(({ l, r }) => {
    const left = rootOf(l);
    const right = rootOf(r);
    if (left === right) return [];
    part.set(right, left);
    return [[l, r] as const];
  });
}

async function bestName(
  warehouse: Warehouse,
  { name, best: [table, column] }: Entity,
  id: bigint,
): Promise<string | undefined> {
  if (!(await hasTable(warehouse, "marts", table))) return undefined;
  const row = await warehouse.first<{ best: string | null }>(
    `select ${column} as best from marts.${table} where ${name}_id = $1`,
    [id],
  );
  return row?.best ?? undefined;
}

/** In which houses a person decides, and how sure that is. */
async function houseLines(warehouse: Warehouse, personId: bigint): Promise<string[]> {
  if (!(await hasTable(warehouse, "marts", "hotel_decision_makers"))) return [];
  const rows = await warehouse.rows(
    `select hotels.name as hotel, people.title, people.is_primary, people.email, people.phone,
  people.effective_confidence::double as confidence, array_to_string(people.sources, ', ') as sources
from marts.hotel_decision_makers as people
join marts.hotels as hotels using (hotel_id)
where people.person_id = $1
order by people.effective_confidence desc, hotel, people.decision_maker_id`,
    [personId],
  );
  return tableOf(rows, ["hotel", "title", "is_primary", "email", "phone", "confidence", "sources"]);
}

async function fieldLines(warehouse: Warehouse, hotelId: bigint): Promise<string[]> {
  if (!(await hasTable(warehouse, "marts", "field_provenance"))) return [];
  const rows = await warehouse.rows(
    `select field_name, dm_id, field_value, source, strftime(observed_at, '%Y-%m-%d') as observed,
  confidence::double as confidence, is_winner, reason
from marts.field_provenance
where hotel_id = $1
order by dm_id is not null, dm_id, field_name, is_winner desc, confidence desc, source, field_value, record_id`,
    [hotelId],
  );
  const winners = rows.filter((row) => row.is_winner === true);
  const beaten = Map.groupBy(
    rows.filter((row) => row.is_winner !== true),
    fieldOf,
  );
  return tableOf(
    winners.map((row) => ({
      field: row.field_name,
      value: row.field_value,
      source: row.source,
      observed: row.observed,
      confidence: row.confidence,
      beat: beatenText(beaten.get(fieldOf(row)) ?? [], row),
    })),
    ["field", "value", "source", "observed", "confidence", "beat"],
  );
}

/** Each person at a hotel has fields of its own. */
function fieldOf(row: Row): string {
  return `${row.dm_id ?? ""} ${row.field_name}`;
}

/** Other values once each, with who said so; a source that agrees was not beaten. */
function beatenText(rows: readonly Row[], winner: Row): string {
  const others = new Map<string, Set<string>>();
  let agreeing = 0;
  for (const row of rows) {
    const value = String(row.field_value);
    if (value === String(winner.field_value)) agreeing += 1;
    else others.set(value, (others.get(value) ?? new Set()).add(String(row.source)));
  }
  const texts = [...others].map(([value, sources]) => `${value} (${[...sources].join(", ")})`);
  if (agreeing > 0) texts.push(`${agreeing} agree`);
  return texts.join("; ");
}

function tableOf(rows: readonly Row[], names: readonly string[]): string[] {
  if (rows.length === 0) return [];
  return formatTable(
    names,
    rows.map((row) => names.map((name) => row[name])),
  ).split("\n");
}
