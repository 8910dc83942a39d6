import { expect, test } from "vitest";
import type { EltErrors } from "../../engine/errors.ts";
import { step } from "../../extract/ckan.ts";
import { project } from "./kit/night.ts";
import { type Reply, reply, type Server, serve } from "./kit/server.ts";

const json = (value: unknown, status = 200) => reply(status, JSON.stringify(value));
const success = (result: unknown) =>
  json({ help: "https://data.example/help", success: true, result });
const failure = (status: number, error: object) => json({ success: false, error }, status);

const TABLE = [1, 2, 3, 4, 5].map((number) => ({
  _id: number,
  premises: `GULL INN ${number}`,
  rooms: "9",
}));

interface Parameters {
  readonly id?: string;
  readonly resource_id?: string;
  readonly offset?: number;
  readonly limit?: number;
  readonly sort?: string;
}

function portal(
  spoil: (action: string, asked: Parameters) => Reply | undefined = () => undefined,
): Promise<Server> {
  return serve((response, seen) => {
    const action = seen.path.split("/").at(-1) ?? "";
    const asked = (seen.body === "" ? {} : JSON.parse(seen.body)) as Parameters;
    const spoilt = spoil(action, asked);
    if (spoilt) return spoilt(response, seen);
    const { offset = 0, limit = 0 } = asked;
    return success({
      fields: ["_id", "premises", "rooms"].map((id) => ({ id })),
      records: TABLE.slice(offset, offset + limit),
      total: TABLE.length,
    })(response, seen);
  });
}

function register(url: string, more: object) {
  const one = {
    name: "licences",
    url: `${url}/data`,
    columns: { hotel_name: "premises" },
    ...more,
  };
  return project({ source: "ckan", step, settings: { per_second: 1000, registers: [one] } });
}

const LANDED =
  "select record->>'premises' as premises from landed where record is not null order by row_number::int";

test("a datastore lands page by page in its own order", async () => {
  const server = await portal();
  const own = register(server.url, { resource: "abc", page_rows: 2, filters: { type: "HOTEL" } });
  expect(await own.night()).toMatchObject([{ rows: 5, requests: 1 + 3 }, { rows: 1 }]);
  expect(server.seen[0]?.path).toBe("/data/api/3/action/datastore_search");
  expect(server.seen.map(({ body }) => JSON.parse(body) as object).at(-1)).toEqual({
    resource_id: "abc",
    filters: { type: "HOTEL" },
    sort: "_id",
    offset: 4,
    limit: 2,
  });
  expect(await own.landed("rows", LANDED)).toHaveLength(5);
});

test.each<[string, Reply, string]>([
  [
    "404",
    failure(404, { __type: "Not Found Error", message: "Not found" }),
    "answered 404: Not found (fatal)",
  ],
  [
    "409",
    failure(409, { __type: "Validation Error", resource_id: ["Missing value"] }),
    'answered 409: {"__type":"Validation Error","resource_id":["Missing value"]} (fatal)',
  ],
  [
    "a 200 without success",
    failure(200, { __type: "Authorization Error", message: "Access denied" }),
    'answered Authorization Error: {"message":"Access denied"} (blocked)',
  ],
  ["429", failure(429, { message: "Too many" }), "answered 429: Too many after 4 attempts (retry)"],
])("%s says the portal's reason", async (_name, bad, message) => {
  const server = await portal(() => bad);
  await expect(register(server.url, { resource: "abc" }).night()).rejects.toThrow(message);
});

/** A package whose release changes its file's address; the file lies behind a redirect. */
function release(state: { month: string; header: string; isGone?: boolean }): Promise<Server> {
  return serve((response, seen) => {
    if (seen.path.endsWith("package_show")) {
      const file = (month: string) => ({
        name: `Licences ${month}`,
        format: "CSV",
        url: `http://${seen.headers.host}/download/licences_${month}.csv`,
        last_modified: `2026-${month}-01T02:11:12.345678`,
      });
      const help = { name: "Help file", format: "PDF", url: "https://data.example/help.pdf" };
      return success({ resources: [help, file("05"), file(state.month)] })(response, seen);
    }
    if (seen.path === `/download/licences_${state.month}.csv` && !state.isGone) {
      return reply(302, "", { location: `/storage/${state.month}` })(response, seen);
    }
    if (seen.path.startsWith("/storage/")) {
      return reply(200, `\ufeff${state.header}\r\nGULL INN ${state.month},9\r\n`)(response, seen);
    }
    return reply(404, "gone")(response, seen);
  });
}

test("a package's newest file is looked up each time; an unchanged one lands nothing", async () => {
  const state = { month: "08", header: "premises,rooms" };
  const server = await release(state);
  const own = register(server.url, { package: "licences" });
  expect(await own.night()).toMatchObject([{ rows: 1 }, {}]);
  expect(await own.night({ hours: 24 * 7 })).toMatchObject([{ rows: 0, unchanged: true }, {}]);
  state.month = "09";
  expect(await own.night({ hours: 24 * 7 })).toMatchObject([{ rows: 1 }, {}]);
  expect(
    await own.landed(
      "rows",
      "select run_id, record->>'premises' as premises from landed where record is not null order by run_id",
    ),
  ).toEqual([
    { run_id: "night-1", premises: "GULL INN 08" },
    { run_id: "night-3", premises: "GULL INN 09" },
  ]);
});

test("a file with another header is refused, and what landed stays", async () => {
  const state = { month: "08", header: "premises,rooms", isGone: false };
  const server = await release(state);
  const own = register(server.url, { package: "licences" });
  await own.night();
  Object.assign(state, { month: "09", header: "premises_name,rooms" });
  await expect(own.night({ hours: 24 * 7 })).rejects.toThrow(
    'has no column "premises" for hotel_name — did you mean "premises_name"?',
  );
  state.isGone = true;
  await expect(own.night({ hours: 24 * 7 })).rejects.toThrow("answered 404");
  expect(await own.landed("rows", LANDED)).toEqual([{ premises: "GULL INN 08" }]);
});

test("a package without such a file names those it has; a register names one of the two", async () => {
  const server = await release({ month: "08", header: "premises,rooms" });
  await expect(register(server.url, { package: "x", format: "xlsx" }).night()).rejects.toThrow(
    'has no xlsx file ""; it has: Help file (pdf), Licences 05 (csv), Licences 08 (csv)',
  );
  const error = await register(server.url, {})
    .night()
    .catch((caught: unknown) => caught);
  expect((error as EltErrors).errors.map(({ message }) => message)).toEqual([
    expect.stringContaining("needs a resource or a package"),
  ]);
});
