import type { Workbook, Worksheet } from "exceljs";
import type { Row } from "../../engine/warehouse/warehouse.ts";
import { COLOURS, fill, font, paperOf, printWide } from "./style.ts";
import { cellText, label } from "./text.ts";

/** Sections of `marts.market_stats` in the order a sales lead reads them. */
const SECTIONS: readonly (readonly [section: string, title: string])[] = [
  ["funnel", "Detection funnel"],
  ["failures", "Failure breakdown"],
  ["target", "70 % target"],
  ["quality", "Lead quality"],
  ["engines", "Top engines"],
  ["sources", "Hotels per source"],
];

const NAMES = new Set(["engines", "sources"]);

/** Fields whose fill a caller feels. */
const COVERAGE: readonly (readonly [column: string, label: string])[] = [
  ["phone", "Phone"],
  ["email", "Email"],
  ["website", "Website"],
  ["booking_engine", "Booking engine"],
  ["room_count", "Room count"],
  ["rating", "Rating"],
  ["decision_maker", "Decision maker"],
];

const FIRST = 2;
const COLUMNS = 6;
const BAR_LENGTH = 20;

export interface StatsSheet {
  readonly place: string;
  readonly country: string;
  readonly leads: readonly Row[];
  readonly stats: readonly Row[];
  /** Lists the cities when the workbook covers several. */
  readonly withCities: boolean;
}

/** The dashboard: what the market holds, where the funnel leaks, what the leads offer. */
export function addStatsSheet(workbook: Workbook, options: StatsSheet): void {
  const sheet = workbook.addWorksheet("Stats", {
    properties: { tabColor: { argb: COLOURS.teal } },
  });
  sheet.views = [{ showGridLines: false, zoomScale: 100 }];
  sheet.getColumn(1).width = 3;
  for (let column = FIRST; column < FIRST + COLUMNS; column += 1)
    sheet.getColumn(column).width = 17;
  writeTitle(sheet, options);
  writeTiles(sheet, options.leads);
  const lines = new Lines(sheet, 8);
  for (const [section, title] of sectionsOf(options.stats)) {
    const rows = options.stats
      .filter((row) => row.section === section)
      .sort((left, right) => Number(left.position) - Number(right.position));
    lines.section(title, "Hotels");
    for (const row of rows) {
      lines.line({
        // Engines and sources keep the name they have everywhere else.
        label: NAMES.has(section) ? String(row.metric) : label(String(row.metric)),
        count: numberOf(row.hotels),
        share: row.share === null ? undefined : numberOf(row.share),
        shareOf: row.share_of === null ? undefined : String(row.share_of).replaceAll("_", " "),
      });
    }
  }
  writeCoverage(lines, options.leads);
  if (options.withCities) writeCities(lines, options.leads);
  printWide(sheet, options.place, paperOf(options.country), 1);
  sheet.pageSetup.orientation = "portrait";
}

function writeTitle(sheet: Worksheet, { place, leads }: StatsSheet): void {
  const title = sheet.getCell(2, FIRST);
  title.value = cellText(`LEAD GENERATION DASHBOARD - ${place.toUpperCase()}`);
  for (let column = FIRST; column < FIRST + COLUMNS; column += 1) {
    sheet.getCell(2, column).fill = fill(COLOURS.navy);
    sheet.getCell(3, column).fill = fill(COLOURS.navy);
  }
  title.font = font(18, COLOURS.white, { bold: true });
  title.alignment = { vertical: "middle", horizontal: "left", indent: 1 };
  sheet.getRow(2).height = 34;
  const dates = leads.flatMap((lead) =>
    lead.last_verified instanceof Date ? [lead.last_verified.toISOString().slice(0, 10)] : [],
  );
  dates.sort();
  const subtitle = sheet.getCell(3, FIRST);
  const [first, last] = [dates[0], dates.at(-1)];
  subtitle.value =
    first === undefined ? "" : `Verified ${first === last ? first : `${first} to ${last}`}`;
  subtitle.font = font(10, COLOURS.band);
  subtitle.alignment = { vertical: "top", horizontal: "left", indent: 1 };
  sheet.getRow(3).height = 20;
}

/** Six figures that are understood without reading on. */
function writeTiles(sheet: Worksheet, leads: readonly Row[]): void {
  const filled = (column: string) =>
    share(leads.filter((lead) => isFilled(lead[column])).length, leads.length);
  const scores = leads.map((lead) => numberOf(lead.score)).sort((a, b) => a - b);
  const tiles: readonly (readonly [string, number, string])[] = [
    ["Leads", leads.length, "#,##0"],
    ["High priority", leads.filter((lead) => lead.priority === "high").length, "#,##0"],
    ["Median score", median(scores), "0"],
    ["With phone", filled("phone"), "0%"],
    ["With email", filled("email"), "0%"],
    ["With website", filled("website"), "0%"],
  ];
  tiles.forEach(([label, value, numFmt], index) => {
    const figure = sheet.getCell(5, FIRST + index);
    const caption = sheet.getCell(6, FIRST + index);
    figure.value = value;
    figure.numFmt = numFmt;
    figure.font = font(22, COLOURS.navy, { bold: true });
    figure.alignment = { vertical: "bottom", horizontal: "center" };
    caption.value = label;
    caption.font = font(10, COLOURS.faint);
    caption.alignment = { vertical: "top", horizontal: "center" };
    figure.fill = fill(COLOURS.band);
    caption.fill = fill(COLOURS.band);
    const side = { style: "medium", color: { argb: COLOURS.white } } as const;
    figure.border = { left: side, right: side };
    caption.border = { left: side, right: side };
  });
  sheet.getRow(4).height = 8;
  sheet.getRow(5).height = 34;
  sheet.getRow(6).height = 20;
  sheet.getRow(7).height = 8;
}

interface Line {
  readonly label: string;
  readonly count: number;
  readonly share: number | undefined;
  readonly shareOf: string | undefined;
}

class Lines {
  readonly #sheet: Worksheet;
  #row: number;

  constructor(sheet: Worksheet, row: number) {
    this.#sheet = sheet;
    this.#row = row;
  }

  section(title: string, unit: string): void {
    if (this.#row > 8) this.#row += 1;
    const row = this.#sheet.getRow(this.#row);
    row.height = 24;
    const heads: readonly (readonly [number, string])[] = [
      [FIRST, title],
      [FIRST + 2, unit],
      [FIRST + 3, "Share"],
    ];
    for (let column = FIRST; column < FIRST + COLUMNS; column += 1) {
      row.getCell(column).border = {
        bottom: { style: "medium", color: { argb: COLOURS.teal } },
      };
    }
    for (const [column, text] of heads) {
      const cell = row.getCell(column);
      cell.value = text;
      cell.font =
        column === FIRST ? font(12.5, COLOURS.navy, { bold: true }) : font(9.5, COLOURS.faint);
      cell.alignment = {
        vertical: "middle",
        horizontal: side(column),
        indent: 1,
      };
    }
    this.#row += 1;
  }

  line({ label, count, share: part, shareOf }: Line): void {
    const row = this.#sheet.getRow(this.#row);
    row.height = 18;
    for (let column = FIRST; column < FIRST + COLUMNS; column += 1) {
      const cell = row.getCell(column);
      cell.border = { bottom: { style: "thin", color: { argb: COLOURS.line } } };
      cell.alignment = { vertical: "middle", indent: 1, horizontal: side(column) };
      cell.font = font(10.5, COLOURS.ink);
    }
    row.getCell(FIRST).value = cellText(label);
    const number = row.getCell(FIRST + 2);
    number.value = count;
    number.numFmt = "#,##0";
    if (part !== undefined) {
      const percent = row.getCell(FIRST + 3);
      percent.value = part;
      percent.numFmt = "0.0%";
      const bar = row.getCell(FIRST + 4);
      bar.value = {
        richText: [
          { text: "█".repeat(barLength(part)), font: font(9, COLOURS.bar) },
          { text: shareOf ? `  of ${cellText(shareOf)}` : "", font: font(9, COLOURS.faint) },
        ].filter((run) => run.text !== ""),
      };
    }
    this.#row += 1;
  }
}

/** Figures stand to the right, words and bars to the left. */
function side(column: number): "left" | "right" {
  return column === FIRST + 2 || column === FIRST + 3 ? "right" : "left";
}

function sectionsOf(stats: readonly Row[]): (readonly [string, string])[] {
  const there = new Set(stats.map((row) => String(row.section)));
  const known = new Set(SECTIONS.map(([section]) => section));
  return [
    ...SECTIONS.filter(([section]) => there.has(section)),
    ...[...there].filter((section) => !known.has(section)).map((s) => [s, label(s)] as const),
  ];
}

function writeCoverage(lines: Lines, leads: readonly Row[]): void {
  const [sample] = leads;
  if (!sample) return;
  lines.section("What the leads offer", "Leads");
  for (const [column, label] of COVERAGE) {
    if (!(column in sample)) continue;
    const count = leads.filter((lead) => isFilled(lead[column])).length;
    lines.line({ label, count, share: share(count, leads.length), shareOf: "leads" });
  }
}

function writeCities(lines: Lines, leads: readonly Row[]): void {
  const cities = new Map<string, number>();
  for (const { city } of leads) {
    const name = city === null ? "City unknown" : String(city);
    cities.set(name, (cities.get(name) ?? 0) + 1);
  }
  lines.section(cities.size > 25 ? `Top 25 of ${cities.size} cities` : "Cities", "Leads");
  const sorted = [...cities].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  for (const [label, count] of sorted.slice(0, 25)) {
    lines.line({ label, count, share: share(count, leads.length), shareOf: "leads" });
  }
}

/** A share of nothing is nothing, not an error. */
function share(count: number, total: number): number {
  return total === 0 ? 0 : count / total;
}

function barLength(part: number): number {
  const length = Math.round(Math.min(Math.max(part, 0), 1) * BAR_LENGTH);
  return part > 0 ? Math.max(length, 1) : 0;
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const left = sorted[Math.ceil(middle) - 1] ?? 0;
  return (left + (sorted[Math.floor(middle)] ?? left)) / 2;
}

function numberOf(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

function isFilled(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "";
}
