import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { arcgis } from "../../sandbox/arcgis.ts";
import { ckan } from "../../sandbox/ckan.ts";
import { isLodging } from "../../sandbox/kit/property.ts";
import type { StandIn } from "../../sandbox/kit/stand-in.ts";
import { socrata } from "../../sandbox/socrata.ts";
import { texasHotelTax } from "../../sandbox/texas_hotel_tax.ts";
import { generateTruth, type Truth } from "../../sandbox/truth.ts";

const truth = generateTruth({ seed: 7, properties: 1000 });
const properties = new Map(truth.properties.map((property) => [property.id, property]));

const TAX = "/open_records/hot-2026Q1.csv";
const SOCRATA = "/resource/hote-l4x4.json";
const LAYER = "/arcgis/rest/services/Lodging/FeatureServer/0/query";

function ask(view: StandIn, path: string, body?: object | string, headers = {}) {
  const answer = view.answer({
    method: body === undefined ? "GET" : "POST",
    path,
    headers: { host: "127.0.0.1:1", "x-app-token": "token", ...headers },
    body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? {})),
    concurrent: 1,
    now: new Date(0),
  });
  return { ...answer, json: () => JSON.parse(answer.body.toString("utf8")) as never };
}

describe.each<[string, (from: Truth) => StandIn, string, string | undefined]>([
  ["texas_hotel_tax", texasHotelTax, TAX, undefined],
  ["texas_city_permits", socrata, `${SOCRATA}?$order=:id`, undefined],
  ["florida_county_parcels", arcgis, `${LAYER}?f=json&where=1=1`, undefined],
  ["nsw_accommodation", ckan, "/storage/accommodation_202609.csv", undefined],
])("%s", (source, make, path) => {
  const hash = (seed: number) => {
    const view = make(seed === 7 ? truth : generateTruth({ seed, properties: 1000 }));
    return createHash("sha256").update(ask(view, path).body).digest("hex");
  };

  test("the same seed gives the same bytes, another seed others", () => {
    expect(hash(7)).toBe(hash(7));
    expect(hash(8)).not.toBe(hash(7));
  });

  test("each record is a lodging of the truth, by an id of its own", () => {
    const { records } = make(truth);
    expect(records.length).toBeGreaterThan(20);
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(records.length);
    for (const { recordId, propertyId } of records) {
      expect(recordId.startsWith(`${source}:`)).toBe(true);
      const property = properties.get(propertyId);
      expect(property && isLodging(property)).toBe(true);
    }
  });
});

test("the tax files have 23 columns and a comma, one file LF, one CRLF, one twice", () => {
  const view = texasHotelTax(truth);
  const text = (file: string) => ask(view, `/open_records/${file}`).body.toString("latin1");
  const rows = text("hot-2026Q1.csv").split("\n");
  expect(rows[0]).toMatch(
    /^\d{11},"[^"]{50}","[^"]{40}","[^"]{20}","TX","\d{5}",\d{3},"[\d ]{10}",\d{5},.*,$/,
  );
  expect(rows[0]).not.toContain("\r");
  expect(text("hot-2026Q2.csv")).toContain("\r\n");
  expect(text("hot-2026Q2-again.csv")).toBe(text("hot-2026Q2.csv"));
});

test("Socrata's rows have no order but the one that is asked for, and no tokens mean 429", () => {
  const view = socrata(truth);
  const unordered = () => ask(view, `${SOCRATA}?$limit=20`).body.toString();
  expect(unordered()).not.toBe(unordered());
  expect(ask(view, `${SOCRATA}?$select=count(*)`).status).toBe(202);
  expect(ask(view, `${SOCRATA}?$select=count(*)`).status).toBe(200);
  const statuses = Array.from(
    { length: 25 },
    () => ask(view, SOCRATA, undefined, { "x-app-token": undefined }).status,
  );
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
});

test("ArcGIS refuses with status 200 and says when there is more", () => {
  const view = arcgis(truth);
  expect(ask(view, `${LAYER}?f=json&where=1=1&resultRecordCount=5`).json()).toMatchObject({
    exceededTransferLimit: true,
  });
  const refused = ask(view, `${LAYER}?f=json&where=nonsense`);
  expect(refused.status).toBe(200);
  expect(refused.json()).toMatchObject({ error: { code: 400 } });
});

test("CKAN's file moves with its release, and the old address is gone", () => {
  const view = ckan(truth);
  const { result } = ask(view, "/data/api/3/action/package_show", {
    id: "licensed-accommodation",
  }).json() as { result: { resources: { name: string; url: string }[] } };
  const statuses = result.resources
    .filter(({ name }) => name.startsWith("Coast"))
    .map(({ url }) => ask(view, new URL(url).pathname).status);
  expect(statuses).toEqual([404, 302]);
});
