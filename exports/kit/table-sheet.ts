import type { Cell, Worksheet } from "exceljs";
import type { Row } from "../../engine/warehouse/warehouse.ts";
import type { SheetColumn } from "./columns.ts";
import { CELLS, headerOf } from "./style.ts";

/** Excel refuses a sheet with more. */
const MOST_LINKS = 65_530;
const ROW_HEIGHT = 18;

export interface TableOptions {
  readonly columns: readonly SheetColumn[];
  readonly rows: readonly Row[];
  /** Row of the header, 1-based. */
  readonly headerRow: number;
  /** Columns that stay in sight when scrolling sideways. */
  readonly frozenColumns: number;
}

/** Writes a header and its rows: frozen, filtered, as wide as its content. Returns the columns that were not empty. */
export function writeTable(sheet: Worksheet, options: TableOptions): readonly SheetColumn[] {
  const { rows, headerRow } = options;
  const columns = options.columns.filter((column) =>
    rows.some((row) => column.value(row[column.name]) !== null),
  );
  const header = sheet.getRow(headerRow);
  header.height = 32;
  const widths = columns.map((column) => Math.max(column.width[0], headerWidth(column.header)));
  columns.forEach((column, index) => {
    const cell = header.getCell(index + 1);
    cell.value = column.header;
    cell.style = headerOf(column.style);
  });
  let links = 0;
  rows.forEach((row, rowIndex) => {
    const line = sheet.getRow(headerRow + 1 + rowIndex);
    line.height = ROW_HEIGHT;
    columns.forEach((column, index) => {
      const cell = line.getCell(index + 1);
      const value = column.value(row[column.name]);
      cell.style = column.style;
      if (value === null) return;
      const target =
        column.link && links < MOST_LINKS ? column.link(String(value), row) : undefined;
      if (target === undefined) cell.value = value;
      else {
        links += 1;
        writeLink(cell, String(value), target);
      }
      widths[index] = Math.max(widths[index] ?? 0, visibleLength(value));
    });
  });
  columns.forEach((column, index) => {
    sheet.getColumn(index + 1).width = Math.min(widths[index] ?? 0, column.width[1]) + 2;
  });
  sheet.views = [
    {
      state: "frozen",
      xSplit: options.frozenColumns,
      ySplit: headerRow,
      showGridLines: false,
      zoomScale: 100,
    },
  ];
  if (columns.length > 0) {
    sheet.autoFilter = {
      from: { row: headerRow, column: 1 },
      to: { row: headerRow + rows.length, column: columns.length },
    };
  }
  return columns;
}

function writeLink(cell: Cell, text: string, hyperlink: string): void {
  cell.value = { text, hyperlink };
  cell.style = CELLS.link;
}

/** A header wraps at its words: it needs the longest, or half of the whole, and room for the filter's arrow. */
function headerWidth(header: string): number {
  const longest = Math.max(...header.split(" ").map((word) => word.length));
  return Math.max(longest, Math.ceil(header.length / 2)) + 3;
}

function visibleLength(value: unknown): number {
  if (value instanceof Date) return 10;
  const length = typeof value === "number" ? value.toLocaleString("en-US").length : 0;
  return typeof value === "string" ? value.length : length;
}
