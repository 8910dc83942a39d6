import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { literal } from "../../engine/warehouse/quote.ts";
import { TRUTH_VERSION, type Truth } from "../truth.ts";
import { legalEntities } from "./legal-entities.ts";
import { e164 } from "./phones.ts";
import { isLodging, type TruthRecord } from "./property.ts";

const RECORDS = "truth_records.parquet";
const PROPERTIES = "truth_properties.parquet";
const ORGANIZATIONS = "truth_organizations.parquet";
/** Says which world the two files are of; written last. */
const MARK = "world.json";

/**
 * Writes the truth beside the data, so that any matcher's clusters can be scored:
 * `truth_records.parquet` (record_id, property_id, is_lodging, traps) and `truth_properties.parquet`.
 * `record_id` is `<source>:<source_record_id>` as in `hotel_records`. `truth_organizations.parquet`
 * says the same of Australia's registers: `abn_bulk:<abn>`, `abn_lookup:<abn>`, `asic_companies:<acn>`,
 * whose organisation each is, and which hotels that one owns. Nothing is done when the files
 * are already those of this world.
 */
export async function writeTruthFiles(
  dataDir: string,
  truth: () => Truth,
  records: () => readonly TruthRecord[],
  world: {
    readonly seed: string | number;
    readonly properties: number;
    /** Whose records they are. */
    readonly sources: readonly string[];
  },
): Promise<void> {
  const folder = join(dataDir, "sandbox");
  const mark = JSON.stringify({
    seed: String(world.seed),
    properties: world.properties,
    sources: world.sources,
    version: TRUTH_VERSION,
  });
  if (await isWritten(folder, mark)) return;
  const { Warehouse } = await import("../../engine/warehouse/warehouse.ts");
  await mkdir(folder, { recursive: true });
  await rm(join(folder, MARK), { force: true });
  const warehouse = await Warehouse.open(":memory:");
  try {
    await warehouse.run(`
      create table records (record_id varchar, property_id bigint, is_lodging boolean, traps varchar);
      create table properties (
        property_id bigint, name varchar, kind varchar, is_lodging boolean, brand varchar, parent varchar,
        street_number integer, street varchar, unit varchar, city varchar, state varchar, zip_code varchar,
        latitude double, longitude double, phone varchar, domain varchar, website varchar, email varchar,
        owner varchar, manager varchar, building_id bigint, booking_engine varchar, engine_property_id varchar,
        booking_url varchar, room_count integer, opened_year integer, closed_year integer, traps varchar
      );
      create table organizations (
        record_id varchar, organization_id bigint, legal_name varchar, is_active boolean, hotels varchar
      );`);
    await append(warehouse, "records", recordRows(truth(), records()));
    await append(warehouse, "properties", propertyRows(truth()));
    await append(warehouse, "organizations", organizationRows(truth()));
    const traps = "string_split(nullif(traps, ''), ',') as traps";
    await save(warehouse, folder, RECORDS, { table: "records", key: "record_id", typed: traps });
    await save(warehouse, folder, PROPERTIES, {
      table: "properties",
      key: "property_id",
      typed: traps,
    });
    await save(warehouse, folder, ORGANIZATIONS, {
      table: "organizations",
      key: "record_id",
      typed: "string_split(nullif(hotels, ''), ',')::bigint[] as hotels",
    });
  } finally {
    warehouse.close();
  }
  await writeFile(join(folder, MARK), mark);
}

type Cell = string | number | boolean | undefined;
type Warehouse = import("../../engine/warehouse/warehouse.ts").Warehouse;

function* recordRows(truth: Truth, records: readonly TruthRecord[]): Generator<Cell[]> {
  const byId = new Map(truth.properties.map((property) => [property.id, property]));
  for (const { recordId, propertyId, traps } of records) {
    const property = byId.get(propertyId);
    const all = new Set([...(property?.traps ?? []), ...traps]);
    yield [
      recordId,
      propertyId,
      property !== undefined && isLodging(property),
      [...all].sort().join(","),
    ];
  }
}

function* propertyRows(truth: Truth): Generator<Cell[]> {
  for (const property of truth.properties) {
    const { address, owner, booking, brand } = property;
    yield [
      property.id,
      property.name,
      property.kind,
      isLodging(property),
      brand?.word,
      brand?.parent,
      address.number,
      [address.direction, address.street, address.suffix].filter(Boolean).join(" "),
      address.unit || undefined,
      address.city.name,
      address.city.state,
      address.zip,
      address.latitude,
      address.longitude,
      e164(property.phone),
      property.domain,
      property.website,
      property.email,
      owner.isPerson ? `${owner.person.first} ${owner.person.last}` : owner.company,
      property.manager,
      property.building,
      booking?.engine,
      booking?.propertyId,
      booking?.url,
      property.rooms,
      property.openedYear,
      property.closedYear,
      [...property.traps].sort().join(","),
    ];
  }
}

function* organizationRows(truth: Truth): Generator<Cell[]> {
  for (const entity of legalEntities(truth)) {
    const { abn, acn, isNew } = entity;
    const ids = [
      `abn_lookup:${abn}`,
      ...(isNew ? [] : [`abn_bulk:${abn}`]),
      ...(acn ? [`asic_companies:${acn}`] : []),
    ];
    const hotels = entity.properties.map(({ id }) => id).join(",");
    for (const id of ids) {
      yield [id, entity.organizationId, entity.legalName, entity.isActive, hotels];
    }
  }
}

async function append(warehouse: Warehouse, table: string, rows: Iterable<Cell[]>): Promise<void> {
  const columns = await warehouse.describe(`select * from ${table}`);
  const appender = await warehouse.appender(table);
  for (const row of rows) {
    row.forEach((cell, index) => {
      const type = columns[index]?.type;
      if (cell === undefined) appender.appendNull();
      else if (type === "BIGINT") appender.appendBigInt(BigInt(cell));
      else if (type === "INTEGER") appender.appendInteger(Number(cell));
      else if (type === "DOUBLE") appender.appendDouble(Number(cell));
      else if (type === "BOOLEAN") appender.appendBoolean(Boolean(cell));
      else appender.appendVarchar(String(cell));
    });
    appender.endRow();
  }
  appender.closeSync();
}

async function save(
  warehouse: Warehouse,
  folder: string,
  file: string,
  { table, key, typed }: Readonly<Record<"table" | "key" | "typed", string>>,
): Promise<void> {
  const target = join(folder, file);
  await warehouse.run(
    `copy (select * replace (${typed}) from ${table} order by ${key}) to ${literal(`${target}.tmp`)} (format parquet, compression zstd)`,
  );
  await rename(`${target}.tmp`, target);
}

async function isWritten(folder: string, mark: string): Promise<boolean> {
  if (![RECORDS, PROPERTIES, ORGANIZATIONS, MARK].every((file) => existsSync(join(folder, file))))
    return false;
  return (await readFile(join(folder, MARK), "utf8")) === mark;
}
