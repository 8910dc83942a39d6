import { z } from "zod";
import { parseCsv } from "./kit/csv.ts";
import { extractor } from "./kit/extractor.ts";
import { type Layout, readTable } from "./kit/table.ts";

/**
 * Florida's register of lodging licences: all active licences, one CSV per district, public records.
 * https://www2.myfloridalicense.com/hotels-restaurants/public-records/
 */
const DISTRICTS = [1, 2, 3, 4, 5, 6, 7].map(
  (district) =>
    `https://www2.myfloridalicense.com/sto/file_download/extracts/hrlodge${district}.csv`,
);

/** The published header, and the texts that files of about 2012 had in its place. */
const LAYOUT: Layout = {
  board_code: {},
  license_type_code: {},
  licensee_name: { isRequired: true },
  rank_code: { isRequired: true },
  modifier_code: {},
  mailing_name: {},
  mailing_street_address: {},
  mailing_address_line_2: {},
  mailing_address_line_3: {},
  mailing_city: {},
  mailing_state_code: {},
  mailing_zip_code: {},
  primary_phone_number: { aliases: ["Primary Telephone Number"] },
  mailing_county_code: {},
  business_name: { isRequired: true, aliases: ["Business Name (Location)", "DBA Name"] },
  filler: {},
  location_street_address: { isRequired: true },
  location_address_line_2: {},
  location_address_line_3: {},
  location_city: { isRequired: true },
  location_state_code: {},
  location_zip_code: { isRequired: true },
  location_county_code: {},
  location_county: {},
  secondary_phone_number: { aliases: ["Secondary Telephone Number"] },
  district: {},
  region: {},
  license_number: { isRequired: true },
  primary_status_code: {
    isRequired: true,
    aliases: ["Primary Status Code (see table below)"],
  },
  secondary_status_code: { aliases: ["Secondary Status Code (see table below)"] },
  license_expiry_date: { aliases: ["Expiry Date"] },
  last_inspection_date: {},
  number_of_seats_or_rental_units: {
    isRequired: true,
    aliases: ["Number of Seats or Rental Units (see table below)"],
  },
  base_risk_level: {},
  secondary_risk_level: {},
};

export const step = extractor({
  version: 1,
  stream: "licences",
  columns: [...Object.keys(LAYOUT), "extra", "row_number"],
  settings: z.strictObject({
    files: z.array(z.string().min(1)).min(1).default(DISTRICTS),
  }),
  // Refreshed weekly or oftener: one conditional GET a night.
  defaults: { fresh_days: 1, concurrency: 1, per_second: 1 },

  requests: ({ files }) => files.map((url) => ({ key: url, url })),

  async fetch(_request, { read }) {
    const content = await read("a CSV file");
    // The published bytes are Latin-1.
    return { records: readTable(parseCsv(content.text("latin-1")), LAYOUT) };
  },
});
