import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { legalEntities } from "../../sandbox/kit/legal-entities.ts";
import { isLodging } from "../../sandbox/kit/property.ts";
import { generateTruth } from "../../sandbox/truth.ts";
import { startWorld } from "../../sandbox/world.ts";

const truth = generateTruth({ seed: 5, properties: 400 });
const entities = legalEntities(truth);

test("every number passes the registers' checksums and is given once", () => {
  for (const { abn, acn } of entities) {
    const weights = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    const digits = [...abn].map(Number);
    digits[0]! -= 1;
    expect(digits.reduce((sum, digit, index) => sum + digit * weights[index]!, 0) % 89).toBe(0);
    if (acn === undefined) continue;
    expect(abn.slice(2)).toBe(acn);
    const sum = [...acn.slice(0, 8)].reduce(
      (all, digit, index) => all + Number(digit) * (8 - index),
      0,
    );
    expect((10 - (sum % 10)) % 10).toBe(Number(acn[8]));
  }
  expect(new Set(entities.map(({ abn }) => abn)).size).toBe(entities.length);
});

test("each hotel of New South Wales has one entity that owns it, the same for the same seed", () => {
  const hotels = truth.properties.filter(
    (property) => property.address.city.state === "NSW" && isLodging(property),
  );
  const owned = entities.flatMap(({ properties }) => properties.map(({ id }) => id));
  expect(owned.sort()).toEqual(hotels.map(({ id }) => id).sort());
  expect(legalEntities(truth)).toEqual(entities);
  const names = new Map(
    entities.map(({ organizationId, legalName }) => [organizationId, legalName]),
  );
  expect(names.size).toBe(entities.length);
});

test("the truth says of each record of the registers whose it is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leadhouse-truth-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const world = await startWorld({ seed: 5, properties: 400, faults: [], dataDir: folder });
  await world.close();
  const file = literal(join(folder, "sandbox/truth_organizations.parquet"));
  const memory = await Warehouse.open(":memory:");
  try {
    const rows = await memory.rows<{
      record_id: string;
      organization_id: bigint;
      hotels: bigint[] | null;
    }>(`select record_id, organization_id, hotels from ${file}`);
    const known = entities.filter(({ isNew }) => !isNew);
    expect(rows.filter(({ record_id }) => record_id.startsWith("abn_bulk:"))).toHaveLength(
      known.length,
    );
    const owner = entities.find(({ properties, acn }) => acn && properties.length > 0)!;
    const [row] = rows.filter(({ record_id }) => record_id === `asic_companies:${owner.acn}`);
    expect(Number(row?.organization_id)).toBe(owner.organizationId);
    expect(row?.hotels).toHaveLength(owner.properties.length);
  } finally {
    memory.close();
  }
});
