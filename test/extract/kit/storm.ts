import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadProfile } from "../../../engine/config.ts";
import type { RunContext } from "../../../engine/step.ts";
import { landedParts } from "../../../engine/warehouse/landing-parts.ts";
import { literal } from "../../../engine/warehouse/quote.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { realEffects } from "../../../extract/kit/effects.ts";
import type { Fault, FaultRule, SourceName } from "../../../sandbox/kit/faults.ts";
import type { LoggedRequest } from "../../../sandbox/kit/request-log.ts";
import { startWorld } from "../../../sandbox/world.ts";
import { SOURCES as ALL, type SandboxSource } from "./sandbox-sources.ts";

/** What an enrichment layer asks lies in a warehouse, which a storm has none of. */
const SOURCES = ALL.filter(([name]) => name !== "abn_lookup");

/** All that can go wrong with an answer and be over within a second. */
const FAULTS: readonly Fault[] = [
  { kind: "throttle", status: 429, retryAfter: "0" },
  { kind: "throttle", status: 429 },
  { kind: "throttle", status: 503, retryAfter: "date+0" },
  { kind: "throttle", status: 504 },
  { kind: "reset" },
  { kind: "reset", bytes: 200 },
  { kind: "short", bytes: 100 },
  { kind: "cut" },
  { kind: "html" },
  { kind: "gzip" },
  { kind: "redirect_loop" },
  { kind: "slow", ms: 20 },
  { kind: "drip", bytes: 1000, ms: 1 },
];

/**
 * Each fault on each source, `every` so many of its requests and a little later each; a wall ends a
 * source's night, so it has a number of its own.
 */
export function storm(
  sources: readonly SourceName[],
  { every, wallEvery }: { readonly every: number; readonly wallEvery: number },
): FaultRule[] {
  return sources.flatMap((source) => [
    ...FAULTS.map((fault, index) => ({ source, every: every + 2 * index + 1, fault })),
    { source, every: wallEvery, fault: { kind: "wall" } } as const,
  ]);
}

export interface Weather {
  readonly seed: number;
  readonly properties: number;
  readonly faults: "calm" | readonly FaultRule[];
  /** Of every source, beside its own: what makes it ask more. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly limits: { readonly per_second: number; readonly concurrency: number };
  readonly nights: number;
}

export interface Outcome {
  /** Rows of each source that must not depend on the weather, as JSON texts in their order. */
  readonly landed: ReadonlyMap<string, readonly string[]>;
  /** Sources whose every request was answered, night by night. */
  readonly whole: readonly ReadonlySet<string>[];
  readonly log: readonly LoggedRequest[];
}

/** Runs all sources of the sandbox beside each other, an hour and a half apart from night to night. */
export async function weather(options: Weather): Promise<Outcome> {
  const { seed, properties, faults, nights } = options;
  const root = mkdtempSync(join(tmpdir(), "leadhouse-storm-"));
  let later = 0;
  // The world's clock is that of the nights: signatures are good for minutes.
  const now = () => new Date(Date.now() + later);
  const clock = () => now().getTime();
  const world = await startWorld({ seed, properties, faults, clock });
  const whole: Set<string>[] = [];
  try {
    for (let night = 0; night < nights; night += 1) {
      whole.push(await runNight(options, { root, night, now, resolve: world.resolve }));
      later += 5_400_000;
      if (whole.at(-1)?.size === SOURCES.length) break;
    }
    const landed = new Map<string, readonly string[]>();
    for (const source of SOURCES) landed.set(source[0], await rowsOf(join(root, "data"), source));
    return { landed, whole, log: world.log.entries };
  } finally {
    await world.close();
    rmSync(root, { recursive: true, force: true });
  }
}

interface NightOf {
  readonly root: string;
  readonly night: number;
  readonly now: () => Date;
  readonly resolve: (url: string) => string;
}

async function runNight(
  { settings, limits }: Weather,
  { root, night, now, resolve }: NightOf,
): Promise<Set<string>> {
  const effects = { ...realEffects, now };
  const data = join(root, "data");
  const sources = Object.fromEntries(
    SOURCES.map(([name, , own]) => [name, { ...own, ...settings?.[name], ...limits }]),
  );
  mkdirSync(data, { recursive: true });
  writeFileSync(
    join(root, "elt.yml"),
    stringify({
      default_profile: "here",
      contact: { url: "https://example.com/leadhouse", email: "data@example.com" },
      profiles: { here: { sources } },
    }),
  );
  const profile = loadProfile(root);
  const warehouse = await Warehouse.open(":memory:");
  const whole = new Set<string>();
  try {
    await Promise.all(
      SOURCES.map(async ([name, step]) => {
        const context: RunContext = {
          runId: `night-${night}`,
          startedAt: now(),
          root,
          data,
          profile,
          warehouse,
          signal: new AbortController().signal,
          progress: () => undefined,
          log: () => undefined,
          compiled: () => undefined,
          onPublish: () => undefined,
          resolve: async (url) => resolve(url),
        };
        const [extract] = step({ root, data, profile, name, path: `extract/${name}.ts` }, effects);
        const result = await extract?.run(context).catch(() => undefined);
        if (result && !result.warnings?.length) whole.add(name);
      }),
    );
  } finally {
    warehouse.close();
  }
  return whole;
}

async function rowsOf(data: string, [name, , , stream, sql]: SandboxSource): Promise<string[]> {
  const parts = landedParts(data, name, stream).map(literal).join(", ");
  const memory = await Warehouse.open(":memory:");
  try {
    const landed = `select * from read_parquet([${parts}], union_by_name = true)`;
    const rows = await memory.rows<{ row: string }>(
      `with landed as (${landed}), rows as (${sql}) select to_json(rows)::varchar as row from rows`,
    );
    return rows.map(({ row }) => row);
  } finally {
    memory.close();
  }
}

export interface Excess {
  readonly source: string;
  readonly requests: number;
  readonly allowed: number;
  readonly seconds: number;
}

/** Windows in which a source was asked above its rate, by the stand-ins' own log; the way there may wobble. */
export function excesses(
  log: readonly LoggedRequest[],
  perSecond: number,
  wobbleMs: number,
): Excess[] {
  return SOURCES.flatMap(([name]) => {
    const source = name === "file_import" ? "files" : name;
    const times = log.filter((entry) => entry.source === source).map(({ time }) => time);
    let worst: Excess | undefined;
    for (const [first, start] of times.entries()) {
      for (const last of [first + 1, first + perSecond, first + 10 * perSecond]) {
        const end = times[last];
        if (end === undefined) continue;
        const requests = last - first + 1;
        const allowed = ((end - start + wobbleMs) / 1000) * perSecond + 1;
        if (requests <= allowed) continue;
        worst ??= { source, requests, allowed, seconds: (end - start) / 1000 };
      }
    }
    return worst ? [worst] : [];
  });
}
