import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EltError, messageOf } from "../../engine/errors.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { Limits, Measured } from "./drift.ts";
import { type Model, sourcePairKey, sourcesOfKey } from "./model.ts";
import type { MatcherSpec } from "./spec.ts";

/**
 * A model version: with the records and the verdicts it decides every result. Plain data, kept as readable JSON in git;
 * what it knows of single values (how many hold them, which are generic) lies in Parquet beside the identity memory.
 */
export interface Frozen {
  /** A hash of all that decides a result. */
  readonly version: string;
  readonly entity: string;
  readonly trainedAt: string;
  /** The part of the spec that was trained, as a hash. */
  readonly spec: string;
  readonly data: {
    readonly records: number;
    readonly sources: Readonly<Record<string, number>>;
    /** Of every value that was looked at. */
    readonly fingerprint: string;
  };
  readonly weights: FrozenWeights;
  /** Weights between records that hang together, where they were learned again. */
  readonly inside?: FrozenWeights;
  /** Why they were not, when they were to be. */
  readonly notRefitted?: string;
  /** Sources that list each entity once. */
  readonly registers: readonly string[];
  /** Weight of the lightest pairs that tie records into one component. */
  readonly lowest: number;
  /** Largest block by rule. */
  readonly caps: Readonly<Record<string, number>>;
  /** Records of the source that holds most values, by dictionary. */
  readonly populations: Readonly<Record<string, number>>;
  /** What DuckDB's hash gives for a known value: the keys of generic blocks are such hashes. */
  readonly hashing: string;
  /** A hash of the Parquet files' content. */
  readonly terms: string;
  readonly measured: Measured;
  /** How far a night may lie from what was measured; meant to be edited. */
  readonly limits: Limits;
  readonly warnings: readonly string[];
}

export interface FrozenWeights {
  readonly lambda: number;
  /** Share of matches between two sources. */
  readonly priors: readonly {
    readonly one: string;
    readonly other: string;
    readonly share: number;
  }[];
  readonly comparisons: readonly {
    readonly name: string;
    readonly population: number;
    readonly floor: number;
    /** Closest first. */
    readonly levels: readonly {
      readonly label: string;
      readonly m: number;
      readonly u: number;
      readonly strangers?: number;
    }[];
  }[];
}

/** Where the model of an entity lies: one per profile, for each trains on records of its own. */
export function modelFile(folder: string, entity: string, profile: string): string {
  return join(folder, `${entity}.${profile}.model.json`);
}

/** The folder of a model's Parquet files, beside the identity memory. */
export function termsFolder(identityFolder: string, version: string): string {
  return join(identityFolder, "models", version);
}

/** The model that fits the spec and the values kept beside the memory; else why none does, when one is there. */
export async function fittingFrozen(
  file: string,
  options: {
    readonly spec: MatcherSpec;
    readonly identityFolder: string;
    readonly warehouse: Warehouse;
  },
): Promise<{ readonly frozen?: Frozen; readonly misfit?: string }> {
  const { spec, identityFolder, warehouse } = options;
  const frozen = await readFrozen(file);
  if (!frozen) return {};
  const date = frozen.trainedAt.slice(0, 10);
  if (frozen.spec !== trainedPart(spec)) {
    return { misfit: `the model of ${date} was trained for another spec` };
  }
  if (!existsSync(termsFolder(identityFolder, frozen.version))) {
    return { misfit: `what the model of ${date} knows of values is not in ${identityFolder}` };
  }
  if ((await hashingOf(warehouse)) !== frozen.hashing) {
    return { misfit: `the model of ${date} was trained with another DuckDB` };
  }
  return { frozen };
}

/** What DuckDB's hash gives for a known value. */
export async function hashingOf(warehouse: Warehouse): Promise<string> {
  const row = await warehouse.first<{ hash: string }>(
    "select hash(42::bigint, 'leadhouse')::varchar as hash",
  );
  return row?.hash ?? "";
}

export async function readFrozen(file: string): Promise<Frozen | undefined> {
  if (!existsSync(file)) return undefined;
  try {
    const frozen = JSON.parse(await readFile(file, "utf8")) as Frozen;
    if (versionOf(frozen) === frozen.version) return frozen;
  } catch (error) {
    throw new EltError(`${basename(file)} cannot be read: ${messageOf(error)}`, {
      file,
      hint: "restore it from git, or train again: npx elt train",
      cause: error,
    });
  }
  throw new EltError(`${basename(file)} was edited: only "limits" may be`, {
    file,
    hint: "restore it from git, or train again: npx elt train",
  });
}

export async function writeFrozen(file: string, frozen: Frozen): Promise<void> {
  await writeFile(`${file}.draft`, `${JSON.stringify(frozen, undefined, 2)}\n`);
  await rename(`${file}.draft`, file);
}

/** A hash of what decides results: dates, measures and limits do not. */
export function versionOf(frozen: Omit<Frozen, "version">): string {
  const { spec, weights, inside, registers, lowest, caps, populations, terms } = frozen;
  return hashOf([spec, weights, inside ?? null, registers, lowest, caps, populations, terms]);
}

/** What of a spec a model belongs to: thresholds may move, and verdicts come, without training again. */
export function trainedPart(spec: MatcherSpec): string {
  const { thresholds: _, verdicts: __, input: ___, ...rest } = spec;
  return hashOf(rest);
}

/** A model as it is written: sources and levels by their names. */
export function weightsOf(
  spec: MatcherSpec,
  model: Model,
  sources: readonly string[],
): FrozenWeights {
  return {
    lambda: model.lambda,
    priors: [...model.priors]
      .sort(([left], [right]) => left - right)
      .map(([key, share]) => {
        const [one, other] = sourcesOfKey(key).map((code) => sources[code] ?? "?");
        return { one: one ?? "?", other: other ?? "?", share };
      }),
    comparisons: spec.comparisons.flatMap(({ levels }, index) => {
      const trained = model.comparisons[index];
      if (!trained) return [];
      const { name, population, floor, m, u, strangers } = trained;
      return [
        {
          name,
          population,
          floor,
          levels: levels.map(({ label }, at) => {
            const gamma = levels.length - 1 - at;
            const share = strangers?.[gamma];
            return {
              label,
              m: m[gamma] ?? 0,
              u: u[gamma] ?? 0,
              ...(share === undefined ? {} : { strangers: share }),
            };
          }),
        },
      ];
    }),
  };
}

/** The written model with the codes the sources have tonight; a source it does not know has the general prior. */
export function modelOf(
  { lambda, priors, comparisons }: FrozenWeights,
  sources: readonly string[],
): Model {
  const code = new Map(sources.map((source, index) => [source, index]));
  return {
    lambda,
    priors: new Map(
      priors.flatMap(({ one, other, share }) => {
        const [left, right] = [code.get(one), code.get(other)];
        return left === undefined || right === undefined
          ? []
          : [[sourcePairKey(left, right), share] as const];
      }),
    ),
    comparisons: comparisons.map(({ name, population, floor, levels }) => {
      const gammas = [...levels].reverse();
      const strangers = gammas.flatMap(({ strangers: share }) =>
        share === undefined ? [] : [share],
      );
      return {
        name,
        population,
        floor,
        m: gammas.map(({ m }) => m),
        u: gammas.map(({ u }) => u),
        ...(strangers.length === gammas.length && strangers.length > 0 ? { strangers } : {}),
      };
    }),
    warnings: [],
  };
}

/** Every source a model knows, sorted. */
export function sourcesOf(frozen: Frozen): string[] {
  return Object.keys(frozen.data.sources).sort();
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
