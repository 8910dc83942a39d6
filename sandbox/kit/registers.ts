import { shift, shortStreet } from "./address.ts";
import { licenseeMention, licenseeOf } from "./parties.ts";
import {
  isLodging,
  type Property,
  type Trap,
  type TruthMention,
  type TruthRecord,
} from "./property.ts";
import type { Random } from "./random.ts";
import { RATES } from "./rates.ts";
import { formName } from "./spelling.ts";
import type { Asked } from "./stand-in.ts";

/** A lodging as a city's or county's register knows it; each portal frames it in its own way. */
export interface Registered {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly phone: string;
  readonly rooms: number;
  readonly latitude: number;
  readonly longitude: number;
  /** Nothing where the register does not say. */
  readonly licensee: string;
}

export interface RegisterView {
  /** What the register's records are called as a source. */
  readonly source: string;
  /** Ids are this and a number. */
  readonly prefix: string;
  readonly lists: (property: Property) => boolean;
  /** Chance for the licensees it names; a register that names none has none. */
  readonly parties?: Random;
}

/** What a register lists, in its own order, and the truth about it. */
export function registered(
  random: Random,
  properties: readonly Property[],
  { source, prefix, lists, parties }: RegisterView,
): {
  readonly rows: readonly Registered[];
  readonly records: readonly TruthRecord[];
  readonly mentions: readonly TruthMention[];
} {
  const rates = RATES.cityRegisters;
  const listed = random
    .shuffle(properties)
    .filter(
      (property) =>
        isLodging(property) &&
        property.closedYear === undefined &&
        lists(property) &&
        random.chance(rates.coverage),
    );
  const records: TruthRecord[] = [];
  const mentions: TruthMention[] = [];
  const rows = listed.map((property, index): Registered => {
    const { address } = property;
    const id = `${prefix}${String(index + 1).padStart(5, "0")}`;
    const spelt = formName(random, property);
    const traps: Trap[] = spelt.trap ? [spelt.trap] : [];
    records.push({ recordId: `${source}:${id}`, propertyId: property.id, traps });
    const licensee = parties && licenseeOf(parties, property);
    if (licensee) {
      mentions.push(licenseeMention(`${source}:${id}:licensee`, property, licensee.traps));
    }
    const near = shift(address, rates.metres * random.next(), random.next() * 6.28);
    return {
      id,
      name: spelt.name,
      kind: property.kind.replace("_", " "),
      street: `${address.number} ${shortStreet(address)}`.toUpperCase(),
      city: address.city.name.toUpperCase(),
      state: address.city.state,
      zip: address.zip,
      phone: random.chance(rates.phoneFilled)
        ? (random.chance(rates.mainPhone) ? property.phone : property.otherPhone).digits
        : "",
      rooms: property.rooms,
      latitude: near.latitude,
      longitude: near.longitude,
      licensee: licensee?.text ?? "",
    };
  });
  return { rows, records, mentions };
}

/** The parameters of a question, from its address or its form. */
export function parametersOf({ path, headers, body }: Asked): URLSearchParams {
  const query = new URLSearchParams(path.split("?")[1] ?? "");
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of new URLSearchParams(body.toString("utf8"))) query.set(name, value);
  }
  return query;
}
