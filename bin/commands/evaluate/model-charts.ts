import type { Level, Waterfall } from "./details.ts";
import { bar, clipped, hint, linear, px, signed, svg, text, ticks } from "./svg.ts";

const WIDTH = 560;
const LABELS = 226;
const ROW = 19;
const HEAD = 26;
const MOST_WEIGHT = 16;

/** Bits for and against of every level, by comparison. */
export function weightChart(levels: readonly Level[]): string {
  const shown = levels.map(({ weight }) => Math.max(-MOST_WEIGHT, Math.min(MOST_WEIGHT, weight)));
  const low = Math.min(-1, ...shown);
  const high = Math.max(1, ...shown);
  const x = linear([low, high], [LABELS + 48, WIDTH - 40]);
  return rows(
    levels,
    "Match weight of every level",
    (level, y) => {
      const weight = Math.max(low, Math.min(high, level.weight));
      const side = level.weight < 0 ? "against" : "for";
      const title = `${level.comparison}, ${level.level}: ${signed(level.weight, 2)} bits`;
      const outside = weight < 0 ? x(weight) - 6 : x(weight) + 6;
      return [
        bar({ y: y - 6, height: 12, from: x(0), to: x(weight) }, side, title),
        text(outside, y + 4, signed(level.weight), `value ${weight < 0 ? "end" : ""}`),
      ].join("");
    },
    (bottom) => `<line class="axis" x1="${px(x(0))}" x2="${px(x(0))}" y1="6" y2="${bottom}"/>`,
  );
}

/** How often matches reach a level, and how often other pairs do, on a scale of powers of ten. */
export function shareChart(levels: readonly Level[]): string {
  const least = Math.min(
    -1,
    ...levels.map(({ m, u }) => Math.log10(Math.max(1e-7, Math.min(m, u)))),
  );
  const x = linear([Math.floor(least), 0], [LABELS + 14, WIDTH - 18]);
  const at = (share: number) => x(Math.log10(Math.max(10 ** Math.floor(least), share)));
  const marks = ticks(Math.floor(least), 0, Math.min(7, -Math.floor(least))).filter(
    Number.isInteger,
  );
  return rows(
    levels,
    "m and u of every level",
    ({ comparison, level, m, u }, y) => {
      const title = `${comparison}, ${level}: ${share(m)} of matches, ${share(u)} of other pairs`;
      return `<g class="mark">${hint(title)}<line class="link" x1="${px(at(m))}" x2="${px(at(u))}" y1="${y}" y2="${y}"/><circle class="other" cx="${px(at(u))}" cy="${y}" r="4.5"/><circle class="match" cx="${px(at(m))}" cy="${y}" r="4.5"/></g>`;
    },
    (bottom) =>
      marks
        .map(
          (mark) =>
            `<line class="grid" x1="${px(x(mark))}" x2="${px(x(mark))}" y1="6" y2="${bottom}"/>${text(x(mark), bottom + 16, powerText(mark), "tick middle")}`,
        )
        .join(""),
  );
}

/** How the bits of one pair add up. */
export function waterfallChart({ steps, weight, title }: Waterfall): string {
  const sums = steps.map((_, at) =>
    steps.slice(0, at + 1).reduce((sum, { bits }) => sum + bits, 0),
  );
  const x = linear([Math.min(0, ...sums), Math.max(0, ...sums)], [LABELS + 44, WIDTH - 48]);
  const height = (steps.length + 1) * 26 + 14;
  const body = steps.map(({ label, bits }, at) => {
    const y = 18 + at * 26;
    const before = (sums[at] ?? 0) - bits;
    const after = sums[at] ?? 0;
    const edge = bits < 0 ? Math.min(x(before), x(after)) - 6 : Math.max(x(before), x(after)) + 6;
    return [
      text(LABELS, y + 4, clipped(label, 36), "label end"),
      `<line class="link" x1="${px(x(after))}" x2="${px(x(after))}" y1="${y}" y2="${y + 26}"/>`,
      bar(
        { y: y - 8, height: 16, from: x(before), to: x(after) },
        bits < 0 ? "against" : "for",
        `${label}: ${signed(bits, 2)} bits`,
      ),
      text(edge, y + 4, signed(bits), `value ${bits < 0 ? "end" : ""}`),
    ].join("");
  });
  const y = 18 + steps.length * 26;
  const edge = weight < 0 ? x(weight) - 6 : x(weight) + 6;
  return svg({ width: WIDTH, height }, title, [
    `<line class="axis" x1="${px(x(0))}" x2="${px(x(0))}" y1="4" y2="${height - 4}"/>`,
    ...body,
    text(LABELS, y + 4, "together", "label end strong"),
    bar({ y: y - 8, height: 16, from: x(0), to: x(weight) }, "sum", `${signed(weight, 2)} bits`),
    text(edge, y + 4, signed(weight), `value strong ${weight < 0 ? "end" : ""}`),
  ]);
}

/** One line a level, under the name of its comparison. */
function rows(
  levels: readonly Level[],
  label: string,
  draw: (level: Level, y: number) => string,
  behind: (bottom: number) => string,
): string {
  const body: string[] = [];
  let y = 0;
  let comparison = "";
  for (const level of levels) {
    if (level.comparison !== comparison) {
      comparison = level.comparison;
      y += HEAD;
      body.push(text(0, y - 6, comparison, "group"));
    }
    y += ROW;
    body.push(text(LABELS, y - 5, clipped(level.level, 36), "label end"), draw(level, y - 9));
  }
  return svg({ width: WIDTH, height: y + 26 }, label, [behind(y + 4), ...body]);
}

function share(value: number): string {
  if (value >= 0.0995) return `${(value * 100).toFixed(0)}%`;
  if (value >= 0.001) return `${Number((value * 100).toPrecision(2))}%`;
  return `1 in ${Math.round(1 / Math.max(1e-9, value)).toLocaleString("en-US")}`;
}

/** 100 %, 10 %, 1 %, then powers of ten: longer words would meet. */
function powerText(power: number): string {
  if (power >= -3) return `${Number((10 ** (power + 2)).toPrecision(1))}%`;
  return `10⁻${"⁰¹²³⁴⁵⁶⁷⁸⁹"[-power] ?? ""}`;
}
