import type { Workbook } from "exceljs";
import type { Column, Row } from "../../engine/warehouse/warehouse.ts";
import * as kinds from "./columns.ts";
import { COLOURS, fill, paperOf, printWide } from "./style.ts";
import { writeTable } from "./table-sheet.ts";
import { heading } from "./text.ts";

/** The columns of `marts.leads` in the order sales knows them. Those the mart does not have are left out. */
const COLUMNS = [
  kinds.strong("hotel", "Hotel"),
  kinds.place("address", "Address"),
  kinds.text("city", "City"),
  kinds.text("state", "State"),
  kinds.text("country", "Country"),
  kinds.phone("phone", "Phone"),
  kinds.email("email", "Email"),
  kinds.website("website", "Website"),
  kinds.rating("rating", "Rating"),
  kinds.integer("reviews", "Reviews"),
  kinds.integer("room_count", "Room Count"),
  kinds.text("room_count_source", "Room Count Source"),
  kinds.confidence("room_count_confidence", "Room Count Confidence"),
  kinds.website("booking_url", "Booking URL"),
  kinds.text("booking_engine", "Booking Engine"),
  kinds.word("category", "Category"),
  kinds.text("proximity", "Proximity"),
  kinds.yesNo("active", "Active"),
  kinds.yesNo("has_availability", "Has Availability"),
  kinds.score("score", "Score"),
  kinds.word("priority", "Priority"),
  kinds.text("decision_maker", "Decision Maker"),
  kinds.text("title", "Title"),
  kinds.email("dm_email", "DM Email"),
  kinds.text("dm_email_state", "DM Email State"),
  kinds.phone("dm_phone", "DM Phone"),
  kinds.confidence("confidence", "Confidence"),
  kinds.word("ownership", "Ownership"),
  kinds.text("brand", "Brand"),
  kinds.rating("distance_km", "Distance (km)"),
  kinds.date("last_verified", "Last Verified"),
  kinds.text("sources", "Sources"),
  kinds.integer("source_count", "Source Count"),
  kinds.coordinate("latitude", "Latitude"),
  kinds.coordinate("longitude", "Longitude"),
] as const;

const LAST = kinds.identity("lead_id", "Lead ID");

/** Columns that place a lead in a file and say nothing to a reader. */
const INTERNAL = new Set(["city_slug", "state_slug", "country_slug"]);

export interface LeadsSheet {
  readonly place: string;
  readonly country: string;
  readonly leads: readonly Row[];
  /** The columns of the mart. */
  readonly columns: readonly Column[];
}

/** The sheet people work in: one row per lead, the best first. */
export function addLeadsSheet(workbook: Workbook, options: LeadsSheet): void {
  const { leads } = options;
  const sheet = workbook.addWorksheet("Leads", {
    properties: { tabColor: { argb: COLOURS.navy } },
  });
  const shown = writeTable(sheet, {
    columns: columnsOf(options.columns),
    rows: leads,
    headerRow: 1,
    frozenColumns: 1,
  });
  printWide(sheet, options.place, paperOf(options.country), 1);
  const range = (name: string) => {
    const index = shown.findIndex((column) => column.name === name);
    if (index < 0) return undefined;
    const letter = sheet.getColumn(index + 1).letter;
    return `${letter}2:${letter}${leads.length + 1}`;
  };
  const score = range("score");
  if (score) {
    sheet.addConditionalFormatting({
      ref: score,
      rules: [
        {
          type: "colorScale",
          priority: 1,
          cfvo: [
            { type: "num", value: 0 },
            { type: "num", value: 50 },
            { type: "num", value: 100 },
          ],
          color: [{ argb: COLOURS.poor }, { argb: COLOURS.fair }, { argb: COLOURS.good }],
        },
      ],
    });
  }
  const priority = range("priority");
  if (priority) {
    sheet.addConditionalFormatting({
      ref: priority,
      rules: (
        [
          ["High", COLOURS.good],
          ["Medium", COLOURS.fair],
          ["Low", COLOURS.poor],
        ] as const
      ).map(([word, colour], index) => ({
        type: "cellIs",
        operator: "equal",
        priority: index + 2,
        formulae: [`"${word}"`],
        style: { fill: { ...fill(colour), bgColor: { argb: colour } } },
      })),
    });
  }
}

function columnsOf(mart: readonly Column[]): kinds.SheetColumn[] {
  const known = new Set<string>([...COLUMNS.map((column) => column.name), LAST.name]);
  const others = mart
    .filter((column) => !known.has(column.name) && !INTERNAL.has(column.name))
    .map((column) => kinds.text(column.name, heading(column.name)));
  const there = new Set(mart.map((column) => column.name));
  return [...COLUMNS, ...others, LAST].filter((column) => there.has(column.name));
}
