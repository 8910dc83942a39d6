import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { step } from "../../extract/arcgis.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { type Reply, reply, type Server, serve } from "./kit/server.ts";

const json = (value: unknown) => reply(200, JSON.stringify(value));

const LAYER = {
  geometryType: "esriGeometryPoint",
  objectIdField: "OBJECTID",
  maxRecordCount: 2,
  fields: ["OBJECTID", "NAME", "ROOMS"].map((name) => ({ name })),
};

function feature(number: number) {
  return {
    attributes: { OBJECTID: number, NAME: `GULL INN ${number}`, ROOMS: 0 },
    geometry: { x: -77.03, y: 38.9 },
  };
}

const FEATURES = [1, 2, 3, 4, 5].map(feature);

interface Service {
  readonly layer?: object;
  readonly spoil?: (form: URLSearchParams, path: string) => Reply | undefined;
  readonly hasFlag?: boolean;
}

function service({ layer = LAYER, spoil, hasFlag = true }: Service = {}): Promise<Server> {
  return serve((response, seen) => {
    const form = new URLSearchParams(seen.body);
    const spoilt = spoil?.(form, seen.path);
    if (spoilt) return spoilt(response, seen);
    if (seen.path === "/Lodging/FeatureServer/0") return json(layer)(response, seen);
    if (form.has("returnCountOnly")) return json({ count: FEATURES.length })(response, seen);
    const from = Number(form.get("resultOffset"));
    const features = FEATURES.slice(from, from + Number(form.get("resultRecordCount")));
    const more = hasFlag && from + features.length < FEATURES.length;
    return json({ features, ...(more ? { exceededTransferLimit: true } : {}) })(response, seen);
  });
}

function register(url: string, more: object = {}) {
  const one = {
    name: "parcels",
    url: `${url}/Lodging/FeatureServer/0/`,
    columns: { hotel_name: "NAME", latitude: "geometry.latitude" },
    ...more,
  };
  return project({ source: "arcgis", step, settings: { per_second: 1000, registers: [one] } });
}

const LANDED = "select record from landed where record is not null order by row_number::int";

test.each([
  ["says there is more", true],
  ["leaves that out", false],
])("a layer lands page by page, no larger than it allows, where it %s", async (_name, hasFlag) => {
  const server = await service({ hasFlag });
  const own = register(server.url, { page_rows: 500, where: "STATUS = 'OPEN'" });
  expect(await own.night()).toMatchObject([{ rows: 5, requests: 2 + 3 }, { rows: 1 }]);
  const pages = server.seen.slice(2).map(({ body }) => new URLSearchParams(body));
  expect(pages.map((form) => form.get("resultOffset"))).toEqual(["0", "2", "4"]);
  expect(Object.fromEntries(pages[0] ?? [])).toEqual({
    f: "json",
    where: "STATUS = 'OPEN'",
    outFields: "*",
    outSR: "4326",
    orderByFields: "OBJECTID",
    resultOffset: "0",
    resultRecordCount: "2",
  });
  const [first] = await own.landed("rows", LANDED);
  expect(JSON.parse(String(first?.record))).toMatchObject({
    OBJECTID: 1,
    NAME: "GULL INN 1",
    "geometry.longitude": -77.03,
    "geometry.latitude": 38.9,
  });
});

test("areas are asked for their centre", async () => {
  const server = await service({ layer: { ...LAYER, geometryType: "esriGeometryPolygon" } });
  await register(server.url).night();
  const form = new URLSearchParams(server.seen.at(-1)?.body);
  expect([form.get("returnGeometry"), form.get("returnCentroid")]).toEqual(["false", "true"]);
});

test.each([
  [400, "Invalid or missing input parameters.", "fatal", 1],
  [499, "Token Required", "blocked", 1],
  [500, "Error performing query operation", "retry", 4],
])("error %i in a 200 is %s: %s", async (code, message, outcome, attempts) => {
  const error = { error: { code, message, details: ["'where' parameter is invalid"] } };
  const server = await service({
    spoil: (form) => (form.has("returnCountOnly") ? json(error) : undefined),
  });
  await expect(register(server.url).night()).rejects.toThrow(
    new RegExp(
      `answered error ${code} in a 200: ${message} 'where' parameter is invalid.*\\(${outcome}\\)`,
    ),
  );
  const counted = server.seen.filter(({ body }) => body.includes("returnCountOnly"));
  expect(counted).toHaveLength(attempts);
});

test("an error in the middle of the pages is asked again, and the register lands once", async () => {
  let failures = 2;
  const server = await service({
    spoil: (form) => {
      if (form.get("resultOffset") !== "2" || failures === 0) return undefined;
      failures -= 1;
      return json({ error: { code: 504, message: "Timed out", details: [] } });
    },
  });
  const own = register(server.url);
  expect(await own.night()).toMatchObject([{ rows: 5 }, {}]);
  expect(server.seen.filter(({ body }) => body.includes("resultOffset=0"))).toHaveLength(1);
  expect(await own.landed("rows", LANDED)).toHaveLength(5);
});

test("pages that stop while there is more are no answer", async () => {
  const server = await service({
    spoil: (form) =>
      form.get("resultOffset") === "4"
        ? json({ features: [], exceededTransferLimit: true })
        : undefined,
  });
  await expect(register(server.url).night()).rejects.toThrow("sent 4 of 5 rows and then no more");
});

test("a missing column, or an address that is no layer, says so", async () => {
  const server = await service();
  await expect(register(server.url, { columns: { hotel_name: "NAMES" } }).night()).rejects.toThrow(
    'has no column "NAMES" for hotel_name — did you mean "NAME"?',
  );
  const folder = await service({ layer: { services: [] } });
  await expect(register(folder.url).night()).rejects.toThrow("is no layer");
});

const samples = join(SAMPLES, "gov/arcgis-socrata");

test.skipIf(!existsSync(samples))(
  "answers of the shape of a real server (needs the samples)",
  async () => {
    const sample = (name: string) => readFileSync(join(samples, name), "utf8");
    const page = sample("SHAPE-arcgis-query.json");
    const server = await service({
      spoil: (form) => {
        if (form.has("returnCountOnly")) return json({ count: 1 });
        if (form.get("resultOffset") === "0") return reply(200, page);
        return form.has("resultOffset") ? json({ features: [] }) : undefined;
      },
    });
    expect(await register(server.url).night()).toMatchObject([{ rows: 1 }, {}]);
    const refusing = await service({
      spoil: () => reply(200, sample("SHAPE-arcgis-error-200.json")),
    });
    await expect(register(refusing.url).night()).rejects.toThrow("answered error 400 in a 200");
  },
);
