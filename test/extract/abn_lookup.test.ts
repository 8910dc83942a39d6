import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { step } from "../../extract/abn_lookup.ts";
import { startWorld } from "../../sandbox/world.ts";
import { project } from "./kit/night.ts";
import { SAMPLES } from "./kit/samples.ts";
import { type Reply, reply, serve } from "./kit/server.ts";

const GUID = "0f0e0d0c-1111-2222-3333-444455556666";

beforeEach(() => void vi.stubEnv("ABN_LOOKUP_GUID", GUID));
afterEach(() => void vi.unstubAllEnvs());

const payload = (inner: string) =>
  `<?xml version="1.0"?>\n<ABRPayloadSearchResults xmlns="http://abr.business.gov.au/ABRXMLSearch/"><request><identifierSearchRequest><authenticationGUID>${GUID}</authenticationGUID></identifierSearchRequest></request><response>${inner}</response></ABRPayloadSearchResults>`;
const exception = (code: string, text: string) =>
  payload(
    `<exception><exceptionDescription>${text}</exceptionDescription><exceptionCode>${code}</exceptionCode></exception>`,
  );
const found = payload(
  "<searchResultsList><numberOfRecords>1</numberOfRecords><searchResultsRecord><ABN><identifierValue>51824753556</identifierValue></ABN></searchResultsRecord></searchResultsList>",
);

const worklists = (names: readonly string[]) => `
  create schema worklists;
  create table worklists.worklist_abn_lookup_names as
    select 'name ' || name as request_key, name, 'NSW' as state, row_number() over () as priority
    from unnest([${["''", ...names.map((name) => `'${name}'`)].join()}]) as listed(name) where name != '';
  create table worklists.worklist_abn_lookup_entities (request_key varchar, abn varchar, priority int);`;

async function asking(names: readonly string[], ...replies: Reply[]) {
  const server = await serve(...replies);
  const settings = { url: server.url, per_second: 1000 };
  return {
    server,
    own: project({ source: "abn_lookup", step, settings, warehouse: worklists(names) }),
  };
}

const ANSWERS =
  "select request_key, outcome, status, error from landed where request_key is not null order by request_key";

test("each row of the worklist is one question with every parameter; its answer lands whole, without the key", async () => {
  const { own, server } = await asking(["Gull Inn", "Palm & Reef"], reply(200, found));
  expect(await own.night()).toMatchObject([{ rows: 2, requests: 2 }, { rows: 0 }]);
  const asked = new URL(server.seen[1]!.path, server.url);
  expect(asked.pathname).toBe("/ABRSearchByNameAdvancedSimpleProtocol2017");
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    name: "Palm & Reef",
    postcode: "",
    NSW: "Y",
    QLD: "N",
    activeABNsOnly: "Y",
    authenticationGuid: GUID,
  });
  const landed = await own.landed("names");
  expect(landed[0]?.response).toBe(found.replace(GUID, ""));
  expect(
    JSON.stringify(landed, (_, value) => (typeof value === "bigint" ? String(value) : value)),
  ).not.toContain(GUID);
});

test("what is fresh is not asked, whatever the worklist says; a longer one asks for the rest", async () => {
  const { own, server } = await asking(["Gull Inn"], reply(200, found));
  await own.night();
  expect(await own.night()).toMatchObject([{ unchanged: true }, { unchanged: true }]);
  expect(server.seen).toHaveLength(1);
  expect(await own.night({ hours: 24 * 91 })).toMatchObject([{ rows: 1 }, {}]);
});

describe("a 200 is read by its envelope:", () => {
  test("nobody bears the name: that is an answer", async () => {
    const { own } = await asking(["Gull Inn"], reply(200, exception("SEARCH", "No records found")));
    await own.night();
    expect(await own.landed("names", ANSWERS)).toMatchObject([{ outcome: "empty", status: 200 }]);
  });

  test("a key it does not know stops the source after one question", async () => {
    const text = "The GUID entered is not recognised as a Registered Party";
    const { own, server } = await asking(
      ["A", "B", "C"],
      reply(200, exception("WEBSERVICES", text)),
    );
    await expect(own.night()).rejects.toThrow("1 request failed");
    expect(server.seen).toHaveLength(1);
    expect(await own.landed("names", ANSWERS)).toMatchObject([
      { outcome: "blocked", error: `answered WEBSERVICES: ${text}` },
    ]);
  });

  test("a search that took it too long is asked again", async () => {
    const { own, server } = await asking(
      ["A"],
      reply(200, exception("SEARCH", "Search timed out")),
      reply(200, found),
    );
    expect(await own.night()).toMatchObject([{ rows: 1 }, {}]);
    expect(server.seen).toHaveLength(2);
  });

  test.each<[string, string, RegExp]>([
    ["XML that was cut", found.slice(0, -60), /the XML ends inside/],
    ["a page", "<html><title>Down</title></html>", /sent a page \("Down"\) where XML was due/],
    ["an envelope with nothing in it", payload(""), /sent XML that is no answer/],
  ])("%s is no answer", async (_name, body, message) => {
    const { own } = await asking(["A"], reply(200, body));
    await expect(own.night()).rejects.toThrow(message);
    const landed = await own.landed<{ response: string | null }>("names");
    expect(landed.map(({ response }) => response ?? "").join()).not.toContain(GUID);
  });
});

test("without a key nothing is asked, and the variable is named", async () => {
  vi.stubEnv("ABN_LOOKUP_GUID", "");
  const { own, server } = await asking(["A"], reply(200, found));
  await expect(own.night()).rejects.toThrow("needs the environment variable ABN_LOOKUP_GUID");
  expect(server.seen).toHaveLength(0);
});

test("the stand-in answers as the service does", async () => {
  const world = await startWorld({ seed: 3, properties: 100, faults: [] });
  try {
    const service = world.resolve("sandbox://abn_lookup/ABRXMLSearch/AbrXmlSearch.asmx");
    const ask = async (query: string) => {
      const answer = await fetch(`${service}/SearchByABNv202001?${query}`);
      return { status: answer.status, text: await answer.text() };
    };
    expect(await ask("searchString=1")).toEqual({
      status: 500,
      text: "Missing parameter: includeHistoricalDetails.\r\n",
    });
    const given = "includeHistoricalDetails=N&authenticationGuid";
    expect((await ask(`searchString=1&${given}=x`)).text).toContain("<exceptionCode>WEBSERVICES<");
    expect((await ask(`searchString=1&${given}=sandbox`)).text).toContain("not a valid ABN");
    expect((await ask(`searchString=51824753556&${given}=sandbox`)).text).toContain(
      "No records found",
    );
  } finally {
    await world.close();
  }
});

describe.skipIf(!existsSync(SAMPLES))(
  "samples of the service (absent: set LEADHOUSE_SAMPLES)",
  () => {
    test.each<[string, object]>([
      ["SHAPE-search-by-name.xml", { rows: 4 }],
      ["SHAPE-search-by-name-single-record.xml", { rows: 1 }],
      ["SHAPE-search-by-abn-company.xml", { rows: 1 }],
      ["SHAPE-search-by-abn-suppressed.xml", { rows: 1 }],
      ["SYNTHETIC-exception-no-records.xml", { rows: 0 }],
    ])("%s", async (name, result) => {
      const { own } = await asking(["A"], reply(200, readFileSync(join(SAMPLES, "gov/abr", name))));
      expect(await own.night()).toMatchObject([result, {}]);
    });
  },
);
