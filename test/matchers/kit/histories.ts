import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { businessName } from "../../../matchers/comparisons/business-name.ts";
import { exactText } from "../../../matchers/comparisons/exact-text.ts";
import { exclusiveId } from "../../../matchers/comparisons/exclusive-id.ts";
import { sharedValue } from "../../../matchers/comparisons/shared-value.ts";
import { freeze } from "../../../matchers/kit/freeze.ts";
import type { Frozen } from "../../../matchers/kit/frozen.ts";
import { commitIdentity } from "../../../matchers/kit/identity-store.ts";
import { type Matched, match } from "../../../matchers/kit/match.ts";
import type { MatcherSpec } from "../../../matchers/kit/spec.ts";

/** A place with little to tell by, so that records meet, part, crowd and chain at random. */
export interface Thing {
  readonly id: string;
  readonly source: string;
  readonly words: readonly string[];
  readonly town: string | null;
  readonly phones: readonly string[];
  readonly licence: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
}

export interface Judged {
  readonly l: string;
  readonly r: string;
  readonly verdict: "same" | "different";
}

export interface Night {
  /** Records listed, by id; the last of equal ids counts. */
  readonly things: readonly Thing[];
  readonly verdicts: readonly Judged[];
}

/** Every kind of rule and dictionary, with caps that a few records cross. */
export function thingSpec(repeats: boolean): MatcherSpec {
  return {
    input: "main.things",
    id: "id",
    source: "source",
    verdicts: "main.decisions",
    repeats,
    comparisons: [
      businessName("name", {
        core: "array_to_string(words, ' ')",
        tokens: "words",
        holder: "coalesce(town_text, '')",
      }),
      {
        ...exactText("town", { sql: "town", label: "town" }),
        columns: {
          ...exactText("town", { sql: "town", label: "town" }).columns,
          town_text: "town",
          lat: "latitude",
          lon: "longitude",
          lon_metres: "111320 * cos(radians(latitude))",
          coarse_metres: "0",
        },
      },
      sharedValue("phone", {
        own: "phones",
        labels: { own: "same phone", weak: "-", weakDiffers: "--", differs: "other phones" },
      }),
      exclusiveId("licence", { sql: "licence", within: "source", label: "licence" }),
    ],
    blocking: [
      { name: "licence", equal: ["rec.licence_id"], cap: 4 },
      { name: "phone", each: "phone_own", cap: 3 },
      { name: "name", equal: ["rec.name_core"], cap: 4 },
      { name: "word_town", each: "name_words", equal: ["rec.town_text"], cap: 3 },
      { name: "near", metres: 300, cap: 3 },
    ],
    training: {
      passes: [
        { given: "phone", levels: [0] },
        { given: "name", levels: [0] },
      ],
    },
    constraints: [
      { name: "one licence", never: "l.source = r.source and l.licence_id <> r.licence_id" },
    ],
    thresholds: { merge: 0.6, review: 0.3 },
  };
}

const WORDS = ["amber", "basil", "cedar", "dune", "egret", "fjord", "gulch"];

const thing = fc.record({
  id: fc.integer({ min: 0, max: 39 }),
  words: fc.subarray(WORDS, { minLength: 0, maxLength: 3 }),
  town: fc.constantFrom(null, "north", "south", "west"),
  phones: fc.subarray(["11", "22", "33", "44", "55", "66"], { maxLength: 2 }),
  licence: fc.constantFrom(null, null, null, "L1", "L2", "L3"),
  spot: fc.option(fc.tuple(fc.nat(4), fc.nat(4))),
});

const things = (minLength: number, maxLength: number) =>
  fc
    .array(thing, { minLength, maxLength, size: "max" })
    .map((list) => list.map(({ id, spot, ...rest }) => ({ ...rest, ...named(id), ...at(spot) })));

const verdict = fc.record({
  l: fc.integer({ min: 0, max: 39 }),
  r: fc.integer({ min: 0, max: 39 }),
  verdict: fc.constantFrom("same" as const, "different" as const),
});

const steps = fc.array(
  fc.record({
    come: things(0, 12),
    gone: fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 6 }),
    verdicts: fc.array(verdict, { maxLength: 2 }),
  }),
  { minLength: 4, maxLength: 4 },
);

/** One history: a first list, then nights that list more, other and fewer records and bring or take back verdicts. */
const history = fc.tuple(things(0, 40), steps).map(([first, later]) => {
  const listed = new Map(first.map((item) => [item.id, item]));
  const nights: Night[] = [{ things: [...listed.values()], verdicts: [] }];
  for (const { come, gone, verdicts } of later) {
    for (const id of gone) listed.delete(named(id).id);
    for (const item of come) listed.set(item.id, item);
    const judged = verdicts.map(({ l, r, verdict: said }) => ({
      l: named(l).id,
      r: named(r).id,
      verdict: said,
    }));
    nights.push({ things: [...listed.values()], verdicts: withoutContradictions(judged) });
  }
  return nights;
});

/** So many histories side by side, in worlds that share no value: they cost little more than one. */
export function histories(worlds: number): fc.Arbitrary<readonly Night[]> {
  return fc.array(history, { minLength: worlds, maxLength: worlds, size: "max" }).map((all) =>
    [0, 1, 2, 3, 4].map((index) => {
      const nights = all.map((one, world) => inWorld(one[index]!, world));
      return {
        things: nights.flatMap((night) => night.things),
        verdicts: nights.flatMap(({ verdicts }) => verdicts),
      };
    }),
  );
}

function inWorld(night: Night, world: number): Night {
  const here = (value: string) => `${value}${"abcdefghijklmnopqrstuvwxyz"[world % 26]}${world}`;
  return {
    things: night.things.map((item) => ({
      ...item,
      id: here(item.id),
      words: item.words.map(here),
      town: item.town && here(item.town),
      phones: item.phones.map(here),
      licence: item.licence && here(item.licence),
      lat: item.lat && item.lat + world * 0.1,
    })),
    verdicts: night.verdicts.map(({ l, r, verdict: said }) => ({
      l: here(l),
      r: here(r),
      verdict: said,
    })),
  };
}

/** A later source, d, is not there when the model is trained. */
function named(id: number): { readonly id: string; readonly source: string } {
  const source = id >= 37 ? "d" : ["a", "b", "c"][id % 3]!;
  return { id: `${source}:${id}`, source };
}

function at(spot: readonly [number, number] | null) {
  return spot === null
    ? { lat: null, lon: null }
    : { lat: 27 + spot[0] * 0.0021, lon: -82 + spot[1] * 0.0023 };
}

function withoutContradictions(verdicts: readonly Judged[]): readonly Judged[] {
  const [first, second] = verdicts;
  const pair = (judged: Judged) => [judged.l, judged.r].sort().join();
  return first && second && pair(first) === pair(second) ? [first] : verdicts;
}

/** Nights in one warehouse with one memory, matched by one model. */
export class Nights {
  readonly folder: string;
  readonly #model: Frozen;
  readonly #spec: MatcherSpec;
  readonly #threads: number;
  #warehouse: Warehouse | undefined;
  #night = 0;

  constructor(model: TrainedThings, options: { readonly threads: number }) {
    this.#model = model.frozen;
    this.#spec = model.spec;
    this.#threads = options.threads;
    this.folder = mkdtempSync(join(tmpdir(), "leadhouse-nights-"));
    cpSync(join(model.folder, "models"), join(this.folder, "models"), { recursive: true });
  }

  /** `whole`: nothing is known of last night but the memory of ids. */
  async match(
    night: Night,
    options: { readonly whole: boolean; readonly stateKey?: string },
  ): Promise<Matched> {
    this.#night += 1;
    if (options.whole) this.close();
    this.#warehouse ??= await Warehouse.open(":memory:", {
      settings: { threads: String(this.#threads) },
    });
    await load(this.#warehouse, night);
    const matched = await match(this.#warehouse, this.#spec, {
      entity: "thing",
      identityFolder: this.folder,
      runId: `run-${this.#night}`,
      startedAt: new Date(Date.UTC(2026, 0, this.#night)),
      frozen: this.#model,
      stateKey: options.stateKey ?? "one",
    });
    await commitIdentity(this.folder, matched.version);
    return matched;
  }

  /** Last night is matched again from nothing but its records, its model and the memory of ids. */
  async rebuild(night: Night): Promise<void> {
    this.#night -= 1;
    await this.match(night, { whole: true });
  }

  /** The entity of each record now, or as the log tells it of a night. */
  async entities(night?: number): Promise<string> {
    const table =
      night === undefined
        ? "match.thing_clusters"
        : `match.thing_as_of('${new Date(Date.UTC(2026, 0, night)).toISOString()}')`;
    const rows = await this.#warehouse?.rows<{ line: string }>(
      `select record_id || ' ' || thing_id as line from ${table} order by 1`,
    );
    return (rows ?? []).map(({ line }) => line).join("\n");
  }

  forgetIds(): void {
    rmSync(join(this.folder, "current"));
  }

  /** Every published table as text, in the order of its key. */
  async tables(): Promise<string> {
    const texts: string[] = [];
    for (const [table, key] of TABLES) {
      const rows = await this.#warehouse?.rows<{ line: string }>(
        `select to_json(t)::varchar as line from match.thing_${table} as t order by ${key}`,
      );
      texts.push(`${table}\n${(rows ?? []).map(({ line }) => line).join("\n")}`);
    }
    return texts.join("\n\n");
  }

  close(): void {
    this.#warehouse?.close();
    this.#warehouse = undefined;
  }

  remove(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const TABLES = [
  ["pairs", "record_id_l, record_id_r"],
  ["clusters", "record_id"],
  ["match_log", "position"],
  ["redirects", "thing_id"],
  ["model", "all"],
] as const;

export interface TrainedThings {
  readonly frozen: Frozen;
  readonly spec: MatcherSpec;
  readonly folder: string;
}

/** A model trained on the first nights of histories drawn with the seed. */
export async function trainThings(options: {
  readonly seed: number;
  readonly worlds: number;
  readonly repeats: boolean;
}): Promise<TrainedThings> {
  const { seed, worlds, repeats } = options;
  const [nights] = fc.sample(histories(worlds), { seed, numRuns: 1 });
  const known = nights?.[0]?.things.filter(({ source }) => source !== "d") ?? [];
  const spec = thingSpec(repeats);
  const folder = mkdtempSync(join(tmpdir(), "leadhouse-model-"));
  const warehouse = await Warehouse.open(":memory:");
  await load(warehouse, { things: known, verdicts: [] });
  const { frozen } = await freeze(warehouse, spec, {
    entity: "thing",
    identityFolder: folder,
    trainedAt: new Date(0),
  });
  warehouse.close();
  return { frozen, spec, folder };
}

async function load(warehouse: Warehouse, night: Night): Promise<void> {
  await warehouse.run(`
create or replace table things (
  id varchar, source varchar, words varchar[], town varchar, phones varchar[], licence varchar,
  latitude double, longitude double, seen varchar
);
create or replace table decisions (record_id_l varchar, record_id_r varchar, verdict varchar)`);
  const list = (items: readonly string[]) => `[${items.map(text).join(", ")}]::varchar[]`;
  const rows = night.things.map(
    ({ id, source, words, town, phones, licence, lat, lon }) =>
      `(${text(id)}, ${text(source)}, ${list(words)}, ${text(town)}, ${list(phones)}, ${text(licence)}, ${lat}, ${lon}, null)`,
  );
  if (rows.length > 0) await warehouse.run(`insert into things values ${rows.join(", ")}`);
  for (const { l, r, verdict: said } of night.verdicts) {
    await warehouse.run("insert into decisions values ($1, $2, $3)", [l, r, said]);
  }
}

function text(value: string | null): string {
  return value === null ? "null" : `'${value}'`;
}

/** Throws when nights that match what changed differ anywhere from nights that match all. */
export async function compareNights(model: TrainedThings, nights: readonly Night[]): Promise<void> {
  const delta = new Nights(model, { threads: 1 });
  const whole = new Nights(model, { threads: 2 });
  try {
    const seen: string[] = [];
    for (const [index, night] of nights.entries()) {
      const things = [...night.things].sort((left, right) => order(left, right, index));
      const matched = await delta.match({ ...night, things }, { whole: false });
      await whole.match(night, { whole: true });
      equal(matched.delta === undefined, index === 0, `night ${index} by what changed`);
      equal(await delta.tables(), await whole.tables(), `tables of night ${index}`);
      seen.push(await delta.entities());
    }
    for (const [index, entities] of seen.entries()) {
      equal(await delta.entities(index + 1), entities, `night ${index} as of`);
    }
    const before = await delta.tables();
    await delta.rebuild(nights.at(-1)!);
    equal(await delta.tables(), before, "tables after a rebuild");
  } finally {
    delta.remove();
    whole.remove();
  }
}

function order(left: Thing, right: Thing, salt: number): number {
  const rank = ({ id }: Thing) => (id.charCodeAt(2) * (salt + 7) + id.length * 13) % 31;
  return rank(left) - rank(right);
}

function equal<T>(is: T, wanted: T, what: string): void {
  if (is !== wanted)
    throw new Error(`${what} differ:\n${firstDifference(String(is), String(wanted))}`);
}

function firstDifference(is: string, wanted: string): string {
  const lines = wanted.split("\n");
  const at = is.split("\n").findIndex((line, index) => line !== lines[index]);
  return `${is.split("\n")[at] ?? "(nothing)"}\n${lines[at] ?? "(nothing)"}`;
}
