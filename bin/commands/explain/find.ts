import { EltError } from "../../../engine/errors.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";

const MOST_CHOICES = 10;

/** The hotel a term names: an id (redirects followed), a record id, or part of a name held by one hotel only. */
export async function findHotel(warehouse: Warehouse, term: string): Promise<bigint> {
  const byRecord = await warehouse.first<{ hotel_id: bigint }>(
    "select hotel_id from match.hotel_clusters where record_id = $1",
    [term],
  );
  if (byRecord) return byRecord.hotel_id;
  const byId = await warehouse.first<{ hotel_id: bigint }>(
    `select coalesce(
  (select any_value(merged_into) from match.hotel_redirects where hotel_id::varchar = $1),
  (select any_value(hotel_id) from match.hotel_clusters where hotel_id::varchar = $1)
) as hotel_id`,
    [term],
  );
  if (byId?.hotel_id) return byId.hotel_id;
  const named = await warehouse.rows<{
    hotel_id: bigint;
    name: string;
    city: string | null;
    records: number;
  }>(
    `select
  clusters.hotel_id,
  arg_min(records.hotel_name, records.record_id) as name,
  arg_min(records.city, records.record_id) filter (where records.city is not null) as city,
  count(*)::integer as records
from resolution.hotel_records as records
join match.hotel_clusters as clusters using (record_id)
group by clusters.hotel_id
having bool_or(contains(lower(strip_accents(records.hotel_name)), lower(strip_accents($1))))
order by bool_or(lower(strip_accents(records.hotel_name)) = lower(strip_accents($1))) desc, records desc, clusters.hotel_id
limit ${MOST_CHOICES + 1}`,
    [term],
  );
  const [first, second] = named;
  if (!first) {
    throw new EltError(`no hotel, record or name like "${term}"`, {
      hint: "give a hotel id, a record id, or part of a name",
      exitCode: 2,
    });
  }
  if (!second) return first.hotel_id;
  const choices = named.slice(0, MOST_CHOICES).map(({ hotel_id, name, city, records }) => {
    const place = city === null ? "" : `, ${city}`;
    return `  ${hotel_id}  ${name}${place} (${records} records)`;
  });
  if (named.length > MOST_CHOICES) choices.push("  …");
  throw new EltError(`"${term}" names several hotels`, {
    excerpt: choices.join("\n"),
    hint: "choose one by its id",
    exitCode: 2,
  });
}
