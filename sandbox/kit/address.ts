import type { City } from "./places.ts";
import type { Random } from "./random.ts";
import { makeStreetName } from "./words.ts";

export interface Address {
  readonly city: City;
  readonly number: number;
  /** North, South, East, West or nothing. */
  readonly direction: string;
  /** `Pelican`, `4th`, `US Highway 1`. */
  readonly street: string;
  /** `Avenue`; empty for highways. */
  readonly suffix: string;
  readonly unit: string;
  readonly zip: string;
  readonly latitude: number;
  readonly longitude: number;
}

const SHORT: Readonly<Record<string, string>> = {
  Avenue: "Ave",
  Street: "St",
  Drive: "Dr",
  Boulevard: "Blvd",
  Road: "Rd",
  Court: "Ct",
  Way: "Way",
  Lane: "Ln",
  Parade: "Pde",
  Highway: "Hwy",
  Esplanade: "Esp",
};

/** Last words of the 120 streets in the map file: Avenue 63, Street 22, Drive 14, Boulevard 9, Road 5, Highway 4, Court 2, Way 1. */
const SUFFIXES = [
  ["Avenue", 63],
  ["Street", 22],
  ["Drive", 14],
  ["Boulevard", 9],
  ["Road", 5],
  ["Court", 2],
  ["Way", 1],
] as const;

const SUFFIXES_AUSTRALIA = [
  ["Street", 60],
  ["Road", 18],
  ["Avenue", 10],
  ["Parade", 6],
  ["Esplanade", 3],
  ["Lane", 3],
] as const;

const METRES_PER_DEGREE = 111_320;

/** An address in a city that nobody has yet: `taken` remembers number, street and city. */
export function makeAddress(random: Random, city: City, taken: Set<string>): Address {
  for (;;) {
    const address = guess(random, city);
    const key = addressKey(address);
    if (taken.has(key)) continue;
    taken.add(key);
    return address;
  }
}

/** The next free house number of the same street and side, a few dozen metres on. */
export function nextDoor(random: Random, address: Address, taken: Set<string>): Address {
  const angle = random.next() * 2 * Math.PI;
  for (let step = random.int(1, 5) * 2; ; step += 2) {
    const moved = shift({ ...address, number: address.number + step }, 20 + step * 4, angle);
    const key = addressKey(moved);
    if (taken.has(key)) continue;
    taken.add(key);
    return moved;
  }
}

/** The same address seen from `metres` away: another survey, another corner of the lot. */
export function shift(address: Address, metres: number, angle: number): Address {
  const latitude = address.latitude + (metres * Math.sin(angle)) / METRES_PER_DEGREE;
  const shrink = Math.cos((address.latitude * Math.PI) / 180);
  const longitude = address.longitude + (metres * Math.cos(angle)) / (METRES_PER_DEGREE * shrink);
  return { ...address, latitude: round(latitude), longitude: round(longitude) };
}

/** `100 South Pelican Avenue`. */
export function longStreet(address: Address): string {
  return words(address.direction, address.street, address.suffix);
}

/** `S Pelican Ave`. */
export function shortStreet(address: Address): string {
  return words(
    address.direction.charAt(0),
    address.street.replace("Highway", "Hwy"),
    SHORT[address.suffix] ?? address.suffix,
  );
}

/** `ST. PETE BEACH` → `ST PETE BCH`, as clerks write where a column is narrow. */
export function abbreviateCity(name: string): string {
  return name
    .replace(/\bBeach\b/, "Bch")
    .replace(/^Fort /, "Ft ")
    .replace(/^Saint /, "St ")
    .replace(/^St\. /, "St ")
    .replace(/^North /, "N ")
    .replace(/^Port /, "Pt ");
}

function addressKey(address: Address): string {
  return `${address.city.name}/${address.direction}/${address.street}/${address.suffix}/${address.number}`;
}

function guess(random: Random, city: City): Address {
  const australian = city.state === "NSW";
  const suffix = random.weighted<string>(australian ? SUFFIXES_AUSTRALIA : SUFFIXES);
  const highway = !australian && random.chance(4 / 120);
  const numbered = !australian && random.chance(0.12);
  const number = australian ? random.int(1, 320) : random.int(1, 490) * 10 + random.int(0, 9);
  const spread = 0.018 + city.weight * 0.004;
  const street = highway
    ? `US Highway ${random.pick([1, 19, 27, 41, 90, 98])}`
    : numbered
      ? ordinal(random.int(1, 60))
      : makeStreetName(random);
  return {
    city,
    number,
    direction:
      !australian && random.chance(0.13) ? random.pick(["North", "South", "East", "West"]) : "",
    street,
    suffix: highway ? "" : suffix,
    unit: "",
    zip: random.pick(city.zips),
    latitude: round(city.latitude + clamp(random.gauss()) * spread),
    longitude: round(city.longitude + clamp(random.gauss()) * spread),
  };
}

function ordinal(number: number): string {
  const tail = number % 100 > 10 && number % 100 < 14 ? 0 : number % 10;
  return `${number}${["th", "st", "nd", "rd"][tail] ?? "th"}`;
}

function clamp(value: number): number {
  return Math.max(-2, Math.min(2, value));
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
