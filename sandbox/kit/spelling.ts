import { abbreviateCity } from "./address.ts";
import type { Property } from "./property.ts";
import type { Random } from "./random.ts";
import { RATES } from "./rates.ts";
import { isLodgingWord, makeHotelName } from "./words.ts";

const ABBREVIATIONS: readonly (readonly [RegExp, string])[] = [
  [/\bApartments\b/i, "Apts"],
  [/\bHotel\b/i, "Htl"],
  [/\bBeach\b/i, "Bch"],
  [/\bBed & Breakfast\b/i, "B&B"],
  [/\bResort\b/i, "Rsrt"],
  [/\bSaint\b/i, "St"],
  [/\bMotor\b/i, "Mtr"],
  [/\bGuest House\b/i, "Guesthouse"],
];

export interface Spelt {
  readonly name: string;
  readonly trap?: "legal_name" | "rebrand" | "abbreviation";
}

/** What the clerk wrote as business name, in the register's capitals. */
export function registerName(random: Random, property: Property): Spelt {
  const spelt = spellForRegister(random, property);
  return { ...spelt, name: spelt.name.toUpperCase() };
}

/**
 * What a tax or permit form says: the sign over the door, now and then what clerks make of it. The nine
 * locations of the tax register's sample all carry their trade name.
 */
export function formName(random: Random, property: Property): Spelt {
  if (random.chance(RATES.forms.asClerksWrite)) return registerName(random, property);
  return { name: listedName(random, property, RATES.map.nameSame).toUpperCase() };
}

function spellForRegister(random: Random, property: Property): Spelt {
  const { name, address, owner, traps } = property;
  if (traps.has("twin_buildings") || traps.has("annex")) return { name };
  // Two licences of one company in one place must stay two houses to whoever reads carefully.
  if (hasLookalikeBeside(property) || random.chance(RATES.register.nameAgrees)) {
    return agreeing(random, name, address.city.name, random.weighted(RATES.register.agreeingForms));
  }
  switch (random.weighted(RATES.register.disagreeingForms)) {
    case "long":
      return {
        name: `${rare(name)} ${random.pick(["Resort & Residences", "Suites Condo Hotel", "Management LLC", "Beach Hotel Operations"])}`,
      };
    case "company":
      return {
        name: owner.isPerson ? `${owner.person.last} Hotel LLC` : owner.company,
        trap: "legal_name",
      };
    default:
      return property.brand
        ? { name: owner.company, trap: "legal_name" }
        : { name: makeHotelName(random, "hotel", address.city.name), trap: "rebrand" };
  }
}

/** A neighbour of the same owner or brand family stands beside it. */
export function hasLookalikeBeside({ traps }: Property): boolean {
  return (["chain_next_door", "chain_neighbours", "twin_buildings", "annex"] as const).some(
    (trap) => traps.has(trap),
  );
}

/** The name as maps and lists write it: mostly as it is, else with a word more, less or other. */
export function listedName(random: Random, property: Property, same: number): string {
  const { name, address, traps } = property;
  if (traps.has("twin_buildings") || traps.has("annex") || random.chance(same)) return name;
  const form = random.weighted([
    ["added", 40],
    ["lost", 25],
    ["replaced", 35],
  ] as const);
  return agreeing(random, name, address.city.name, form).name;
}

/** One slip of the finger or the ear: letters swapped, dropped, doubled, a vowel for another. */
export function misspell(random: Random, name: string): string {
  const words = name.split(" ");
  const long = words.filter((word) => word.length > 4 && !isLodgingWord(word));
  const word = long.length > 0 ? random.pick(long) : (words[0] ?? name);
  const at = random.int(1, Math.max(1, word.length - 2));
  const slipped = random.pick([
    () => `${word.slice(0, at)}${word.charAt(at + 1)}${word.charAt(at)}${word.slice(at + 2)}`,
    () => `${word.slice(0, at)}${word.slice(at + 1)}`,
    () => `${word.slice(0, at)}${word.charAt(at)}${word.slice(at)}`,
    () => word.replace(/[aeiou]/, (vowel) => (vowel === "e" ? "a" : "e")),
  ])();
  return name.replace(word, slipped === word ? `${word}e` : slipped);
}

function agreeing(
  random: Random,
  name: string,
  city: string,
  form: "same" | "added" | "lost" | "replaced",
): Spelt {
  switch (form) {
    case "same":
      return { name };
    case "added":
      return { name: add(random, name, city) };
    case "lost":
      return { name: lose(name) };
    default:
      return replace(random, name);
  }
}

function add(random: Random, name: string, city: string): string {
  const choices = [
    ...(name.startsWith("The ") ? [] : [`The ${name}`]),
    ...(name.includes(city) ? [] : [`${name} ${city}`, `${name} ${abbreviateCity(city)}`]),
    ...(/Hotel|Inn|Motel|House|Breakfast/.test(name) ? [] : [`${name} Hotel`]),
    ...(/(Hotel|Inn|Motel|Resort)$/.test(name) ? [`${name} & Suites`] : []),
  ];
  return choices.length > 0 ? random.pick(choices) : name;
}

function lose(name: string): string {
  if (name.startsWith("The ")) return name.slice(4);
  if (name.endsWith(" Bed & Breakfast")) return name.slice(0, -" Bed & Breakfast".length);
  const words = name.split(" ");
  const last = words.at(-1) ?? "";
  return words.length > 2 && isLodgingWord(last) ? words.slice(0, -1).join(" ") : name;
}

function replace(random: Random, name: string): Spelt {
  const fitting = ABBREVIATIONS.filter(([pattern]) => pattern.test(name));
  if (fitting.length > 0 && random.chance(0.4)) {
    const [pattern, short] = random.pick(fitting);
    return { name: name.replace(pattern, short), trap: "abbreviation" };
  }
  if (name.includes(" and ")) return { name: name.replace(" and ", " & ") };
  if (name.includes(" & ")) return { name: name.replace(" & ", " and ") };
  if (/ Inn$/.test(name)) return { name: name.replace(/ Inn$/, " Hotel") };
  if (/ Hotel$/.test(name)) return { name: name.replace(/ Hotel$/, " Resort") };
  if (/ Motel$/.test(name)) return { name: name.replace(/ Motel$/, " Motor Inn") };
  return { name: lose(name) };
}

/** The words that tell a house from others. */
function rare(name: string): string {
  const words = name.split(" ").filter((word) => !isLodgingWord(word));
  return words.length > 0 ? words.slice(0, 2).join(" ") : name;
}
