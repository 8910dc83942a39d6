import { createRandom } from "./kit/random.ts";
import { parametersOf, type Registered, registered } from "./kit/registers.ts";
import { type Answer, type Asked, notFound, type StandIn, textAnswer } from "./kit/stand-in.ts";
import type { Truth } from "./truth.ts";

const LAYER = "/arcgis/rest/services/Lodging/FeatureServer/0";
const COUNTIES = new Set(["Dade", "Orange", "Osceola"]);
/** Features of one answer, whatever is asked for. */
const MOST = 200;

const FIELDS = [
  ["OBJECTID", "esriFieldTypeOID"],
  ["FOLIO", "esriFieldTypeString"],
  ["DBA_NAME", "esriFieldTypeString"],
  ["USE_DESC", "esriFieldTypeString"],
  ["SITE_ADDR", "esriFieldTypeString"],
  ["SITE_CITY", "esriFieldTypeString"],
  ["SITE_ZIP", "esriFieldTypeString"],
  ["PHONE", "esriFieldTypeString"],
  ["ROOMS", "esriFieldTypeInteger"],
] as const;

/**
 * A county's lodging parcels as an ArcGIS layer: points, at most 200 a page with `exceededTransferLimit`
 * while there is more, rooms 0 when unknown, and every error in a 200. Record ids are folio numbers.
 */
export function arcgis(truth: Truth): StandIn {
  const random = createRandom(`${truth.seed}/arcgis`);
  const { rows, records } = registered(random, truth.properties, {
    source: "florida_county_parcels",
    prefix: "30-",
    lists: ({ address }) => address.city.state === "FL" && COUNTIES.has(address.city.county),
  });
  const features = rows.map((row, index) => toFeature(row, index, random.chance(0.15)));

  function answer(asked: Asked): Answer {
    const [path = ""] = asked.path.split("?");
    if (!path.startsWith(LAYER)) return notFound();
    const parameters = parametersOf(asked);
    if (parameters.get("f") !== "json") return error(400, "Output format not supported.");
    if (path === LAYER) return json(describe());
    if (path !== `${LAYER}/query`) return error(404, "Service not found.");
    if (parameters.get("where") !== "1=1")
      return error(400, "Invalid or missing input parameters.");
    if (parameters.get("returnCountOnly") === "true") return json({ count: features.length });
    const offset = Number(parameters.get("resultOffset") ?? 0);
    const wanted = Number(parameters.get("resultRecordCount") ?? MOST);
    const page = features.slice(offset, offset + Math.min(wanted, MOST));
    return json({
      objectIdFieldName: "OBJECTID",
      geometryType: "esriGeometryPoint",
      spatialReference: { wkid: 4326, latestWkid: 4326 },
      ...(offset + page.length < features.length ? { exceededTransferLimit: true } : {}),
      features: page,
    });
  }

  return { records, answer };
}

function describe() {
  return {
    currentVersion: 11.3,
    id: 0,
    name: "Lodging",
    type: "Feature Layer",
    geometryType: "esriGeometryPoint",
    objectIdField: "OBJECTID",
    maxRecordCount: MOST,
    advancedQueryCapabilities: { supportsPagination: true },
    fields: FIELDS.map(([name, type]) => ({ name, type, alias: name })),
  };
}

function toFeature(row: Registered, index: number, hasNoRooms: boolean) {
  return {
    attributes: {
      OBJECTID: index + 1,
      FOLIO: row.id,
      DBA_NAME: row.name,
      USE_DESC: row.kind.toUpperCase(),
      SITE_ADDR: row.street,
      SITE_CITY: row.city,
      SITE_ZIP: row.zip,
      PHONE: row.phone || null,
      ROOMS: hasNoRooms ? 0 : row.rooms,
    },
    geometry: { x: row.longitude, y: row.latitude },
  };
}

function error(code: number, message: string): Answer {
  return json({ error: { code, message, details: [] } });
}

function json(value: unknown): Answer {
  return textAnswer(200, "application/json; charset=utf-8", JSON.stringify(value));
}
