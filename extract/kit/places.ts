import { Failure, failureOfStatus } from "./classify.ts";
import type { Call } from "./http.ts";
import { isObject } from "./registers.ts";

/** One page of a search in a box of the map. */
export interface PlacesQuestion {
  readonly url: string;
  readonly term: string;
  readonly box: Box;
  /** ISO 3166, two letters. */
  readonly country: string | undefined;
  /** From 1. */
  readonly page: number;
  /** What the page before gave to ask for this one. */
  readonly token: string | undefined;
}

/** Degrees. */
export type Box = readonly [south: number, west: number, north: number, east: number];

export interface PlacesPage {
  /** What no two places share. */
  readonly ids: readonly string[];
  /** There is another page. */
  readonly hasMore: boolean;
  /** It holds as many as a page can. */
  readonly isFull: boolean;
  readonly token?: string | undefined;
}

export interface PlacesProvider {
  readonly url: string;
  /** The variable that holds the key, unless `elt.yml` names another. */
  readonly keyEnv: string;
  /** What a page of a search costs by the price lists we knew; `dollars_per_call` in `elt.yml` outranks it. */
  readonly dollarsPerCall: number;
  readonly call: (question: PlacesQuestion, key: string) => Partial<Call>;
  /** Throws `Failure` where the answer, whatever its status, is none. */
  readonly pageOf: (answer: unknown) => PlacesPage;
}

const PAGE_SIZE = 20;
const JSON_TYPE = { "content-type": "application/json" };

/** The mask is the price: the highest tier among its fields is billed. */
const FIELD_MASK = [
  ...[
    "id",
    "displayName",
    "primaryType",
    "types",
    "formattedAddress",
    "location",
    "nationalPhoneNumber",
    "internationalPhoneNumber",
    "websiteUri",
    "rating",
    "userRatingCount",
    "businessStatus",
  ].map((field) => `places.${field}`),
  "nextPageToken",
].join(",");

export const PROVIDERS: Readonly<Record<"serper" | "places", PlacesProvider>> = {
  /** https://serper.dev: about a third of the price. Looks around a point, not into a box. */
  serper: {
    url: "https://google.serper.dev/maps",
    keyEnv: "SERPER_API_KEY",
    // Three credits a page, of which a thousand cost a dollar.
    dollarsPerCall: 0.003,
    call: ({ term, box, country, page }, key) => ({
      method: "POST",
      headers: { ...JSON_TYPE, "x-api-key": key },
      body: JSON.stringify({
        q: term,
        hl: "en",
        ...(country ? { gl: country.toLowerCase() } : {}),
        ll: viewOf(box),
        page,
      }),
    }),
    pageOf(answer) {
      const said = objectOf(answer);
      if (!Array.isArray(said.places)) {
        if (typeof said.statusCode === "number") throw refusal(said.statusCode, said);
        // Nothing found leaves the list out and is charged all the same.
        if (typeof said.credits !== "number") throw strange(said);
      }
      const ids = idsOf(said.places, ({ placeId, cid }) => placeId ?? cid);
      const isFull = ids.length >= PAGE_SIZE;
      return { ids, hasMore: isFull, isFull };
    },
  },

  /** https://developers.google.com/maps/documentation/places/web-service/text-search */
  places: {
    url: "https://places.googleapis.com/v1/places:searchText",
    keyEnv: "GOOGLE_MAPS_API_KEY",
    dollarsPerCall: 0.035,
    call: ({ term, box: [south, west, north, east], country, token }, key) => ({
      method: "POST",
      headers: { ...JSON_TYPE, "x-goog-api-key": key, "x-goog-fieldmask": FIELD_MASK },
      body: JSON.stringify({
        textQuery: term,
        languageCode: "en",
        ...(country ? { regionCode: country } : {}),
        pageSize: PAGE_SIZE,
        locationRestriction: {
          rectangle: {
            low: { latitude: south, longitude: west },
            high: { latitude: north, longitude: east },
          },
        },
        ...(token === undefined ? {} : { pageToken: token }),
      }),
    }),
    pageOf(answer) {
      const said = objectOf(answer);
      if (isObject(said.error)) throw refusal(Number(said.error.code), said);
      const token = typeof said.nextPageToken === "string" ? said.nextPageToken : undefined;
      // Nothing found is `{}`.
      if (said.places === undefined && Object.keys(said).length > 0 && !token) throw strange(said);
      const ids = idsOf(said.places, ({ id }) => id);
      return { ids, hasMore: token !== undefined, isFull: ids.length >= PAGE_SIZE, token };
    },
  },
};

/** No credit, no service or no such key: whatever we ask next is refused as well. */
const ACCOUNT = /not enough credits|API_KEY_INVALID|API key not valid|SERVICE_DISABLED/i;

/** A refusal by its reason: 400 is our question's fault, or the account's. */
export function explainPlaces(error: unknown): unknown {
  if (!(error instanceof Failure) || error.details.response === undefined) return error;
  const { message, outcome, details } = error;
  const { response = "" } = details;
  const reason = reasonOf(response);
  return new Failure(
    outcome === "fatal" && ACCOUNT.test(response) ? "blocked" : outcome,
    reason === undefined || message.includes(reason) ? message : `${message}: ${reason}`,
    details,
  );
}

/** `@27.5,-81.25,11z`: the closest zoom whose picture of 1024 pixels holds the whole box. */
function viewOf([south, west, north, east]: Box): string {
  const latitude = (south + north) / 2;
  const stretch = Math.cos((latitude * Math.PI) / 180);
  const degrees = Math.max(east - west, (north - south) / stretch);
  const zoom = Math.min(21, Math.max(3, Math.floor(Math.log2((360 * 1024) / (256 * degrees)))));
  return `@${Number(latitude.toFixed(6))},${Number(((west + east) / 2).toFixed(6))},${zoom}z`;
}

function idsOf(places: unknown, idOf: (place: Record<string, unknown>) => unknown): string[] {
  if (!Array.isArray(places)) return [];
  return places.filter(isObject).map((place) => String(idOf(place)));
}

function objectOf(answer: unknown): Record<string, unknown> {
  if (isObject(answer)) return answer;
  throw strange(answer);
}

function strange(answer: unknown): Failure {
  return new Failure("retry", "sent no places", { response: JSON.stringify(answer) });
}

/** An error with status 200. */
function refusal(status: number, said: unknown): Failure {
  const response = JSON.stringify(said);
  const failure = failureOfStatus(status, undefined, new Date(0), response);
  return failure ?? new Failure("retry", "sent an error", { response });
}

function reasonOf(response: string): string | undefined {
  try {
    const { message, error } = JSON.parse(response) as { message?: unknown; error?: unknown };
    const reason = isObject(error) ? error.message : message;
    return typeof reason === "string" ? reason : undefined;
  } catch {
    return undefined;
  }
}
