import { arrayOverlap } from "../../comparisons/array-overlap.ts";
import { exactText } from "../../comparisons/exact-text.ts";
import { exclusiveId } from "../../comparisons/exclusive-id.ts";
import { freeText } from "../../comparisons/free-text.ts";
import { number } from "../../comparisons/number.ts";
import type { BlockingRule, Comparison, MatcherSpec, Training } from "../spec.ts";
import { foldedSql } from "../text.ts";
import { roleColumns } from "./columns.ts";
import { assemble, type ShapeOptions } from "./shape.ts";

/** What a column of a list of works or goods may be. */
export const THING_ROLES = [
  "title",
  "people",
  "part_of",
  "maker",
  "code",
  "description",
  "year",
  "number",
  "price",
  "kind",
  "external_id",
] as const;

export type ThingRole = (typeof THING_ROLES)[number];

/** Words with a digit in them, long enough to be the number of a model. */
const CODES = `list_filter(
  list_transform(string_split_regex(lower(concat_ws(' ', thing_codes, role_title)), '[ ,()]+'), lambda t: regexp_replace(t, '[^a-z0-9]', '', 'g')),
  lambda t: length(t) >= 4 and regexp_matches(t, '[0-9]') and not regexp_full_match(t, '(1[89]|20)[0-9]{2}')
)`;

/** Works and goods: a title, who made it, when, and what numbers it bears. */
export function things(options: ShapeOptions<ThingRole>): MatcherSpec {
  const { columns } = options;
  const has = (...roles: readonly ThingRole[]) => roles.some((role) => columns[role]);
  const comparisons: (Comparison | false)[] = [
    has("title") && freeText("title", { sql: "role_title", label: "title" }),
    (has("code") || (has("title") && has("price"))) &&
      arrayOverlap("codes", { sql: CODES, label: "model numbers" }),
    has("people") &&
      arrayOverlap("people", {
        // What both "J. Smith" and "John Smith" hold.
        sql: `list_filter(string_split(${foldedSql("role_people")}, ' '), lambda t: length(t) >= 3 and t <> 'and')`,
        label: "names",
      }),
    has("maker") && exactText("maker", { sql: "role_maker", label: "maker" }),
    has("part_of") && freeText("part_of", { sql: "role_part_of", label: "whole" }),
    has("year") &&
      exactText("year", {
        sql: "nullif(regexp_extract(role_year, '(1[5-9]|20)[0-9]{2}'), '')",
        label: "year",
      }),
    has("number") &&
      exactText("number", {
        sql: "nullif(regexp_extract(role_number, '[0-9]+'), '')",
        label: "number",
      }),
    has("description") &&
      freeText("description", { sql: "role_description", label: "description" }),
    has("price") && number("price", { sql: "role_price", label: "price" }),
    has("kind") && exactText("kind", { sql: "role_kind", label: "kind", m: 0.6 }),
    has("external_id") &&
      exclusiveId("external_id", { sql: "role_external_id", label: "external id" }),
  ];
  return assemble(options, {
    parsed: [
      roleColumns(columns, THING_ROLES),
      {
        thing_codes: has("code") ? "role_code" : "null::varchar",
        ...(has("title") ? {} : { role_title: "null::varchar" }),
      },
    ],
    comparisons,
    blocking: BLOCKING,
    passes: PASSES,
  });
}

const BLOCKING: readonly BlockingRule[] = [
  { name: "external_id", equal: ["rec.external_id_id"], cap: 60 },
  { name: "codes", each: "codes_items", cap: 60 },
  { name: "title", equal: ["rec.title_code"], cap: 100 },
  { name: "title_word_year", each: "title_words", equal: ["rec.year_code"], cap: 60 },
  { name: "title_word_people", each: "title_words", equal: ["left(rec.title_text, 3)"], cap: 60 },
  { name: "rare_word", each: "title_words", cap: 50 },
  { name: "title_start", equal: ["left(rec.title_text, 12)"], cap: 60 },
  { name: "people_year", each: "people_items", equal: ["rec.year_code"], cap: 60 },
];

const PASSES: Training["passes"] = [
  { given: "external_id", levels: [0] },
  { given: "codes", levels: [0, 1] },
  { given: "title", levels: [0, 1] },
  { given: "people", levels: [0] },
  { given: "description", levels: [0] },
];
