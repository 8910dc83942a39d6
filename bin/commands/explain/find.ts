import { EltError } from "../../../engine/errors.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import type { Entity } from "./entities.ts";

const MOST_CHOICES = 10;

export interface Found {
  readonly entity: Entity;
  readonly id: bigint;
}

/**
 * What a term names, of the first entity that knows it: an id (redirects followed), a record id, or part of a name
 * held by one only.
 */
export async function find(
  warehouse: Warehouse,
  entities: readonly Entity[],
  term: string,
): Promise<Found> {
  for (const look of [byId, byName]) {
    for (const entity of entities) {
      const id = await look(warehouse, entity, term);
      if (id !== undefined) return { entity, id };
    }
  }
  const names = entities.map(({ name }) => name).join(", ");
  throw new EltError(`no ${names}, record or name like "${term}"`, {
    hint: `give ${entities.length === 1 ? `a ${names} id` : "an id"}, a record id, or part of a name`,
    exitCode: 2,
  });
}

async function byId(
  warehouse: Warehouse,
  { name }: Entity,
  term: string,
): Promise<bigint | undefined> {
  const row = await warehouse.first<{ id: bigint | null }>(
    `select coalesce(
  (select any_value(${name}_id) from match.${name}_clusters where record_id = $1),
  (select any_value(merged_into) from match.${name}_redirects where ${name}_id::varchar = $1),
  (select any_value(${name}_id) from match.${name}_clusters where ${name}_id::varchar = $1)
) as id`,
    [term],
  );
  return row?.id ?? undefined;
}

async function byName(
  warehouse: Warehouse,
  { name, many, spec, title, place }: Entity,
  term: string,
): Promise<bigint | undefined> {
  const named = await warehouse.rows<{
    id: bigint;
    name: string;
    place: string | null;
    records: number;
  }>(
    `select
  clusters.${name}_id as id,
  arg_min(records.${title}, records.record_id) as name,
  arg_min(records.${place}, records.record_id) filter (where records.${place} is not null) as place,
  count(*)::integer as records
from ${spec.input} as records
join match.${name}_clusters as clusters using (record_id)
group by clusters.${name}_id
having bool_or(contains(lower(strip_accents(records.${title})), lower(strip_accents($1))))
order by bool_or(lower(strip_accents(records.${title})) = lower(strip_accents($1))) desc, records desc, id
limit ${MOST_CHOICES + 1}`,
    [term],
  );
  const [first, second] = named;
  if (!second) return first?.id;
  const choices = named.slice(0, MOST_CHOICES).map((choice) => {
    const where = choice.place === null ? "" : `, ${choice.place}`;
    return `  ${choice.id}  ${choice.name}${where} (${choice.records === 1 ? "1 record" : `${choice.records} records`})`;
  });
  if (named.length > MOST_CHOICES) choices.push("  …");
  throw new EltError(`"${term}" names several ${many}`, {
    excerpt: choices.join("\n"),
    hint: "choose one by its id",
    exitCode: 2,
  });
}
