import { quote } from "../../engine/warehouse/quote.ts";
import { mayMatchSql, needsAllPairs } from "./link-type.ts";
import type { Prepared } from "./prepare.ts";
import type { BlockingRule, EachRule, EqualityRule, MatcherSpec, NearRule } from "./spec.ts";
import type { Statement, Statements } from "./statements.ts";

export interface BlockedRule {
  readonly name: string;
  /** Largest block joined. */
  readonly cap: number;
  /** Pairs of the rule, counted exactly before joining (cells, before the distance is measured). */
  readonly pairs: number;
  /** Blocks over the cap: their values are generic. */
  readonly suppressed: number;
}

export interface Blocked {
  readonly rules: readonly BlockedRule[];
  readonly pairs: number;
}

/** What a model version holds fast of blocks, so that no value turns generic, or stops to be, by a record more or less. */
export interface FrozenBlocks {
  /** Of a rule: the block size from which even a value that was no generic one makes no pairs. */
  readonly cap: (rule: string) => number;
  /** SQL of the keys known as generic of a rule, in its columns. */
  readonly generic: (rule: BlockingRule) => string;
}

const DEFAULT_CAP = 100;
const DEFAULT_PAIRS_PER_RECORD = 150;

/** Makes `temp.cand`: a, b, match_key, a < b, each pair once, under the first rule that finds it. */
export async function block(
  statements: Statements,
  spec: MatcherSpec,
  prepared: Pick<Prepared, "records" | "sources">,
  frozen?: FrozenBlocks,
): Promise<Blocked> {
  const { caps, measured } = await measureBlocks(statements, spec, prepared.records, frozen);
  await statements.run(candidatesStatement(spec.blocking, caps));
  for (const rule of spec.blocking) await statements.drop(`keys_${rule.name}`);
  const pair =
    "(least(l.source_code, r.source_code) * 65536 + greatest(l.source_code, r.source_code))";
  const allowed = needsAllPairs(spec) ? undefined : mayMatchSql(spec, prepared.sources, pair);
  if (allowed) await statements.run(allowedStatement(allowed));
  const [total] = await statements.rows<{ n: number }>({
    name: "candidates_count",
    sql: "select count(*)::double as n from temp.cand",
  });
  return { pairs: total?.n ?? 0, rules: measured };
}

/** Makes the keys of every rule and counts its pairs exactly, before any is joined; the caps fit the budget. */
export async function measureBlocks(
  statements: Statements,
  spec: MatcherSpec,
  records: number,
  frozen?: FrozenBlocks,
): Promise<{ readonly caps: readonly number[]; readonly measured: readonly BlockedRule[] }> {
  const sizes: BlockSizes[] = [];
  for (const rule of spec.blocking) {
    await statements.run(keysStatement(rule));
    if (frozen) await statements.run(withoutGeneric(rule, frozen));
    sizes.push(
      await statements.rows({
        name: `sizes_${rule.name}`,
        sql: `select n, sum(pairs)::double as pairs, sum(blocks)::integer as blocks
from (${"metres" in rule ? cellSizesSql(rule) : keySizesSql(rule)})
group by n
order by n`,
      }),
    );
  }
  const budget = Math.max(100_000, records * (spec.pairsPerRecord ?? DEFAULT_PAIRS_PER_RECORD));
  const caps = frozen
    ? spec.blocking.map(({ name }) => frozen.cap(name))
    : fitBudget(
        spec.blocking.map((rule) => rule.cap ?? DEFAULT_CAP),
        sizes,
        budget,
      );
  const measured = spec.blocking.map(({ name }, index) => {
    const cap = caps[index] ?? 0;
    const over = (sizes[index] ?? []).filter(({ n }) => n > cap);
    return {
      name,
      cap,
      pairs: pairsWithin(sizes[index] ?? [], cap),
      suppressed: over.reduce((sum, { blocks }) => sum + blocks, 0),
    };
  });
  return { caps, measured };
}

/** One blocking rule as a condition over `l` and `r`: why two records did, or did not, become candidates. */
export function ruleCondition(rule: BlockingRule): string {
  if ("metres" in rule) return `${metresSql()} <= ${rule.metres}`;
  const equal = (rule.equal ?? []).map((sql) => `${sideOf(sql, "l")} = ${sideOf(sql, "r")}`);
  if ("each" in rule) {
    equal.unshift(`list_has_any(l.${quote(rule.each)}, r.${quote(rule.each)})`);
  }
  return equal.join(" and ");
}

type BlockSizes = readonly { n: number; pairs: number; blocks: number }[];

function pairsWithin(sizes: BlockSizes, cap: number): number {
  return sizes.reduce((sum, { n, pairs }) => (n <= cap ? sum + pairs : sum), 0);
}

/** The rules' caps, lowered together by the same share until the exact counts fit the budget. */
export function fitBudget(
  caps: readonly number[],
  sizes: readonly BlockSizes[],
  budget: number,
): number[] {
  let fitted = [...caps];
  for (;;) {
    const pairs = fitted.reduce((sum, cap, index) => sum + pairsWithin(sizes[index] ?? [], cap), 0);
    if (pairs <= budget || fitted.every((cap) => cap <= 2)) return fitted;
    fitted = fitted.map((cap) => Math.max(2, Math.floor(cap * 0.8)));
  }
}

function keysTable(rule: BlockingRule): string {
  return quote(`keys_${rule.name}`);
}

function sideOf(sql: string, side: "l" | "r"): string {
  return sql.replaceAll("rec.", `${side}.`);
}

export function metresSql(): string {
  return "sqrt(((l.lon - r.lon) * l.lon_metres) ** 2 + ((l.lat - r.lat) * 110574) ** 2)";
}

function keysStatement(rule: BlockingRule): Statement {
  const name = `keys_${rule.name}`;
  const create = `create or replace temp table ${keysTable(rule)} as\n`;
  if ("metres" in rule) return { name, sql: `${create}${keyedSql(rule)}` };
  return {
    name,
    sql: `${create}with

keyed as materialized (

${keyedSql(rule)}

),

shared as (

  select key, count(*)::integer as n
  from keyed
  group by key
  having count(*) > 1

)

select id, key, n
from keyed
join shared using (key)`,
  };
}

/** SQL of the key, or keys, of each record of `temp.rec` that has one: id and the columns of `keyColumns`. */
export function keyedSql(rule: BlockingRule): string {
  if ("metres" in rule) {
    // A cell as wide as the distance: all that is near lies in a record's cell or the eight around it.
    return `select
  id,
  floor(lat * 110574 / ${rule.metres})::integer as y,
  floor(lon * 111320 * cos(radians(round(lat))) / ${rule.metres})::integer as x
from temp.rec
where lat is not null and lon is not null and coarse_metres = 0`;
  }
  const { from, parts } = keyParts(rule);
  return `select ${"each" in rule ? "distinct " : ""}id, hash(${parts.join(", ")}) as key
from ${from}
where ${parts.map((part) => `(${part}) is not null`).join(" and ")}`;
}

/** The columns that hold the key of a rule. */
export function keyColumns(rule: BlockingRule): string {
  return "metres" in rule ? "x, y" : "key";
}

/** Takes the keys known as generic out of `temp.keys_<rule>`. */
export function withoutGeneric(rule: BlockingRule, { generic }: FrozenBlocks): Statement {
  return {
    name: `generic_${rule.name}`,
    sql: `delete from temp.${keysTable(rule)}
where (${keyColumns(rule)}) in (${generic(rule)})`,
  };
}

/** What the key of a rule is made of: SQL over `rec`, and where `rec` comes from. */
export function keyParts(rule: EqualityRule | EachRule): {
  readonly from: string;
  readonly parts: readonly string[];
} {
  if (!("each" in rule)) return { from: "temp.rec as rec", parts: rule.equal };
  return {
    from: eachSource(rule.each, rule.rarerThan),
    parts: ["rec.element", ...(rule.equal ?? [])],
  };
}

function eachSource(column: string, rarerThan: number | undefined): string {
  const elements = `(select *, unnest(${quote(column)}) as element from temp.rec)`;
  if (rarerThan === undefined) return `${elements} as rec`;
  return `(select * from ${elements} where (element & 4095) <= ${rarerThan}) as rec`;
}

function keySizesSql(rule: BlockingRule): string {
  return `
  select n, count(*) // n as blocks, blocks * (n::bigint * (n - 1) // 2) as pairs
  from temp.${keysTable(rule)}
  group by n
`;
}

function cellSizesSql(rule: NearRule): string {
  return `
  with cells as (select x, y, count(*)::double as n from temp.${keysTable(rule)} group by x, y)
  select greatest(l.n, max(r.n)) as n, 1 as blocks, l.n * sum(r.n) / 2 as pairs
  from cells as l
  join (
    select x + dx as x, y + dy as y, n
    from cells
    cross join (values (-1), (0), (1)) as dx (dx)
    cross join (values (-1), (0), (1)) as dy (dy)
  ) as r on r.x = l.x and r.y = l.y
  group by l.x, l.y, l.n
`;
}

function candidatesStatement(rules: readonly BlockingRule[], caps: readonly number[]): Statement {
  const found = rules.map((rule, index) => {
    const cap = caps[index] ?? DEFAULT_CAP;
    return "metres" in rule ? nearPairsSql(rule, index, cap) : keyPairsSql(rule, index, cap);
  });
  return {
    name: "candidates",
    sql: `create or replace temp table cand as
select
  (pair >> 32)::integer as a,
  (pair & 4294967295)::integer as b,
  min(match_key)::integer as match_key
from (
${found.join("\n\nunion all\n\n")}
)
group by pair`,
  };
}

function allowedStatement(allowed: string): Statement {
  return {
    name: "allowed_candidates",
    sql: `create or replace temp table cand as
select cand.*
from temp.cand as cand
join temp.rec as l on l.id = cand.a
join temp.rec as r on r.id = cand.b
where ${allowed}`,
  };
}

function keyPairsSql(rule: BlockingRule, index: number, cap: number): string {
  const table = `temp.${keysTable(rule)}`;
  return `select (l.id::bigint << 32) | r.id as pair, ${index} as match_key -- ${rule.name}
from ${table} as l
join ${table} as r on r.key = l.key and l.id < r.id
where l.n <= ${cap}`;
}

function nearPairsSql(rule: NearRule, index: number, cap: number): string {
  const table = `temp.${keysTable(rule)}`;
  return `select (l.id::bigint << 32) | r.id as pair, ${index} as match_key -- ${rule.name}
from (
  select keys.id, keys.x, keys.y, rec.lat, rec.lon, rec.lon_metres
  from ${table} as keys
  join temp.rec as rec using (id)
  qualify count(*) over (partition by keys.x, keys.y) <= ${cap}
) as l
join (
  select keys.id, x + dx as x, y + dy as y, rec.lat, rec.lon
  from (select * from ${table} qualify count(*) over (partition by x, y) <= ${cap}) as keys
  cross join (values (-1), (0), (1)) as dx (dx)
  cross join (values (-1), (0), (1)) as dy (dy)
  join temp.rec as rec using (id)
) as r on r.x = l.x and r.y = l.y and l.id < r.id
where ${metresSql()} <= ${rule.metres}`;
}
