/** Small tools to draw charts as SVG text; colours come from the page's classes. */

export type Scale = (value: number) => number;

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const FRAME: Frame = { width: 560, height: 300, left: 52, right: 20, top: 14, bottom: 40 };

export function linear(from: readonly [number, number], to: readonly [number, number]): Scale {
  const span = from[1] - from[0] || 1;
  return (value) => to[0] + ((value - from[0]) / span) * (to[1] - to[0]);
}

/** Counts on a scale of powers of ten; nothing lies on the baseline. */
export function logCounts(most: number, to: readonly [number, number]): Scale {
  const scale = linear([0, Math.log10(Math.max(10, most) * 1.15) + 0.3], to);
  return (count) => (count <= 0 ? to[0] : scale(Math.log10(count) + 0.3));
}

export function powersOfTen(most: number): number[] {
  const powers: number[] = [];
  for (let power = 1; power <= Math.max(10, most); power *= 10) powers.push(power);
  return powers;
}

/** Round values that divide a range into about `count` steps. */
export function ticks(low: number, high: number, count = 6): number[] {
  const rough = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const marks: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at += 1) {
    marks.push(Number((at * step).toPrecision(12)));
  }
  return marks;
}

export function svg(
  frame: Pick<Frame, "width" | "height">,
  label: string,
  body: readonly string[],
): string {
  return `<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${escaped(label)}">${body.join("")}</svg>`;
}

/** Horizontal grid lines with their values, and the values under the plot. */
export function axes(
  frame: Frame,
  options: {
    readonly x: Scale;
    readonly y: Scale;
    readonly xTicks: readonly number[];
    readonly yTicks: readonly number[];
    readonly xText?: (value: number) => string;
    readonly yText?: (value: number) => string;
    readonly xTitle: string;
  },
): string {
  const { x, y, xTicks, yTicks, xText = plain, yText = plain, xTitle } = options;
  const bottom = frame.height - frame.bottom;
  return [
    ...yTicks.map(
      (value) =>
        `<line class="grid" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${px(y(value))}" y2="${px(y(value))}"/>${text(frame.left - 8, y(value) + 4, yText(value), "tick end")}`,
    ),
    `<line class="axis" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${bottom}" y2="${bottom}"/>`,
    ...xTicks.map((value) => text(x(value), bottom + 17, xText(value), "tick middle")),
    text((frame.left + frame.width - frame.right) / 2, frame.height - 6, xTitle, "title middle"),
  ].join("");
}

export function path(points: readonly (readonly [number, number])[], className: string): string {
  if (points.length === 0) return "";
  const line = points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${px(x)} ${px(y)}`).join("");
  return `<path class="${className}" d="${line}"/>`;
}

/** A bar that stands on its baseline, rounded at its end only. */
export function column(
  at: { readonly x: number; readonly width: number; readonly from: number; readonly to: number },
  className: string,
  title: string,
): string {
  const { x, width, from, to } = at;
  const height = from - to;
  if (height < 0.5) return "";
  const r = Math.min(3, width / 2, height);
  const d = `M${px(x)} ${px(from)}V${px(to + r)}Q${px(x)} ${px(to)} ${px(x + r)} ${px(to)}H${px(x + width - r)}Q${px(x + width)} ${px(to)} ${px(x + width)} ${px(to + r)}V${px(from)}Z`;
  return `<path class="mark ${className}" d="${d}">${hint(title)}</path>`;
}

/** A bar from a zero line to either side, rounded at its end only. */
export function bar(
  at: { readonly y: number; readonly height: number; readonly from: number; readonly to: number },
  className: string,
  title: string,
): string {
  const { y, height, from, to } = at;
  const length = Math.abs(to - from);
  const r = Math.min(3, length, height / 2);
  const side = to < from ? -1 : 1;
  const d = `M${px(from)} ${px(y)}H${px(to - side * r)}Q${px(to)} ${px(y)} ${px(to)} ${px(y + r)}V${px(y + height - r)}Q${px(to)} ${px(y + height)} ${px(to - side * r)} ${px(y + height)}H${px(from)}Z`;
  return `<path class="mark ${className}" d="${d}">${hint(title)}</path>`;
}

export function text(x: number, y: number, words: string, className: string): string {
  return `<text class="${className}" x="${px(x)}" y="${px(y)}">${escaped(words)}</text>`;
}

export function hint(words: string): string {
  return `<title>${escaped(words)}</title>`;
}

/** Both ends of what is too long: levels of one comparison often differ in their last letters. */
export function clipped(words: string, letters: number): string {
  const all = [...words];
  if (all.length <= letters) return words;
  const tail = Math.floor(letters / 3);
  return `${all.slice(0, letters - 1 - tail).join("")}…${all.slice(-tail).join("")}`;
}

export function signed(value: number, digits = 1): string {
  const shown = Math.abs(value).toFixed(digits);
  return value < 0 ? `−${shown}` : `+${shown}`;
}

export function compact(count: number): string {
  return Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 }).format(
    count,
  );
}

export function escaped(words: string): string {
  return words
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function plain(value: number): string {
  return String(value).replace("-", "−");
}
