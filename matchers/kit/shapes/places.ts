import { among } from "../../comparisons/among.ts";
import { businessName } from "../../comparisons/business-name.ts";
import { exactText } from "../../comparisons/exact-text.ts";
import { exclusiveId } from "../../comparisons/exclusive-id.ts";
import type { BlockingRule, MatcherSpec, Training } from "../spec.ts";
import { foldedSql } from "../text.ts";
import { roleColumns } from "./columns.ts";
import { assemble, type ShapeOptions } from "./shape.ts";
import { site } from "./site.ts";

/** What a column of a list of places may be. */
export const PLACE_ROLES = [
  "name",
  "brand",
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
  "external_id",
  "kind",
] as const;

export type PlaceRole = (typeof PLACE_ROLES)[number];

/** Words of places of any trade, in the languages most lists are in: they name the trade, not the place. */
const TRADE_WORDS =
  "['the', 'of', 'and', 'at', 'on', 'in', 'restaurant', 'restaurante', 'ristorante', 'cafe', 'hotel', 'bar', 'grill', 'inn', 'shop', 'store', 'inc', 'llc', 'ltd', 'co', 'gmbh', 'le', 'la', 'les', 'el', 'los', 'das', 'der', 'die', 'il']";

/** How neighbours that are two places agree in their names, closest first, and in their phones and sites. */
const NAMES_OF_NEIGHBOURS = [
  0.001, 0.001, 0.001, 0.002, 0.005, 0.01, 0.06, 0.002, 0.002, 0.02, 0.9,
];
const VALUES_OF_NEIGHBOURS = [0.06, 0.04, 0.02, 0.02, 0.86];

/** Places of any list: what they are called, where they are, how they are called up. */
export function places(options: ShapeOptions<PlaceRole>): MatcherSpec {
  const { columns } = options;
  const has = (...roles: readonly PlaceRole[]) => roles.some((role) => columns[role]);
  const where = site(columns, { neighbours: VALUES_OF_NEIGHBOURS, moved: 0.04 });
  const name = businessName("name", {
    core: "place_core",
    tokens: "place_words",
    most: { word: 0.06, different: 0.03 },
  });
  const town = exactText("town", { sql: "part_city", label: "town", m: 0.7 });
  return assemble(options, {
    parsed: [
      roleColumns(columns, PLACE_ROLES),
      ...where.layers,
      ...(has("name")
        ? [
            {
              place_words: `string_split(${foldedSql("regexp_replace(role_name, '[''’´]', '', 'g')")}, ' ')`,
            },
            {
              place_core: `nullif(array_to_string(list_sort(list_distinct(list_filter(place_words, lambda t: t not in ${TRADE_WORDS}))), ' '), '')`,
            },
          ]
        : []),
    ],
    comparisons: [
      ...(has("name") ? among(name, { ...where.spot, u: NAMES_OF_NEIGHBOURS }) : []),
      ...where.stands,
      ...where.reached,
      has("external_id") &&
        exclusiveId("external_id", { sql: "role_external_id", label: "external id" }),
      where.hasTown && where.elsewhere(town),
      has("country") && exactText("country", { sql: "role_country", label: "country", m: 0.95 }),
      has("kind") && exactText("kind", { sql: "role_kind", label: "kind", m: 0.5 }),
      has("brand") && exactText("brand", { sql: "role_brand", label: "brand", m: 0.9 }),
    ],
    empty: where.located ? [] : ["lat", "lon"],
    blocking: BLOCKING,
    passes: PASSES,
  });
}

const BLOCKING: readonly BlockingRule[] = [
  { name: "external_id", equal: ["rec.external_id_id"], cap: 60 },
  { name: "phone", each: "phone_own", cap: 60 },
  { name: "website", each: "website_own", cap: 60 },
  { name: "page", each: "website_weak", cap: 60 },
  { name: "address", equal: ["rec.place_address"], cap: 100 },
  { name: "number_street", equal: ["rec.place_number", "left(rec.place_street, 4)"], cap: 60 },
  { name: "number_zip", equal: ["rec.place_number", "rec.place_zip"], cap: 40 },
  { name: "nearby", metres: 150, cap: 60 },
  { name: "name", equal: ["rec.name_core"], cap: 60 },
  { name: "rare_word_town", each: "name_words", equal: ["rec.town_code"], cap: 60 },
  { name: "rare_word_zip", each: "name_words", equal: ["rec.place_zip"], cap: 60 },
  { name: "rare_word", each: "name_words", cap: 30 },
  {
    name: "word_cell",
    each: "name_words",
    equal: ["floor(rec.lat * 50)", "floor(rec.lon * 50)"],
    cap: 60,
  },
  { name: "spelling", equal: ["left(rec.name_text, 5)"], cap: 40 },
];

const PASSES: Training["passes"] = [
  { given: "external_id", levels: [0] },
  { given: "phone", levels: [0, 1], off: ["website"] },
  { given: "website", levels: [0, 1], off: ["phone"] },
  { given: "address", levels: [0, 1], off: ["area"] },
  { given: "area", levels: [0], off: ["address"] },
  { given: "name", levels: [0, 1] },
  { given: "name_here", levels: [0, 1, 2] },
];
