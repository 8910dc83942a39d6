import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { EltError, messageOf } from "../engine/errors.ts";
import type { RoomContext, Step } from "../engine/step.ts";
import type { Cells, Refused } from "../engine/warehouse/landing.ts";
import { isLocal, localPath } from "./kit/address.ts";
import { Failure } from "./kit/classify.ts";
import type { Effects } from "./kit/effects.ts";
import { extractor } from "./kit/extractor.ts";
import { isFolder, joined } from "./kit/folder.ts";

/**
 * Texas's hotel occupancy tax: who paid for which house, quarter by quarter, with its rooms and
 * receipts. Open-records files without a header (`HOT 25 Q3`), asked for by letter and put into a folder.
 * https://comptroller.texas.gov/taxes/hotel/
 */
const COLUMNS = [
  "taxpayer_number",
  "taxpayer_name",
  "taxpayer_address",
  "taxpayer_city",
  "taxpayer_state",
  "taxpayer_zip_code",
  "taxpayer_county_code",
  "taxpayer_phone",
  "location_number",
  "location_name",
  "location_address",
  "location_city",
  "location_state",
  "location_zip_code",
  "location_county_code",
  "location_phone",
  "unit_capacity",
  "responsibility_begin_date",
  "responsibility_end_date",
  "reporting_quarter",
  "filer_type",
  "total_room_receipts",
  "taxable_receipts",
];

const IS_FILING = /\.(csv|txt)$/i;

/** Columns by whose shape a row without a header is known. */
const TAXPAYER_NUMBER = COLUMNS.indexOf("taxpayer_number");
const LOCATION_NUMBER = COLUMNS.indexOf("location_number");
const REPORTING_QUARTER = COLUMNS.indexOf("reporting_quarter");

/** Rows of another shape are set aside; more than this share refuse the file. */
const REFUSED_SHARE = 0.01;

const settings = z.strictObject({
  files: z.array(z.string().min(1)).default([]),
  /** Folders on this computer, or prefixes of an object store, whose `.csv` and `.txt` files are all read. */
  folders: z.array(z.string().min(1)).default([]),
});

export function step(room: RoomContext, effects?: Partial<Effects>): Step[] {
  const filings = extractor({
    version: 1,
    stream: "filings",
    columns: [...COLUMNS, "row_number"],
    settings,
    // A quarter's file is not written again; files on disk are looked at every night.
    defaults: { fresh_days: 30, concurrency: 1, per_second: 1 },

    requests: ({ files, folders }) =>
      [
        ...files,
        ...folders.flatMap((folder) =>
          isLocal(folder) ? filesIn(room.root, folder) : [folder.replace(/\/*$/, "/")],
        ),
      ].map((url) => ({ key: url, url })),

    async fetch({ url }, { read, folder }) {
      // The published bytes are Latin-1.
      if (isFolder(url)) {
        const { files } = await folder("a CSV file");
        const filings = files.filter(({ name }) => IS_FILING.test(name));
        return { records: joined(filings, (found) => readFilings(found.text("latin-1"))) };
      }
      const content = await read("a CSV file");
      return { records: readFilings(content.text("latin-1")) };
    },
  });
  return filings(room, effects);
}

function filesIn(root: string, folder: string): string[] {
  return namesIn(localPath(root, folder))
    .filter((name) => IS_FILING.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new EltError(`texas_hotel_tax: cannot list ${folder}: ${messageOf(cause)}`, {
      cause,
      hint: "correct sources.texas_hotel_tax.folders in elt.yml",
    });
  }
}

/** The rows as sent, padding and all, and `row_number` (from 1). */
async function* readFilings(text: string): AsyncGenerator<Cells | Refused> {
  const { parseCsv } = await import("./kit/csv.ts");
  let row = 0;
  let refused = 0;
  let short: Refused | undefined;
  for (const { fields, line, text: found } of parseCsv(text)) {
    if (short) yield short;
    short = undefined;
    row += 1;
    const problem = problemOf(fields);
    if (problem === undefined) {
      yield [...fields.slice(0, COLUMNS.length).map((field) => field || null), String(row)];
      continue;
    }
    refused += 1;
    short = { refused: `line ${line}: ${problem}`, text: found };
    if (fields.length >= COLUMNS.length) {
      yield short;
      short = undefined;
    }
  }
  // The last row is the one a cut shows in.
  if (short) throw new Failure("retry", `${short.refused}, the file was cut`);
  if (refused > Math.max(1, row * REFUSED_SHARE)) {
    throw new Failure(
      "fatal",
      `${refused} of ${row} rows are not laid out as the hotel tax files are: ${COLUMNS.length} columns, no header`,
    );
  }
}

/** A comma ends each row, so that one field more than the columns, an empty one, is the rule. */
function problemOf(fields: readonly string[]): string | undefined {
  const extra = fields.slice(COLUMNS.length).filter((field) => field.trim() !== "");
  if (fields.length < COLUMNS.length || extra.length > 0) {
    return `${fields.length} fields where the layout has ${COLUMNS.length}`;
  }
  const shapes: readonly [string, number, RegExp][] = [
    ["taxpayer number", TAXPAYER_NUMBER, /^\d{11}$/],
    ["location number", LOCATION_NUMBER, /^\d{1,5}$/],
    ["reporting quarter", REPORTING_QUARTER, /^\d{4}Q[1-4]$/],
  ];
  const wrong = shapes.find(([, place, shape]) => !shape.test(fields[place]?.trim() ?? ""));
  return wrong && `"${fields[wrong[1]]?.trim()}" is no ${wrong[0]}`;
}
