import { among } from "../../comparisons/among.ts";
import { businessName } from "../../comparisons/business-name.ts";
import { exactText } from "../../comparisons/exact-text.ts";
import { exclusiveId } from "../../comparisons/exclusive-id.ts";
import { number } from "../../comparisons/number.ts";
import { registeredNumber } from "../../comparisons/registered-number.ts";
import type { BlockingRule, MatcherSpec, Training } from "../spec.ts";
import { roleColumns } from "./columns.ts";
import { companyNameLayers } from "./company-names.ts";
import { assemble, type ShapeOptions } from "./shape.ts";
import { site } from "./site.ts";

/** What a column of a list of companies may be. */
export const COMPANY_ROLES = [
  "name",
  "trading_name",
  "registration_number",
  "tax_number",
  "external_id",
  "address",
  "street_number",
  "street",
  "unit",
  "city",
  "postcode",
  "state",
  "country",
  "latitude",
  "longitude",
  "phone",
  "email",
  "website",
  "industry",
  "founded",
] as const;

export type CompanyRole = (typeof COMPANY_ROLES)[number];

/** How two companies at one address agree in their names, closest first, and in their phones and sites: an agent may lend them. */
const NAMES_OF_NEIGHBOURS = [
  0.002, 0.002, 0.002, 0.002, 0.004, 0.01, 0.002, 0.02, 0.06, 0.002, 0.002, 0.02, 0.87,
];
const VALUES_OF_NEIGHBOURS = [0.06, 0.06, 0.02, 0.02, 0.84];

/** Companies of any list: name, numbers of registers, where they sit, how they are reached. */
export function companies(options: ShapeOptions<CompanyRole>): MatcherSpec {
  const { columns } = options;
  const has = (...roles: readonly CompanyRole[]) => roles.some((role) => columns[role]);
  const where = site(columns, { neighbours: VALUES_OF_NEIGHBOURS });
  const name = businessName("name", {
    core: "company_core",
    tokens: "company_words",
    initials: "company_initials",
    alias: "company_trade_core",
    most: { word: 0.06, different: 0.05 },
  });
  const town = exactText("town", { sql: "part_city", label: "town", m: 0.8 });
  return assemble(options, {
    parsed: [
      roleColumns(columns, COMPANY_ROLES),
      ...(has("name")
        ? companyNameLayers("role_name", has("trading_name") ? "role_trading_name" : undefined)
        : []),
      ...where.layers,
    ],
    comparisons: [
      ...(has("name") ? among(name, { ...where.spot, u: NAMES_OF_NEIGHBOURS }) : []),
      has("name") &&
        exactText("legal_form", { sql: "company_legal", label: "legal form", m: 0.85 }),
      has("registration_number") &&
        registeredNumber("registration", {
          sql: "role_registration_number",
          label: "registration number",
        }),
      has("tax_number") && registeredNumber("tax", { sql: "role_tax_number", label: "tax number" }),
      has("external_id") &&
        exclusiveId("external_id", { sql: "role_external_id", label: "external id" }),
      ...where.stands,
      where.hasTown && where.elsewhere(town),
      has("country") && exactText("country", { sql: "role_country", label: "country", m: 0.95 }),
      ...where.reached,
      has("industry") && exactText("industry", { sql: "role_industry", label: "industry", m: 0.6 }),
      has("founded") &&
        number("founded", {
          sql: "regexp_extract(role_founded, '(1[6-9]|20)[0-9]{2}')",
          label: "year of foundation",
        }),
    ],
    empty: where.located ? [] : ["lat", "lon"],
    blocking: BLOCKING,
    passes: PASSES,
  });
}

const BLOCKING: readonly BlockingRule[] = [
  { name: "registration", equal: ["rec.registration_code"], cap: 60 },
  { name: "tax", equal: ["rec.tax_code"], cap: 60 },
  { name: "external_id", equal: ["rec.external_id_id"], cap: 60 },
  { name: "phone", each: "phone_own", cap: 60 },
  { name: "website", each: "website_own", cap: 60 },
  { name: "page", each: "website_weak", cap: 60 },
  { name: "name", equal: ["rec.name_core"], cap: 100 },
  {
    name: "initials",
    equal: ["coalesce(rec.name_initials, replace(rec.name_text, ' ', ''))"],
    cap: 30,
  },
  { name: "alias", equal: ["coalesce(rec.name_alias, rec.name_text)"], cap: 30 },
  { name: "address", equal: ["rec.place_address"], cap: 60 },
  { name: "number_zip", equal: ["rec.place_number", "rec.place_zip"], cap: 40 },
  { name: "number_street", equal: ["rec.place_number", "left(rec.place_street, 4)"], cap: 40 },
  { name: "nearby", metres: 100, cap: 40 },
  { name: "rare_word_zip", each: "name_words", equal: ["rec.place_zip"], cap: 60 },
  { name: "rare_word_town", each: "name_words", equal: ["rec.town_code"], cap: 60 },
  { name: "rare_word", each: "name_words", cap: 40 },
  { name: "start_town", equal: ["left(rec.name_text, 4)", "rec.town_code"], cap: 40 },
  { name: "start_zip", equal: ["left(rec.name_text, 3)", "rec.place_zip"], cap: 40 },
  { name: "spelling", equal: ["left(rec.name_text, 6)"], cap: 40 },
];

const PASSES: Training["passes"] = [
  { given: "registration", levels: [0] },
  { given: "tax", levels: [0] },
  { given: "external_id", levels: [0] },
  { given: "website", levels: [0, 1], off: ["phone"] },
  { given: "phone", levels: [0, 1], off: ["website"] },
  { given: "name", levels: [0, 1] },
  { given: "name_here", levels: [0, 1] },
  { given: "address", levels: [0, 1], off: ["area"] },
];
