import { longStreet, shift, shortStreet } from "./address.ts";
import { plainLine } from "./csv.ts";
import { makeBeacon, withTransientParts } from "./engines.ts";
import { listedPerson } from "./parties.ts";
import { type Line, writeAustralian, writePhone } from "./phones.ts";
import type { City } from "./places.ts";
import type { PartyTrap, Property, Trap, TruthMention, TruthRecord } from "./property.ts";
import type { Random } from "./random.ts";
import { RATES } from "./rates.ts";
import { listedName, misspell } from "./spelling.ts";
import { makePerson, type Person } from "./words.ts";

/** A list somebody exported: its lines, and which property each line is. */
export interface List {
  readonly rows: readonly (readonly string[])[];
  readonly records: readonly TruthRecord[];
  /** Which persons its lines name. */
  readonly mentions?: readonly TruthMention[];
}

export const STATE_NAMES: Readonly<Record<City["state"], string>> = {
  FL: "Florida",
  TX: "Texas",
  NSW: "New South Wales",
};

const DIRECTORY_HEADER =
  "id,type,name,category,rating,phone,address,email,numberOfRooms,latitude,longitude,webUrl,website,numberOfReviews".split(
    ",",
  );

/** A travel directory's hotels: the address in one string, rooms, rating, coordinates. */
export function directoryList(
  random: Random,
  properties: readonly Property[],
  firstId: number,
): List {
  const rates = RATES.directory;
  const rows: string[][] = [DIRECTORY_HEADER];
  const records: TruthRecord[] = [];
  let id = firstId;
  for (const property of random.shuffle(properties)) {
    const { deviations, address } = property;
    const traps: Trap[] = [];
    id += random.int(3, 900);
    const former =
      deviations.formerAddress?.in === "directory" ? deviations.formerAddress.address : undefined;
    if (former) traps.push("move");
    const where = former ?? address;
    const wrong = deviations.wrongPoint?.in === "directory" ? deviations.wrongPoint : undefined;
    if (wrong) traps.push("wrong_coordinates");
    const near = shift(
      where,
      rates.metres * Math.abs(0.6 + random.gauss() * 0.7),
      random.next() * 6.28,
    );
    const point = wrong ?? near;
    const name = nameOf(random, property, "directory", 0.6, traps);
    const central = property.traps.has("brand_number");
    if (central) traps.push("brand_number");
    const line =
      central || random.chance(rates.tollFree)
        ? property.tollFree
        : random.chance(RATES.mainPhone.directory / (1 - rates.tollFree))
          ? property.phone
          : property.otherPhone;
    const slug = property.name.replace(/[^A-Za-z0-9]+/g, "_");
    rows.push([
      String(id),
      "HOTEL",
      name,
      property.kind === "guest_house" ? "bed_and_breakfast" : "hotel",
      property.rating,
      random.chance(rates.phone) ? phoneText(random, line, rates.phoneForms) : "",
      oneLine(random, where),
      property.email !== undefined && random.chance(rates.email * 1.1) ? property.email : "",
      String(roomsAsListed(random, property.rooms)),
      point.latitude.toFixed(6),
      point.longitude.toFixed(6),
      `https://www.tripadvisor.com/Hotel_Review-g34000-d${id}-Reviews-${slug}.html`,
      property.website !== undefined && random.chance(rates.website)
        ? siteText(random, property.website, rates)
        : "",
      String(property.reviews),
    ]);
    records.push({ recordId: `tripadvisor:${id}`, propertyId: property.id, traps });
  }
  return { rows, records };
}

const CRM_HEADER =
  "Record ID,Name,Company Domain Name,Website URL,Phone Number,Email,PMS,Booking URL,Number of Rooms,Lead Status,Description,Latitude,Longitude,Contact Name,Contact Title,Contact Email".split(
    ",",
  );

/** A sales system's export: booking links and their labels, no address, latitude without longitude. */
export function crmList(
  random: Random,
  parties: Random,
  properties: readonly Property[],
  firstId: number,
): List {
  const rates = RATES.crm;
  const rows: string[][] = [CRM_HEADER];
  const records: TruthRecord[] = [];
  const mentions: TruthMention[] = [];
  let id = firstId;
  for (const property of random.shuffle(properties)) {
    const traps: Trap[] = ["missing_longitude"];
    id += random.int(1, 40);
    const name = nameOf(random, property, "crm", 0.75, traps);
    const [pms, bookingUrl] = bookingText(random, property);
    const website = property.website ?? "";
    const site = website === "" ? "" : siteText(random, website, rates);
    if (property.traps.has("engine_website")) traps.push("engine_website");
    const line = random.chance(rates.tollFree)
      ? property.tollFree
      : random.chance(RATES.mainPhone.crm)
        ? property.phone
        : property.otherPhone;
    const australian = line.country === "61";
    const contact = parties.chance(RATES.parties.crmContacts)
      ? contactOf(parties, property)
      : undefined;
    rows.push([
      String(id),
      random.chance(0.004) ? name.toUpperCase() : name,
      website === "" ? "" : new URL(website).hostname.replace(/^www\./, ""),
      site,
      random.chance(rates.phone)
        ? phoneText(random, line, australian ? rates.australianPhoneForms : rates.phoneForms)
        : "",
      mailText(random, property),
      pms,
      bookingUrl,
      random.chance(rates.rooms) ? String(roomsAsListed(random, property.rooms)) : "",
      "New",
      `PMS: ${pms} | Booking URL: ${bookingUrl}`,
      random.chance(rates.latitude) ? property.address.latitude.toFixed(7) : "",
      "",
      contact?.text ?? "",
      contact?.title ?? "",
      contact?.email ?? "",
    ]);
    records.push({ recordId: `hubspot:${id}`, propertyId: property.id, traps });
    if (contact) mentions.push({ recordId: `hubspot:${id}:contact`, ...contact.truth });
  }
  return { rows, records, mentions };
}

const PEOPLE_HEADER =
  "First Name,Last Name,Full Name,Title,Company,Company Name for Emails,Email,Email Status,Seniority,Departments,Corporate Phone,# Employees,Industry,Website,City,State,Country,Company Address,Company Phone,Apollo Contact Id".split(
    ",",
  );

/** A client's list of people and where they work: several lines a hotel. */
export function peopleList(random: Random, parties: Random, properties: readonly Property[]): List {
  const rows: string[][] = [PEOPLE_HEADER];
  const records: TruthRecord[] = [];
  const mentions: TruthMention[] = [];
  for (const property of random.shuffle(properties)) {
    const count = random.weighted([
      [1, 60],
      [2, 30],
      [3, 10],
    ]);
    const traps: Trap[] = [];
    const company = nameOf(random, property, "people", 0.7, traps);
    const { city } = property.address;
    const country = city.state === "NSW" ? "Australia" : "United States";
    const state = STATE_NAMES[city.state];
    for (let index = 0; index < count; index += 1) {
      const other = makePerson(random);
      const isRelative = index > 0 && parties.chance(RATES.parties.relatives);
      const person =
        index === 0 ? property.contact : isRelative ? relativeOf(property.contact, other) : other;
      const written = listedPerson(parties, person);
      const id = random.text(24, "0123456789abcdef");
      const phone = `'${phoneText(random, property.phone, city.state === "NSW" ? [["+61 9 9999 9999", 1]] : [["+1 999-999-9999", 1]])}`;
      rows.push([
        person.first,
        person.last,
        written.text,
        index === 0
          ? property.contactTitle
          : random.pick(["Director of Sales", "Front Office Manager", "Revenue Manager"]),
        company,
        company,
        property.domain
          ? `${person.first.toLowerCase()}.${person.last.toLowerCase()}@${property.domain}`
          : "",
        property.domain
          ? random.pick(["Verified", "Verified", "Extrapolated", "Unavailable"])
          : "Unavailable",
        index === 0 ? "Owner" : "Manager",
        "Operations",
        phone,
        String(Math.max(2, Math.round(property.rooms / 2))),
        "hospitality",
        property.website ?? "",
        city.name,
        state,
        country,
        `${property.address.number} ${shortStreet(property.address)}, ${city.name}, ${state}, ${country}, ${property.address.zip}`,
        random.chance(RATES.mainPhone.people) ? phone : "",
        id,
      ]);
      records.push({ recordId: `apollo:${id}`, propertyId: property.id, traps });
      const family: readonly PartyTrap[] = isRelative ? ["family"] : [];
      mentions.push({
        recordId: `apollo:${id}:contact`,
        person,
        traps: [...written.traps, ...family],
      });
    }
  }
  return { rows, records, mentions };
}

/** Websites somebody pasted: one a line. */
export function urlList(random: Random, properties: readonly Property[]): List {
  const rows: string[][] = [];
  const records: TruthRecord[] = [];
  for (const property of random.shuffle(properties)) {
    const url = property.website ?? property.booking?.url;
    if (url === undefined) continue;
    const traps: Trap[] = property.traps.has("engine_website") ? ["engine_website"] : [];
    rows.push([siteText(random, url, RATES.crm)]);
    records.push({
      recordId: `direct_urls:direct_urls-${rows.length}`,
      propertyId: property.id,
      traps,
    });
  }
  return { rows, records };
}

interface Contact {
  readonly text: string;
  readonly title: string;
  readonly email: string;
  readonly truth: Pick<TruthMention, "person" | "traps">;
}

/** Whom sales talk to: mostly the contact of the house, else its owner. */
function contactOf(random: Random, property: Property): Contact {
  const { contact, owner, domain } = property;
  const person = random.chance(0.8) ? contact : owner.person;
  const { text, traps } = listedPerson(random, person);
  const mailbox = random
    .pick([
      `${person.first}.${person.last}`,
      `${person.first.charAt(0)}${person.last}`,
      person.first,
      "info",
    ])
    .toLowerCase();
  return {
    text,
    title: person === owner.person ? "Owner" : property.contactTitle,
    email: domain !== undefined && random.chance(0.5) ? `${mailbox}@${domain}` : "",
    truth: { person, traps },
  };
}

/** Somebody of the same family: one surname, one house, another person. */
function relativeOf({ first, last }: Person, other: Person): Person {
  return other.first === first ? other : { first: other.first, last };
}

export function csvOf(list: List): Buffer {
  return Buffer.from(`${list.rows.map(plainLine).join("\n")}\n`, "utf8");
}

function nameOf(
  random: Random,
  property: Property,
  source: "directory" | "crm" | "people",
  same: number,
  traps: Trap[],
): string {
  const { deviations } = property;
  if (deviations.formerName?.in === source) {
    traps.push("rebrand");
    return deviations.formerName.name;
  }
  if (deviations.misspeltIn === source) {
    traps.push("misspelling");
    return misspell(random, property.name);
  }
  return listedName(random, property, same);
}

/** `1131 Pelican Ave, Tampa, FL 33602-4604`; `12 Quay Street, Byron Bay, New South Wales 2481 Australia`. */
function oneLine(random: Random, address: Property["address"]): string {
  const street = random.chance(RATES.directory.suffixShort)
    ? shortStreet(address)
    : longStreet(address);
  const { city, zip, number } = address;
  const unit = address.unit === "" ? "" : ` ${address.unit}`;
  if (city.state === "NSW") {
    return `${number} ${street}${unit}, ${city.name}, New South Wales ${zip} Australia`;
  }
  const plusFour = random.chance(RATES.directory.zipPlusFour) ? `-${random.int(1000, 9999)}` : "";
  return `${number} ${street}${unit}, ${city.name}, ${city.state} ${zip}${plusFour}`;
}

function roomsAsListed(random: Random, rooms: number): number {
  const { roomsExact, roomsNear } = RATES.directory;
  const dice = random.next();
  if (dice < roomsExact) return rooms;
  const factor =
    dice < roomsExact + roomsNear ? 0.92 + random.next() * 0.16 : 0.4 + random.next() * 1.6;
  return Math.max(1, Math.round(rooms * factor));
}

/** Label and link as detectors left them: the engine's page, the hotel's own page, or a beacon. */
function bookingText(random: Random, property: Property): readonly [string, string] {
  const { booking, website } = property;
  const unknown = property.kind === "restaurant" || booking === undefined;
  const own = unknown ? 0.55 : RATES.crm.ownSiteBooking * 0.5;
  const beacon = unknown ? 0.45 : RATES.crm.unknownApi * 0.5;
  const dice = random.next();
  const engineSite = property.traps.has("engine_website");
  if (dice < own && website !== undefined && !engineSite) {
    const label = booking?.engine ?? "proprietary_or_same_domain";
    return [crmLabel(label), `${website.replace(/\/$/, "")}/reservations`];
  }
  if (booking === undefined || (dice < own + beacon && !engineSite)) {
    return ["unknown_booking_api", makeBeacon(random)];
  }
  return [crmLabel(booking.engine), withTransientParts(random, booking.url)];
}

function crmLabel(engine: string): string {
  return engine === "SynXis" || engine === "TravelClick" ? "SynXis / TravelClick" : engine;
}

/** Glued prefixes as in `20info@`: some twenty of all lead files. */
function mailText(random: Random, property: Property): string {
  if (property.email === undefined || !random.chance(RATES.crm.email * 1.15)) return "";
  return random.chance(0.007) ? `20${property.email}` : property.email;
}

function phoneText(
  random: Random,
  line: Line,
  shapes: readonly (readonly [string, number])[],
): string {
  const shape = random.weighted(shapes);
  if (line.country === "61" || shape.startsWith("+61")) {
    const australian = shape.startsWith("+61") || shape.startsWith("0") || shape.startsWith("(0");
    return line.tollFree
      ? writeAustralian(line, shape)
      : writePhone(line, australian ? shape : "+61 9 9999 9999");
  }
  if (/^\+1|^1/.test(shape)) {
    const at = shape.indexOf("1") + 1;
    return shape.slice(0, at) + writePhone(line, shape.slice(at));
  }
  return writePhone(line, shape);
}

function siteText(
  random: Random,
  website: string,
  rates: { readonly plainHttp: number; readonly utm: number },
): string {
  const url = random.chance(rates.plainHttp) ? website.replace("https:", "http:") : website;
  if (!random.chance(rates.utm)) return url;
  const mark = random.pick([
    "utm_source=google&utm_medium=organic",
    "utm_source=gmb&utm_medium=organic&utm_campaign=gmb_listing",
  ]);
  return `${url}${url.includes("?") ? "&" : "?"}${mark}`;
}
