import { quote } from "../../engine/warehouse/quote.ts";
import { dictionariesOf } from "./prepare.ts";
import { gammaOf, type MatcherSpec } from "./spec.ts";
import type { Statements } from "./statements.ts";

/** What records and pairs looked like, as whole numbers. */
export interface Measured {
  readonly records: number;
  readonly sources: Readonly<Record<string, number>>;
  /** Records that have a value, by prepared column. */
  readonly known: Readonly<Record<string, number>>;
  /** Pairs that blocking found and that are likelier a match than not. */
  readonly likelyPairs: number;
  /** Of those, by comparison and level. */
  readonly levels: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** How far a night may lie from the records a model was trained on. */
export interface Limits {
  /** A source's records: by which factor more or fewer. */
  readonly sizes: number;
  /** Likely pairs per record, which is what λ says: by which factor more or fewer. */
  readonly lambda: number;
  /** Share of records that have a value: by how much more or less. */
  readonly known: number;
  /** Weight of a level: by how many bits the share of likely pairs that reach it moved. */
  readonly bits: number;
}

export const LIMITS: Limits = { sizes: 1.5, lambda: 1.25, known: 0.1, bits: 1 };

export interface Drift {
  readonly what: string;
  readonly was: number;
  readonly is: number;
  /** How far it moved, in the limit's unit. */
  readonly moved: number;
  readonly limit: number;
}

/** Fewer records or pairs move by chance. */
const LEAST = 50;

/** Counts records and pairs; `pairs` is a relation with match_key, match_weight and the gammas. */
export async function measure(
  statements: Statements,
  spec: MatcherSpec,
  { records, pairs }: { readonly records: string; readonly pairs: string },
): Promise<Measured> {
  const columns = [
    ...new Set([
      ...spec.comparisons.flatMap((part) => Object.keys(part.columns)),
      ...dictionariesOf(spec).keys(),
    ]),
  ];
  const counts = columns.map((name, index) => `count(${quote(name)})::integer as c${index}`);
  const rows = await statements.rows<Record<string, string | number>>({
    name: "measured_records",
    sql: `select ${["source", "count(*)::integer as n", ...counts].join(", ")}
from ${records}
group by source
order by source`,
  });
  const known = columns.map((name, index) => {
    const held = rows.reduce((sum, row) => sum + Number(row[`c${index}`] ?? 0), 0);
    return [name, held] as const;
  });
  const gammas = spec.comparisons.map(({ name }) => quote(`gamma_${name}`));
  const patterns = await statements.rows<Record<string, number>>({
    name: "measured_pairs",
    sql: `select ${[...gammas, "count(*)::double as pairs"].join(", ")}
from ${pairs}
where match_weight >= 0 and match_key is not null
group by all`,
  });
  return {
    records: rows.reduce((sum, row) => sum + Number(row.n), 0),
    sources: Object.fromEntries(rows.map((row) => [String(row.source), Number(row.n)])),
    known: Object.fromEntries(known),
    likelyPairs: patterns.reduce((sum, { pairs: count = 0 }) => sum + count, 0),
    levels: Object.fromEntries(
      spec.comparisons.map((comparison) => [
        comparison.name,
        Object.fromEntries(
          comparison.levels.map(({ label }, index) => {
            const gamma = gammaOf(comparison, index);
            const reached = patterns.filter((row) => row[`gamma_${comparison.name}`] === gamma);
            return [label, reached.reduce((sum, { pairs: count = 0 }) => sum + count, 0)];
          }),
        ),
      ]),
    ),
  };
}

/** What moved beyond its limit since the model was trained, the farthest first. */
export function driftBetween(was: Measured, is: Measured, limits: Limits): Drift[] {
  return [
    ...sizesMoved(was, is, limits.sizes),
    ...lambdaMoved(was, is, limits.lambda),
    ...knownMoved(was, is, limits.known),
    ...levelsMoved(was, is, limits.bits),
  ]
    .filter(({ moved, limit }) => moved > limit)
    .sort((left, right) => right.moved / right.limit - left.moved / left.limit);
}

/** A drift as people read it. */
export function driftText({ what, was, is }: Drift): string {
  return `${what}: ${figure(was)} then, ${figure(is)} now`;
}

function sizesMoved(was: Measured, is: Measured, limit: number): Drift[] {
  const sources = [...new Set([...Object.keys(was.sources), ...Object.keys(is.sources)])].sort();
  return sources.flatMap((source) => {
    const [before, now] = [was.sources[source] ?? 0, is.sources[source] ?? 0];
    if (Math.max(before, now) < LEAST) return [];
    const moved = factor(before, now);
    return [{ what: `records of ${source}`, was: before, is: now, moved, limit }];
  });
}

function lambdaMoved(was: Measured, is: Measured, limit: number): Drift[] {
  if (Math.max(was.likelyPairs, is.likelyPairs) < LEAST) return [];
  const [before, now] = [was, is].map(({ likelyPairs, records }) => share(likelyPairs, records));
  const moved = factor(before ?? 0, now ?? 0);
  return [{ what: "likely pairs per record", was: before ?? 0, is: now ?? 0, moved, limit }];
}

function knownMoved(was: Measured, is: Measured, limit: number): Drift[] {
  if (is.records < LEAST) return [];
  return Object.entries(was.known).map(([column, held]) => {
    const [before, now] = [share(held, was.records), share(is.known[column] ?? 0, is.records)];
    const moved = Math.abs(now - before);
    return { what: `share of records with ${column}`, was: before, is: now, moved, limit };
  });
}

function levelsMoved(was: Measured, is: Measured, limit: number): Drift[] {
  return Object.entries(was.levels).flatMap(([comparison, counts]) => {
    const later = is.levels[comparison] ?? {};
    const [before, now] = [totalOf(counts), totalOf(later)];
    return Object.entries(counts).flatMap(([label, count]) => {
      const [old, today] = [share(count, before), share(later[label] ?? 0, now)];
      if (Math.max(count, later[label] ?? 0) < LEAST || before < LEAST || now < LEAST) return [];
      const moved = Math.abs(Math.log2((today + 1 / now) / (old + 1 / before)));
      return [{ what: `share of likely pairs with "${label}"`, was: old, is: today, moved, limit }];
    });
  });
}

function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function factor(before: number, now: number): number {
  if (before === 0 || now === 0) return before === now ? 1 : Number.POSITIVE_INFINITY;
  return Math.max(before / now, now / before);
}

function figure(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en-US") : value.toFixed(3);
}
