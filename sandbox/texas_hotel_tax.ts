import { abbreviateCity, longStreet, shortStreet } from "./kit/address.ts";
import { licenseeMention, licenseeOf } from "./kit/parties.ts";
import {
  isLodging,
  type Property,
  type Trap,
  type TruthMention,
  type TruthRecord,
} from "./kit/property.ts";
import { createRandom, type Random } from "./kit/random.ts";
import { RATES } from "./kit/rates.ts";
import { formName } from "./kit/spelling.ts";
import { type Asked, fileAnswer, notFound, type StandIn } from "./kit/stand-in.ts";
import { makePerson, makeStreetName } from "./kit/words.ts";
import type { Truth } from "./truth.ts";

const FOLDER = "/open_records/";

/** The state's own codes: counties in the order of the alphabet. */
const COUNTIES: Readonly<Record<string, string>> = {
  Aransas: "004",
  Bandera: "010",
  Bexar: "015",
  Brazos: "021",
  Brewster: "022",
  Cameron: "031",
  Comal: "046",
  Dallas: "057",
  "El Paso": "071",
  Galveston: "084",
  Gillespie: "086",
  Harris: "101",
  Hays: "105",
  Hidalgo: "108",
  Jefferson: "123",
  Kerr: "133",
  Lubbock: "152",
  McLennan: "161",
  Midland: "165",
  Nueces: "178",
  Potter: "188",
  Presidio: "189",
  Smith: "212",
  Tarrant: "220",
  Taylor: "221",
  Travis: "227",
  Webb: "240",
};

/** A location as its taxpayer files it, quarter by quarter. */
interface Filing {
  readonly taxpayer: readonly string[];
  readonly location: readonly string[];
  readonly units: number;
  readonly begins: string;
  readonly ends: string;
  readonly nightly: number;
}

/**
 * Texas's hotel occupancy tax as the Comptroller hands it out: quarterly files without a header, every
 * text padded, a comma at each row's end. One quarter has LF and one CRLF, and one lies there twice.
 * Record ids are taxpayer number and location number.
 */
export function texasHotelTax(truth: Truth): StandIn {
  const random = createRandom(`${truth.seed}/texas_hotel_tax`);
  const parties = createRandom(`${truth.seed}/texas_hotel_tax/parties`);
  const mentions: TruthMention[] = [];
  const records: TruthRecord[] = [];
  const quarters: Readonly<Record<string, string[]>> = { "2026Q1": [], "2026Q2": [] };
  const locations = createLocations();
  const taxed = random
    .shuffle(truth.properties)
    .filter(
      (property) =>
        property.address.city.state === "TX" &&
        isLodging(property) &&
        random.chance(RATES.tax.coverage),
    );
  for (const property of taxed) {
    const traps: Trap[] = [];
    const number = locations(property.owner.id);
    const taxpayer = licenseeOf(parties, property);
    const filing = file(random, property, { number, taxpayer: taxpayer.text }, traps);
    const recordId = `texas_hotel_tax:${filing.taxpayer[0]}:${number}`;
    records.push({ recordId, propertyId: property.id, traps });
    mentions.push(licenseeMention(`${recordId}:taxpayer`, property, taxpayer.traps));
    // Some file late: their newest quarter is the one before.
    const isLate = property.closedYear !== undefined || random.chance(RATES.tax.late);
    for (const quarter of isLate ? ["2026Q1"] : ["2026Q1", "2026Q2"]) {
      quarters[quarter]?.push(line(random, filing, quarter));
    }
    if (random.chance(RATES.tax.rentalsPerHotel)) {
      const rental = fileRental(random, property, locations(900_000 + records.length));
      quarters["2026Q2"]?.push(line(random, { ...rental, taxpayer: filing.taxpayer }, "2026Q2"));
    }
  }
  const files = new Map([
    ["hot-2026Q1.csv", toFile(quarters["2026Q1"], "\n")],
    ["hot-2026Q2.csv", toFile(quarters["2026Q2"], "\r\n")],
    ["hot-2026Q2-again.csv", toFile(quarters["2026Q2"], "\r\n")],
  ]);

  function answer(asked: Asked) {
    const [path = ""] = asked.path.split("?");
    const found = path.startsWith(FOLDER) ? files.get(path.slice(FOLDER.length)) : undefined;
    return found ? fileAnswer(asked, "text/csv", found) : notFound();
  }

  return { records, mentions, answer };
}

function toFile(lines: readonly string[] = [], end: string): Buffer {
  return Buffer.from(lines.map((text) => `${text}${end}`).join(""), "latin1");
}

function file(
  random: Random,
  property: Property,
  { number, taxpayer }: { readonly number: string; readonly taxpayer: string },
  traps: Trap[],
): Filing {
  const { owner, address, closedYear } = property;
  const mailing = random.chance(0.6)
    ? `${address.number} ${shortStreet(address)}`
    : `PO BOX ${random.int(100, 9900)}`;
  const { city } = address;
  const short = abbreviateCity(city.name);
  const isShort = short !== city.name && random.chance(0.2);
  if (isShort) traps.push("abbreviation");
  if (closedYear !== undefined) traps.push("closure");
  const street = random.chance(RATES.register.suffixWritten)
    ? longStreet(address)
    : shortStreet(address);
  const county = COUNTIES[city.county] ?? "000";
  return {
    taxpayer: [
      String(30_000_000_000 + owner.id * 17),
      quoted(taxpayer, 50),
      quoted(mailing, 40),
      quoted(city.name, 20),
      quoted("TX", 2),
      quoted(address.zip, 5),
      county,
      quoted(random.chance(0.9) ? owner.phone.digits : "", 10),
    ],
    location: [
      number,
      quoted(nameFor(random, property, traps), 50),
      quoted(`${address.number} ${street}${address.unit ? ` ${address.unit}` : ""}`, 40),
      quoted(isShort ? short : city.name, 20),
      quoted("TX", 2),
      quoted(address.zip, 5),
      county,
      quoted(phoneOf(random, property), 10),
    ],
    units: property.rooms,
    begins: `${property.openedYear}${month(random)}01`,
    ends: closedYear === undefined ? "" : `${closedYear}${month(random)}28`,
    nightly: random.int(52, 340),
  };
}

/** One unit let to guests: a location in the register, never a hotel. */
function fileRental(
  random: Random,
  { address }: Property,
  number: string,
): Omit<Filing, "taxpayer"> {
  const { last } = makePerson(random);
  return {
    location: [
      number,
      quoted(`${last} Rental`, 50),
      quoted(`${random.int(100, 4900)} ${makeStreetName(random)} Ln`, 40),
      quoted(address.city.name, 20),
      quoted("TX", 2),
      quoted(address.zip, 5),
      COUNTIES[address.city.county] ?? "000",
      quoted("", 10),
    ],
    units: 1,
    begins: "20190301",
    ends: "",
    nightly: random.int(80, 400),
  };
}

function nameFor(random: Random, property: Property, traps: Trap[]): string {
  const spelt = formName(random, property);
  if (spelt.trap) traps.push(spelt.trap);
  // Quotes are not doubled in these files.
  return random.chance(RATES.tax.quoteInName) ? spelt.name.replace(/ (\w+)/, ' "$1"') : spelt.name;
}

function phoneOf(random: Random, property: Property): string {
  if (!random.chance(RATES.tax.phoneFilled)) return "";
  return (random.chance(0.6) ? property.phone : property.otherPhone).digits;
}

function line(random: Random, filing: Filing, quarter: string): string {
  const receipts = filing.units * 91 * filing.nightly * (0.35 + random.next() * 0.5);
  const taxable = random.chance(0.15) ? receipts * random.next() : receipts;
  return [
    ...filing.taxpayer,
    ...filing.location,
    String(filing.units).padStart(5),
    filing.begins,
    filing.ends.padEnd(8),
    quarter,
    random.pick(["50", "50", "60"]),
    receipts.toFixed(2).padStart(13),
    taxable.toFixed(2).padStart(13),
    "",
  ].join(",");
}

/** A text column: capitals, cut and padded to its width, between quotes. */
function quoted(text: string, width: number): string {
  return `"${text.toUpperCase().slice(0, width).padEnd(width)}"`;
}

function month(random: Random): string {
  return String(random.int(1, 12)).padStart(2, "0");
}

/** The next free number among a taxpayer's locations. */
function createLocations(): (taxpayer: number) => string {
  const given = new Map<number, number>();
  return (taxpayer) => {
    const next = (given.get(taxpayer) ?? 0) + 1;
    given.set(taxpayer, next);
    return String(next).padStart(5, "0");
  };
}
