import { styleText } from "node:util";
import { EltError } from "../../../engine/errors.ts";
import type { Row, Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { formatTable } from "../../table.ts";
import type { Entity } from "./entities.ts";
import { type Found, find } from "./find.ts";

/** Which records made up an entity at a time, and what had happened to it until then. */
export async function asOfLines(
  warehouse: Warehouse,
  entities: readonly Entity[],
  { term, time }: { readonly term: string; readonly time: string },
): Promise<string[]> {
  const moment = momentOf(time);
  const { entity, id } = await findThen(warehouse, entities, { term, moment });
  const { name, spec, title, place } = entity;
  const records = await warehouse.rows(
    `select as_of.record_id, records.${title} as name_today, records.${place} as ${place}_today
from match.${name}_as_of($1) as as_of
left join ${spec.input} as records using (record_id)
where as_of.${name}_id = $2
order by as_of.record_id`,
    [moment, id],
  );
  const events = await warehouse.rows(
    `select strftime(logged_at, '%Y-%m-%d %H:%M') as at, event, record_id, other_${name}_id, detail
from match.${name}_match_log
where logged_at <= $1::timestamp and ${name}_id = $2
order by position`,
    [moment, id],
  );
  return [
    styleText("bold", `${name} ${id} as of ${time}`),
    records.length === 1 ? "1 record" : `${records.length} records`,
    ...tableOf(records, ["record_id", "name_today", `${place}_today`]),
    ...tableOf(events, ["at", "event", "record_id", `other_${name}_id`, "detail"]),
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

/** A record is where it was then; an id means itself, also one that is gone; a name is one of today. */
async function findThen(
  warehouse: Warehouse,
  entities: readonly Entity[],
  { term, moment }: { readonly term: string; readonly moment: string },
): Promise<Found> {
  for (const entity of entities) {
    const { name } = entity;
    const known = await warehouse.first<{ id: bigint }>(
      `select ${name}_id as id from match.${name}_as_of($1) where record_id = $2
union all
select ${name}_id from match.${name}_match_log where event = 'created' and ${name}_id::varchar = $2
limit 1`,
      [moment, term],
    );
    if (known) return { entity, id: known.id };
  }
  return await find(warehouse, entities, term);
}

function tableOf(rows: readonly Row[], names: readonly string[]): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => names.map((name) => row[name]));
  return ["", ...formatTable(names, cells).split("\n")];
}
