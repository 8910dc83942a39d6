import { abbreviateCity, longStreet, shortStreet } from "./kit/address.ts";
import { quotedLine } from "./kit/csv.ts";
import { licenseeMention, licenseeOf } from "./kit/parties.ts";
import { e164, type Line, writePhone } from "./kit/phones.ts";
import { COUNTY_CODES, DISTRICTS } from "./kit/places.ts";
import type { Property, Trap, TruthMention, TruthRecord } from "./kit/property.ts";
import { createRandom, type Random } from "./kit/random.ts";
import { RATES } from "./kit/rates.ts";
import { hasLookalikeBeside, misspell, registerName } from "./kit/spelling.ts";
import { type Asked, fileAnswer, notFound, type StandIn } from "./kit/stand-in.ts";
import type { Truth } from "./truth.ts";

const FOLDER = "/sto/file_download/extracts/";
const DISTRICT_COUNT = 7;

const HEADER = `Board Code,License Type Code,Licensee Name,Rank Code,Modifier Code,Mailing Name,
Mailing Street Address,Mailing Address Line 2,Mailing Address Line 3,Mailing City,Mailing State Code,
Mailing Zip Code,Primary Phone Number,Mailing County Code,Business Name,Filler,Location Street Address,
Location Address Line 2,Location Address Line 3,Location City,Location State Code,Location Zip Code,
Location County Code,Location County,Secondary Phone Number,District,Region,License Number,
Primary Status Code,Secondary Status Code,License Expiry Date,Last Inspection Date,
Number of Seats or Rental Units,Base Risk Level,Secondary Risk Level`
  .replaceAll("\n", "")
  .split(",");

/** Header texts of the files of about 2012; one district still sends them. */
const OLD_HEADER: Readonly<Record<string, string>> = {
  "Business Name": "Business Name (Location)",
  "Primary Status Code": "Primary Status Code (see table below)",
  "Secondary Phone Number": "Secondary Telephone Number",
  "License Expiry Date": "Expiry Date",
};
const OLD_HEADER_DISTRICT = 6;

/** One district sends a column that nobody announced. */
const ADDED_COLUMN = "Inspection Visit Id";
const ADDED_COLUMN_DISTRICT = 7;

/**
 * Florida's lodging licences as the Division of Hotels and Restaurants publishes them: one CSV a district,
 * Latin-1, every field quoted, a licence repeated per rental unit. Record ids are licence numbers.
 */
export function floridaDbpr(truth: Truth): StandIn {
  const random = createRandom(`${truth.seed}/florida_dbpr`);
  const parties = createRandom(`${truth.seed}/florida_dbpr/parties`);
  const districts: string[][][] = Array.from({ length: DISTRICT_COUNT }, () => []);
  const newest: string[][] = [];
  const records: TruthRecord[] = [];
  const mentions: TruthMention[] = [];
  const licences = createLicences(random);
  const licensed = truth.properties.filter((property) => property.sources.has("register"));
  for (const property of random.shuffle(licensed)) {
    const licensee = licenseeOf(parties, property);
    const { licence, traps, rows } = write(random, property, licences, licensee.text);
    const recordId = `florida_dbpr:${licence}`;
    records.push({ recordId, propertyId: property.id, traps });
    mentions.push(licenseeMention(`${recordId}:licensee`, property, licensee.traps));
    districts[(DISTRICTS[property.address.city.county] ?? 1) - 1]?.push(...rows);
    if (random.chance(0.04)) newest.push(...rows);
  }
  const files = new Map<string, Buffer>([["newlodg.csv", toFile(newest, 0)]]);
  districts.forEach((rows, index) => {
    files.set(`hrlodge${index + 1}.csv`, toFile(rows, index + 1));
  });

  function answer(asked: Asked) {
    const [path = ""] = asked.path.split("?");
    const file = path.startsWith(FOLDER) ? files.get(path.slice(FOLDER.length)) : undefined;
    return file ? fileAnswer(asked, "text/csv", file) : notFound();
  }

  return { records, mentions, answer };
}

function toFile(rows: readonly string[][], district: number): Buffer {
  const header =
    district === OLD_HEADER_DISTRICT ? HEADER.map((name) => OLD_HEADER[name] ?? name) : HEADER;
  const added = district === ADDED_COLUMN_DISTRICT;
  const lines = [
    quotedLine(added ? [...header, ADDED_COLUMN] : header),
    ...rows.map((row, index) => quotedLine(added ? [...row, String(7_000_000 + index)] : row)),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n`, "latin1");
}

interface Written {
  readonly licence: string;
  readonly traps: readonly Trap[];
  readonly rows: readonly string[][];
}

function write(random: Random, property: Property, licences: Licences, licensee: string): Written {
  const { address, owner, deviations } = property;
  const traps = new Set<Trap>();
  const rank = rankOf(random, property);
  const licence = licences.next(rank, address.city.county);
  const spelt = nameFor(random, property, traps);
  const where =
    deviations.formerAddress?.in === "register" ? deviations.formerAddress.address : address;
  if (deviations.formerAddress?.in === "register") traps.add("move");
  const [primary, secondary] = statusOf(random, property).split("/") as [string, string];
  const zip = zipOf(random, where.zip);
  const city = cityOf(random, where.city.name, traps);
  const county = COUNTY_CODES[where.city.county] ?? "";
  const mailing = random.chance(0.5) ? shortStreet(where) : `PO BOX ${random.int(100, 9900)}`;
  const base = {
    "Board Code": "200",
    "License Type Code": "2001",
    "Licensee Name": licensee,
    "Rank Code": rank,
    "Mailing Name": random.chance(0.3) ? licensee : "",
    "Mailing Street Address": mailing.startsWith("PO") ? mailing : `${where.number} ${mailing}`,
    "Mailing City": city,
    "Mailing State Code": "FL",
    "Mailing Zip Code": where.zip,
    "Primary Phone Number": random.chance(0.6) ? phoneText(random, owner.phone) : "",
    "Mailing County Code": county,
    "Business Name": spelt,
    "Location Street Address": streetOf(random, where, hasLookalikeBeside(property)),
    "Location Address Line 2": where.unit,
    "Location City": city,
    "Location State Code": "FL",
    "Location Zip Code": zip,
    "Location County Code": county,
    "Location County": where.city.county,
    "Secondary Phone Number": locationPhone(random, property),
    District: String(DISTRICTS[where.city.county] ?? 1),
    Region: String(random.int(1, 12)).padStart(2, "0"),
    "License Number": licence,
    "Primary Status Code": primary,
    "Secondary Status Code": secondary,
    "License Expiry Date": random.pick([
      "10/01/2026",
      "12/01/2026",
      "02/01/2027",
      "04/01/2027",
      "06/01/2027",
    ]),
    "Last Inspection Date": random.chance(RATES.register.inspectionMissing)
      ? ""
      : `${pad(random.int(1, 8))}/${pad(random.int(1, 28))}/2026`,
    "Number of Seats or Rental Units": String(property.rooms),
    "Base Risk Level": random.pick(["1", "1", "2"]),
  } satisfies Record<string, string>;
  const units = deviations.unitRows ?? 0;
  const rows =
    units > 0
      ? Array.from({ length: units }, (_, index) =>
          toRow({
            ...base,
            "Location Address Line 2": `UNIT ${101 + index + 90 * Math.floor(index / 10)}`,
          }),
        )
      : [toRow(base)];
  if (units > 0) traps.add("unit_rows");
  if (property.kind === "private_rental") traps.add("single_unit");
  return { licence, traps: [...traps], rows };
}

function toRow(fields: Readonly<Record<string, string>>): string[] {
  return HEADER.map((name) => (fields[name] ?? "").toUpperCase()).map((text, index) =>
    // The one column in mixed case.
    HEADER[index] === "Location County" ? (fields["Location County"] ?? "") : text,
  );
}

function nameFor(random: Random, property: Property, traps: Set<Trap>): string {
  const { deviations, kind, owner, address } = property;
  if (kind === "private_rental") {
    if (random.chance(0.5)) return "";
    return random.pick([
      `${owner.person.last} RENTAL`,
      `${address.street} CONDO`,
      `${owner.person.last} ${address.unit}`,
    ]);
  }
  if (deviations.formerName?.in === "register") {
    traps.add("rebrand");
    return deviations.formerName.name;
  }
  if (deviations.misspeltIn === "register") {
    traps.add("misspelling");
    return misspell(random, property.name);
  }
  if (!hasLookalikeBeside(property) && random.chance(RATES.register.nameBlank)) return "";
  if (!hasLookalikeBeside(property) && random.chance(RATES.register.licenseeAsName)) {
    traps.add("legal_name");
    return owner.isPerson ? `${owner.person.last} ${owner.person.first}` : owner.company;
  }
  const spelt = registerName(random, property);
  if (spelt.trap) traps.add(spelt.trap);
  return spelt.name;
}

function rankOf(random: Random, property: Property): string {
  switch (property.kind) {
    case "private_rental":
      return random.weighted([
        ["DWEL", 2139],
        ["CNDO", 1472],
      ]);
    case "motel":
      return "MOTL";
    case "guest_house":
      return random.chance(0.5) ? "BNB" : "HOTL";
    case "apartment":
      return property.deviations.unitRows ? "CNDO" : random.pick(["TAPT", "TAPT", "NTAP"]);
    default:
      return "HOTL";
  }
}

/** Closed houses linger with a status that is not current. */
function statusOf(random: Random, property: Property): string {
  if (property.closedYear !== undefined) return random.pick(["46/45", "45/20"]);
  return random.weighted(RATES.register.statuses);
}

function locationPhone(random: Random, property: Property): string {
  if (!random.chance(RATES.register.phoneFilled)) return "";
  if (random.chance(RATES.mainPhone.register)) return phoneText(random, property.phone);
  return phoneText(random, random.chance(0.25) ? property.otherPhone : property.owner.phone);
}

function phoneText(random: Random, line: Line): string {
  return line.country === "1"
    ? writePhone(line, random.weighted(RATES.register.phoneForms))
    : e164(line);
}

/** A range of house numbers would swallow a neighbour's. */
function streetOf(random: Random, address: Property["address"], crowded: boolean): string {
  const ranged = !crowded && random.chance(RATES.register.numberRange);
  const number = ranged
    ? `${address.number}-${address.number + random.int(3, 15) * 2}`
    : address.number;
  const street = random.chance(RATES.register.suffixWritten)
    ? longStreet(address)
    : shortStreet(address);
  return `${number} ${street}`;
}

function cityOf(random: Random, city: string, traps: Set<Trap>): string {
  const short = abbreviateCity(city);
  // Only some names can be abbreviated: the share of all rows is what was measured.
  const abbreviated = short !== city && random.chance(RATES.register.cityAbbreviated * 2.2);
  if (abbreviated) traps.add("abbreviation");
  return (abbreviated ? short : city).slice(0, RATES.register.cityWidth);
}

function zipOf(random: Random, zip: string): string {
  const form = random.weighted(RATES.register.zipForms);
  if (form === "99999") return zip;
  const four = String(random.int(1000, 9999));
  return form === "999999999" ? `${zip}${four}` : `${zip}-${four}`;
}

interface Licences {
  next(rank: string, county: string): string;
}

/** `HOT2312345`: three letters of the rank, the county's code, a number that grows. */
function createLicences(random: Random): Licences {
  let number = 10_000;
  return {
    next(rank, county) {
      number += random.int(1, 3);
      // Two digits of county and as many as the running number needs: at least five.
      return `${rank.slice(0, 3)}${COUNTY_CODES[county] ?? "99"}${String(number).padStart(5, "0")}`;
    },
  };
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
