import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeJsonFile } from "./json-file.ts";

const time = z.number();

const hostSchema = z.object({
  due: time.optional(),
  learned: z.object({ limit: z.int().min(1), proven: z.int().min(1) }).optional(),
  breaker: z.object({ openedAt: time, probeAt: time, reason: z.string() }).optional(),
});

const stateSchema = z.object({
  /** Dials of one UTC day. */
  quota: z.object({ day: z.string(), used: z.int().nonnegative() }).optional(),
  due: time.optional(),
  /** The last night was stopped, because its answers held little. */
  canary: z.object({ diedAt: time, reason: z.string() }).optional(),
  hosts: z.record(z.string(), hostSchema).default({}),
});

/** What a source's governor has learned, and must not forget overnight. Times in milliseconds. */
export type GovernorState = z.output<typeof stateSchema>;
export type HostState = z.output<typeof hostSchema>;

/** The state of a source; an empty one before its first night, and when the file is not to be read. */
export function readGovernorState(data: string, source: string): GovernorState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(stateFile(data, source), "utf8")));
  } catch {
    // It only makes tonight start as the first night did.
    return { hosts: {} };
  }
}

export async function writeGovernorState(
  data: string,
  source: string,
  state: GovernorState,
): Promise<void> {
  await writeJsonFile(stateFile(data, source), state);
}

function stateFile(data: string, source: string): string {
  return join(data, "governor", `${source}.json`);
}
