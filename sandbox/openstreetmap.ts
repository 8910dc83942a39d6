import { longStreet, shift } from "./kit/address.ts";
import { overpassError, overpassJson, overpassStatus, rateLimited } from "./kit/overpass-pages.ts";
import {
  type ElementType,
  type OverpassQuery,
  OverpassSyntaxError,
  parseOverpassQuery,
} from "./kit/overpass-query.ts";
import { listedOperator } from "./kit/parties.ts";
import { e164, type Line, writeAustralian, writePhone } from "./kit/phones.ts";
import {
  isLodging,
  type Property,
  type Trap,
  type TruthMention,
  type TruthRecord,
} from "./kit/property.ts";
import { createRandom, type Random } from "./kit/random.ts";
import { RATES } from "./kit/rates.ts";
import { listedName, misspell } from "./kit/spelling.ts";
import { type Answer, type Asked, notFound, type StandIn } from "./kit/stand-in.ts";
import type { Truth } from "./truth.ts";

/** Queries the server runs at once for one address, as `/api/status` says. */
const SLOTS = 2;

interface Element {
  readonly type: ElementType;
  readonly id: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The Overpass API over a map of the invented hotels: it reads the query it is sent, gives what lies in the
 * box and fits the tags, and refuses a third query at once. Record ids are `way/123456789`.
 */
export function openstreetmap(truth: Truth): StandIn {
  const random = createRandom(`${truth.seed}/openstreetmap`);
  const ids = createIds(random);
  const elements: Element[] = [];
  const records: TruthRecord[] = [];
  const mentions: TruthMention[] = [];
  const parties = createRandom(`${truth.seed}/openstreetmap/parties`);
  const mapped = truth.properties.filter((property) => property.sources.has("map"));
  mapped.forEach((property, index) => {
    const operator = listedOperator(parties, property);
    const drawn = draw(random, property, ids, operator.text);
    // At least one house is drawn twice in every world.
    if (isLodging(property) && (index === 0 || random.chance(RATES.map.twice))) {
      drawn.push({ ...drawAgain(random, property, ids), traps: ["mapped_twice"] });
    }
    for (const { element, traps } of drawn) {
      elements.push(element);
      const recordId = `openstreetmap:${element.type}/${element.id}`;
      records.push({ recordId, propertyId: property.id, traps });
      if (element.tags.operator === undefined) continue;
      mentions.push({
        recordId: `${recordId}:operator`,
        company: operator.company,
        traps: operator.traps,
      });
    }
  });
  const order: readonly ElementType[] = ["node", "way", "relation"];
  elements.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type) || a.id - b.id);

  function answer(asked: Asked): Answer {
    const { pathname, searchParams } = new URL(asked.path, "http://overpass");
    if (pathname === "/api/status") return overpassStatus(asked.now, SLOTS, asked.concurrent - 1);
    if (pathname !== "/api/interpreter") return notFound();
    if (asked.concurrent > SLOTS) return rateLimited();
    const text = queryText(asked, searchParams);
    if (text.trim() === "") {
      return overpassError(400, "line 1: parse error: Query expected - end of input found.");
    }
    try {
      return respond(elements, parseOverpassQuery(text));
    } catch (error) {
      if (error instanceof OverpassSyntaxError) return overpassError(400, error.message);
      throw error;
    }
  }

  return { records, mentions, answer };
}

function respond(elements: readonly Element[], query: OverpassQuery): Answer {
  const { out } = query;
  const found = elements.filter((element) =>
    query.statements.some(
      (statement) =>
        statement.types.includes(element.type) &&
        (statement.box === undefined || contains(statement.box, element)) &&
        statement.filters.every((filter) => filter(element.tags)),
    ),
  );
  if (out.verbosity === "count") {
    const total = String(found.length);
    return overpassJson([{ type: "count", id: 0, tags: { total } }]);
  }
  return overpassJson(found.slice(0, out.limit).map((element) => printed(element, query)));
}

function contains(box: readonly number[], { latitude, longitude }: Element): boolean {
  const [south = -90, west = -180, north = 90, east = 180] = box;
  return latitude >= south && latitude <= north && longitude >= west && longitude <= east;
}

/** `body` and `meta` also list a way's nodes and a relation's members; `tags` does not. */
function printed(element: Element, { out }: OverpassQuery): unknown {
  const { type, id, tags } = element;
  const point = { lat: element.latitude, lon: element.longitude };
  if (out.verbosity === "ids") return { type, id };
  const located =
    type === "node"
      ? out.verbosity === "tags" && !out.center
        ? {}
        : point
      : out.center
        ? { center: point }
        : {};
  const nodes = [id * 10 + 1, id * 10 + 2, id * 10 + 3, id * 10 + 1];
  const parts =
    out.verbosity === "tags" || type === "node"
      ? {}
      : type === "way"
        ? { nodes }
        : { members: [{ type: "way", ref: id + 700, role: "outer" }] };
  return { type, id, ...located, ...parts, ...(out.verbosity === "skel" ? {} : { tags }) };
}

/** The query of a GET, of a form's `data` field, or the bare body: the real server takes all three. */
function queryText(asked: Asked, query: URLSearchParams): string {
  if (asked.method === "GET") return query.get("data") ?? "";
  const text = asked.body.toString("utf8");
  const type = asked.headers["content-type"] ?? "";
  if (type.includes("urlencoded") || text.startsWith("data=")) {
    return new URLSearchParams(text).get("data") ?? text;
  }
  return text;
}

interface Drawn {
  readonly element: Element;
  readonly traps: readonly Trap[];
}

type Ids = (type: ElementType) => number;

function draw(random: Random, property: Property, ids: Ids, operator: string): Drawn[] {
  const traps: Trap[] = [];
  const { address, deviations } = property;
  const former =
    deviations.formerAddress?.in === "map" ? deviations.formerAddress.address : undefined;
  if (former) traps.push("move");
  const where = former ?? address;
  const named = nameOf(random, property, traps);
  // A bare brand name says nothing without its street.
  const needsStreet = property.traps.size > 0 || named === property.brand?.word;
  const type = property.kind === "restaurant" ? "node" : random.weighted(RATES.map.types);
  const at = shift(where, Math.abs(random.gauss()) * 9, random.next() * 2 * Math.PI);
  const tags: Record<string, string> = {};
  if (named !== undefined) tags.name = named;
  Object.assign(tags, kindTags(random, property, type));
  if (needsStreet || random.chance(RATES.map.street))
    Object.assign(tags, addressTags(random, where));
  if (random.chance(RATES.map.phone)) tags.phone = phoneText(random, property);
  if (property.website !== undefined && random.chance(RATES.map.website * 1.06)) {
    tags.website = siteText(random, property.website);
  }
  if (property.brand && random.chance(RATES.map.brandTag)) tags.brand = property.brand.word;
  if (random.chance(RATES.map.operator)) tags.operator = operator;
  // Chosen: tags the measured file left out.
  if (random.chance(0.08)) tags.rooms = String(property.rooms);
  if (property.email !== undefined && random.chance(0.05)) tags.email = property.email;
  return [
    {
      element: { type, id: ids(type), latitude: at.latitude, longitude: at.longitude, tags },
      traps,
    },
  ];
}

/** The same house once more: a point somebody set beside the outline, with little on it. */
function drawAgain(random: Random, property: Property, ids: Ids): { element: Element } {
  const at = shift(property.address, 15 + random.next() * 20, random.next() * 2 * Math.PI);
  const tags: Record<string, string> = {
    name: property.name,
    tourism: "hotel",
    ...(random.chance(0.6) ? addressTags(random, property.address) : {}),
    ...(random.chance(0.5) ? { phone: phoneText(random, property) } : {}),
  };
  return {
    element: {
      type: "node",
      id: ids("node"),
      latitude: at.latitude,
      longitude: at.longitude,
      tags,
    },
  };
}

function nameOf(random: Random, property: Property, traps: Trap[]): string | undefined {
  const { deviations, brand, name } = property;
  if (deviations.formerName?.in === "map") {
    traps.push("rebrand");
    return deviations.formerName.name;
  }
  if (deviations.misspeltIn === "map") {
    traps.push("misspelling");
    return misspell(random, name);
  }
  if (property.kind === "restaurant") return name;
  if (property.traps.size === 0 && !random.chance(RATES.map.name)) return undefined;
  if (brand && random.chance(0.2)) return brand.word;
  return listedName(random, property, RATES.map.nameSame);
}

function kindTags(random: Random, property: Property, type: ElementType): Record<string, string> {
  if (property.kind === "restaurant") return { amenity: "restaurant" };
  const tourism = {
    hotel: "hotel",
    resort: "hotel",
    motel: random.chance(0.45) ? "motel" : "hotel",
    guest_house: random.chance(0.55) ? "guest_house" : "hotel",
    apartment: random.chance(0.6) ? "apartment" : "hotel",
    private_rental: "apartment",
  }[property.kind];
  const building = type === "node" ? {} : { building: random.pick(["hotel", "yes", "commercial"]) };
  // A third of the closed houses are marked as such; lodging queries do not ask for those.
  if (property.closedYear !== undefined && random.chance(0.33)) {
    return { "disused:tourism": tourism, ...building };
  }
  return { tourism, ...building };
}

function addressTags(random: Random, address: Property["address"]): Record<string, string> {
  const { city } = address;
  return {
    ...(random.chance(RATES.map.houseNumber) ? { "addr:housenumber": String(address.number) } : {}),
    "addr:street": longStreet(address),
    ...(random.chance(RATES.map.city) ? { "addr:city": city.name } : {}),
    ...(random.chance(RATES.map.state) ? { "addr:state": city.state } : {}),
    ...(random.chance(RATES.map.postcode) ? { "addr:postcode": address.zip } : {}),
    ...(address.unit && random.chance(0.8) ? { "addr:unit": address.unit } : {}),
  };
}

function phoneText(random: Random, property: Property): string {
  const line: Line = random.chance(RATES.map.tollFree)
    ? property.tollFree
    : random.chance(RATES.mainPhone.map)
      ? property.phone
      : property.otherPhone;
  if (line.country === "61") {
    return line.tollFree ? writeAustralian(line, "") : writePhone(line, "+61 9 9999 9999");
  }
  const shape = random.weighted(RATES.map.phoneForms);
  const tail = shape.slice(2);
  return shape === "+19999999999" ? e164(line) : `+1${writePhone(line, tail)}`;
}

function siteText(random: Random, website: string): string {
  let text = website;
  if (random.chance(RATES.map.plainHttp)) text = text.replace("https:", "http:");
  if (random.chance(0.25)) text = text.replace("//www.", "//");
  if (random.chance(RATES.map.utm)) text += `${text.includes("?") ? "&" : "?"}utm_source=osm`;
  return text;
}

/** Ids grow with gaps, each kind of element in its own range, as in the real map. */
function createIds(random: Random): Ids {
  const last: Record<ElementType, number> = {
    node: 300_000_000,
    way: 20_000_000,
    relation: 900_000,
  };
  return (type) => {
    last[type] += random.int(7, 4000);
    return last[type];
  };
}
