import type { Workbook } from "exceljs";
import type { Row } from "../../engine/warehouse/warehouse.ts";
import * as kinds from "./columns.ts";
import { COLOURS, font, paperOf, printWide } from "./style.ts";
import { writeTable } from "./table-sheet.ts";
import { cellText, heading } from "./text.ts";

const COLUMNS = [
  kinds.strong("hotel", "Hotel"),
  kinds.text("field", "Field"),
  kinds.text("field_value", "Value"),
  kinds.text("source", "Source"),
  kinds.date("observed_at", "Observed"),
  kinds.confidence("confidence", "Confidence"),
  kinds.website("source_url", "Where"),
  kinds.identity("record_id", "Source Record"),
  kinds.identity("hotel_id", "Lead ID"),
] as const;

const HEADER_ROW = 5;

export interface ProvenanceSheet {
  readonly place: string;
  readonly country: string;
  /** The winning values of this workbook's leads, with the hotel's name as `hotel`. */
  readonly winners: readonly Row[];
  readonly leads: number;
  readonly runId: string;
}

/** Which source said each value, when, and how sure we are. */
export function addProvenanceSheet(workbook: Workbook, options: ProvenanceSheet): void {
  const { winners } = options;
  const sheet = workbook.addWorksheet("Provenance", {
    properties: { tabColor: { argb: COLOURS.faint } },
  });
  const count = (number: number, noun: string) =>
    `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
  const lines = [
    cellText(`WHERE EVERY VALUE COMES FROM - ${options.place.toUpperCase()}`),
    `${count(winners.length, "value")} of ${count(options.leads, "lead")}. Each is the one that won; what it beat, and why: npx elt explain <Lead ID>`,
    cellText(`Sources: ${sourceCounts(winners)}`),
    `Written by run ${options.runId}`,
  ];
  lines.forEach((line, index) => {
    const cell = sheet.getCell(index + 1, 1);
    cell.value = line;
    cell.style = {
      font: index === 0 ? font(14, COLOURS.navy, { bold: true }) : font(10, COLOURS.faint),
      alignment: { vertical: "middle" },
    };
  });
  sheet.getRow(1).height = 26;
  writeTable(sheet, {
    columns: COLUMNS,
    rows: winners.map((row) => ({ ...row, field: heading(String(row.field_name)) })),
    headerRow: HEADER_ROW,
    frozenColumns: 1,
  });
  printWide(sheet, options.place, paperOf(options.country), HEADER_ROW);
}

function sourceCounts(winners: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { source } of winners) {
    counts.set(String(source), (counts.get(String(source)) ?? 0) + 1);
  }
  return (
    [...counts]
      .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
      .map(([source, number]) => `${source} ${number.toLocaleString("en-US")}`)
      .join(", ") || "none"
  );
}
