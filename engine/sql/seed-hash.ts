import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SeedNode } from "./nodes.ts";

/** Hash of a seed's file: what decides, with its config, what its table holds. */
export function seedHash(seed: SeedNode): string {
  return createHash("sha256").update(readFileSync(seed.absolute)).digest("hex");
}
