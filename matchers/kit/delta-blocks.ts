import { quote } from "../../engine/warehouse/quote.ts";
import { type FrozenBlocks, keyColumns, keyedSql, metresSql, withoutGeneric } from "./block.ts";
import type { BlockingRule, MatcherSpec, NearRule } from "./spec.ts";
import { stateTable } from "./state.ts";
import type { Statement, Statements } from "./statements.ts";

interface DeltaBlocks {
  readonly entity: string;
  /** What ids of tonight start from. */
  readonly base: number;
  readonly blocks: FrozenBlocks;
}

export interface Flipped {
  readonly rule: string;
  /** Values that became generic tonight, or stopped to be. */
  readonly values: number;
}

/**
 * Brings the keys of the state up to tonight's records (`temp.rec`, `temp.gone`). A value that outgrew its cap, or fell under
 * it, changes the pairs of all its holders: they are added to `temp.fresh`.
 */
export async function updateKeys(
  statements: Statements,
  spec: MatcherSpec,
  options: DeltaBlocks,
): Promise<readonly Flipped[]> {
  const flipped: Flipped[] = [];
  for (const rule of spec.blocking) {
    await statements.runAll([
      {
        name: `keys_${rule.name}`,
        sql: `create or replace temp table ${quote(`keys_${rule.name}`)} as\n${keyedSql(rule)}`,
      },
      withoutGeneric(rule, options.blocks),
    ]);
    await statements.runAll(hitStatements(rule, options));
    const [row] = await statements.rows<{ n: number }>({
      name: `flipped_count_${rule.name}`,
      sql: "select count(*)::integer as n from temp.flipped",
    });
    const values = row?.n ?? 0;
    if (values > 0) {
      flipped.push({ rule: rule.name, values });
      await statements.runAll(flipStatements(rule, options));
    }
  }
  return flipped;
}

/** Makes `temp.cand` of the pairs that a record of `temp.fresh` is in: oriented by record_id, each once, under its first rule. */
export async function freshCandidates(
  statements: Statements,
  spec: MatcherSpec,
  options: DeltaBlocks & { readonly flipped: boolean },
): Promise<void> {
  const { entity } = options;
  if (options.flipped) {
    for (const rule of spec.blocking) await statements.run(hitAgain(rule, entity));
  }
  const found = spec.blocking.map((rule, index) =>
    pairsSql(rule, index, {
      mine: `(select * from temp.${hit(rule)} where id in (select id from temp.fresh))`,
      others: `temp.${hit(rule)}`,
      entity,
    }),
  );
  await statements.run(candidatesStatement("cand", found, entity));
}

/** Makes `temp.cand` of the pairs inside `temp.affected` that no record of `temp.fresh` is in. */
export async function affectedCandidates(
  statements: Statements,
  spec: MatcherSpec,
  entity: string,
): Promise<void> {
  const found: string[] = [];
  for (const [index, rule] of spec.blocking.entries()) {
    await statements.run({
      name: `affected_keys_${rule.name}`,
      sql: `create or replace temp table ${hit(rule)} as
select * from ${keysOf(rule, entity)}
where id in (select id from temp.affected where id not in (select id from temp.fresh))`,
    });
    const table = `temp.${hit(rule)}`;
    found.push(pairsSql(rule, index, { mine: table, others: table, entity }));
  }
  await statements.run(candidatesStatement("cand", found, entity));
}

function hit(rule: BlockingRule): string {
  return quote(`hit_${rule.name}`);
}

function keysOf(rule: BlockingRule, entity: string): string {
  return stateTable(entity, `keys_${rule.name}`);
}

/** Rows of the state that hold one of the keys; near a cell counts as in it. */
function holdersSql(rule: BlockingRule, entity: string, keys: string): string {
  const wanted =
    "metres" in rule
      ? `select distinct x + dx as x, y + dy as y
from ${keys}
cross join (values (-1), (0), (1)) as dx (dx)
cross join (values (-1), (0), (1)) as dy (dy)`
      : `select distinct key from ${keys}`;
  return `select * from ${keysOf(rule, entity)} as held
semi join (
${wanted}
) as wanted using (${keyColumns(rule)})`;
}

/** `temp.hit_<rule>`: all that hold a key which somebody came to or left; the state's keys; `temp.flipped`. */
function hitStatements(rule: BlockingRule, { entity, base, blocks }: DeltaBlocks): Statement[] {
  const parts = keyColumns(rule);
  const table = `temp.${hit(rule)}`;
  const state = keysOf(rule, entity);
  const keys = `temp.${quote(`keys_${rule.name}`)}`;
  const come = `select * replace ((id + ${base})::integer as id) from ${keys}`;
  const left = "select id from temp.gone";
  const generic = stateTable(entity, `generic_${rule.name}`);
  return [
    {
      name: `touched_${rule.name}`,
      sql: `create or replace temp table touched as
select distinct ${parts} from ${keys}
union
select distinct ${parts} from ${state} where id in (${left})`,
    },
    {
      name: `hit_${rule.name}`,
      sql: `create or replace temp table ${hit(rule)} as
${holdersSql(rule, entity, "temp.touched")}`,
    },
    { name: `hit_gone_${rule.name}`, sql: `delete from ${table} where id in (${left})` },
    { name: `hit_come_${rule.name}`, sql: `insert into ${table} by name ${come}` },
    { name: `keys_gone_${rule.name}`, sql: `delete from ${state} where id in (${left})` },
    { name: `keys_come_${rule.name}`, sql: `insert into ${state} by name ${come} order by id` },
    {
      name: `flipped_${rule.name}`,
      sql: `create or replace temp table flipped as
with

over as (

  select ${parts}
  from ${table}
  semi join temp.touched using (${parts})
  group by all
  having count(*) > ${blocks.cap(rule.name)}

),

before as (

  select * from ${generic} semi join temp.touched using (${parts})

)

select *, true as is_generic from (select * from over except select * from before)
union all
select *, false as is_generic from (select * from before except select * from over)`,
    },
  ];
}

function flipStatements(rule: BlockingRule, { entity }: DeltaBlocks): Statement[] {
  const parts = keyColumns(rule);
  const generic = stateTable(entity, `generic_${rule.name}`);
  return [
    {
      name: `flipped_holders_${rule.name}`,
      sql: `insert into temp.fresh
select distinct id
from ${keysOf(rule, entity)}
semi join temp.flipped using (${parts})
where id not in (select id from temp.fresh)`,
    },
    {
      name: `generic_${rule.name}`,
      sql: `create or replace table ${generic} as
select ${parts} from ${generic} anti join temp.flipped using (${parts})
union all
select ${parts} from temp.flipped where is_generic`,
    },
  ];
}

/** When values flipped, their holders' other keys count, too. */
function hitAgain(rule: BlockingRule, entity: string): Statement {
  const mine = `(select * from ${keysOf(rule, entity)} where id in (select id from temp.fresh))`;
  return {
    name: `hit_again_${rule.name}`,
    sql: `create or replace temp table ${hit(rule)} as\n${holdersSql(rule, entity, mine)}`,
  };
}

interface Sides {
  readonly mine: string;
  readonly others: string;
  readonly entity: string;
}

function pairsSql(rule: BlockingRule, index: number, sides: Sides): string {
  return "metres" in rule ? nearPairsSql(rule, index, sides) : keyPairsSql(rule, index, sides);
}

function keyPairsSql(rule: BlockingRule, index: number, { mine, others, entity }: Sides): string {
  return `select mine.id as one, others.id as other, ${index} as match_key -- ${rule.name}
from ${mine} as mine
join ${others} as others on others.key = mine.key and others.id <> mine.id
anti join ${stateTable(entity, `generic_${rule.name}`)} as generic on generic.key = mine.key`;
}

function nearPairsSql(rule: NearRule, index: number, { mine, others, entity }: Sides): string {
  const generic = stateTable(entity, `generic_${rule.name}`);
  const rec = stateTable(entity, "rec");
  return `select one, other, ${index} as match_key -- ${rule.name}
from (
  select mine.id as one, others.id as other
  from (select * from ${mine} anti join ${generic} using (x, y)) as mine
  join (
    select cells.id, x + dx as x, y + dy as y
    from (select * from ${others} anti join ${generic} using (x, y)) as cells
    cross join (values (-1), (0), (1)) as dx (dx)
    cross join (values (-1), (0), (1)) as dy (dy)
  ) as others on others.x = mine.x and others.y = mine.y and others.id <> mine.id
)
join ${rec} as first on first.id = one
join ${rec} as second on second.id = other
join (select id, lat, lon, lon_metres from ${rec}) as l
  on l.id = case when first.record_id < second.record_id then one else other end
join (select id, lat, lon from ${rec}) as r
  on r.id = case when first.record_id < second.record_id then other else one end
where ${metresSql()} <= ${rule.metres}`;
}

function candidatesStatement(table: string, found: readonly string[], entity: string): Statement {
  const records = stateTable(entity, "records");
  return {
    name: "candidates",
    sql: `create or replace temp table ${table} as
select
  case when l.record_id < r.record_id then one else other end as a,
  case when l.record_id < r.record_id then other else one end as b,
  match_key
from (
  select least(one, other) as one, greatest(one, other) as other, min(match_key)::integer as match_key
  from (
${found.join("\n\nunion all\n\n")}
  )
  group by all
)
join ${records} as l on l.id = one
join ${records} as r on r.id = other`,
  };
}
