/** Rows as text: columns aligned, numbers to the right, a faint-able header line first. */
export function formatTable(
  names: readonly string[],
  rows: readonly (readonly unknown[])[],
  layout: {
    /** Columns of text to be set to the right. */
    readonly right?: readonly number[];
    /** Letters of a column at most. Default 60. */
    readonly widest?: number;
  } = {},
): string {
  const { right = [], widest = MAX_WIDTH } = layout;
  const cells = rows.map((row) => row.map(cellText));
  const widths = names.map((name, index) =>
    Math.min(widest, Math.max(width(name), ...cells.map((row) => width(row[index] ?? "")))),
  );
  const isNumeric = names.map(
    (_, index) => right.includes(index) || rows.every((row) => isNumber(row[index])),
  );
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => pad(text, widths[index] ?? 0, isNumeric[index] ?? false))
      .join("  ")
      .trimEnd();
  const rule = widths.map((size) => "─".repeat(size)).join("  ");
  return [line(names), rule, ...cells.map(line)].join("\n");
}

/** One value as text: null is empty, dates ISO, nested values JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return dateText(value);
  if (typeof value === "object") return JSON.stringify(value, jsonValue);
  return String(value).replaceAll(/\p{Cc}+/gu, " ");
}

/** For `JSON.stringify`: BIGINT as a number where it is exact, else as text. */
export function jsonValue(_: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

const MAX_WIDTH = 60;

function dateText(value: Date): string {
  const iso = value.toISOString();
  return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : iso.replace("T", " ").slice(0, 19);
}

function isNumber(value: unknown): boolean {
  return value === null || typeof value === "number" || typeof value === "bigint";
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, size: number, right: boolean): string {
  const letters = [...text];
  const shown = letters.length > size ? `${letters.slice(0, size - 1).join("")}…` : text;
  const gap = " ".repeat(Math.max(0, size - width(shown)));
  return right ? gap + shown : shown + gap;
}
