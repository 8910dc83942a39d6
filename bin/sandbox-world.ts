import { z } from "zod";
import type { Profile } from "../engine/config.ts";
import { describeWorld, startWorld } from "../sandbox/world.ts";

const schema = z.strictObject({
  /** The same seed gives the same world, to the byte. */
  seed: z.union([z.int(), z.string()]).default(7),
  /** Lodging properties in the hidden truth. */
  properties: z.int().min(1).default(2000),
  /** How the outside behaves. */
  mood: z.enum(["calm", "outage", "chaos"]).default("calm"),
});

export interface Sandbox {
  readonly resolve: (url: string) => string;
  readonly lines: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts the profile's world on loopback and writes its truth beside the data. */
export async function openSandbox(profile: Profile, data: string): Promise<Sandbox> {
  const { seed, properties, mood } = schema.parse(profile.sandbox?.parse(schema) ?? {});
  const world = await startWorld({ seed, properties, faults: mood, dataDir: data });
  return {
    resolve: (url) => world.resolve(url),
    get lines() {
      return describeWorld(world);
    },
    close: () => world.close(),
  };
}
