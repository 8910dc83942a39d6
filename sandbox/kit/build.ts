import { type Address, makeAddress } from "./address.ts";
import { type Brand, chainPage, pickBrand } from "./chains.ts";
import { type Booking, makeBooking } from "./engines.ts";
import { createPhoneBook, type Line } from "./phones.ts";
import { CITIES, type City } from "./places.ts";
import type { Kind, Owner, Property, Source } from "./property.ts";
import type { Random } from "./random.ts";
import { RATES } from "./rates.ts";
import { coreOf, makeCompany, makeHotelName, makeLocality, makePerson, makeWord } from "./words.ts";

export interface Wanted extends Partial<Omit<Property, "id" | "brand">> {
  readonly state: City["state"];
  readonly city?: City;
  readonly chain?: boolean;
  readonly notBrand?: Brand | undefined;
  readonly brandWord?: Brand;
  readonly locality?: string;
  /** Reported by these sources whatever the dice say. */
  readonly seenBy?: readonly Source[];
  /** Never reported by these. */
  readonly unseenBy?: readonly Source[];
}

/** Builds properties one after another; what must be unique (names in a town, addresses, domains, ids) stays unique. */
export interface Builder {
  readonly random: Random;
  readonly properties: readonly Property[];
  readonly takenAddresses: Set<string>;
  build(wanted: Wanted): Property;
  city(state: City["state"]): City;
  name(kind: Kind, city: City): string;
  /** A registrable domain nobody has. */
  domain(name: string, city: City): string;
  owner(state: City["state"]): Owner;
  line(city: City): Line;
  building(): number;
}

export function createBuilder(random: Random): Builder {
  const properties: Property[] = [];
  const takenAddresses = new Set<string>();
  const takenNames = new Set<string>();
  const takenCores = new Set<string>();
  const takenDomains = new Set<string>();
  const takenBookings = new Set<string>();
  const owners: Record<City["state"], Owner[]> = { FL: [], TX: [], NSW: [] };
  const brandLines = new Map<string, Line>();
  const phones = createPhoneBook();
  const cities = new Map(
    (["FL", "TX", "NSW"] as const).map((state) => [
      state,
      CITIES.filter((city) => city.state === state).map((city) => [city, city.weight] as const),
    ]),
  );
  let buildings = 0;
  let ownerCount = 0;

  function city(state: City["state"]): City {
    return random.weighted(cities.get(state) ?? []);
  }

  function unique(make: () => string, town: City): string {
    for (;;) {
      const name = make();
      const key = `${slugOf(name)}/${town.name}`;
      if (takenNames.has(key)) continue;
      takenNames.add(key);
      return name;
    }
  }

  function name(kind: Kind, town: City): string {
    for (;;) {
      const made = makeHotelName(random, kind === "resort" ? "hotel" : kind, town.name);
      // No town has both a Heron Inn and a Heron Hotel.
      const core = `${coreOf(made)}/${town.name}`;
      if (takenCores.has(core)) continue;
      takenCores.add(core);
      return unique(() => made, town);
    }
  }

  function domain(text: string, town: City): string {
    const tail = town.state === "NSW" ? "-stay.com.au" : "-stay.com";
    const base = slugOf(text.replace(/^The /, ""));
    const candidates = [base, `${base}${slugOf(town.name)}`];
    for (let attempt = 0; ; attempt += 1) {
      const label = candidates[attempt] ?? `${base}${attempt}`;
      const found = `${label}${tail}`;
      if (takenDomains.has(found)) continue;
      takenDomains.add(found);
      return found;
    }
  }

  function owner(state: City["state"]): Owner {
    const known = owners[state];
    // Chosen: one owner in seven has more than one house; the register shows 6 licensees on 12 of 153 licences.
    if (known.length > 3 && random.chance(0.12)) return random.pick(known);
    ownerCount += 1;
    const fresh: Owner = {
      id: ownerCount,
      company: makeCompany(random, state === "NSW"),
      person: makePerson(random),
      isPerson: random.chance(0.05),
      phone: phones.local(city(state)),
    };
    known.push(fresh);
    return fresh;
  }

  function booking(slug: string): Booking {
    for (;;) {
      const made = makeBooking(random, slug);
      const key = `${made.engine}:${made.propertyId}`;
      if (takenBookings.has(key)) continue;
      takenBookings.add(key);
      return made;
    }
  }

  function chainName(brand: Brand, town: City, locality: string | undefined): string {
    let turn = 0;
    return unique(() => {
      turn += 1;
      const word =
        brand.word === "Hampton Inn" && random.chance(0.5) ? "Hampton Inn & Suites" : brand.word;
      const place = turn === 1 && locality ? locality : makeLocality(random);
      const crowded = turn > 12 ? ` ${makeWord(random)}` : "";
      return `${word} ${town.name}${random.chance(0.12) && turn === 1 && !locality ? "" : ` ${place}`}${crowded}`;
    }, town);
  }

  function brandLine(brand: Brand, state: City["state"]): Line {
    const key = `${brand.word}/${state === "NSW" ? "AU" : "US"}`;
    const line = brandLines.get(key) ?? phones.tollFree(state);
    brandLines.set(key, line);
    return line;
  }

  function build(wanted: Wanted): Property {
    const town = wanted.address?.city ?? wanted.city ?? city(wanted.state);
    const brand = wanted.chain
      ? (wanted.brandWord ?? pickBrand(random, wanted.state, wanted.notBrand))
      : undefined;
    const kind = wanted.kind ?? (brand ? chainKind(brand) : pickKind(random));
    const address: Address = wanted.address ?? makeAddress(random, town, takenAddresses);
    const title =
      wanted.name ?? (brand ? chainName(brand, town, wanted.locality) : name(kind, town));
    const slug = slugOf(title);
    const ownDomain =
      brand || "domain" in wanted
        ? wanted.domain
        : random.chance(0.9)
          ? domain(title, town)
          : undefined;
    const keeper = wanted.owner ?? owner(wanted.state);
    const contact = random.chance(0.45) ? keeper.person : makePerson(random);
    const mailbox = wanted.mailbox ?? random.weighted(RATES.mailboxes);
    const bookable = !brand && kind !== "private_rental" && kind !== "restaurant";
    const property: Property = {
      id: properties.length + 1,
      kind,
      name: title,
      brand,
      address,
      building: wanted.building ?? ++buildings,
      phone: wanted.phone ?? phones.local(town),
      otherPhone: wanted.otherPhone ?? phones.local(town),
      tollFree:
        wanted.tollFree ?? (brand ? brandLine(brand, wanted.state) : phones.tollFree(wanted.state)),
      domain: ownDomain,
      website:
        "website" in wanted
          ? wanted.website
          : brand
            ? chainPage(random, brand, `${slug.slice(0, 30)}`)
            : ownDomain && `https://www.${ownDomain}/`,
      email:
        "email" in wanted ? wanted.email : mailOf(random, { ownDomain, mailbox, contact, slug }),
      mailbox,
      owner: keeper,
      manager: wanted.manager,
      contact,
      contactTitle:
        contact === keeper.person ? "Owner" : random.pick(["General Manager", "GM", "Innkeeper"]),
      booking:
        "booking" in wanted
          ? wanted.booking
          : bookable && random.chance(0.8)
            ? booking(slug.slice(0, 24))
            : undefined,
      rooms: wanted.rooms ?? pickRooms(random, kind, brand),
      rating: random.weighted(RATES.directory.ratings),
      reviews: Math.max(3, Math.round(Math.exp(6.7 + random.gauss() * 1.3))),
      openedYear: random.int(1938, 2023),
      closedYear: wanted.closedYear,
      sources: new Set(
        [...coverage(random, wanted, kind, brand), ...(wanted.seenBy ?? [])].filter(
          (source) => !wanted.unseenBy?.includes(source),
        ),
      ),
      traps: wanted.traps ?? new Set(),
      deviations: wanted.deviations ?? {},
    };
    properties.push(property);
    return property;
  }

  return {
    random,
    properties,
    takenAddresses,
    build,
    city,
    name,
    domain,
    owner,
    line: (town) => phones.local(town),
    building: () => ++buildings,
  };
}

/** `The Salt Heron Inn` → `thesaltheroninn`. */
function slugOf(text: string): string {
  return text
    .normalize("NFD")
    .toLowerCase()
    .replaceAll("&", "and")
    .replace(/[^a-z0-9]/g, "");
}

function coverage(
  random: Random,
  wanted: Wanted,
  kind: Kind,
  brand: Brand | undefined,
): readonly Source[] {
  if (kind === "private_rental" || kind === "restaurant") return [];
  const { register, map, directory, crm, people, urls } = RATES.coverage;
  // Sales collects independents: chains are one CRM row in ten, so that the whole stays at the rate.
  const crmRate = brand ? 0.1 : (crm - 0.1 * RATES.chainShare) / (1 - RATES.chainShare);
  const rates: Record<Source, number> = {
    register: wanted.state === "FL" ? register : 0,
    map,
    directory,
    crm: crmRate,
    people,
    urls: brand ? 0 : urls,
  };
  return (Object.keys(rates) as Source[]).filter((source) => random.chance(rates[source]));
}

function chainKind(brand: Brand): Kind {
  return /Motel|Lodge|Super 8|Rodeway/.test(brand.word) ? "motel" : "hotel";
}

function pickKind(random: Random): Kind {
  return random.weighted([
    ["hotel", 48],
    ["motel", 24],
    ["guest_house", 14],
    ["apartment", 8],
    ["resort", 6],
  ]);
}

/** Deciles of the units of 134 hotel and motel licences run 1, 13, 22, 31, 44, 69, 97, 235 (dbpr_subset_provenance.csv). */
function pickRooms(random: Random, kind: Kind, brand: Brand | undefined): number {
  if (brand) return random.int(brand.rooms[0], brand.rooms[1]);
  switch (kind) {
    case "private_rental":
      return 1;
    case "guest_house":
      return random.int(3, 14);
    case "motel":
      return random.int(8, 64);
    case "resort":
      return Math.min(900, Math.round(Math.exp(5 + random.gauss() * 0.6)));
    default:
      return Math.max(5, Math.min(800, Math.round(Math.exp(3.6 + random.gauss() * 0.9))));
  }
}

function mailOf(
  random: Random,
  of: {
    readonly ownDomain: string | undefined;
    readonly mailbox: Property["mailbox"];
    readonly contact: { readonly first: string; readonly last: string };
    readonly slug: string;
  },
): string | undefined {
  // `.example` keeps an invented free mailbox from being anybody's.
  if (of.mailbox === "free" || !of.ownDomain) {
    return random.chance(0.7) ? `${of.slug.slice(0, 22)}.example@gmail.com` : undefined;
  }
  const first = of.contact.first.toLowerCase();
  const local = of.mailbox === "role" ? random.weighted(RATES.roles) : first;
  return `${local}@${of.ownDomain}`;
}
