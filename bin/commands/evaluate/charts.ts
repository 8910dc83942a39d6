import type { Calibration, CurvePoint, Evaluation } from "../../../matchers/kit/evaluate.ts";
import type { Details } from "./details.ts";
import {
  axes,
  column,
  compact,
  FRAME,
  hint,
  linear,
  logCounts,
  path,
  powersOfTen,
  px,
  signed,
  svg,
  text,
  ticks,
} from "./svg.ts";

const INNER = {
  x: [FRAME.left, FRAME.width - FRAME.right],
  y: [FRAME.height - FRAME.bottom, FRAME.top],
} as const;
/** Sizes of clusters drawn one by one; what is larger is one column. */
const SIZES = 14;

/** Pairs by weight: matches beside others. */
export function histogramChart(histogram: Details["histogram"]): string {
  const most = Math.max(1, ...histogram.map(({ matches, others }) => Math.max(matches, others)));
  const low = Math.min(0, ...histogram.map(({ weight }) => weight));
  const high = Math.max(1, ...histogram.map(({ weight }) => weight + 1));
  const x = linear([low, high], INNER.x);
  const y = logCounts(most, INNER.y);
  const width = Math.max(1, (x(1) - x(0) - 3) / 2);
  const bars = histogram.flatMap(({ weight, matches, others }) => {
    const at = x(weight) + 1;
    const span = `${signed(weight, 0)} to ${signed(weight + 1, 0)} bits`;
    return [
      column(
        { x: at, width, from: INNER.y[0], to: y(others) },
        "other",
        `${span}: ${others.toLocaleString("en-US")} other pairs`,
      ),
      column(
        { x: at + width + 1, width, from: INNER.y[0], to: y(matches) },
        "match",
        `${span}: ${matches.toLocaleString("en-US")} matches`,
      ),
    ];
  });
  return svg(FRAME, "Pairs by match weight", [
    axes(FRAME, {
      x,
      y,
      xTicks: ticks(low, high, 8),
      yTicks: powersOfTen(most),
      yText: compact,
      xTitle: "match weight, bits",
    }),
    ...bars,
  ]);
}

/** Precision over recall, with the tool's own cut on it. */
export function precisionRecallChart({ curve, own, best }: Evaluation): string {
  const floor = Math.min(own.precision, best.precision) > 0.7 ? 0.5 : 0;
  const leftmost = Math.min(own.recall, best.recall) > 0.6 ? 0.5 : 0;
  const x = linear([leftmost, 1], INNER.x);
  const y = linear([floor, 1], INNER.y);
  const inside = curve.filter(({ recall, precision }) => recall >= leftmost && precision >= floor);
  const dot = (
    point: { precision: number; recall: number; f1: number },
    className: string,
    name: string,
  ) =>
    `<circle class="mark ${className}" cx="${px(x(Math.max(leftmost, point.recall)))}" cy="${px(y(Math.max(floor, point.precision)))}" r="6">${hint(`${name}: precision ${point.precision.toFixed(4)}, recall ${point.recall.toFixed(4)}, F1 ${point.f1.toFixed(4)}`)}</circle>`;
  const at = ticks(leftmost, 1, 5);
  return svg(FRAME, "Precision over recall", [
    axes(FRAME, {
      x,
      y,
      xTicks: at,
      yTicks: ticks(floor, 1, 5),
      xText: percent,
      yText: percent,
      xTitle: "recall",
    }),
    path(
      inside.map(({ recall, precision }) => [x(recall), y(precision)]),
      "line match",
    ),
    dot(best, "dot-best", "best cut"),
    dot(own, "dot-own", "own cut"),
  ]);
}

/** Precision, recall and F1 wherever the cut is set. */
export function thresholdChart(curve: readonly CurvePoint[]): string {
  const weights = curve.map(({ weight }) => weight);
  const low = Math.max(-20, Math.min(0, ...weights));
  const high = Math.min(40, Math.max(1, ...weights));
  const x = linear([low, high], INNER.x);
  const y = linear([0, 1], INNER.y);
  const shown = curve.filter(({ weight }) => weight >= low && weight <= high);
  const line = (name: "precision" | "recall" | "f1", className: string) =>
    path(
      shown.map((point) => [x(point.weight), y(point[name])]),
      `line ${className}`,
    );
  const slices = thinned(shown, 60);
  const hits = slices.map((point, index) => {
    const from = x(slices[index + 1]?.weight ?? low);
    const title = `cut at ${signed(point.weight, 2)} bits: precision ${point.precision.toFixed(3)}, recall ${point.recall.toFixed(3)}, F1 ${point.f1.toFixed(3)}`;
    return `<rect class="hit" x="${px(from)}" y="${FRAME.top}" width="${px(Math.max(1, x(point.weight) - from))}" height="${INNER.y[0] - FRAME.top}">${hint(title)}</rect>`;
  });
  return svg(FRAME, "Precision, recall and F1 by cut", [
    axes(FRAME, {
      x,
      y,
      xTicks: ticks(low, high, 8),
      yTicks: [0, 0.25, 0.5, 0.75, 1],
      yText: percent,
      xTitle: "cut, bits",
    }),
    line("precision", "match"),
    line("recall", "third"),
    line("f1", "other"),
    ...hits,
  ]);
}

/** What was said against what was true, by tenths; the closer to the diagonal the better. */
export function calibrationChart({ bins }: Calibration): string {
  const x = linear([-0.04, 1.04], INNER.x);
  const y = linear([-0.05, 1.05], INNER.y);
  const most = Math.max(1, ...bins.map(({ pairs }) => pairs));
  const dots = bins.map(({ from, pairs, said, seen }) => {
    const r = 4 + 8 * Math.sqrt(Math.log10(pairs + 1) / Math.log10(most + 1));
    const title = `p ${from.toFixed(1)} to ${(from + 0.1).toFixed(1)}: ${pairs.toLocaleString("en-US")} pairs, said ${said.toFixed(3)}, true ${seen.toFixed(3)}`;
    return `<circle class="mark bubble" cx="${px(x(said))}" cy="${px(y(seen))}" r="${px(r)}">${hint(title)}</circle>`;
  });
  return svg(FRAME, "Probability said against share true", [
    axes(FRAME, {
      x,
      y,
      xTicks: [0, 0.25, 0.5, 0.75, 1],
      yTicks: [0, 0.25, 0.5, 0.75, 1],
      xText: percent,
      yText: percent,
      xTitle: "probability said",
    }),
    `<line class="diagonal" x1="${px(x(0))}" y1="${px(y(0))}" x2="${px(x(1))}" y2="${px(y(1))}"/>`,
    ...dots,
  ]);
}

/** The share of records too bare to be joined to anything at a cut. */
export function unlinkablesChart(unlinkables: Details["unlinkables"]): string {
  const low = Math.min(0, ...unlinkables.map(({ weight }) => weight));
  const high = Math.max(5, ...unlinkables.map(({ weight }) => weight));
  const x = linear([low, high], INNER.x);
  const y = linear([0, 1], INNER.y);
  const stairs = unlinkables.flatMap(({ weight, share }, index): [number, number][] => [
    [x(weight), y(unlinkables[index - 1]?.share ?? 0)],
    [x(weight), y(share)],
  ]);
  const bare = unlinkables.filter(({ weight }) => weight < 2).at(-1)?.share ?? 0;
  const hits = thinned(unlinkables, 60).map(
    ({ weight, share }, index, list) =>
      `<rect class="hit" x="${px(x(weight))}" y="${FRAME.top}" width="${px(Math.max(1, x(list[index + 1]?.weight ?? high) - x(weight)))}" height="${INNER.y[0] - FRAME.top}">${hint(`${percent(share)} of records weigh at most ${signed(weight)} bits beside themselves`)}</rect>`,
  );
  return svg(FRAME, "Unlinkable records", [
    axes(FRAME, {
      x,
      y,
      xTicks: ticks(low, high, 8),
      yTicks: [0, 0.25, 0.5, 0.75, 1],
      yText: percent,
      xTitle: "weight of a record beside itself, bits",
    }),
    path(stairs, "line match"),
    `<line class="diagonal" x1="${px(x(2))}" x2="${px(x(2))}" y1="${FRAME.top}" y2="${INNER.y[0]}"/>`,
    text(x(2) + 8, FRAME.top + 12, `${percent(bare)} cannot reach p 0.8`, "note"),
    ...hits,
  ]);
}

/** Clusters by size beside the true ones. */
export function sizesChart(sizes: Details["sizes"]): string {
  const large = sizes.filter(({ size }) => size > SIZES);
  const rows = sizes
    .filter(({ size }) => size <= SIZES)
    .map(({ size, ...rest }) => ({ name: String(size), ...rest }));
  if (large.length > 0) {
    const sum = (of: "found" | "wanted") => large.reduce((total, row) => total + row[of], 0);
    rows.push({ name: `>${SIZES}`, found: sum("found"), wanted: sum("wanted") });
  }
  const most = Math.max(1, ...rows.map(({ found, wanted }) => Math.max(found, wanted)));
  const y = logCounts(most, INNER.y);
  const x = linear([0, Math.max(4, rows.length)], INNER.x);
  const width = Math.min(22, (x(1) - x(0)) * 0.36);
  const bars = rows.flatMap(({ name, found, wanted }, index) => {
    const middle = x(index + 0.5);
    return [
      column(
        { x: middle - width - 1, width, from: INNER.y[0], to: y(wanted) },
        "other",
        `${wanted.toLocaleString("en-US")} true of ${name}`,
      ),
      column(
        { x: middle + 1, width, from: INNER.y[0], to: y(found) },
        "match",
        `${found.toLocaleString("en-US")} clusters of ${name}`,
      ),
    ];
  });
  return svg(FRAME, "Clusters by size", [
    axes(FRAME, {
      x: (index) => x(index + 0.5),
      y,
      xTicks: rows.map((_, index) => index),
      yTicks: powersOfTen(most),
      xText: (index) => rows[index]?.name ?? "",
      yText: compact,
      xTitle: "records in a cluster",
    }),
    ...bars,
  ]);
}

function thinned<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(list.length / most));
  return list.filter((_, index) => index % step === 0);
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}
