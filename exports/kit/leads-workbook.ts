import type { Column, Row } from "../../engine/warehouse/warehouse.ts";
import { addLeadsSheet } from "./leads-sheet.ts";
import type { Market } from "./markets.ts";
import { addPeopleSheet } from "./people-sheet.ts";
import { addProvenanceSheet } from "./provenance-sheet.ts";
import { addStatsSheet } from "./stats-sheet.ts";
import { newWorkbook, workbookBytes } from "./workbook.ts";

export interface LeadsWorkbook {
  readonly market: Market;
  readonly leads: readonly Row[];
  /** The winning values of these leads. */
  readonly winners: readonly Row[];
  /** The persons and companies at these leads. */
  readonly people: readonly Row[];
  /** The columns of `marts.leads`. */
  readonly columns: readonly Column[];
  readonly runId: string;
}

/** The four sheets of one market: the leads, who decides there, how the market stands, where each value comes from. */
export async function makeLeadsWorkbook(options: LeadsWorkbook): Promise<Buffer> {
  const { market, leads, winners, people, columns, runId } = options;
  const { place, country, stats } = market;
  const workbook = await newWorkbook({
    title: `Hotel leads - ${place}`,
    subject: `Run ${runId}`,
    date: latest(leads.map((lead) => lead.last_verified)),
  });
  const withCities = market.citySlug === undefined;
  addLeadsSheet(workbook, { place, country, leads, columns });
  addPeopleSheet(workbook, { place, country, people });
  addStatsSheet(workbook, { place, country, leads, stats, withCities });
  addProvenanceSheet(workbook, { place, country, winners, leads: leads.length, runId });
  return await workbookBytes(workbook);
}

function latest(dates: readonly unknown[]): Date {
  const times = dates.flatMap((date) => (date instanceof Date ? [date.getTime()] : []));
  return new Date(times.length === 0 ? 0 : Math.max(...times));
}
