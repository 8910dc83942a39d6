import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { spec } from "../../../matchers/hotel.ts";
import { freeze, type Trained } from "../../../matchers/kit/freeze.ts";
import type { Frozen } from "../../../matchers/kit/frozen.ts";
import { commitIdentity } from "../../../matchers/kit/identity-store.ts";
import { type Matched, match } from "../../../matchers/kit/match.ts";

/** One row of `resolution.hotel_records`; what is left out is null. */
export interface HotelRow {
  readonly record_id: string;
  readonly source: string;
  readonly hotel_name?: string | null;
  readonly address?: string | null;
  readonly city?: string | null;
  readonly name_core?: string | null;
  readonly name_tokens?: readonly string[] | null;
  readonly brand?: string | null;
  readonly category?: string | null;
  readonly street_number?: string | null;
  readonly street_name?: string | null;
  readonly unit?: string | null;
  readonly city_key?: string | null;
  readonly state?: string | null;
  readonly zip_code?: string | null;
  readonly latitude?: number | null;
  readonly longitude?: number | null;
  readonly phone?: string | null;
  readonly phone_alt?: string | null;
  readonly domain?: string | null;
  readonly website_domain?: string | null;
  readonly website_path?: string | null;
  readonly place_id?: string | null;
  readonly licence_number?: string | null;
  readonly engine?: string | null;
  readonly engine_property_id?: string | null;
  /** Which property it truly is; never seen by the matcher. */
  readonly truth?: number;
}

const TEXTS = [
  "record_id",
  "source",
  "hotel_name",
  "address",
  "city",
  "name_core",
  "brand",
  "category",
  "street_number",
  "street_name",
  "unit",
  "city_key",
  "state",
  "zip_code",
  "phone",
  "phone_alt",
  "domain",
  "website_domain",
  "website_path",
  "place_id",
  "licence_number",
  "engine",
  "engine_property_id",
] as const;

export interface Verdict {
  readonly l: string;
  readonly r: string;
  readonly verdict: "same" | "different";
}

/** A warehouse in memory that holds the records and the verdicts, and a folder for what is remembered. */
export class HotelNight {
  readonly warehouse: Warehouse;
  readonly identityFolder: string;
  /** The model the nights use; none: each trains on its own records. */
  frozen: Frozen | undefined;
  #night = 0;

  static async open(threads = 2): Promise<HotelNight> {
    return new HotelNight(
      await Warehouse.open(":memory:", { settings: { threads: String(threads) } }),
    );
  }

  private constructor(warehouse: Warehouse) {
    this.warehouse = warehouse;
    this.identityFolder = mkdtempSync(join(tmpdir(), "leadhouse-identity-"));
  }

  async match(rows: readonly HotelRow[], verdicts: readonly Verdict[] = []): Promise<Matched> {
    this.#night += 1;
    await this.#load(rows, verdicts);
    const matched = await match(this.warehouse, spec, {
      entity: "hotel",
      identityFolder: this.identityFolder,
      runId: `run-${this.#night}`,
      startedAt: new Date(Date.UTC(2026, 0, this.#night)),
      frozen: this.frozen,
      ...(this.frozen ? { stateKey: "hotels" } : {}),
    });
    await commitIdentity(this.identityFolder, matched.version);
    return matched;
  }

  /** Trains on the rows and keeps the model for the nights that follow. */
  async train(rows: readonly HotelRow[]): Promise<Trained> {
    await this.#load(rows, []);
    const trained = await freeze(this.warehouse, spec, {
      entity: "hotel",
      identityFolder: this.identityFolder,
      trainedAt: new Date(Date.UTC(2025, 11, 31)),
      before: this.frozen,
    });
    this.frozen = trained.frozen;
    return trained;
  }

  async hotelOf(record: string): Promise<bigint | undefined> {
    const row = await this.warehouse.first<{ hotel_id: bigint }>(
      "select hotel_id from match.hotel_clusters where record_id = $1",
      [record],
    );
    return row?.hotel_id;
  }

  async decisionOf(l: string, r: string): Promise<string | undefined> {
    const row = await this.warehouse.first<{ decision: string }>(
      "select decision from match.hotel_pairs where record_id_l in ($1, $2) and record_id_r in ($1, $2)",
      [l, r],
    );
    return row?.decision;
  }

  /** Every published table as text, for comparing byte by byte. */
  async fingerprint(): Promise<string[]> {
    const texts: string[] = [];
    for (const table of ["pairs", "clusters", "match_log", "redirects", "model"]) {
      const rows = await this.warehouse.rows<{ line: string }>(
        `select to_json(t)::varchar as line from match.hotel_${table} as t`,
      );
      texts.push(`${table}\n${rows.map(({ line }) => line).join("\n")}`);
    }
    return texts;
  }

  close(): void {
    this.warehouse.close();
  }

  async #load(rows: readonly HotelRow[], verdicts: readonly Verdict[]): Promise<void> {
    await this.warehouse.run(`
create schema if not exists resolution;
create schema if not exists seeds;
create or replace table resolution.hotel_records (
  ${TEXTS.map((name) => `${name} varchar`).join(", ")},
  name_tokens varchar[], latitude double, longitude double
);
create or replace table seeds.match_decisions (record_id_l varchar, record_id_r varchar, verdict varchar)`);
    const appender = await this.warehouse.appender("hotel_records", "resolution");
    for (const row of rows) {
      for (const name of TEXTS) {
        const value = row[name] ?? null;
        if (value === null) appender.appendNull();
        else appender.appendVarchar(value);
      }
      if (row.name_tokens) appender.appendList([...row.name_tokens]);
      else appender.appendNull();
      for (const value of [row.latitude ?? null, row.longitude ?? null]) {
        if (value === null) appender.appendNull();
        else appender.appendDouble(value);
      }
      appender.endRow();
    }
    appender.closeSync();
    for (const { l, r, verdict } of verdicts) {
      await this.warehouse.run("insert into seeds.match_decisions values ($1, $2, $3)", [
        l,
        r,
        verdict,
      ]);
    }
  }
}

const FIRST =
  "amber basil cedar dahlia ember fennel ginger hazel indigo juniper kelp lotus maple nutmeg olive pepper quartz rowan saffron thyme umber violet willow yarrow zinnia coral dune egret".split(
    " ",
  );
const SECOND =
  "anchor bayou cove delta estuary fjord gulch harbour inlet jetty knoll lagoon marsh narrows oxbow prairie quay reef shoal tide upland vale wharf ridge".split(
    " ",
  );
const STREETS = "gulf blvd,palm ave,citrus st,mangrove rd,lighthouse ln,shell dr".split(",");

/** Properties seen by a register, a map and a list, each with its own noise. The same seed gives the same rows. */
export function makeHotels(properties: number, seed = 1): HotelRow[] {
  const random = lehmer(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const rows: HotelRow[] = [];
  for (let truth = 0; truth < properties; truth += 1) {
    const words = [pick(FIRST), pick(SECOND), ...(random() < 0.4 ? [pick(FIRST)] : [])];
    const city = `town ${Math.floor(random() * Math.max(2, properties / 40))}`;
    const zip = String(33000 + Number(city.split(" ")[1]));
    const position = { latitude: 27 + random() * 2, longitude: -82 + random() * 2 };
    const address = { street_number: String(10 + truth * 7), street_name: pick(STREETS) };
    const phone = `+1305555${String(truth).padStart(4, "0")}`;
    const place = { city_key: city, state: "FL", zip_code: zip };
    const named = (list: readonly string[]) => ({
      hotel_name: list.join(" "),
      name_core: [...list].sort().join(" "),
      name_tokens: [...list, "hotel"],
    });
    const trade = random() < 0.1 ? [pick(SECOND), "holdings", `h${truth}`] : words;
    rows.push({
      record_id: `register:L${truth}`,
      source: "register",
      truth,
      category: "hotel",
      ...named(trade),
      ...place,
      ...address,
      licence_number: `L${truth}`,
      phone: random() < 0.3 ? phone : `+1786555${String(truth).padStart(4, "0")}`,
    });
    if (random() < 0.8) {
      rows.push({
        record_id: `map:${truth}`,
        source: "map",
        truth,
        category: random() < 0.9 ? "hotel" : "motel",
        ...named(words),
        ...place,
        ...(random() < 0.85 ? address : {}),
        ...position,
        phone: random() < 0.6 ? phone : null,
        domain: random() < 0.5 ? `site${truth}.example` : null,
      });
    }
    if (random() < 0.7) {
      const misspelt = random() < 0.1 ? words.map((word) => word.slice(0, -1)) : words;
      rows.push({
        record_id: `list:${truth}`,
        source: "list",
        truth,
        ...named(misspelt),
        ...(random() < 0.8 ? place : {}),
        phone: random() < 0.7 ? phone : null,
        domain: random() < 0.7 ? `site${truth}.example` : null,
      });
    }
  }
  return rows;
}

export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = lehmer(seed);
  return list
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function lehmer(seed: number): () => number {
  let state = (seed * 48271 + 11) % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
