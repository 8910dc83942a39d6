import type { Alignment, Borders, Fill, Font, Style, Worksheet } from "exceljs";

export const COLOURS = {
  ink: "FF1B2A3A",
  navy: "FF1F3A5F",
  teal: "FF2A7F86",
  link: "FF1F5FA8",
  faint: "FF7A8896",
  line: "FFDDE3EA",
  band: "FFEEF3F7",
  bar: "FF7FB3B8",
  white: "FFFFFFFF",
  good: "FFCDE9D2",
  fair: "FFFFF1C2",
  poor: "FFEDF0F3",
} as const;

const FONT = "Calibri";

const below: Partial<Borders> = { bottom: { style: "thin", color: { argb: COLOURS.line } } };
const middle: Partial<Alignment> = { vertical: "middle" };
const left: Partial<Alignment> = { ...middle, horizontal: "left", indent: 1 };
const right: Partial<Alignment> = { ...middle, horizontal: "right", indent: 1 };
const centre: Partial<Alignment> = { ...middle, horizontal: "center" };

export function fill(argb: string): Fill {
  return { type: "pattern", pattern: "solid", fgColor: { argb } };
}

export function font(size: number, argb: string, more: Partial<Font> = {}): Partial<Font> {
  return { name: FONT, size, color: { argb }, ...more };
}

/** One object a look, shared by all its cells: the writer then hashes it once. */
function cell(more: Partial<Style> = {}): Partial<Style> {
  return { font: font(10.5, COLOURS.ink), alignment: left, border: below, ...more };
}

export const CELLS = {
  text: cell({ numFmt: "@" }),
  strong: cell({ numFmt: "@", font: font(10.5, COLOURS.ink, { bold: true }) }),
  link: cell({ numFmt: "@", font: font(10.5, COLOURS.link) }),
  integer: cell({ numFmt: "#,##0", alignment: right }),
  identity: cell({ numFmt: "@", font: font(10.5, COLOURS.faint) }),
  rating: cell({ numFmt: "0.0", alignment: centre }),
  confidence: cell({ numFmt: "0.00", alignment: centre }),
  coordinate: cell({ numFmt: "0.00000", alignment: right }),
  date: cell({ numFmt: "yyyy-mm-dd", alignment: centre }),
  centred: cell({ numFmt: "@", alignment: centre }),
  score: cell({ numFmt: "0", alignment: centre, font: font(10.5, COLOURS.ink, { bold: true }) }),
} as const satisfies Record<string, Partial<Style>>;

/** A header stands over its column as the values stand in it. */
export function headerOf(style: Partial<Style>): Partial<Style> {
  return HEADERS[style.alignment?.horizontal === "left" ? "left" : "center"];
}

const header: Partial<Style> = {
  font: font(10.5, COLOURS.white, { bold: true }),
  fill: fill(COLOURS.navy),
  border: { bottom: { style: "medium", color: { argb: COLOURS.teal } } },
};

const HEADERS = {
  left: { ...header, alignment: { ...left, wrapText: true } },
  center: { ...header, alignment: { ...centre, wrapText: true } },
} as const satisfies Record<string, Partial<Style>>;

/** Paper a printer of that country has: 11 × 17 inches in North America, A3 elsewhere. */
export function paperOf(country: string): number {
  return ["US", "USA", "CA", "UNITED STATES", "CANADA"].includes(country.toUpperCase()) ? 3 : 8;
}

/** Landscape, one page wide, header repeated, pages numbered. */
export function printWide(sheet: Worksheet, place: string, paper: number, headerRow: number): void {
  sheet.pageSetup = {
    orientation: "landscape",
    paperSize: paper,
    fitToPage: true,
    fitToWidth: 1,
    fitToHeight: 0,
    horizontalCentered: true,
    margins: { left: 0.4, right: 0.4, top: 0.5, bottom: 0.6, header: 0.3, footer: 0.3 },
    printTitlesRow: `${headerRow}:${headerRow}`,
  };
  // "&" begins a code in a footer.
  const name = place.replaceAll("&", "&&").slice(0, 100);
  sheet.headerFooter = { oddFooter: `&L&9${name}&C&9${sheet.name}&R&9Page &P of &N` };
}
