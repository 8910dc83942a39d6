import { constants, existsSync, mkdirSync, rmSync } from "node:fs";
import { copyFile, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { EltError } from "./errors.ts";
import type { StepReport } from "./report.ts";
import { Warehouse } from "./warehouse/warehouse.ts";

/** The next warehouse while it is built beside the published one. */
export interface NextWarehouse {
  readonly warehouse: Warehouse;
  /** Makes it the published one: commits what waited, then one rename. Readers of the old file keep it. */
  publish(
    commits: readonly (() => Promise<void> | void)[],
    steps: readonly StepReport[],
  ): Promise<void>;
  /** Throws it away; the published one stays. */
  discard(steps: readonly StepReport[]): Promise<void>;
}

export function publishedPath(data: string): string {
  return join(data, "warehouse.duckdb");
}

/** Only looks at the published warehouse: for checks that are run by hand. */
export async function openPublished(data: string): Promise<NextWarehouse> {
  const path = publishedPath(data);
  if (!existsSync(path)) {
    throw new EltError("there is no warehouse yet", { hint: "make one with: npx elt run" });
  }
  const warehouse = await Warehouse.open(path, { readOnly: true });
  const close = async () => warehouse.close();
  return { warehouse, publish: close, discard: close };
}

/**
 * Starts the next warehouse as a copy of the published one, so that what is unchanged is already in
 * it; `isEmpty`: as nothing, so that all of it is made again.
 */
export async function openNext(
  data: string,
  { isEmpty = false }: { readonly isEmpty?: boolean } = {},
): Promise<NextWarehouse> {
  const folder = join(data, "next");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "warehouse.duckdb");
  const published = publishedPath(data);
  if (!isEmpty && existsSync(published))
    await copyFile(published, path, constants.COPYFILE_FICLONE);
  const warehouse = await Warehouse.open(path, {
    settings: { temp_directory: join(folder, "temp") },
  });
  return {
    warehouse,
    async publish(commits) {
      await warehouse.run("checkpoint");
      warehouse.close();
      const file = await open(path, "r");
      await file.sync();
      await file.close();
      for (const commit of commits) await commit();
      await rename(path, published);
      rmSync(folder, { recursive: true, force: true });
    },
    async discard() {
      warehouse.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
