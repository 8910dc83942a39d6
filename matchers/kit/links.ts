import { quote } from "../../engine/warehouse/quote.ts";
import type { NumberColumn } from "../../engine/warehouse/warehouse.ts";
import { type Links, MUST, NEVER } from "./linkage.ts";
import { levelWeight, type Model, priorWeight, rarityWeight, sourcePairKey } from "./model.ts";
import { type Comparison, levelAt, type MatcherSpec } from "./spec.ts";
import type { Statements } from "./statements.ts";
import type { Verdict } from "./verdicts.ts";

/** One component of records and what is known between them. */
export interface LinkedComponent {
  readonly component: number;
  /** Positions of the records, ascending. */
  readonly members: readonly number[];
  readonly links: Links;
}

/**
 * The components of `temp.component` with the scored pairs inside them, one after the other in the order of their
 * numbers. The pairs are sorted by the database and held for one component at a time; a component's links are good
 * until the next is asked for.
 */
export async function* linkedComponents(
  statements: Statements,
  spec: MatcherSpec,
  options: {
    /** Weights of the levels inside components. */
    readonly model: Model;
    /** What the rarity of a value is worth: that of all pairs. */
    readonly rarities: Model;
    /** Members by component. */
    readonly members: readonly (readonly number[])[];
    readonly verdicts: readonly Verdict[];
    /** Codes of the sources that give a cluster one record at most. */
    readonly registers: ReadonlySet<number>;
  },
): AsyncGenerator<LinkedComponent> {
  const { members } = options;
  const position = positions(members);
  const links = new LinkColumns(spec, options);
  let current = -1;
  for await (const { rowCount, columns } of statements.numbers(linksStatement(spec))) {
    const [components, a, b] = columns;
    for (let row = 0; row < rowCount; row += 1) {
      const component = Number(components?.[row]);
      if (component !== current) {
        if (current >= 0) yield { component: current, members: members[current] ?? [], links };
        current = component;
        links.clear();
      }
      const one = Number(a?.[row]);
      const other = Number(b?.[row]);
      links.push(columns, row, [one, other, position[one] ?? 0, position[other] ?? 0]);
    }
  }
  if (current >= 0) yield { component: current, members: members[current] ?? [], links };
}

function linksStatement(spec: MatcherSpec) {
  const levels = spec.comparisons.flatMap(({ name, frequency }) =>
    frequency
      ? [`scored.${quote(`gamma_${name}`)}`, `coalesce(scored.${quote(`count_${name}`)}, 0)`]
      : [`scored.${quote(`gamma_${name}`)}`],
  );
  return {
    name: "links",
    sql: `select
  l.component,
  scored.a,
  scored.b,
  scored.source_pair,
  scored.never::tinyint as never,
  ${levels.join(",\n  ")}
from temp.scored as scored
join temp.component as l on l.id = scored.a
join temp.component as r on r.id = scored.b and r.component = l.component
order by l.component, scored.a, scored.b`,
  };
}

/** The index of each record in its component. */
function positions(members: readonly (readonly number[])[]): Int32Array {
  let records = 0;
  for (const inside of members) records = Math.max(records, (inside.at(-1) ?? -1) + 1);
  const position = new Int32Array(records);
  for (const inside of members) {
    for (const [index, record] of inside.entries()) position[record] = index;
  }
  return position;
}

/** Links of one component in arrays that grow and are used again for the next. */
class LinkColumns implements Links {
  count = 0;
  one = new Int32Array(64);
  other = new Int32Array(64);
  prior = new Float64Array(64);
  verdict = new Int8Array(64);
  evidence: Float64Array;
  readonly comparisons: number;
  readonly #weights: readonly LevelWeights[];
  readonly #priors: ReadonlyMap<number, number>;
  readonly #prior: number;
  readonly #repeats: ReadonlySet<number>;
  readonly #judged: ReadonlyMap<string, boolean>;

  constructor(
    spec: MatcherSpec,
    options: {
      readonly model: Model;
      readonly rarities: Model;
      readonly verdicts: readonly Verdict[];
      readonly registers: ReadonlySet<number>;
    },
  ) {
    const { model, rarities, verdicts, registers } = options;
    this.comparisons = spec.comparisons.length;
    this.evidence = new Float64Array(64 * this.comparisons);
    this.#weights = spec.comparisons.map(
      (comparison) => new LevelWeights(comparison, model, rarities),
    );
    this.#priors = new Map([...model.priors.keys()].map((key) => [key, priorWeight(model, key)]));
    this.#prior = priorWeight(model, -1);
    this.#repeats = new Set([...registers].map((source) => sourcePairKey(source, source)));
    this.#judged = new Map(verdicts.map(({ a, b, same }) => [`${a} ${b}`, same]));
  }

  clear(): void {
    this.count = 0;
  }

  /** Adds a row of the query: what it says of the records `a` and `b`, at `one` and `other` of the component. */
  push(
    columns: readonly NumberColumn[],
    row: number,
    [a, b, one, other]: readonly [number, number, number, number],
  ): void {
    const at = this.count;
    if (at === this.one.length) this.#grow();
    this.count = at + 1;
    const sources = Number(columns[3]?.[row]);
    this.one[at] = one;
    this.other[at] = other;
    this.prior[at] = this.#priors.get(sources) ?? this.#prior;
    this.verdict[at] = this.#verdictOf(a, b, columns[4]?.[row] === 1 || this.#repeats.has(sources));
    let column = 5;
    for (let slot = 0; slot < this.comparisons; slot += 1) {
      const weights = this.#weights[slot];
      const gamma = Number(columns[column++]?.[row]);
      const count = weights?.counted ? Number(columns[column++]?.[row]) : 0;
      this.evidence[at * this.comparisons + slot] = weights?.of(gamma, count) ?? Number.NaN;
    }
  }

  #verdictOf(a: number, b: number, forbidden: boolean): number {
    if (this.#judged.size > 0) {
      const same = this.#judged.get(`${a} ${b}`);
      if (same !== undefined) return same ? MUST : NEVER;
    }
    return forbidden ? NEVER : 0;
  }

  #grow(): void {
    const length = this.one.length * 2;
    this.one = grown(this.one, new Int32Array(length));
    this.other = grown(this.other, new Int32Array(length));
    this.prior = grown(this.prior, new Float64Array(length));
    this.verdict = grown(this.verdict, new Int8Array(length));
    this.evidence = grown(this.evidence, new Float64Array(length * this.comparisons));
  }
}

/** Counts whose rarity is worked out once; few values have more holders. */
const REMEMBERED = 1024;

/** What a comparison says at a level, by the holders of the agreed value. */
class LevelWeights {
  readonly counted: boolean;
  readonly #plain: Float64Array;
  readonly #rare: readonly (Float64Array | undefined)[];
  readonly #rarity: (gamma: number, count: number) => number;

  constructor(comparison: Comparison, model: Model, rarities: Model) {
    const { levels, frequency } = comparison;
    const ofThis = ({ name }: { readonly name: string }) => name === comparison.name;
    const trained = model.comparisons.find(ofThis);
    const rare = rarities.comparisons.find(ofThis);
    this.counted = frequency !== undefined;
    this.#rarity = (gamma, count) => (rare ? rarityWeight(rare, gamma, count) : 0);
    this.#plain = Float64Array.from(levels, (_, gamma) =>
      trained ? levelWeight(trained, gamma) : 0,
    );
    this.#rare = levels.map((_, gamma) =>
      this.counted && levelAt(comparison, gamma)?.rarity
        ? Float64Array.from({ length: REMEMBERED }, (_, count) => this.#rarity(gamma, count))
        : undefined,
    );
  }

  /** Bits; NaN where too little is known. */
  of(gamma: number, count: number): number {
    if (gamma < 0) return Number.NaN;
    const plain = this.#plain[gamma] ?? 0;
    const rare = this.#rare[gamma];
    if (!rare || count === 0) return plain;
    return plain + (count < REMEMBERED ? (rare[count] ?? 0) : this.#rarity(gamma, count));
  }
}

function grown<T extends Int8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}
