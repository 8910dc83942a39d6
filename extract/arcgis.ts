import { z } from "zod";
import type { RoomContext, Step } from "../engine/step.ts";
import { Failure } from "./kit/classify.ts";
import type { Effects } from "./kit/effects.ts";
import { extractor } from "./kit/extractor.ts";
import { registerMappings } from "./kit/register-mappings.ts";
import {
  checkColumns,
  isObject,
  parseJson,
  portalUrl,
  RECORD_COLUMNS,
  readAt,
  registerRecords,
  registerRequest,
  registerShape,
  secretOf,
  uniqueNames,
} from "./kit/registers.ts";

/**
 * Any layer of an ArcGIS feature or map service: counties publish their parcels and lodgings there. A
 * record is the feature's attributes, and `geometry.longitude` and `geometry.latitude`.
 * https://developers.arcgis.com/rest/services-reference/enterprise/query-feature-service-layer/
 */
const settings = z.strictObject({
  registers: z
    .array(
      z.strictObject({
        ...registerShape,
        /** The layer: `https://…/arcgis/rest/services/Lodging/FeatureServer/0` */
        url: portalUrl,
        /** SQL of the layer, as in `STATUS = 'OPEN'`. */
        where: z.string().min(1).default("1=1"),
        token_env: z.string().min(1).optional(),
        /** Default: as many as the layer allows. */
        page_rows: z.int().min(1).max(50_000).optional(),
      }),
    )
    .refine(uniqueNames, "two registers have the same name"),
});

type Settings = z.output<typeof settings>;

const POINT = ["geometry.longitude", "geometry.latitude"];
const MOST_ROWS = 1000;

/** Codes of the error envelope, which comes with status 200. */
const REFUSALS = new Set([401, 403, 498, 499]);
const MISTAKES = new Set([400, 404]);

const rows = extractor({
  version: 1,
  stream: "rows",
  columns: RECORD_COLUMNS,
  settings,
  defaults: { fresh_days: 7, concurrency: 1, per_second: 2 },
  requests,

  async fetch(request, { read }) {
    const { register, url: start } = request;
    const { name, where, token_env, page_rows } = register;
    const token = token_env ? { "x-esri-authorization": `Bearer ${secretOf(token_env)}` } : {};
    // By POST: filters can be long, a token stays out of the address, and no answer is conditional.
    const ask = async (url: string, form: Readonly<Record<string, string>> = {}) => {
      return await readAt(request, read, {
        isFirst: url === start,
        accept: (content) => answerOf(parseJson(content)),
        due: "an ArcGIS answer in JSON",
        url,
        call: {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded", ...token },
          body: new URLSearchParams({ f: "json", ...form }).toString(),
        },
      });
    };
    const layer = layerOf(await ask(start));
    checkColumns(register, [...layer.columns, ...POINT]);
    const count = async () => {
      const counted = await ask(`${start}/query`, { where, returnCountOnly: "true" });
      return Number(counted.count ?? 0);
    };

    async function* pages() {
      for (let offset = 0, isLast = false; !isLast; ) {
        const { features, exceededTransferLimit } = await ask(`${start}/query`, {
          where,
          outFields: "*",
          outSR: "4326",
          ...(layer.isPoint ? {} : { returnGeometry: "false", returnCentroid: "true" }),
          orderByFields: layer.id,
          resultOffset: String(offset),
          resultRecordCount: String(Math.min(page_rows ?? layer.most, layer.most)),
        });
        const page = Array.isArray(features) ? features.filter(isObject).map(recordOf) : [];
        offset += page.length;
        // Older servers leave the flag out; the count then says whether there is more.
        isLast = page.length === 0 || !(exceededTransferLimit === true || offset < (await count()));
        yield page;
      }
    }

    const columns = [...layer.columns, "geometry"];
    const described = { columns, count, id: layer.id };
    return { batchId: name, records: registerRecords(request, pages(), described) };
  },
});

const mappings = registerMappings(settings, requests);

export function step(room: RoomContext, effects?: Partial<Effects>): Step[] {
  return [...rows(room, effects), ...mappings(room, effects)];
}

function requests({ registers }: Settings) {
  return registers.map((register) =>
    registerRequest(register, register.url, { where: register.where }),
  );
}

/** The answer, or the error in it: ArcGIS refuses with status 200. */
function answerOf(answer: unknown): Record<string, unknown> {
  if (!isObject(answer)) throw new Failure("retry", "sent JSON that is no answer");
  const { error } = answer;
  if (!isObject(error)) return answer;
  const code = Number(error.code);
  const details = Array.isArray(error.details) ? error.details.filter(Boolean) : [];
  const message = [error.message, ...details].join(" ").trim() || "no reason given";
  const outcome = REFUSALS.has(code) ? "blocked" : MISTAKES.has(code) ? "fatal" : "retry";
  throw new Failure(outcome, `answered error ${code} in a 200: ${message}`, {
    response: JSON.stringify(answer),
  });
}

function layerOf(about: Readonly<Record<string, unknown>>) {
  const fields = Array.isArray(about.fields) ? about.fields.filter(isObject) : [];
  const columns = fields.map(({ name }) => String(name));
  const id =
    about.objectIdField ??
    fields.find(({ type }) => type === "esriFieldTypeOID")?.name ??
    undefined;
  if (columns.length === 0 || typeof id !== "string") {
    throw new Failure("fatal", "is no layer: its description has no fields or no object id", {
      response: JSON.stringify(about),
    });
  }
  return {
    columns,
    id,
    isPoint: about.geometryType === "esriGeometryPoint",
    most: Number(about.maxRecordCount ?? MOST_ROWS) || MOST_ROWS,
  };
}

function recordOf({ attributes, geometry, centroid }: Readonly<Record<string, unknown>>) {
  const point = isObject(geometry) ? geometry : isObject(centroid) ? centroid : undefined;
  const place = point && { geometry: { longitude: point.x, latitude: point.y } };
  return { ...(isObject(attributes) ? attributes : {}), ...place };
}
