import type { Row, Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { readerSql } from "../../../matchers/kit/tables.ts";

/** What the charts show beyond the figures. */
export interface Details {
  readonly levels: readonly Level[];
  readonly histogram: readonly {
    readonly weight: number;
    readonly matches: number;
    readonly others: number;
  }[];
  /** Share of records that weigh less than `weight` beside themselves, rising. */
  readonly unlinkables: readonly { readonly weight: number; readonly share: number }[];
  readonly sizes: readonly {
    readonly size: number;
    readonly found: number;
    readonly wanted: number;
  }[];
  readonly wrong: readonly Mistake[];
  readonly missed: readonly Mistake[];
  readonly waterfalls: readonly Waterfall[];
}

export interface Level {
  readonly comparison: string;
  readonly gamma: number;
  readonly level: string;
  readonly m: number;
  readonly u: number;
  readonly weight: number;
}

export interface Mistake {
  readonly l: string;
  readonly r: string;
  /** Nothing when the pair was never scored. */
  readonly weight: number | null;
}

export interface Waterfall {
  readonly title: string;
  readonly l: string;
  readonly r: string;
  readonly weight: number;
  readonly probability: number;
  readonly steps: readonly { readonly label: string; readonly bits: number }[];
}

const MISTAKES = 8;
const WIDEST = 40;

/** Reads what the charts need, from the tables `evaluate` staged and the model beside the pairs. */
export async function readDetails(
  warehouse: Warehouse,
  { pairs, model }: { readonly pairs: string; readonly model: string | undefined },
): Promise<Details> {
  const levels = model === undefined ? [] : await readLevels(warehouse, model);
  return {
    levels,
    histogram: await warehouse.rows<Details["histogram"][number]>(`
select
  greatest(-${WIDEST}, least(${WIDEST - 1}, floor(weight)))::integer as weight,
  (count(*) filter (is_true))::double as matches,
  (count(*) filter (not is_true))::double as others
from scored
group by 1
order by 1`),
    unlinkables: await warehouse.rows<Details["unlinkables"][number]>(`
select weight, sum(n) over (order by weight) / sum(n) over () as share
from (
  select round(self_weight, 1) as weight, count(*)::double as n
  from judged_clusters
  where self_weight is not null
  group by 1
)
order by weight`),
    sizes: await readSizes(warehouse),
    wrong: await warehouse.rows<Mistake>(
      `select l, r, weight from scored where decided and not is_true order by weight desc, l, r limit ${MISTAKES}`,
    ),
    missed: await warehouse.rows<Mistake>(`
select true_pairs.l, true_pairs.r, scored.weight
from true_pairs
semi join judged_clusters as lc on lc.record_id = true_pairs.l
semi join judged_clusters as rc on rc.record_id = true_pairs.r
left join scored on scored.l = true_pairs.l and scored.r = true_pairs.r
where not coalesce(scored.decided, false)
order by weight nulls first, l, r
limit ${MISTAKES}`),
    waterfalls: levels.length === 0 ? [] : await readWaterfalls(warehouse, pairs, levels),
  };
}

async function readLevels(warehouse: Warehouse, file: string): Promise<Level[]> {
  return await warehouse.rows<Level>(`
select comparison, gamma::integer as gamma, level, m::double as m, u::double as u, match_weight::double as weight
from ${readerSql(file)}
where gamma is not null and m is not null and u is not null`);
}

async function readSizes(warehouse: Warehouse): Promise<Details["sizes"]> {
  const known = await warehouse.first(
    "select 1 as one from duckdb_tables() where temporary and table_name = 'entities'",
  );
  const wanted = known
    ? "select size, count(*)::double as wanted from (select count(*)::integer as size from entities group by entity) group by size"
    : "select null::integer as size, 0::double as wanted where false";
  return await warehouse.rows<Details["sizes"][number]>(`
with

found as (
  select size, count(*)::double as found
  from (select count(*)::integer as size from judged_clusters group by cluster)
  group by size
),

wanted as (${wanted})

select size, coalesce(found, 0) as found, coalesce(wanted, 0) as wanted
from found
full join wanted using (size)
order by size`);
}

/** The heaviest wrong pair, the missed pair and the sure match: one each, where there is one. */
async function readWaterfalls(
  warehouse: Warehouse,
  file: string,
  levels: readonly Level[],
): Promise<Waterfall[]> {
  const wanted: readonly (readonly [string, string])[] = [
    ["Nearest to even", "order by abs(weight), l, r"],
    ["Heaviest mistake", "where decided and not is_true order by weight desc, l, r"],
    ["Heaviest missed match", "where not decided and is_true order by weight desc, l, r"],
  ];
  const columns = (await warehouse.describe(`select * from ${readerSql(file)}`)).map((c) => c.name);
  if (!columns.includes("record_id_l")) return [];
  const found: Waterfall[] = [];
  for (const [title, query] of wanted) {
    const pair = await warehouse.first<{ l: string; r: string }>(
      `select l, r from scored ${query} limit 1`,
    );
    if (!pair || found.some(({ l, r }) => l === pair.l && r === pair.r)) continue;
    const row = await warehouse.first(
      `select * from ${readerSql(file)} where (record_id_l = $1 and record_id_r = $2) or (record_id_l = $2 and record_id_r = $1)`,
      [pair.l, pair.r],
    );
    if (row) found.push(waterfallOf(title, row, levels));
  }
  return found;
}

function waterfallOf(title: string, row: Row, levels: readonly Level[]): Waterfall {
  const weight = Number(row.match_weight);
  const comparisons = [...new Set(levels.map(({ comparison }) => comparison))];
  const steps = comparisons.flatMap((comparison) => {
    const gamma = Number(row[`gamma_${comparison}`] ?? -1);
    const level = levels.find((one) => one.comparison === comparison && one.gamma === gamma);
    if (!level) return [];
    const rarity = Number(row[`tf_${comparison}`] ?? 0);
    return [{ label: `${comparison}: ${level.level}`, bits: level.weight + rarity }];
  });
  // What is left is what was believed before the pair was looked at.
  const prior = weight - steps.reduce((sum, { bits }) => sum + bits, 0);
  return {
    title,
    l: String(row.record_id_l),
    r: String(row.record_id_r),
    weight,
    probability: Number(row.match_probability),
    steps: [{ label: "before looking", bits: prior }, ...steps],
  };
}
