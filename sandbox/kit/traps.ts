import { makeAddress, nextDoor, shift } from "./address.ts";
import type { Builder, Wanted } from "./build.ts";
import type { City } from "./places.ts";
import { CITIES } from "./places.ts";
import type { Property, Source, Trap } from "./property.ts";
import { RATES } from "./rates.ts";
import { makeCompany, makeLocality, makePerson, makeRestaurantName } from "./words.ts";

/** Properties built together because they are easily taken for one another, or one house with a past. */
export interface Group {
  /** Share of all properties that stand in such groups. */
  readonly share: number;
  readonly members: number;
  /** Only possible there. */
  readonly state?: City["state"];
  readonly make: (builder: Builder, state: City["state"], members: number) => void;
}

const T = RATES.traps;

export const GROUPS: readonly Group[] = [
  { share: T.chainNextDoor, members: 2, make: chainNextDoor },
  { share: T.chainNeighbours, members: 2, make: chainNeighbours },
  { share: T.twinTowers, members: 2, make: twinTowers },
  { share: T.annex, members: 2, make: annex },
  { share: T.sharedAddress, members: 3, make: sharedAddress },
  { share: T.switchboard, members: 3, make: switchboard },
  { share: T.portfolio, members: 4, make: portfolio },
  { share: T.restaurant, members: 1, make: restaurantInside },
  { share: T.rebrand, members: 1, make: rebrand },
  { share: T.move, members: 1, make: move },
  { share: T.closure, members: 1, make: closure },
  { share: T.engineWebsite, members: 1, make: engineWebsite },
  { share: T.condoHotel, members: 1, state: "FL", make: condoHotel },
  { share: T.misspelling, members: 1, make: misspelling },
  { share: T.wrongCoordinates, members: 1, make: wrongCoordinates },
  { share: T.brandNumber, members: 1, make: brandNumber },
];

const traps = (...names: Trap[]): ReadonlySet<Trap> => new Set(names);

/** Sources that surely know a property, so that its trap can be seen at all. */
function wellKnown(state: City["state"]): Source[] {
  return state === "FL" ? ["register", "map"] : ["map", "directory"];
}

function chainNextDoor(builder: Builder, state: City["state"]): void {
  const seenBy = wellKnown(state);
  const house = builder.build({ state, seenBy, traps: traps("chain_next_door") });
  const address = nextDoor(builder.random, house.address, builder.takenAddresses);
  const owner = builder.random.chance(0.3) ? { owner: house.owner } : {};
  builder.build({ state, seenBy, address, chain: true, traps: traps("chain_next_door"), ...owner });
}

/** Two brands side by side with the same place in their names; one group in three shares even the house number. */
function chainNeighbours(builder: Builder, state: City["state"]): void {
  const { random } = builder;
  const shared = {
    state,
    chain: true,
    seenBy: wellKnown(state),
    locality: makeLocality(random),
    owner: builder.owner(state),
    traps: traps("chain_neighbours"),
  } as const;
  const first = builder.build(shared);
  const dual = random.chance(0.33);
  builder.build({
    ...shared,
    notBrand: first.brand,
    address: dual
      ? shift(first.address, 12, 0)
      : nextDoor(random, first.address, builder.takenAddresses),
    ...(dual ? { building: first.building } : {}),
  });
}

function twinTowers(builder: Builder, state: City["state"]): void {
  const city = builder.city(state);
  const base = builder.name("hotel", city);
  const [one, two] = builder.random.pick([
    ["North Tower", "South Tower"],
    ["East Tower", "West Tower"],
  ] as const);
  twins(builder, {
    state,
    city,
    trap: "twin_buildings",
    names: [`${base} ${one}`, `${base} ${two}`],
  });
}

function annex(builder: Builder, state: City["state"]): void {
  const city = builder.city(state);
  const base = builder.name("hotel", city);
  twins(builder, { state, city, trap: "annex", names: [base, `${base} Annex`] });
}

/** Two licensed buildings of one business: phone, site and owner in common, house number and licence not. */
function twins(
  builder: Builder,
  of: {
    readonly state: City["state"];
    readonly city: City;
    readonly trap: Trap;
    readonly names: readonly [string, string];
  },
): void {
  const { state, city, trap, names } = of;
  const domain = builder.domain(names[0], city);
  const shared: Wanted = {
    state,
    city,
    kind: "hotel",
    domain,
    website: `https://www.${domain}/`,
    email: `info@${domain}`,
    phone: builder.line(city),
    owner: builder.owner(state),
    seenBy: wellKnown(state),
    // Lists without an address cannot say which building they mean.
    unseenBy: ["crm", "people", "urls"],
    traps: traps(trap),
  };
  const first = builder.build({ ...shared, name: names[0] });
  const address = nextDoor(builder.random, first.address, builder.takenAddresses);
  builder.build({ ...shared, name: names[1], address });
}

/** One tower, three companies that let rooms in it. */
function sharedAddress(builder: Builder, state: City["state"], members: number): void {
  const { random } = builder;
  const address = makeAddress(random, builder.city(state), builder.takenAddresses);
  const building = builder.building();
  for (let index = 0; index < members; index += 1) {
    builder.build({
      state,
      kind: index === 0 ? "hotel" : "apartment",
      address: {
        ...shift(address, index * 4, 0),
        unit: index === 0 ? "" : `STE ${100 * index + random.int(1, 60)}`,
      },
      building,
      seenBy: wellKnown(state),
      traps: traps("shared_address"),
    });
  }
}

/** Houses of one manager answer one phone. */
function switchboard(builder: Builder, state: City["state"], members: number): void {
  const city = builder.city(state);
  const phone = builder.line(city);
  const manager = makeCompany(builder.random, state === "NSW");
  for (let index = 0; index < members; index += 1) {
    builder.build({
      state,
      city,
      phone,
      otherPhone: phone,
      manager,
      seenBy: wellKnown(state),
      traps: traps("shared_switchboard"),
    });
  }
}

/** Houses of one manager are pages of one site. */
function portfolio(builder: Builder, state: City["state"], members: number): void {
  const manager = makeCompany(builder.random, state === "NSW");
  const city = builder.city(state);
  const domain = builder.domain(manager.replace(/ (LLC|Inc|Corp|LP|Pty Ltd|Trust)$/, ""), city);
  for (let index = 0; index < members; index += 1) {
    const home = builder.city(state);
    const name = builder.name("hotel", home);
    builder.build({
      state,
      city: home,
      name,
      kind: "hotel",
      domain: undefined,
      website: `https://www.${domain}/hotels/${name
        .toLowerCase()
        .replaceAll("&", "and")
        .replace(/[^a-z0-9]+/g, "-")}`,
      email: `info@${domain}`,
      manager,
      seenBy: ["directory"],
      traps: traps("portfolio_domain"),
    });
  }
}

function restaurantInside(builder: Builder, state: City["state"]): void {
  const { random } = builder;
  const hotel = builder.build({
    state,
    kind: "hotel",
    seenBy: [...wellKnown(state), "crm"],
    traps: traps("restaurant_inside"),
  });
  const name = makeRestaurantName(random, hotel.name);
  const guest = random.chance(0.45) && hotel.domain !== undefined;
  const domain = guest ? undefined : builder.domain(name, hotel.address.city);
  builder.build({
    state,
    kind: "restaurant",
    name,
    address: shift(hotel.address, 8, random.next() * 6),
    building: hotel.building,
    ...(random.chance(0.5) ? { phone: hotel.phone } : {}),
    domain,
    website: guest ? `https://www.${hotel.domain}/dining` : `https://www.${domain}/`,
    email: guest ? hotel.email : `info@${domain}`,
    booking: undefined,
    owner: random.chance(0.5) ? hotel.owner : builder.owner(state),
    seenBy: random.chance(0.3) ? ["map", "crm", "urls"] : ["map", "crm"],
    traps: traps("restaurant_inside"),
  });
}

/** Renamed; one source still has the name from before. */
function rebrand(builder: Builder, state: City["state"]): void {
  const { random } = builder;
  const seenBy = wellKnown(state);
  const city = builder.city(state);
  const former = { name: builder.name("hotel", city), in: random.pick(seenBy) };
  builder.build({
    state,
    city,
    chain: random.chance(0.3),
    seenBy,
    traps: traps("rebrand"),
    deviations: { formerName: former },
  });
}

/** Moved across town; one source still has the address from before. Name, site and phone went along. */
function move(builder: Builder, state: City["state"]): void {
  const { random } = builder;
  const city = builder.city(state);
  const seenBy: Source[] = state === "FL" ? ["register", "map", "directory"] : ["map", "directory"];
  const phone = builder.line(city);
  const former = {
    address: makeAddress(random, city, builder.takenAddresses),
    in: random.pick(["map", "directory"] as const),
  };
  builder.build({
    state,
    city,
    phone,
    otherPhone: phone,
    seenBy,
    traps: traps("move"),
    deviations: { formerAddress: former },
  });
}

function closure(builder: Builder, state: City["state"]): void {
  builder.build({
    state,
    closedYear: builder.random.int(2024, 2026),
    seenBy: wellKnown(state),
    traps: traps("closure"),
  });
}

/** No site of its own: the link everywhere is the booking page. */
function engineWebsite(builder: Builder, state: City["state"]): void {
  const house = builder.build({
    state,
    domain: undefined,
    website: undefined,
    seenBy: ["crm", "directory"],
    traps: traps("engine_website"),
  });
  const booking = house.booking ?? {
    engine: "Cloudbeds",
    propertyId: `x${house.id.toString(36).padStart(5, "Q")}`,
    url: `https://hotels.cloudbeds.com/reservation/x${house.id.toString(36).padStart(5, "Q")}`,
  };
  Object.assign(house, { booking, website: booking.url } satisfies Partial<Property>);
}

/** The register lists its units one by one under one licence; some units have licences of their own. */
function condoHotel(builder: Builder, state: City["state"]): void {
  const { random } = builder;
  const house = builder.build({
    state,
    kind: "apartment",
    seenBy: ["register", "map"],
    traps: traps("unit_rows"),
    rooms: random.int(30, 260),
    deviations: { unitRows: random.int(8, 30) },
  });
  for (let unit = random.int(1, 3); unit > 0; unit -= 1) {
    const person = makePerson(random);
    builder.build({
      state,
      kind: "private_rental",
      name: `${person.last} Rental ${house.id}-${unit}`,
      address: { ...house.address, unit: `UNIT ${unit * 100 + random.int(1, 60)}` },
      building: house.building,
      owner: { ...builder.owner(state), person, isPerson: true },
      domain: undefined,
      website: undefined,
      email: undefined,
      booking: undefined,
      rooms: 1,
      seenBy: ["register"],
      traps: traps("single_unit", "shared_address"),
    });
  }
}

function misspelling(builder: Builder, state: City["state"]): void {
  const seenBy: Source[] = [...wellKnown(state), "crm"];
  builder.build({
    state,
    seenBy,
    traps: traps("misspelling"),
    deviations: { misspeltIn: builder.random.pick(seenBy) },
  });
}

/** The town's centre, latitude and longitude swapped, or another town altogether. */
function wrongCoordinates(builder: Builder, state: City["state"]): void {
  const { random } = builder;
  const address = makeAddress(random, builder.city(state), builder.takenAddresses);
  const other = random.pick(CITIES.filter((town) => town.state === state && town !== address.city));
  const point = random.weighted([
    [{ latitude: address.city.latitude, longitude: address.city.longitude }, 60],
    [{ latitude: address.longitude, longitude: address.latitude }, 20],
    [{ latitude: other.latitude, longitude: other.longitude }, 20],
  ]);
  builder.build({
    state,
    address,
    seenBy: [...wellKnown(state), "directory"],
    traps: traps("wrong_coordinates"),
    deviations: { wrongPoint: { ...point, in: "directory" } },
  });
}

/** A franchise whose listings print the chain's central number. */
function brandNumber(builder: Builder, state: City["state"]): void {
  builder.build({
    state,
    chain: true,
    seenBy: ["directory", "map"],
    traps: traps("brand_number"),
  });
}
