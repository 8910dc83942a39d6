import { EltError } from "../engine/errors.ts";
import { suggest } from "../engine/suggest.ts";
import { abnBulk } from "./abn_bulk.ts";
import { abnLookup } from "./abn_lookup.ts";
import { arcgis } from "./arcgis.ts";
import { asicCompanies } from "./asic_companies.ts";
import { ckan } from "./ckan.ts";
import { commonCrawl } from "./common_crawl.ts";
import { files } from "./files.ts";
import { floridaDbpr } from "./florida_dbpr.ts";
import { googleMaps } from "./google_maps.ts";
import { type FaultRule, type Mood, moodRules, type SourceName } from "./kit/faults.ts";
import type { TruthRecord } from "./kit/property.ts";
import { RequestLog } from "./kit/request-log.ts";
import { startServer } from "./kit/server.ts";
import type { StandIn } from "./kit/stand-in.ts";
import { writeTruthFiles } from "./kit/truth-files.ts";
import { openstreetmap } from "./openstreetmap.ts";
import { s3 } from "./s3.ts";
import { socrata } from "./socrata.ts";
import { texasHotelTax } from "./texas_hotel_tax.ts";
import { generateTruth, type Truth, type TruthOptions } from "./truth.ts";
import { webDataCommons } from "./web_data_commons.ts";

/** Every source of the world, by the host of its `sandbox://` addresses. */
const SOURCES: Readonly<Record<SourceName, (truth: Truth) => StandIn>> = {
  florida_dbpr: floridaDbpr,
  texas_hotel_tax: texasHotelTax,
  socrata,
  arcgis,
  ckan,
  openstreetmap,
  google_maps: googleMaps,
  common_crawl: commonCrawl,
  web_data_commons: webDataCommons,
  abn_bulk: abnBulk,
  abn_lookup: abnLookup,
  asic_companies: asicCompanies,
  s3,
  files,
};

export interface WorldOptions extends TruthOptions {
  /** The project's data folder: the truth is written under its `sandbox/`. Absent: not written. */
  readonly dataDir?: string;
  /** A named mood, or rules of one's own. Default `calm`. */
  readonly faults?: Mood | readonly FaultRule[];
  /** Milliseconds since 1970, for dates in answers and for the log. */
  readonly clock?: () => number;
}

export interface World {
  readonly seed: string;
  readonly properties: number;
  /** `sandbox://openstreetmap/api/interpreter` as an address that can be dialled. */
  resolve(url: string): string;
  /** Base address of each source. */
  readonly addresses: ReadonlyMap<SourceName, string>;
  readonly log: RequestLog;
  readonly truth: () => Truth;
  /** Every row and element of every source, with the property it truly is. */
  readonly records: () => readonly TruthRecord[];
  /** Writes `truth_records.parquet` and `truth_properties.parquet` under `<dataDir>/sandbox/`. */
  writeTruth(dataDir: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the small outside world on loopback. The truth and each source's view of it are made when first needed. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { seed, properties, dataDir, faults = "calm", clock = Date.now } = options;
  const names = Object.keys(SOURCES) as SourceName[];
  const log = new RequestLog();
  const truth = once(() => generateTruth({ seed, properties }));
  const standIns = new Map(names.map((name) => [name, once(() => SOURCES[name](truth()))]));
  const rules = typeof faults === "string" ? moodRules(faults, String(seed)) : faults;
  const servers = new Map(
    await Promise.all(
      names.map(async (name) => {
        const standIn = () => (standIns.get(name) as () => StandIn)();
        return [name, await startServer({ name, standIn, rules, log, clock })] as const;
      }),
    ),
  );
  const addresses = new Map(
    [...servers].map(([name, { port }]) => [name, `http://127.0.0.1:${port}`] as const),
  );

  const world: World = {
    seed: String(seed),
    properties,
    addresses,
    log,
    truth,
    records: once(() => [...standIns.values()].flatMap((standIn) => standIn().records)),
    resolve: (url) => resolveAddress(url, addresses),
    writeTruth: (folder) =>
      writeTruthFiles(folder, truth, world.records, { seed, properties, sources: names }),
    async close() {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
  if (dataDir !== undefined) await world.writeTruth(dataDir);
  return world;
}

/** What `elt sandbox serve` prints. */
export function describeWorld(world: World): string[] {
  const truth = world.truth();
  const lodging = truth.size;
  const examples: Readonly<Record<SourceName, string>> = {
    florida_dbpr: "/sto/file_download/extracts/hrlodge1.csv",
    texas_hotel_tax: "/open_records/hot-2026Q2.csv",
    socrata: "/api/views/hote-l4x4.json",
    arcgis: "/arcgis/rest/services/Lodging/FeatureServer/0?f=json",
    ckan: "/storage/accommodation_202609.csv",
    openstreetmap: "/api/status",
    google_maps: "/account",
    common_crawl: "/collinfo.json",
    web_data_commons: "/structureddata/2024-12/quads/classspecific/Hotel/part_0.gz",
    abn_bulk: "/data/dataset/abn/resource/0/download/public_split_1_10.zip",
    abn_lookup: "/ABRXMLSearch/AbrXmlSearch.asmx/SearchByABNv202001",
    asic_companies: "/data/dataset/asic/resource/09/download/company_202609.csv",
    s3: "/listings?list-type=2&prefix=engines/",
    files: "/directory/florida.csv",
  };
  return [
    `sandbox seed ${world.seed}: ${lodging.toLocaleString("en-US")} lodging properties, ${world.records().length.toLocaleString("en-US")} records of them`,
    ...[...world.addresses].map(
      ([name, address]) => `  sandbox://${name.padEnd(15)} ${address}${examples[name]}`,
    ),
  ];
}

function resolveAddress(url: string, addresses: ReadonlyMap<SourceName, string>): string {
  if (!url.startsWith("sandbox://")) return url;
  const [, host = "", path = ""] = /^sandbox:\/\/([^/?#]*)(.*)$/.exec(url) ?? [];
  const base = addresses.get(host as SourceName);
  if (base === undefined) {
    throw new EltError(`unknown sandbox source "${host}"${suggest(host, [...addresses.keys()])}`, {
      hint: `choose one of: ${[...addresses.keys()].join(", ")}`,
      exitCode: 2,
    });
  }
  return `${base}${path === "" ? "/" : path}`;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
