import { lookup } from "node:dns";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { stringify } from "yaml";
import { loadProfile } from "../../../engine/config.ts";
import type { RoomContext, RunContext, Step, StepResult } from "../../../engine/step.ts";
import { landedParts } from "../../../engine/warehouse/landing-parts.ts";
import { literal } from "../../../engine/warehouse/quote.ts";
import { type Row, Warehouse } from "../../../engine/warehouse/warehouse.ts";
import type { Effects } from "../../../extract/kit/effects.ts";

/** A project folder in which one source's nights can be run with a clock of our own. */
export interface Project {
  readonly root: string;
  readonly data: string;
  /** The virtual time; sleeping moves it. */
  readonly clock: Clock;
  readonly effects: Effects;
  /** Runs all steps of a source for a night, one day after the one before. */
  night(options?: NightOptions): Promise<StepResult[]>;
  /** What a stream has landed, in the order it was written. */
  landed<T extends Row = Row>(stream: string, sql?: string): Promise<T[]>;
  parts(stream: string): string[];
  /** Writes a file into the project and returns its path relative to it. */
  write(name: string, content: string | Buffer): string;
}

interface NightOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The profile's, for all its sources. */
  readonly budget?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  /** Sources asked again, fresh or not. */
  readonly refresh?: readonly string[];
  /** Hours since the night before. Default 24. */
  readonly hours?: number;
}

interface Clock {
  time: number;
  readonly slept: number[];
}

export interface ProjectOptions {
  readonly source: string;
  readonly step: (room: RoomContext, effects: Effects) => readonly Step[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly resolve?: (url: string) => string;
  /** SQL that makes what a source reads of the warehouse: its worklist. */
  readonly warehouse?: string;
}

export function project({
  source,
  step,
  settings,
  resolve = (url) => url,
  warehouse: made,
}: ProjectOptions): Project {
  const root = mkdtempSync(join(tmpdir(), "leadhouse-extract-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const data = join(root, "data");
  const clock: Clock = { time: Date.UTC(2026, 10, 20, 2), slept: [] };
  const effects: Effects = {
    now: () => new Date(clock.time),
    random: () => 0.5,
    sleep: async (milliseconds) => {
      clock.slept.push(milliseconds);
      clock.time += milliseconds;
    },
    rename: async (from, to) => (await import("node:fs/promises")).rename(from, to),
    lookup,
  };
  let nights = 0;

  return {
    root,
    data,
    clock,
    effects,
    async night(options = {}) {
      if (nights > 0) clock.time += (options.hours ?? 24) * 3_600_000;
      nights += 1;
      writeFileSync(
        join(root, "elt.yml"),
        stringify({
          default_profile: "here",
          contact: { url: "https://example.com/leadhouse", email: "data@example.com" },
          profiles: {
            here: {
              ...(options.budget ? { budget: options.budget } : {}),
              sources: {
                // Test servers listen on loopback.
                [source]: { private_hosts: ["127.0.0.1"], ...(options.settings ?? settings) },
              },
            },
          },
        }),
      );
      const profile = loadProfile(root);
      const room = { root, data, profile, name: source, path: `extract/${source}.ts` };
      const warehouse = await Warehouse.open(":memory:");
      if (made !== undefined) await warehouse.run(made);
      const context: RunContext = {
        runId: `night-${nights}`,
        startedAt: new Date(clock.time),
        root,
        data,
        profile,
        warehouse,
        signal: options.signal ?? new AbortController().signal,
        refresh: options.refresh && new Set(options.refresh),
        progress: () => undefined,
        log: () => undefined,
        compiled: () => undefined,
        onPublish: () => undefined,
        resolve: async (url) => resolve(url),
      };
      const results: StepResult[] = [];
      try {
        for (const { run } of step(room, effects)) results.push(await run(context));
      } finally {
        warehouse.close();
      }
      return results;
    },
    async landed<T extends Row>(stream: string, sql = "select * from landed") {
      const parts = landedParts(data, source, stream);
      const warehouse = await Warehouse.open(":memory:");
      try {
        return await warehouse.rows<T>(
          `with landed as (select * from read_parquet([${parts.map(literal).join(", ")}], union_by_name = true)) ${sql}`,
        );
      } finally {
        warehouse.close();
      }
    },
    parts: (stream) => landedParts(data, source, stream),
    write(name, content) {
      writeFileSync(join(root, name), content);
      return name;
    },
  };
}
