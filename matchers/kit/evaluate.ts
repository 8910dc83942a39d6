import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { type ResultFiles, stageTruth, type TruthKind } from "./truth.ts";

/** How good pairs and clusters are, beside the truth. */
export interface Evaluation {
  readonly truth: TruthKind;
  readonly notes: readonly string[];
  readonly records: number;
  readonly entities: number | undefined;
  readonly clusters: number;
  readonly largestCluster: number;
  readonly truePairs: number;
  /** By the tool's own decisions, at p ≥ 0.5 and at the curve's best weight. */
  readonly own: Figures;
  readonly half: Figures;
  readonly best: Figures & { readonly weight: number };
  /** All pairs inside clusters. */
  readonly clusterPairs: Figures;
  /** Nothing when the truth is labelled pairs, which say too little of whole clusters. */
  readonly b3: Figures | undefined;
  readonly calibration: Calibration;
  readonly blocking: {
    readonly recall: number;
    readonly candidates: number;
    /** Light pairs were not kept: the recall is at least this. */
    readonly atLeast: boolean;
  };
  /** Heaviest first, thinned to a few hundred points. */
  readonly curve: readonly CurvePoint[];
}

export interface Figures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface CurvePoint extends Figures {
  readonly weight: number;
}

export interface Calibration {
  /** Over the bins from 0.5 on. */
  readonly error: number;
  readonly bins: readonly {
    readonly from: number;
    readonly pairs: number;
    /** Mean probability said. */
    readonly said: number;
    /** Share that is true. */
    readonly seen: number;
  }[];
  /** Below 0.5: matches expected and matches there. */
  readonly below: { readonly expected: number; readonly seen: number };
}

const CURVE_POINTS = 400;
/** The lightest weight a matcher keeps unless told otherwise. */
const LIGHTEST_KEPT = -6;

/** Judges pairs and clusters by the truth. The temporary tables of `stageTruth` stay for more questions. */
export async function evaluate(warehouse: Warehouse, files: ResultFiles): Promise<Evaluation> {
  const { kind, notes, has } = await stageTruth(warehouse, files);
  const counted = await warehouse.first<Record<string, number>>(`
with sizes as (select cluster, count(*) as n from judged_clusters group by cluster)
select
  (select count(*) from judged_clusters)::double as records,
  (select count(*) from sizes)::double as clusters,
  (select coalesce(max(n), 0) from sizes)::double as largest,
  (select count(*) from true_pairs)::double as wanted,
  (select count(*) from scored where candidate)::double as candidates,
  (select count(*) from scored where candidate and is_true)::double as candidates_true,
  (select coalesce(min(weight), 0) from scored where candidate and not decided)::double as lightest`);
  const figure = (name: string) => counted?.[name] ?? 0;
  const wanted = figure("wanted");
  const { curve, best } = await curveOf(warehouse, wanted);
  return {
    truth: kind,
    notes,
    records: figure("records"),
    entities: kind === "labels" ? undefined : await entityCount(warehouse),
    clusters: figure("clusters"),
    largestCluster: figure("largest"),
    truePairs: wanted,
    own: await ownFigures(warehouse, { kind, wanted }),
    half: await edgeFigures(warehouse, "probability >= 0.5", wanted),
    best,
    clusterPairs: await clusterPairFigures(warehouse, { kind, wanted }),
    b3: kind === "labels" ? undefined : await b3Figures(warehouse),
    calibration: await calibrationOf(warehouse),
    blocking: {
      recall: shareOf(figure("candidates_true"), wanted),
      candidates: figure("candidates"),
      atLeast:
        has.matchKey && figure("lightest") >= LIGHTEST_KEPT && figure("candidates_true") < wanted,
    },
    curve,
  };
}

async function entityCount(warehouse: Warehouse): Promise<number> {
  const row = await warehouse.first<{ n: number }>(
    "select count(distinct entity)::integer as n from entities",
  );
  return row?.n ?? 0;
}

async function ownFigures(
  warehouse: Warehouse,
  { kind, wanted }: { readonly kind: TruthKind; readonly wanted: number },
): Promise<Figures> {
  if (kind !== "labels") return await edgeFigures(warehouse, "decided", wanted);
  const row = await warehouse.first<{ found: number; right: number }>(`
select count(*)::double as found, (count(*) filter (labels.label))::double as right
from labels
left join judged_clusters as lc on lc.record_id = labels.l
left join judged_clusters as rc on rc.record_id = labels.r
left join scored on scored.l = labels.l and scored.r = labels.r
where coalesce(lc.cluster = rc.cluster, false) or coalesce(scored.decided, false)`);
  return figuresOf(row?.right ?? 0, row?.found ?? 0, wanted);
}

async function edgeFigures(warehouse: Warehouse, cut: string, wanted: number): Promise<Figures> {
  const row = await warehouse.first<{ found: number; right: number }>(
    `select count(*)::double as found, (count(*) filter (is_true))::double as right from scored where ${cut}`,
  );
  return figuresOf(row?.right ?? 0, row?.found ?? 0, wanted);
}

async function clusterPairFigures(
  warehouse: Warehouse,
  { kind, wanted }: { readonly kind: TruthKind; readonly wanted: number },
): Promise<Figures> {
  const together = (table: string) => `(
  select count(*)::double
  from ${table} as pairs
  join judged_clusters as lc on lc.record_id = pairs.l
  join judged_clusters as rc on rc.record_id = pairs.r and rc.cluster = lc.cluster
)`;
  const found =
    kind === "labels"
      ? together("labels")
      : "(select coalesce(sum(n * (n - 1) / 2), 0)::double from (select count(*) as n from judged_clusters group by cluster))";
  const row = await warehouse.first<{ found: number; right: number }>(
    `select ${found} as found, ${together("true_pairs")} as right`,
  );
  return figuresOf(row?.right ?? 0, row?.found ?? 0, wanted);
}

async function b3Figures(warehouse: Warehouse): Promise<Figures> {
  const row = await warehouse.first<{ precision: number; recall: number }>(`
with

both_sides as (

  select cluster, entity, count(*)::double as n
  from judged_clusters
  join entities using (record_id)
  group by all

),

clusters as (select cluster, sum(n) as n from both_sides group by cluster),

truths as (select entity, count(*)::double as n from entities group by entity)

select
  coalesce(sum(b.n * b.n / c.n) / sum(b.n), 0) as precision,
  coalesce(sum(b.n * b.n / t.n) / sum(b.n), 0) as recall
from both_sides as b
join clusters as c using (cluster)
join truths as t using (entity)`);
  const precision = row?.precision ?? 0;
  const recall = row?.recall ?? 0;
  return { precision, recall, f1: harmonic(precision, recall) };
}

async function curveOf(
  warehouse: Warehouse,
  wanted: number,
): Promise<{ curve: CurvePoint[]; best: CurvePoint }> {
  const points: CurvePoint[] = [];
  let best: CurvePoint = { weight: 0, precision: 0, recall: 0, f1: 0 };
  let [found, right] = [0, 0];
  for await (const batch of warehouse.batches(`
select weight, count(*)::double as pairs, (count(*) filter (is_true))::double as right_pairs
from scored
group by weight
order by weight desc`)) {
    const [weights = [], pairs = [], rights = []] = batch.columns as readonly number[][];
    for (let row = 0; row < batch.rowCount; row += 1) {
      found += pairs[row] ?? 0;
      right += rights[row] ?? 0;
      const point = { weight: weights[row] ?? 0, ...figuresOf(right, found, wanted) };
      if (point.f1 > best.f1) best = point;
      points.push(point);
    }
  }
  const step = Math.max(1, Math.ceil(points.length / CURVE_POINTS));
  const curve = points.filter(
    (point, index) => index % step === 0 || index === points.length - 1 || point === best,
  );
  return { curve, best };
}

async function calibrationOf(warehouse: Warehouse): Promise<Calibration> {
  const bins = await warehouse.rows<Calibration["bins"][number]>(`
select
  least(floor(probability * 10), 9) / 10 as "from",
  count(*)::double as pairs,
  avg(probability) as said,
  (count(*) filter (is_true))::double / count(*) as seen
from scored
group by 1
order by 1`);
  const upper = bins.filter(({ from }) => from >= 0.5);
  const lower = bins.filter(({ from }) => from < 0.5);
  const total = (list: typeof bins, of: (bin: (typeof bins)[number]) => number) =>
    list.reduce((sum, bin) => sum + bin.pairs * of(bin), 0);
  return {
    error: shareOf(
      total(upper, ({ said, seen }) => Math.abs(said - seen)),
      total(upper, () => 1),
      0,
    ),
    bins,
    below: { expected: total(lower, ({ said }) => said), seen: total(lower, ({ seen }) => seen) },
  };
}

/** Nothing found is nothing wrong; nothing to be found is nothing missed. */
function figuresOf(right: number, found: number, wanted: number): Figures {
  const precision = shareOf(right, found);
  const recall = shareOf(right, wanted);
  return { precision, recall, f1: harmonic(precision, recall) };
}

function shareOf(part: number, whole: number, otherwise = 1): number {
  return whole > 0 ? part / whole : otherwise;
}

function harmonic(one: number, other: number): number {
  return one + other === 0 ? 0 : (2 * one * other) / (one + other);
}
