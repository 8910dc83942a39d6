import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { RunContext } from "../engine/step.ts";
import { Warehouse } from "../engine/warehouse/warehouse.ts";
import { copyTable } from "../loaders/kit/copy.ts";
import { startEmbedded, stopEmbedded } from "../loaders/kit/embedded.ts";
import { readManifest } from "../loaders/kit/manifest.ts";
import { publish } from "../loaders/kit/publish.ts";
import { targetOf } from "../loaders/kit/target.ts";

// Rows per second into Postgres, beside `psql \copy` of the same rows from a file that is ready. 20 columns.
//   whole load   hash in DuckDB, staging, COPY, checksum in Postgres, key, swap
//   COPY alone   from the warehouse's table, encoding included
//   psql \copy   of a CSV file: nothing to encode, nothing verified
// npm run bench copy [rows]

const rows = Number(process.argv[2] ?? 500_000);
const data = mkdtempSync(join(tmpdir(), "leadhouse-bench-copy-"));
chmodSync(data, 0o755);
const server = await startEmbedded(data);
const url = server.url ?? "";
const warehouse = await Warehouse.open(join(data, "bench.duckdb"));
try {
  await fill();
  const manifest = await readManifest(warehouse, "marts", { hotels: { key: ["hotel_id"] } });
  const target = await targetOf(url, "bench");
  await measure("whole load", async () => {
    const fresh = await readManifest(warehouse, "marts", { hotels: { key: ["hotel_id"] } });
    await publish(context(), target, { from: "marts", to: "bench", manifest: fresh });
  });
  const client = new pg.Client(url);
  await client.connect();
  const columns = manifest.tables[0]?.columns ?? [];
  const shape = columns.map((column) => `"${column.name}" ${column.type}`).join(", ");
  await measure("COPY alone", async () => {
    await client.query(`begin; create table alone (${shape})`);
    await copyTable(warehouse, client, { from: ["marts", "hotels"], to: "alone", columns });
    await client.query("commit");
  });
  const file = join(data, "hotels.csv");
  const listless = "* replace ('{' || array_to_string(sources, ',') || '}' as sources)";
  await warehouse.run(`copy (select ${listless} from marts.hotels) to '${file}' (header false)`);
  await client.query(`create table peer (${shape})`);
  if (spawnSync("psql", ["--version"]).status !== 0) {
    console.log("psql \\copy      skipped: no psql on this machine");
  } else {
    await measure("psql \\copy", async () => {
      const { status, stderr } = spawnSync(
        "psql",
        [url, "-q", "-c", `\\copy peer from '${file}' with (format csv)`],
        { encoding: "utf8" },
      );
      if (status !== 0) throw new Error(stderr);
    });
  }
  await client.end();
} finally {
  warehouse.close();
  await stopEmbedded(data);
  rmSync(data, { recursive: true, force: true });
}

async function measure(name: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const speed = Math.round(rows / seconds).toLocaleString("en-US");
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${name.padEnd(14)} ${speed.padStart(10)} rows/s  ${seconds.toFixed(2)} s  ${memory} MiB`,
  );
}

async function fill(): Promise<void> {
  await warehouse.run(`
    create schema marts;
    create table marts.hotels as
    select
        i as hotel_id, 'Bench Inn ' || i as name, 'https://www.inn' || i || '.example.com/' as website,
        'info@inn' || i || '.example.com' as email, '+1305' || lpad((i % 10000000)::varchar, 7, '0') as phone,
        i % 900 || ' Ocean Drive' as address, 'Miami' as city, 'FL' as state, 'US' as country, '33139' as zip_code,
        ((i % 50) / 10.0)::double as rating, (i % 900)::integer as review_count, 'hotel' as category,
        (i % 100)::smallint as score, 0.85::decimal(5, 4) as confidence, i % 2 = 0 as is_active,
        25.7 + i / 1e6 as latitude, -80.1 - i / 1e6 as longitude,
        timestamp '2026-11-01' + to_seconds(i) as updated_at, ['florida_dbpr', 'openstreetmap'] as sources
    from range(${rows}) as r (i)`);
}

function context(): RunContext {
  const parts: Partial<RunContext> = {
    runId: "bench",
    startedAt: new Date(0),
    warehouse,
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    compiled: () => undefined,
  };
  return parts as RunContext;
}
