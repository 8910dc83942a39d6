import { isLodging, type Owner, type Property } from "./property.ts";
import { createRandom, type Random } from "./random.ts";
import { RATES } from "./rates.ts";
import { makeCompany, makePerson, type Person } from "./words.ts";

/** Who a business number of Australia is given to, as all three of its registers know it. */
export interface LegalEntity {
  /** Equal for the records of one owner; what owns no hotel of the world has a negative one. */
  readonly organizationId: number;
  readonly abn: string;
  /** Companies have one: the last nine digits of their business number. */
  readonly acn: string | undefined;
  readonly type: readonly [code: string, text: string];
  readonly legalName: string;
  /** A sole trader; `legalName` is the person's then. */
  readonly person: Person | undefined;
  readonly isActive: boolean;
  readonly state: string;
  readonly postcode: string;
  /** YYYYMMDD. */
  readonly since: string;
  readonly updated: string;
  readonly gst: "ACT" | "CAN" | "NON";
  readonly names: readonly { readonly type: "BN" | "TRD" | "OTN"; readonly name: string }[];
  readonly formerName: string | undefined;
  /** Hotels it owns. */
  readonly properties: readonly Property[];
  /** Registered after the last weekly extract: only the web service knows it. */
  readonly isNew: boolean;
}

const TYPES = {
  company: ["PRV", "Australian Private Company"],
  trust: ["DIT", "Discretionary Investment Trust"],
  person: ["IND", "Individual/Sole Trader"],
} as const;

/** Owners of the hotels of New South Wales, and others beside them with names that mislead. */
export function legalEntities(truth: {
  readonly seed: string;
  readonly properties: readonly Property[];
}): readonly LegalEntity[] {
  const random = createRandom(`${truth.seed}/legal`);
  const numbers = createNumbers(random);
  const rates = RATES.legal;
  const entities: LegalEntity[] = [];
  const owned = new Map<Owner, Property[]>();
  for (const property of truth.properties) {
    if (property.address.city.state !== "NSW" || !isLodging(property)) continue;
    owned.set(property.owner, [...(owned.get(property.owner) ?? []), property]);
  }

  function add(made: Partial<LegalEntity> & Pick<LegalEntity, "organizationId" | "legalName">) {
    const isTrust = / TRUST$/.test(made.legalName);
    const type = made.person ? TYPES.person : isTrust ? TYPES.trust : TYPES.company;
    const { abn, acn } = numbers(type === TYPES.company);
    entities.push({
      abn,
      acn,
      type,
      person: undefined,
      isActive: true,
      state: "NSW",
      postcode: "2000",
      since: dayIn(random, 1999, 2024),
      updated: dayIn(random, 2024, 2025),
      gst: random.weighted(rates.gst),
      names: [],
      formerName: undefined,
      properties: [],
      isNew: false,
      ...made,
    });
  }

  for (const [owner, properties] of owned) {
    const { address } = properties[0] as Property;
    const postcode = random.chance(rates.officeAtHotel) ? address.zip : random.pick(OFFICES);
    const names = properties.flatMap((property) => [
      ...(random.chance(rates.businessName) ? [{ type: "BN" as const, name: property.name }] : []),
      ...(random.chance(rates.tradingName)
        ? [{ type: "TRD" as const, name: property.name.toUpperCase() }]
        : []),
    ]);
    add({
      organizationId: owner.id,
      legalName: owner.isPerson ? fullName(owner.person) : owner.company.toUpperCase(),
      person: owner.isPerson ? owner.person : undefined,
      postcode,
      names,
      formerName: random.chance(rates.renamed) ? companyName(random) : undefined,
      properties,
      isNew: random.chance(rates.newcomer),
    });
    const [first] = properties;
    if (first && random.chance(rates.predecessor)) {
      // Who had the house before: the name is still on the register, the number is cancelled.
      add({
        organizationId: -entities.length,
        legalName: companyName(random),
        postcode,
        isActive: false,
        names: [{ type: "TRD", name: first.name.toUpperCase() }],
      });
    }
    if (first && random.chance(rates.namesake)) {
      add({
        organizationId: -entities.length,
        legalName: companyName(random),
        state: "QLD",
        postcode: "4870",
        names: [{ type: "BN", name: first.name }],
      });
    }
  }
  const others = Math.max(20, Math.round(owned.size * rates.others));
  for (let index = 0; index < others; index += 1) {
    const person = random.chance(0.3) ? makePerson(random) : undefined;
    const state = random.pick(["NSW", "VIC", "QLD", "NT"]);
    add({
      organizationId: -entities.length,
      legalName: person ? fullName(person) : companyName(random),
      person,
      isActive: random.chance(0.8),
      state,
      // A postcode keeps its leading zero.
      postcode: state === "NT" ? "0870" : String(random.int(2000, 2999)),
      names: random.chance(0.3) ? [{ type: "OTN", name: companyName(random) }] : [],
    });
  }
  const [manager] = entities.filter(({ organizationId }) => organizationId < 0);
  // Some strata managers have hundreds of names.
  const names = Array.from({ length: 300 }, (_, index) => ({
    type: "TRD" as const,
    name: `STRATA & BODY CORPORATE ${index + 1}`,
  }));
  if (manager) entities[entities.indexOf(manager)] = { ...manager, names };
  return entities;
}

const OFFICES = ["2000", "2010", "2060", "2088", "2150", "2300", "2500"];

function companyName(random: Random): string {
  return makeCompany(random, true).toUpperCase();
}

function fullName({ first, last }: Person): string {
  return `${first} ${last}`.toUpperCase();
}

function dayIn(random: Random, first: number, last: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${random.int(first, last)}${two(random.int(1, 12))}${two(random.int(1, 28))}`;
}

/** Numbers nobody else has, with the check digits of the registers. */
function createNumbers(random: Random) {
  const given = new Set<string>();
  return (isCompany: boolean): { readonly abn: string; readonly acn: string | undefined } => {
    for (;;) {
      const base = String(random.int(10_000_000, 69_999_999)).padStart(8, "0");
      const nine = isCompany ? `${base}${acnCheck(base)}` : `${base}${random.int(0, 9)}`;
      if (given.has(nine)) continue;
      given.add(nine);
      return { abn: `${abnCheck(nine)}${nine}`, acn: isCompany ? nine : undefined };
    }
  };
}

function acnCheck(eight: string): number {
  const sum = [...eight].reduce((total, digit, index) => total + Number(digit) * (8 - index), 0);
  return (10 - (sum % 10)) % 10;
}

/** The two digits before nine others: all together are divisible by 89. */
function abnCheck(nine: string): string {
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (3 + 2 * index), 0);
  return String(10 + ((89 - (sum % 89)) % 89));
}
