import type { RoomContext, Step } from "../../../engine/step.ts";
import { step as abnBulk } from "../../../extract/abn_bulk.ts";
import { step as abnLookup } from "../../../extract/abn_lookup.ts";
import { step as arcgis } from "../../../extract/arcgis.ts";
import { step as asicCompanies } from "../../../extract/asic_companies.ts";
import { step as bookingEngineLists } from "../../../extract/booking_engine_lists.ts";
import { step as ckan } from "../../../extract/ckan.ts";
import { step as fileImport } from "../../../extract/file_import.ts";
import { step as floridaDbpr } from "../../../extract/florida_dbpr.ts";
import { step as googleMaps } from "../../../extract/google_maps.ts";
import type { Effects } from "../../../extract/kit/effects.ts";
import { step as openstreetmap } from "../../../extract/openstreetmap.ts";
import { step as socrata } from "../../../extract/socrata.ts";
import { step as texasHotelTax } from "../../../extract/texas_hotel_tax.ts";
import { step as webDataCommons } from "../../../extract/web_data_commons.ts";

type StepsOf = (room: RoomContext, effects: Effects) => readonly Step[];

const RECORDS =
  "select request_key, batch_id, row_number, record from landed where outcome = 'ok' and record is not null order by 1, 2, row_number::int";

export type SandboxSource = readonly [
  name: string,
  step: StepsOf,
  settings: Readonly<Record<string, unknown>>,
  stream: string,
  /** What of `landed` must not depend on the weather. */
  sql: string,
];

/** Each source as the sandbox profile asks it. */
export const SOURCES: readonly SandboxSource[] = [
  [
    "florida_dbpr",
    floridaDbpr,
    {
      files: [1, 2, 3, 4, 5, 6, 7].map(
        (district) => `sandbox://florida_dbpr/sto/file_download/extracts/hrlodge${district}.csv`,
      ),
    },
    "licences",
    `select * exclude (request, attempt, fetched_at, run_id, date, run) from landed
      where outcome = 'ok' and status = 200 order by request_key, row_number::int`,
  ],
  [
    "openstreetmap",
    openstreetmap,
    {
      url: "sandbox://openstreetmap/api/interpreter",
      areas: [
        { name: "south", bbox: [24.3, -83.2, 27, -79.8] },
        { name: "north", bbox: [27, -87.7, 31.1, -79.8] },
        { name: "texas", bbox: [25.7, -106.7, 36.6, -93.4] },
      ],
    },
    "answers",
    "select request_key, response->'$.elements' as elements from landed where outcome = 'ok' order by 1",
  ],
  [
    "file_import",
    fileImport,
    {
      imports: ["directory/florida", "directory/texas", "crm/florida"].map((list) => ({
        name: list.replace("/", "_"),
        url: `sandbox://files/${list}.csv`,
        columns: {},
      })),
    },
    "rows",
    RECORDS,
  ],
  [
    "web_data_commons",
    webDataCommons,
    {
      files: [0, 1].map(
        (part) =>
          `sandbox://web_data_commons/structureddata/2024-12/quads/classspecific/Hotel/part_${part}.gz`,
      ),
    },
    "quads",
    `select * exclude (request, attempt, fetched_at, run_id, date, run) from landed
      where outcome = 'ok' and status = 200 order by request_key, page_url, subject, predicate, object`,
  ],
  [
    "texas_hotel_tax",
    texasHotelTax,
    {
      files: ["Q1", "Q2", "Q2-again"].map(
        (quarter) => `sandbox://texas_hotel_tax/open_records/hot-2026${quarter}.csv`,
      ),
    },
    "filings",
    `select * exclude (request, attempt, fetched_at, run_id, date, run) from landed
      where outcome = 'ok' and status = 200 order by request_key, row_number::int`,
  ],
  [
    "socrata",
    socrata,
    {
      registers: [
        {
          name: "permits",
          url: "sandbox://socrata",
          dataset: "hote-l4x4",
          page_rows: 4,
          columns: { hotel_name: "facility_name", city: "location.human_address.city" },
        },
      ],
    },
    "rows",
    RECORDS,
  ],
  [
    "arcgis",
    arcgis,
    {
      registers: [
        {
          name: "parcels",
          url: "sandbox://arcgis/arcgis/rest/services/Lodging/FeatureServer/0",
          page_rows: 4,
          columns: { hotel_name: "DBA_NAME", latitude: "geometry.latitude" },
        },
      ],
    },
    "rows",
    RECORDS,
  ],
  [
    "ckan",
    ckan,
    {
      registers: [
        {
          name: "inland",
          url: "sandbox://ckan/data",
          resource: "9c1f4c1e-0000-4000-8000-000000000001",
          page_rows: 2,
          columns: { hotel_name: "premises" },
        },
        {
          name: "coast",
          url: "sandbox://ckan/data",
          package: "licensed-accommodation",
          columns: { hotel_name: "premises" },
        },
      ],
    },
    "rows",
    RECORDS,
  ],
  [
    "abn_bulk",
    abnBulk,
    { portal: "sandbox://abn_bulk/data" },
    "entities",
    "select abn, main_name, family_name, other_names from landed where outcome = 'ok' and abn is not null order by 1",
  ],
  [
    "asic_companies",
    asicCompanies,
    { portal: "sandbox://asic_companies/data" },
    "companies",
    "select acn, company_name, extra from landed where outcome = 'ok' and acn is not null order by row_number::int",
  ],
  [
    "abn_lookup",
    abnLookup,
    { url: "sandbox://abn_lookup/ABRXMLSearch/AbrXmlSearch.asmx", minimum_score: 50 },
    "names",
    "select request_key, outcome, response from landed where outcome in ('ok', 'empty') order by 1",
  ],
  [
    "booking_engine_lists",
    bookingEngineLists,
    {
      s3: { endpoint: "sandbox://s3" },
      lists: [{ name: "engines", url: "s3://listings/engines/" }],
    },
    "rows",
    RECORDS,
  ],
  [
    "google_maps",
    googleMaps,
    {
      url: "sandbox://google_maps/maps",
      largest_cell: 4,
      areas: [
        { name: "florida", bbox: [24.3, -87.7, 31.1, -79.8], country: "US" },
        { name: "texas", bbox: [25.7, -106.7, 36.6, -93.4], country: "US" },
      ],
    },
    "answers",
    "select request_key, outcome, response from landed where outcome in ('ok', 'empty') order by 1",
  ],
];
