import { z } from "zod";
import { downloadRelease, releaseRequests, releaseShape } from "./kit/ckan-package.ts";
import { extractor } from "./kit/extractor.ts";
import { tabSeparated } from "./kit/tab-separated.ts";
import { type Layout, readTable } from "./kit/table.ts";

/**
 * Companies of Australia, from the register of the securities commission: one row a name of a company,
 * so that a company that was renamed has several. Some 400 MB, tab-separated whatever its name says,
 * weekly, CC BY. https://data.gov.au/data/dataset/asic-companies
 */
const LAYOUT: Layout = {
  company_name: { isRequired: true },
  acn: { isRequired: true },
  type: { isRequired: true },
  class: {},
  sub_class: {},
  // `status` is how the request ended.
  company_status: { isRequired: true, aliases: ["Status"] },
  date_of_registration: { isRequired: true },
  date_of_deregistration: {},
  previous_state_of_registration: {},
  state_registration_number: {},
  modified_since_last_report: {},
  current_name_indicator: { isRequired: true },
  abn: { isRequired: true },
  current_name: { isRequired: true },
  current_name_start_date: {},
};

export const step = extractor({
  version: 1,
  stream: "companies",
  columns: [...Object.keys(LAYOUT), "extra", "row_number"],
  settings: z.strictObject(releaseShape("asic-companies")),
  defaults: { fresh_days: 7, concurrency: 1, per_second: 1 },

  // A help file in PDF and older releases stand beside it.
  requests: (settings) => releaseRequests(settings, [{ format: "csv", file: "company" }]),

  async fetch(request, tools) {
    const file = await downloadRelease(request, tools, "a tab-separated file");
    return { records: readTable(tabSeparated(file.stream()), LAYOUT) };
  },
});
