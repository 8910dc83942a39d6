import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { envelope, type Night, openNight } from "./kit/night.ts";

let night: Night;
beforeAll(async () => {
  night = await openNight();
});
afterAll(() => night.close());

const later = { run_id: "run-2", fetched_at: "2026-06-15 01:00:00+00" };

test("of the extract's newest answer each number is an entity with its names by kind", async () => {
  const bulk = {
    abn: "51824753556",
    abn_status: "ACT",
    abn_status_from: "20100401",
    entity_type_code: "PRV",
    gst_status: "NON",
    state: "nsw",
    postcode: "0870",
  };
  const gone = { ...envelope("zip"), ...bulk, abn: "53102443916", main_name: "GONE PTY LTD" };
  const names = [
    { type: "BN", name: "Gull Inn" },
    { type: "BN", name: "Gull Inn" },
    { type: "TRD", name: "GULL" },
  ];
  const kept = { ...bulk, main_name: "GULL PTY LTD", other_names: JSON.stringify(names) };
  const tables = {
    "abn_bulk.entities": [
      gone,
      { ...envelope("zip"), ...kept, main_name: "FORMER PTY LTD" },
      { ...envelope("zip"), ...later, ...kept },
    ],
  };
  await night.build({ tables }, "stg_abn_bulk__entities");
  expect(
    await night.rows(
      "select abn, legal_name, business_names, trading_names, status, is_gst_registered, state, postcode, registered_on::varchar as since from staging.stg_abn_bulk__entities",
    ),
  ).toEqual([
    {
      abn: "51824753556",
      legal_name: "GULL PTY LTD",
      business_names: ["Gull Inn"],
      trading_names: ["GULL"],
      status: "active",
      is_gst_registered: false,
      state: "NSW",
      postcode: "0870",
      since: "2010-04-01",
    },
  ]);
});

test("a company stands under its current name and remembers the former ones", async () => {
  const row = (company_name: string, more: object) => ({
    ...envelope("file"),
    company_name,
    acn: "000000019",
    type: "APTY",
    company_status: "REGD",
    date_of_registration: "08/01/1990",
    abn: "0",
    row_number: "1",
    ...more,
  });
  const tables = {
    "asic_companies.companies": [
      row("OLD PTY LTD", { current_name: "GULL PTY LTD", current_name_start_date: "28/01/2016" }),
      row("GULL PTY LTD", { current_name_indicator: "Y" }),
    ],
  };
  await night.build({ tables }, "stg_asic_companies__companies");
  expect(
    await night.rows(
      "select acn, abn, legal_name, former_names, status, registered_on::varchar as since from staging.stg_asic_companies__companies",
    ),
  ).toEqual([
    {
      acn: "000000019",
      abn: null,
      legal_name: "GULL PTY LTD",
      former_names: ["OLD PTY LTD"],
      status: "registered",
      since: "1990-01-08",
    },
  ]);
});

const search = (inner: string) =>
  `<x:Results xmlns:x="a"><x:searchResultsList>${inner}</x:searchResultsList></x:Results>`;
const hit = (abn: string, kind: string, name: string, score: number) =>
  `<x:searchResultsRecord><x:ABN><x:identifierValue>${abn}</x:identifierValue><x:identifierStatus>Active</x:identifierStatus></x:ABN><x:${kind}><x:organisationName>${name}</x:organisationName><x:score>${score}</x:score></x:${kind}></x:searchResultsRecord>`;

test("a search's names are asked about by number when they pass the checksum and the extract lacks them", async () => {
  const answer = search(
    hit("51824753556", "mainName", "PALM &amp; REEF", 100) +
      hit("51824753556", "businessName", "Palm &amp; Reef", 98) +
      hit("51824753557", "mainName", "MISTYPED", 97) +
      hit("53102443916", "mainName", "KNOWN", 90),
  );
  const tables = {
    "abn_lookup.names": [
      { ...envelope("name palm NSW"), response: answer },
      { ...envelope("name gone NSW"), response: search(hit("88712649015", "mainName", "X", 99)) },
      { ...envelope("name gone NSW"), ...later, outcome: "empty", response: "<x:Results/>" },
    ],
    "abn_bulk.entities": [
      { ...envelope("zip"), abn: "53102443916", abn_status: "ACT", main_name: "KNOWN" },
    ],
  };
  await night.build({ tables }, "worklist_abn_lookup_entities");
  expect(
    await night.rows(
      "select abn, name, name_kind, score from staging.stg_abn_lookup__names where abn = '51824753556' order by score",
    ),
  ).toEqual([
    { abn: "51824753556", name: "Palm & Reef", name_kind: "businessName", score: 98 },
    { abn: "51824753556", name: "PALM & REEF", name_kind: "mainName", score: 100 },
  ]);
  expect(
    await night.rows("select request_key from worklists.worklist_abn_lookup_entities"),
  ).toEqual([{ request_key: "abn 51824753556" }]);
});

test("an entity of the web service has the shape of the extract's; a suppressed one has no name", async () => {
  const entity = (inner: string) =>
    `<R><businessEntity202001><recordLastUpdatedDate>2021-05-29</recordLastUpdatedDate>${inner}<entityStatus><entityStatusCode>Active</entityStatusCode><effectiveFrom>2010-04-01</effectiveFrom></entityStatus><ASICNumber /><entityType><entityTypeCode>IND</entityTypeCode><entityDescription>Individual/Sole Trader</entityDescription></entityType><mainBusinessPhysicalAddress><stateCode>NT</stateCode><postcode>0870</postcode></mainBusinessPhysicalAddress></businessEntity202001></R>`;
  const number = (abn: string) => `<ABN><identifierValue>${abn}</identifierValue></ABN>`;
  const person =
    "<legalName><givenName>Jane</givenName><otherGivenName>Q</otherGivenName><familyName>Citizen</familyName></legalName><businessName><organisationName>Reef Inn</organisationName></businessName>";
  const tables = {
    "abn_lookup.entities": [
      { ...envelope("abn 1"), response: entity(number("51824753556") + person) },
      { ...envelope("abn 2"), response: entity(number("53102443916")) },
    ],
  };
  await night.build({ tables }, "stg_abn_lookup__entities");
  expect(
    await night.rows(
      "select abn, acn, legal_name, given_names, family_name, business_names, is_individual, status, postcode, registered_on::varchar as since from staging.stg_abn_lookup__entities order by abn",
    ),
  ).toMatchObject([
    {
      abn: "51824753556",
      acn: null,
      legal_name: "Jane Q Citizen",
      given_names: "Jane Q",
      family_name: "Citizen",
      business_names: ["Reef Inn"],
      is_individual: true,
      status: "active",
      postcode: "0870",
      since: "2010-04-01",
    },
    { abn: "53102443916", legal_name: null, business_names: [] },
  ]);
});

test("one wrong digit fails a business number's checksum", async () => {
  const sql = night.project.compileInline("select {{ is_abn('abn') }} as is_abn from given").text;
  const check = async (abns: readonly string[]) => {
    const given = abns.map((abn) => `'${abn}'`).join();
    const rows = await night.rows(`with given as (select unnest([${given}]) as abn) ${sql}`);
    return rows.map(({ is_abn }) => is_abn);
  };
  expect(await check(["51824753556", "53102443916", "5182475355", "", "x"])).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  await fc.assert(
    fc.asyncProperty(fc.nat(10), fc.integer({ min: 1, max: 9 }), async (place, step) => {
      const digits = [..."51824753556"];
      digits[place] = String((Number(digits[place]) + step) % 10);
      expect(await check([digits.join("")])).toEqual([false]);
    }),
    { numRuns: 30 },
  );
});
