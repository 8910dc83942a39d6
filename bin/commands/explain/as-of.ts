import { styleText } from "node:util";
import { EltError } from "../../../engine/errors.ts";
import type { Row, Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { formatTable } from "../../table.ts";
import { findHotel } from "./find.ts";

/** Which records made up a hotel at a time, and what had happened to it until then. */
export async function asOfLines(
  warehouse: Warehouse,
  term: string,
  time: string,
): Promise<string[]> {
  const moment = momentOf(time);
  const hotelId = await hotelThen(warehouse, term, moment);
  const records = await warehouse.rows(
    `select as_of.record_id, records.hotel_name as name_today, records.address as address_today
from match.hotel_as_of($1) as as_of
left join resolution.hotel_records as records using (record_id)
where as_of.hotel_id = $2
order by as_of.record_id`,
    [moment, hotelId],
  );
  const events = await warehouse.rows(
    `select strftime(logged_at, '%Y-%m-%d %H:%M') as at, event, record_id, other_hotel_id, detail
from match.hotel_match_log
where logged_at <= $1::timestamp and hotel_id = $2
order by position`,
    [moment, hotelId],
  );
  return [
    styleText("bold", `${hotelId} as of ${time}`),
    records.length === 1 ? "1 record" : `${records.length} records`,
    ...tableOf(records, ["record_id", "name_today", "address_today"]),
    ...tableOf(events, ["at", "event", "record_id", "other_hotel_id", "detail"]),
  ];
}

function momentOf(time: string): string {
  const date = new Date(time);
  if (!Number.isNaN(date.getTime())) return date.toISOString().replace("Z", "");
  throw new EltError(`--as-of must be an ISO time, not "${time}"`, {
    hint: "write it as: --as-of 2026-01-01",
    exitCode: 2,
  });
}

/** A record is in the hotel it was in then; an id means itself, also one that is gone; a name is one of today. */
async function hotelThen(warehouse: Warehouse, term: string, moment: string): Promise<bigint> {
  const known = await warehouse.first<{ hotel_id: bigint }>(
    `select hotel_id from match.hotel_as_of($1) where record_id = $2
union all
select hotel_id from match.hotel_match_log where event = 'created' and hotel_id::varchar = $2
limit 1`,
    [moment, term],
  );
  return known?.hotel_id ?? (await findHotel(warehouse, term));
}

function tableOf(rows: readonly Row[], names: readonly string[]): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => names.map((name) => row[name]));
  return ["", ...formatTable(names, cells).split("\n")];
}
