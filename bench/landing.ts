import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLanding } from "../engine/warehouse/landing.ts";
import { literal } from "../engine/warehouse/quote.ts";
import { Warehouse } from "../engine/warehouse/warehouse.ts";

// Landing rows per second: records of 35 text columns, handed over in TypeScript, with their envelope to Parquet;
// beside DuckDB's own `copy (from read_csv(…)) to parquet` of the same records. Medians of 3, interleaved.

const ROWS = 200_000;
const COLUMNS = Array.from({ length: 35 }, (_, index) => `column_${index + 1}`);
const ROUNDS = 3;

const folder = mkdtempSync(join(tmpdir(), "leadhouse-landing-"));
const csv = join(folder, "records.csv");
writeFileSync(
  csv,
  [COLUMNS.join(","), ...Array.from(records(), (cells) => cells.join(","))].join("\n"),
);
try {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await land(join(folder, `data-${round}`)));
    bare.push(await copy(join(folder, `bare-${round}.parquet`)));
  }
  const mine = median(ours);
  const peer = median(bare);
  console.log(`landing       ${rate(mine)}`);
  console.log(`bare DuckDB   ${rate(peer)}`);
  console.log(`ratio         ${(mine / peer).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A register's shape: codes that repeat, names that do not, columns that are empty. */
function* records(): Generator<(string | null)[]> {
  for (let row = 0; row < ROWS; row += 1) {
    yield COLUMNS.map((_, column) => {
      if (column % 5 === 4) return null;
      return column % 3 === 0 ? `code ${row % 97}` : `value ${row * 35 + column}`;
    });
  }
}

async function land(data: string): Promise<number> {
  const startedAt = new Date(Date.UTC(2026, 0, 1));
  const began = performance.now();
  const landing = openLanding({
    data,
    source: "bench",
    stream: "records",
    columns: COLUMNS,
    runId: "bench",
    startedAt,
    extractorVersion: 1,
  });
  const envelope = {
    requestKey: "bench",
    request: { url: "bench" },
    status: 200,
    outcome: "ok",
    attempt: 1,
    sourceUrl: "bench",
    fetchedAt: startedAt,
  } as const;
  await landing.land(envelope, records());
  await landing.close();
  return performance.now() - began;
}

async function copy(path: string): Promise<number> {
  const warehouse = await Warehouse.open(":memory:");
  const began = performance.now();
  await warehouse.run(
    `copy (from read_csv(${literal(csv)}, all_varchar = true)) to ${literal(path)} (format parquet, compression zstd)`,
  );
  const time = performance.now() - began;
  warehouse.close();
  return time;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function rate(ms: number): string {
  const rows = Math.round((ROWS / ms) * 1000).toLocaleString("en-US");
  return `${ms.toFixed(0).padStart(6)} ms  ${rows.padStart(9)} rows/s`;
}
