import { EltError } from "../engine/errors.ts";
import { type Builder, createBuilder, type Wanted } from "./kit/build.ts";
import { plantParties } from "./kit/parties.ts";
import type { City } from "./kit/places.ts";
import type { Property, Trap } from "./kit/property.ts";
import { createRandom, type Random } from "./kit/random.ts";
import { RATES } from "./kit/rates.ts";
import { GROUPS, type Group } from "./kit/traps.ts";

/** Raised when the same seed would give another world than before. */
export const TRUTH_VERSION = 4;

/** Raised when it would give other properties. */
const PROPERTIES_VERSION = 3;

export interface TruthOptions {
  readonly seed: string | number;
  /** Lodging properties; restaurants and private rentals come on top. */
  readonly properties: number;
}

export interface Truth {
  readonly seed: string;
  readonly size: number;
  readonly properties: readonly Property[];
}

const SMALLEST = 50;

/** The hidden truth: every property there is, with owner, phones, domains and the traps it takes part in. */
export function generateTruth({ seed, properties: size }: TruthOptions): Truth {
  if (!Number.isInteger(size) || size < SMALLEST) {
    throw new EltError(`a sandbox of ${size} properties is too small for every trap`, {
      hint: `set sandbox.properties to at least ${SMALLEST}`,
      exitCode: 2,
    });
  }
  const random = createRandom(`${seed}/truth/${PROPERTIES_VERSION}`);
  const builder = createBuilder(random);
  const planned = planGroups(random, size);
  for (const { group, state, members } of planned) group.make(builder, state, members);
  addPrivateRentals(builder);
  const parties = createRandom(`${seed}/parties/${TRUTH_VERSION}`);
  return { seed: String(seed), size, properties: plantParties(parties, builder.properties) };
}

interface Planned {
  readonly group: Group;
  readonly state: City["state"];
  readonly members: number;
}

/** Which groups of properties to build, in shuffled order, so that states keep their share and the sum is `size`. */
function planGroups(random: Random, size: number): Planned[] {
  const left = new Map<City["state"], number>();
  let rest = size;
  for (const [state, share] of RATES.states) {
    const count = state === "NSW" ? rest : Math.round(size * share);
    left.set(state, count);
    rest -= count;
  }
  const planned: Planned[] = [];
  for (const group of GROUPS) {
    const count = Math.max(1, Math.round((group.share * size) / group.members));
    for (let index = 0; index < count; index += 1) {
      const state = group.state ?? random.weighted([...left]);
      const room = left.get(state) ?? 0;
      const chosen = room >= group.members ? state : "FL";
      left.set(chosen, (left.get(chosen) ?? 0) - group.members);
      planned.push({ group, state: chosen, members: group.members });
    }
  }
  for (const [state, count] of left) {
    for (let index = 0; index < count; index += 1) {
      planned.push({ group: PLAIN, state, members: 1 });
    }
  }
  return random.shuffle(planned);
}

const PLAIN: Group = {
  share: 0,
  members: 1,
  make: (builder, state) => {
    builder.build({ state, chain: builder.random.chance(CHAINS_AMONG_PLAIN) });
  },
};

/** Groups hold chains at another rate than the whole; the rest makes up for it. */
const CHAINS_AMONG_PLAIN = 0.205;

/** Single units let to holiday guests: licences of their own in the register, never a hotel. */
function addPrivateRentals(builder: Builder): void {
  const { random } = builder;
  const licensed = builder.properties.filter((property) => property.sources.has("register"));
  const count = Math.max(2, Math.round(licensed.length * RATES.register.rentalsPerHotel));
  for (let index = 0; index < count; index += 1) {
    const beside = random.chance(0.15) ? random.pick(licensed) : undefined;
    const unit = random.chance(0.5)
      ? `UNIT ${random.int(1, 24)}${random.pick(["", "A", "B", "C"])}`
      : "";
    const city = beside?.address.city ?? builder.city("FL");
    const owner = builder.owner("FL");
    const base: Wanted = {
      state: "FL",
      kind: "private_rental",
      city,
      owner: { ...owner, isPerson: random.chance(0.6) },
      name: `${owner.person.last} Rental ${builder.properties.length}`,
      domain: undefined,
      website: undefined,
      email: undefined,
      booking: undefined,
      rooms: 1,
      seenBy: ["register"],
      traps: new Set<Trap>(["single_unit"]),
    };
    if (!beside) {
      builder.build(base);
      continue;
    }
    // A unit of a building that also holds a hotel: same street address, own licence.
    builder.build({
      ...base,
      address: { ...beside.address, unit: unit || `UNIT ${random.int(1, 900)}` },
      building: beside.building,
      traps: new Set<Trap>(["single_unit", "shared_address"]),
    });
  }
}
