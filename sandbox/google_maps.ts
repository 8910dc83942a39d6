import { longStreet, shift, shortStreet } from "./kit/address.ts";
import { writeAustralian, writePhone } from "./kit/phones.ts";
import { isLodging, type Property, type TruthRecord } from "./kit/property.ts";
import { createRandom, type Random } from "./kit/random.ts";
import { RATES } from "./kit/rates.ts";
import { listedName } from "./kit/spelling.ts";
import {
  type Answer,
  type Asked,
  notFound,
  onlyCalls,
  type StandIn,
  textAnswer,
} from "./kit/stand-in.ts";
import type { Truth } from "./truth.ts";

/** The only key there is. */
const KEY = "sandbox";
const PAGE_SIZE = 20;
const MOST_RESULTS = 60;
/** What one question to `/maps` costs. */
const COST = 3;
/** Share of the hotels that have a profile. Chosen, as are the other shares here. */
const LISTED = 0.8;
const SERPER_MAPS = "/maps";
const PLACES_SEARCH = "/v1/places:searchText";

interface Place {
  readonly id: string;
  readonly cid: string;
  readonly name: string;
  readonly kind: Kind;
  readonly address: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly rating: number;
  readonly reviews: number;
  readonly website: string | undefined;
  /** As dialled abroad and at home. */
  readonly phone: readonly [international: string, national: string] | undefined;
  readonly isClosed: boolean;
}

/** As Serper shows it, and as Google's table of types has it. */
type Kind = readonly [shown: string, type: string];

const KINDS: Readonly<Record<string, Kind>> = {
  hotel: ["Hotel", "hotel"],
  motel: ["Motel", "motel"],
  guest_house: ["Guest house", "guest_house"],
  apartment: ["Apartment hotel", "lodging"],
  resort: ["Resort hotel", "resort_hotel"],
};

/**
 * The profiles of the invented hotels on Google Maps, by two protocols: Serper's `/maps`, which looks at
 * the picture around a point and counts credits down to "Not enough credits" (`GET /account` says how many
 * are left), and text search of the Places API (New), which looks into a rectangle, gives only the fields
 * of the mask, and pages by a token that belongs to its question. Record ids are place ids.
 */
export function googleMaps(truth: Truth, { credits = 100_000 } = {}): StandIn {
  const random = createRandom(`${truth.seed}/google_maps`);
  const places: Place[] = [];
  const records: TruthRecord[] = [];
  for (const property of truth.properties) {
    if (!isLodging(property) || !random.chance(LISTED)) continue;
    const place = profile(random, property);
    places.push(place);
    records.push({ recordId: `google_maps:${place.id}`, propertyId: property.id, traps: [] });
  }
  let balance = credits;

  function answer(asked: Asked): Answer {
    const [path] = asked.path.split("?");
    if (asked.method === "HEAD") return onlyCalls("POST");
    if (path === PLACES_SEARCH) return searchText(places, asked);
    if (path !== SERPER_MAPS && path !== "/account") return notFound();
    if (asked.headers["x-api-key"] !== KEY) {
      return json(403, { message: "Unauthorized.", statusCode: 403 });
    }
    if (path === "/account") return json(200, { balance, rateLimit: 50 });
    if (balance < COST) return json(400, { message: "Not enough credits", statusCode: 400 });
    const answered = maps(places, asked);
    if (answered.status === 200) balance -= COST;
    return answered;
  }

  return { records, answer };
}

function maps(places: readonly Place[], asked: Asked): Answer {
  const { q, ll, page = 1 } = bodyOf(asked);
  const [, ...view] = /^@(-?[\d.]+),(-?[\d.]+),([\d.]+)z$/.exec(String(ll)) ?? [];
  const [latitude = 0, longitude = 0, zoom = 0] = view.map(Number);
  if (typeof q !== "string" || q === "" || view.length < 3 || !(Number(page) >= 1)) {
    return json(400, { message: "Missing query parameter", statusCode: 400 });
  }
  const stretch = Math.cos((latitude * Math.PI) / 180);
  const half = (360 * 1024) / (256 * 2 ** zoom) / 2;
  const distance = (place: Place) =>
    Math.hypot(place.latitude - latitude, (place.longitude - longitude) * stretch);
  const seen = places
    .filter(
      (place) =>
        Math.abs(place.longitude - longitude) <= half &&
        Math.abs(place.latitude - latitude) <= half * stretch,
    )
    .sort((a, b) => distance(a) - distance(b) || a.id.localeCompare(b.id))
    .slice((Number(page) - 1) * PAGE_SIZE, Number(page) * PAGE_SIZE);
  return json(200, {
    ll,
    places: seen.map((place, index) => ({
      position: index + 1,
      title: place.name,
      address: place.address.replace(/, USA$/, ""),
      latitude: place.latitude,
      longitude: place.longitude,
      rating: place.rating,
      ratingCount: place.reviews,
      type: place.kind[0],
      types: [place.kind[0]],
      website: place.website,
      phoneNumber: place.phone?.[0],
      ...(place.isClosed ? { permanentlyClosed: true } : {}),
      cid: place.cid,
      placeId: place.id,
    })),
    credits: COST,
  });
}

function searchText(places: readonly Place[], asked: Asked): Answer {
  const { headers } = asked;
  const mask = new Set(headers["x-goog-fieldmask"]?.split(","));
  if (mask.size === 0) return rpcError(400, "FieldMask is a required parameter.");
  if (headers["x-goog-api-key"] !== KEY) {
    return rpcError(400, "API key not valid. Please pass a valid API key.", "API_KEY_INVALID");
  }
  const { pageToken, ...question } = bodyOf(asked);
  const { rectangle } = (question.locationRestriction ?? {}) as { rectangle?: Rectangle };
  if (typeof question.textQuery !== "string" || !rectangle) {
    return rpcError(400, "Invalid text_query or location_restriction.");
  }
  const asks = JSON.stringify(question);
  const [from, same] = pageToken === undefined ? [0, asks] : readToken(String(pageToken));
  if (same !== asks) return rpcError(400, "Request contains an invalid argument.");
  const { low, high } = rectangle;
  const found = places
    .filter(
      ({ latitude, longitude }) =>
        latitude >= low.latitude &&
        latitude <= high.latitude &&
        longitude >= low.longitude &&
        longitude <= high.longitude,
    )
    .slice(0, MOST_RESULTS);
  if (found.length <= from) return json(200, {});
  const next = from + PAGE_SIZE;
  const token = Buffer.from(JSON.stringify([next, asks])).toString("base64url");
  return json(200, {
    places: found.slice(from, next).map((place) => masked(place, mask)),
    ...(found.length > next && mask.has("nextPageToken") ? { nextPageToken: token } : {}),
  });
}

type Corner = { readonly latitude: number; readonly longitude: number };
type Rectangle = { readonly low: Corner; readonly high: Corner };

function masked(place: Place, mask: ReadonlySet<string>): unknown {
  const fields = {
    id: place.id,
    displayName: { text: place.name, languageCode: "en" },
    primaryType: place.kind[1],
    types: [place.kind[1], "lodging", "point_of_interest", "establishment"],
    formattedAddress: place.address,
    location: { latitude: place.latitude, longitude: place.longitude },
    internationalPhoneNumber: place.phone?.[0],
    nationalPhoneNumber: place.phone?.[1],
    websiteUri: place.website,
    rating: place.rating,
    userRatingCount: place.reviews,
    businessStatus: place.isClosed ? "CLOSED_PERMANENTLY" : "OPERATIONAL",
  };
  return Object.fromEntries(Object.entries(fields).filter(([name]) => mask.has(`places.${name}`)));
}

function readToken(token: string): readonly [number, string] {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString()) as [number, string];
  } catch {
    return [0, ""];
  }
}

function profile(random: Random, property: Property): Place {
  const { address, website, kind } = property;
  const { city, zip, number, unit } = address;
  const { latitude, longitude } = shift(
    address,
    Math.abs(random.gauss()) * 8,
    random.next() * 2 * Math.PI,
  );
  const street = random.chance(0.8) ? shortStreet(address) : longStreet(address);
  const line = `${number} ${street}${unit === "" ? "" : ` ${unit}`}`;
  const isAustralian = city.state === "NSW";
  return {
    id: `ChIJ${random.text(23, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")}`,
    cid: `${random.int(1, 9)}${random.text(18, "0123456789")}`,
    name: listedName(random, property, RATES.map.nameSame),
    kind: KINDS[kind] ?? ["Hotel", "hotel"],
    address: isAustralian
      ? `${line}, ${city.name} NSW ${zip}, Australia`
      : `${line}, ${city.name}, ${city.state} ${zip}, USA`,
    latitude,
    longitude,
    rating: Number(property.rating),
    reviews: property.reviews,
    website: siteOf(random, website),
    phone: random.chance(0.9) ? phoneOf(random, property) : undefined,
    isClosed: property.closedYear !== undefined && random.chance(0.8),
  };
}

function siteOf(random: Random, website: string | undefined): string | undefined {
  if (website === undefined || !random.chance(0.9)) return undefined;
  if (!random.chance(0.2)) return website;
  return `${website}${website.includes("?") ? "&" : "?"}utm_source=gmb&utm_medium=organic`;
}

function phoneOf(random: Random, property: Property): readonly [string, string] {
  const line = random.chance(RATES.mainPhone.map) ? property.phone : property.otherPhone;
  if (line.country === "61") {
    const written = line.tollFree ? writeAustralian(line, "") : writePhone(line, "+61 9 9999 9999");
    return [written, written.replace("+61 ", "0")];
  }
  return [`+1 ${writePhone(line, "999-999-9999")}`, writePhone(line, "(999) 999-9999")];
}

function bodyOf({ body }: Asked): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString("utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function json(status: number, value: unknown): Answer {
  return textAnswer(status, "application/json; charset=utf-8", JSON.stringify(value));
}

function rpcError(code: number, message: string, reason?: string): Answer {
  const details = reason ? [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason }] : [];
  return json(code, { error: { code, message, status: "INVALID_ARGUMENT", details } });
}
