import { EltError } from "../../../engine/errors.ts";
import { suggest } from "../../../engine/suggest.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import type { MatcherSpec } from "../../../matchers/kit/spec.ts";

/** What a matcher resolves, and how it is shown to people. */
export interface Entity {
  readonly name: string;
  readonly many: string;
  readonly spec: MatcherSpec;
  /** Columns of the matcher's input. */
  readonly title: string;
  readonly place: string;
  readonly columns: readonly string[];
  /** Table and column of its best name. */
  readonly best: readonly [table: string, column: string];
}

/** In the order in which a term is looked for. */
const KNOWN: Readonly<Record<string, () => Promise<Omit<Entity, "name">>>> = {
  hotel: async () => ({
    many: "hotels",
    spec: (await import("../../../matchers/hotel.ts")).spec,
    title: "hotel_name",
    place: "city",
    columns: ["hotel_name", "address", "city", "phone", "website_domain", "licence_number"],
    best: ["hotels", "name"],
  }),
  person: async () => ({
    many: "persons",
    spec: (await import("../../../matchers/person.ts")).spec,
    title: "full_name",
    place: "state",
    columns: ["full_name", "title", "email", "phone", "address_key", "hotel_id"],
    best: ["people", "full_name"],
  }),
  organization: async () => ({
    many: "organizations",
    spec: (await import("../../../matchers/organization.ts")).spec,
    title: "legal_name",
    place: "state",
    columns: ["legal_name", "role", "phone", "address_key", "state", "hotel_id"],
    best: ["organizations", "legal_name"],
  }),
};

/** The entities that are matched in this warehouse, or the one that is asked for. */
export async function matchedEntities(warehouse: Warehouse, wanted?: string): Promise<Entity[]> {
  const names = Object.keys(KNOWN);
  if (wanted !== undefined && !names.includes(wanted)) {
    throw new EltError(`unknown entity "${wanted}"${suggest(wanted, names)}`, {
      hint: `choose one of: ${names.join(", ")}`,
      exitCode: 2,
    });
  }
  const found: Entity[] = [];
  for (const [name, load] of Object.entries(KNOWN)) {
    if (wanted !== undefined && name !== wanted) continue;
    const matched = await hasTable(warehouse, "match", `${name}_clusters`);
    if (matched) found.push({ name, ...(await load()) });
  }
  if (found.length > 0) return found;
  throw new EltError(`nothing to explain: no ${wanted ?? "entity"} is matched yet`, {
    hint: "match first: npx elt run",
    exitCode: 2,
  });
}

export async function hasTable(
  warehouse: Warehouse,
  schema: string,
  table: string,
): Promise<boolean> {
  const row = await warehouse.first(
    "select 1 as one from information_schema.tables where table_schema = $1 and table_name = $2",
    [schema, table],
  );
  return row !== undefined;
}
