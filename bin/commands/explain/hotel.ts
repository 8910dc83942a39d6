import { styleText } from "node:util";
import type { Row, Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { spec } from "../../../matchers/hotel.ts";
import { explainPublished } from "../../../matchers/kit/explain.ts";
import { formatTable } from "../../table.ts";
import { waterfall } from "./pair.ts";

/** How one hotel came together, and where each of its values is from. */
export async function hotelLines(
  warehouse: Warehouse,
  entity: string,
  hotelId: bigint,
): Promise<string[]> {
  const records = await warehouse.rows<{ hotel_name: string; cluster_confidence: number }>(
    `select records.record_id, records.hotel_name, records.address, records.city, records.phone,
  records.website_domain as website, records.licence_number as licence, clusters.cluster_confidence::double as cluster_confidence
from match.hotel_clusters as clusters
join resolution.hotel_records as records using (record_id)
where clusters.hotel_id = $1
order by records.record_id`,
    [hotelId],
  );
  const confidence = records[0]?.cluster_confidence ?? 1;
  const name = await hotelName(warehouse, hotelId, records[0]?.hotel_name ?? "");
  const lines = [
    styleText("bold", `${name}  ${hotelId}`),
    records.length === 1
      ? "1 record"
      : `${records.length} records, weakest link ${confidence.toFixed(4)}`,
    "",
    ...tableOf(records, [
      "record_id",
      "hotel_name",
      "address",
      "city",
      "phone",
      "website",
      "licence",
    ]),
  ];
  for (const pair of await joiningPairs(warehouse, hotelId)) {
    const explained = await explainPublished(warehouse, spec, entity, pair);
    if (explained) lines.push("", ...waterfall(explained));
  }
  lines.push("", ...(await fieldLines(warehouse, hotelId)));
  return lines;
}

/** The pairs that tie the records together: the heaviest that still joins two parts, as a tree. */
async function joiningPairs(
  warehouse: Warehouse,
  hotelId: bigint,
): Promise<(readonly [string, string])[]> {
  const pairs = await warehouse.rows<{ l: string; r: string }>(
    `select pairs.record_id_l as l, pairs.record_id_r as r
from match.hotel_pairs as pairs
join match.hotel_clusters as cl on cl.record_id = pairs.record_id_l and cl.hotel_id = $1
join match.hotel_clusters as cr on cr.record_id = pairs.record_id_r and cr.hotel_id = $1
order by pairs.decision = 'same' desc, pairs.match_weight desc, l, r`,
    [hotelId],
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

async function hotelName(
  warehouse: Warehouse,
  hotelId: bigint,
  otherwise: string,
): Promise<string> {
  if (!(await hasTable(warehouse, "marts", "hotels"))) return otherwise;
  const row = await warehouse.first<{ name: string | null }>(
    "select name from marts.hotels where hotel_id = $1",
    [hotelId],
  );
  return row?.name ?? otherwise;
}

async function fieldLines(warehouse: Warehouse, hotelId: bigint): Promise<string[]> {
  if (!(await hasTable(warehouse, "marts", "field_provenance"))) return [];
  const rows = await warehouse.rows(
    `select field_name, field_value, source, strftime(observed_at, '%Y-%m-%d') as observed,
  confidence::double as confidence, is_winner, reason
from marts.field_provenance
where hotel_id = $1
order by field_name, is_winner desc, confidence desc, source, field_value, record_id`,
    [hotelId],
  );
  const winners = rows.filter((row) => row.is_winner === true);
  const beaten = Map.groupBy(
    rows.filter((row) => row.is_winner !== true),
    (row) => String(row.field_name),
  );
  return tableOf(
    winners.map((row) => ({
      field: row.field_name,
      value: row.field_value,
      source: row.source,
      observed: row.observed,
      confidence: row.confidence,
      beat: beatenText(beaten.get(String(row.field_name)) ?? [], row),
    })),
    ["field", "value", "source", "observed", "confidence", "beat"],
  );
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

async function hasTable(warehouse: Warehouse, schema: string, table: string): Promise<boolean> {
  const row = await warehouse.first(
    "select 1 as one from information_schema.tables where table_schema = $1 and table_name = $2",
    [schema, table],
  );
  return row !== undefined;
}

function tableOf(rows: readonly Row[], names: readonly string[]): string[] {
  if (rows.length === 0) return [];
  return formatTable(
    names,
    rows.map((row) => names.map((name) => row[name])),
  ).split("\n");
}
