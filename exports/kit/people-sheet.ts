import type { Workbook } from "exceljs";
import type { Row } from "../../engine/warehouse/warehouse.ts";
import * as kinds from "./columns.ts";
import { COLOURS, paperOf, printWide } from "./style.ts";
import { writeTable } from "./table-sheet.ts";

const COLUMNS = [
  kinds.strong("hotel", "Hotel"),
  kinds.text("full_name", "Name"),
  kinds.text("title", "Title"),
  kinds.yesNo("is_decision_maker", "Decides"),
  kinds.yesNo("is_primary", "Call First"),
  kinds.email("email", "Email"),
  kinds.word("email_kind", "Mailbox"),
  kinds.phone("phone", "Phone"),
  kinds.confidence("effective_confidence", "Confidence"),
  kinds.yesNo("is_entity", "Company"),
  kinds.word("employer", "Works For"),
  kinds.integer("hotel_count", "Hotels"),
  kinds.yesNo("needs_review", "To Be Checked"),
  kinds.text("title_raw", "Title As Found"),
  kinds.text("sources", "Sources"),
  kinds.date("last_confirmed_at", "Last Confirmed"),
  kinds.website("raw_source_url", "Where"),
  kinds.identity("hotel_id", "Lead ID"),
] as const;

export interface PeopleSheet {
  readonly place: string;
  readonly country: string;
  /** Decision makers of this workbook's leads, with the hotel's name as `hotel`. */
  readonly people: readonly Row[];
}

/** Everybody known at each lead: who decides first, the companies behind it last. */
export function addPeopleSheet(workbook: Workbook, { place, country, people }: PeopleSheet): void {
  if (people.length === 0) return;
  const sheet = workbook.addWorksheet("Decision makers", {
    properties: { tabColor: { argb: COLOURS.navy } },
  });
  writeTable(sheet, { columns: COLUMNS, rows: people, headerRow: 1, frozenColumns: 2 });
  printWide(sheet, place, paperOf(country), 1);
}
