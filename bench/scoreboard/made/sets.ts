import { quote } from "../../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { companies } from "../../../matchers/kit/shapes/companies.ts";
import { persons } from "../../../matchers/kit/shapes/persons.ts";
import { places } from "../../../matchers/kit/shapes/places.ts";
import type { MatcherSpec } from "../../../matchers/kit/spec.ts";
import { madeCompanies } from "./companies.ts";
import type { MadeRecord } from "./dice.ts";
import { madePersons } from "./persons.ts";
import { madePlaces } from "./places.ts";

/** A list that is made, with its truth: no file holds it. */
export interface MadeSet {
  readonly name: string;
  readonly spec: MatcherSpec;
  readonly make: () => MadeRecord[];
}

const PERSON = {
  full_name: "fullname",
  given_name: "forename",
  family_name: "lastname",
  date_of_birth: "dob",
  address: "street_address",
  city: "town",
  postcode: "plz",
  phone: "mobile",
  email: "mail",
};
const COMPANY = {
  name: "company_name",
  registration_number: "company_number",
  address: "address",
  city: "town",
  postcode: "zip",
  country: "country",
  phone: "tel",
  website: "url",
};
const PLACE = {
  name: "title",
  latitude: "lat",
  longitude: "lng",
  address: "full_address",
  phone: "telephone",
  kind: "amenity",
};

export const MADE_SETS: readonly MadeSet[] = [
  {
    name: "made_companies",
    spec: companies({ columns: COMPANY }),
    make: () => madeCompanies(3000, 11),
  },
  {
    name: "made_companies_bare",
    spec: companies({
      columns: { name: "company_name", address: "address", city: "town", postcode: "zip" },
    }),
    make: () => madeCompanies(3000, 12),
  },
  { name: "made_persons", spec: persons({ columns: PERSON }), make: () => madePersons(3000, 21) },
  {
    name: "made_persons_bare",
    spec: persons({
      columns: {
        full_name: "coalesce(fullname, forename || ' ' || lastname)",
        address: "street_address",
        city: "town",
        phone: "mobile",
      },
    }),
    make: () => madePersons(3000, 22),
  },
  { name: "made_places", spec: places({ columns: PLACE }), make: () => madePlaces(3000, 31) },
  {
    name: "made_places_bare",
    spec: places({ columns: { name: "title", address: "full_address", phone: "telephone" } }),
    make: () => madePlaces(3000, 32),
  },
];

/** Makes `records`, and the truth about them: `truth_clusters` and `truth_pairs`. */
export async function loadMade(
  warehouse: Warehouse,
  { make }: Pick<MadeSet, "make">,
): Promise<void> {
  const records = make();
  const columns = Object.keys(records[0]?.values ?? {});
  const names = ["source", "cluster_id", ...columns];
  await warehouse.run(
    `create table made (${["position", ...names].map((name) => `${quote(name)} varchar`).join(", ")})`,
  );
  const appender = await warehouse.appender("made");
  for (const [position, { source, thing, values }] of records.entries()) {
    appender.appendVarchar(String(position));
    appender.appendVarchar(source);
    appender.appendVarchar(String(thing));
    for (const column of columns) {
      const value = values[column] ?? null;
      if (value === null) appender.appendNull();
      else appender.appendVarchar(value);
    }
    appender.endRow();
  }
  appender.closeSync();
  const id = "source || ':' || md5('hidden' || position)";
  await warehouse.run(
    `create table records as select ${id} as record_id, * exclude (position, cluster_id) from made order by 1`,
  );
  await warehouse.run(
    `create table truth_clusters as select ${id} as record_id, source, cluster_id from made`,
  );
  await warehouse.run(`create table truth_pairs as
select l.record_id as l, r.record_id as r
from truth_clusters as l
join truth_clusters as r on l.cluster_id = r.cluster_id and l.record_id < r.record_id`);
}
