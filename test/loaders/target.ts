import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { RunContext } from "../../engine/step.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { startEmbedded, stopEmbedded } from "../../loaders/kit/embedded.ts";
import { readManifest, type TableLayout } from "../../loaders/kit/manifest.ts";
import { publish } from "../../loaders/kit/publish.ts";
import { targetOf } from "../../loaders/kit/target.ts";

const LAYOUTS: Readonly<Record<string, TableLayout>> = {
  hotels: { key: ["hotel_id"], indexes: [["state", "city"]] },
};

/** A folder that any user may enter, so that root's server can live in it too. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "leadhouse-postgres-test-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** A real PostgreSQL for one test file. */
export async function testServer() {
  const data = openFolder();
  const server = await startEmbedded(data);
  const url = server.url ?? "";
  const clients: pg.Client[] = [];
  return {
    data,
    url,
    folder: server.folder,
    /** Another session, as a reader or an administrator has it. */
    async session(as?: string): Promise<pg.Client> {
      const client = new pg.Client(as ? url.replace("//leadhouse:", `//${as}:`) : url);
      client.on("error", () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.end()));
      await stopEmbedded(data);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export async function martsOf(sql: string): Promise<Warehouse> {
  const warehouse = await Warehouse.open(":memory:");
  await warehouse.run(`create schema marts; ${sql}`);
  return warehouse;
}

/** Loads the marts of a warehouse, as the step does. */
export async function load(
  warehouse: Warehouse,
  url: string,
  schema: string,
  runId = "run-1",
  changes: Partial<RunContext> = {},
) {
  const manifest = await readManifest(warehouse, "marts", LAYOUTS);
  const target = await targetOf(url, "DATABASE_URL");
  const publication = await publish({ ...contextOf(warehouse, runId), ...changes }, target, {
    from: "marts",
    to: schema,
    manifest,
  });
  return { ...publication, warnings: manifest.warnings };
}

export function contextOf(warehouse: Warehouse, runId: string): RunContext {
  const context: Partial<RunContext> = {
    runId,
    startedAt: new Date("2026-11-20T02:00:00Z"),
    warehouse,
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    compiled: () => undefined,
  };
  return context as RunContext;
}
