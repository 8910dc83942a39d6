import type { CellValue, Style } from "exceljs";
import type { Row } from "../../engine/warehouse/warehouse.ts";
import { CELLS } from "./style.ts";
import { cellText, mailLink, mapLink, phoneLink, webLink } from "./text.ts";

export interface SheetColumn {
  /** Column of the mart. */
  readonly name: string;
  readonly header: string;
  readonly style: Partial<Style>;
  /** Narrowest and widest width, in characters. */
  readonly width: readonly [number, number];
  readonly value: (value: unknown) => CellValue;
  readonly link?: (value: string, row: Row) => string | undefined;
}

type Make = (name: string, header: string) => SheetColumn;

const column =
  (style: Partial<Style>, width: readonly [number, number], value: SheetColumn["value"]): Make =>
  (name, header) => ({ name, header, style, width, value });

const linked =
  (width: readonly [number, number], link: NonNullable<SheetColumn["link"]>): Make =>
  (name, header) => ({ name, header, style: CELLS.text, width, value: asText, link });

export const text = column(CELLS.text, [9, 40], asText);
export const strong = column(CELLS.strong, [18, 44], asText);
export const identity = column(CELLS.identity, [9, 24], asText);
export const word = column(CELLS.centred, [9, 18], (value) => asText(capitalised(value)));
export const integer = column(CELLS.integer, [8, 12], asNumber);
export const score = column(CELLS.score, [8, 8], asNumber);
export const rating = column(CELLS.rating, [8, 8], asNumber);
export const confidence = column(CELLS.confidence, [11, 11], asNumber);
export const coordinate = column(CELLS.coordinate, [11, 12], asNumber);
export const date = column(CELLS.date, [12, 12], asDate);
export const yesNo = column(CELLS.centred, [8, 8], (value) =>
  value === null || value === undefined ? null : value ? "Yes" : "No",
);
export const website = linked([14, 40], webLink);
export const email = linked([14, 36], mailLink);
export const phone = linked([14, 20], phoneLink);
export const place = linked([18, 40], (_, row) => mapLink(row.latitude, row.longitude));

/** Text stays text, whatever it begins with. */
function asText(value: unknown): CellValue {
  if (value === null || value === undefined) return null;
  const written = Array.isArray(value)
    ? value.map(String).join(", ")
    : value instanceof Date
      ? value.toISOString().slice(0, 10)
      : String(value);
  const clean = cellText(written);
  return clean === "" ? null : clean;
}

function asNumber(value: unknown): CellValue {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

function asDate(value: unknown): CellValue {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return null;
  // A day, not a moment: Excel shows a fraction as hours.
  return new Date(Math.floor(value.getTime() / 86_400_000) * 86_400_000);
}

function capitalised(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value.charAt(0).toUpperCase() + value.slice(1).replaceAll("_", " ");
}
