import { suggest } from "../../engine/suggest.ts";
import type { Cells, Refused } from "../../engine/warehouse/landing.ts";
import { Failure } from "./classify.ts";
import type { CsvRecord } from "./csv.ts";

/** The columns a register publishes, in the order they land, by their names in SQL. */
export type Layout = Readonly<Record<string, LayoutColumn>>;

interface LayoutColumn {
  /** Without it the file cannot be used at all. Default false: it lands as null. */
  readonly isRequired?: boolean;
  /** Other header texts the column has had. Case, spaces and punctuation do not matter. */
  readonly aliases?: readonly string[];
}

/** Records of another width than the header's are set aside; more than this share refuse the file. */
const REFUSED_SHARE = 0.01;

/**
 * Reads a delimited register by its header: the layout's columns, then `extra` (columns the layout
 * does not know, as JSON text) and `row_number` (from 1, the header not counted).
 *
 * @throws Failure `fatal` when a required column is missing or too many records do not fit,
 *   `retry` when the file was cut.
 */
export async function* readTable(
  records: Iterable<CsvRecord> | AsyncIterable<CsvRecord>,
  layout: Layout,
): AsyncGenerator<Cells | Refused> {
  let header: readonly string[] | undefined;
  let { places, extra } = NOTHING;
  let width = 0;
  let row = 0;
  let refused = 0;
  let short: CsvRecord | undefined;
  for await (const record of records) {
    if (!header) {
      header = record.fields;
      width = header.length;
      ({ places, extra } = matchHeader(header, layout));
      continue;
    }
    if (short) refused += 1;
    if (short) yield refusal(short, width);
    short = undefined;
    row += 1;
    if (record.fields.length !== width) short = record;
    else yield cellsOf(record.fields, row);
  }
  if (!header) matchHeader([], layout);
  // The last record is the one a cut shows in.
  if (short && short.fields.length < width) {
    throw new Failure("retry", `line ${short.line}: ${widths(short, width)}, the file was cut`);
  }
  if (short) yield refusal(short, width);
  if (refused > Math.max(1, row * REFUSED_SHARE)) {
    throw new Failure(
      "fatal",
      `${refused} of ${row} records have another number of fields than the header`,
    );
  }

  function cellsOf(fields: readonly string[], number: number): Cells {
    const cells = places.map((place) => (place === undefined ? null : fields[place] || null));
    const others = extra.map(([name, place]) => [name, fields[place] ?? ""]);
    const json = extra.length > 0 ? JSON.stringify(Object.fromEntries(others)) : null;
    return [...cells, json, String(number)];
  }
}

interface Matched {
  /** Of each column of the layout, where the file has it. */
  readonly places: readonly (number | undefined)[];
  /** Columns that the layout does not know. */
  readonly extra: readonly (readonly [name: string, place: number])[];
}

const NOTHING: Matched = { places: [], extra: [] };

function matchHeader(header: readonly string[], layout: Layout): Matched {
  const found = new Map(header.map((text, place) => [normalised(text), place]));
  const used = new Set<number>();
  const missing: string[] = [];
  const places = Object.entries(layout).map(([name, { isRequired, aliases = [] }]) => {
    const place = [name, ...aliases].map((text) => found.get(normalised(text))).find(isPlace);
    if (place !== undefined) used.add(place);
    else if (isRequired) missing.push(name);
    return place;
  });
  if (missing.length > 0) {
    const columns = missing.map((name) => `"${name}"${suggest(name, header)}`).join(", ");
    throw new Failure(
      "fatal",
      `line 1: no column ${columns}; the header found is: ${header.join(", ").slice(0, 1500)}`,
    );
  }
  const extra = header.flatMap((text, place): [string, number][] =>
    used.has(place) ? [] : [[text, place]],
  );
  return { places, extra };
}

function isPlace(place: number | undefined): place is number {
  return place !== undefined;
}

function normalised(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "");
}

function refusal(record: CsvRecord, width: number): Refused {
  return { refused: `line ${record.line}: ${widths(record, width)}`, text: record.text };
}

function widths({ fields }: CsvRecord, width: number): string {
  return `${fields.length} fields where the header has ${width}`;
}
