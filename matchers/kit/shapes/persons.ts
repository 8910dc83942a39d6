import { among } from "../../comparisons/among.ts";
import { arrayOverlap } from "../../comparisons/array-overlap.ts";
import { date } from "../../comparisons/date.ts";
import { email } from "../../comparisons/email.ts";
import { exactText } from "../../comparisons/exact-text.ts";
import { exclusiveId } from "../../comparisons/exclusive-id.ts";
import { personName } from "../../comparisons/person-name.ts";
import { phone } from "../../comparisons/phone.ts";
import { postcode } from "../../comparisons/postcode.ts";
import type { BlockingRule, Constraint, MatcherSpec, Training } from "../spec.ts";
import { foldedSql } from "../text.ts";
import { roleColumns } from "./columns.ts";
import { fullNameLayers, longFormSql, nameTextSql } from "./person-names.ts";
import { nationalNumberSql } from "./phones.ts";
import { assemble, type ShapeOptions } from "./shape.ts";

/** What a column of a list of persons may be. */
export const PERSON_ROLES = [
  "full_name",
  "given_name",
  "middle_name",
  "family_name",
  "date_of_birth",
  "birth_place",
  "gender",
  "email",
  "phone",
  "address",
  "street_number",
  "street",
  "street_2",
  "city",
  "postcode",
  "state",
  "country",
  "national_id",
  "external_id",
  "occupation",
  "employer",
] as const;

export type PersonRole = (typeof PERSON_ROLES)[number];

/** Persons of any list: a name, and what is known of birth, home, work and numbers. */
export function persons(options: ShapeOptions<PersonRole>): MatcherSpec {
  const { columns } = options;
  const has = (...roles: readonly PersonRole[]) => roles.some((role) => columns[role]);
  const full = has("full_name");
  const given = has("given_name");
  const family = has("family_name");
  const street = ["address", "street", "street_2"].filter((role) => columns[role as PersonRole]);
  const town = has("city") ? "role_city" : "role_birth_place";
  const either = (role: PersonRole, part: string) =>
    has(role)
      ? `coalesce(${nameTextSql(`role_${role}`)}, ${full ? part : "null"})`
      : full
        ? part
        : "null::varchar";
  const named = full || given || family;
  return assemble(options, {
    parsed: [
      roleColumns(columns, PERSON_ROLES),
      ...(full ? fullNameLayers("role_full_name") : []),
      {
        person_given: either("given_name", "part_given"),
        person_family: either("family_name", "part_family"),
        person_middle: either("middle_name", "part_middle"),
      },
    ],
    comparisons: [
      named &&
        personName("name", {
          given: "person_given",
          family: "person_family",
          long: longFormSql("person_given"),
          ...(full ? { generation: "part_generation" } : {}),
        }),
      has("date_of_birth") && date("birth", { sql: "role_date_of_birth", label: "date of birth" }),
      ...(has("email")
        ? among(email("email", { sql: "role_email" }), {
            name: "namesakes",
            label: "among namesakes",
            when: named
              ? "name_same_full or name_crossed >= 0.9 or least(name_given_alike, name_family_alike) >= 0.9"
              : "false",
            u: [0.005, 0.02, 0.1, 0.2, 0.7],
          })
        : []),
      has("phone") && phone("phone", { sql: nationalNumberSql("role_phone") }),
      has("national_id") &&
        exactText("person_id", { sql: "role_national_id", label: "national id", m: 0.9 }),
      has("external_id") &&
        exclusiveId("external_id", { sql: "role_external_id", label: "external id" }),
      has("postcode") && postcode("postcode", { sql: "role_postcode" }),
      has("city", "birth_place") &&
        exactText("city", {
          sql:
            has("city", "birth_place") && has("birth_place") && has("city")
              ? "coalesce(role_city, role_birth_place)"
              : town,
          label: "town",
          m: 0.7,
        }),
      street.length > 0 &&
        arrayOverlap("street", {
          sql: `string_split(${foldedSql(`concat_ws(' ', ${street.map((role) => `role_${role}`).join(", ")})`)}, ' ')`,
          label: "street words",
        }),
      has("street_number") &&
        exactText("house", { sql: "role_street_number", label: "house number" }),
      has("state") && exactText("state", { sql: "role_state", label: "state", m: 0.9 }),
      has("country") && exactText("country", { sql: "role_country", label: "country", m: 0.95 }),
      has("gender") &&
        exactText("gender", { sql: "left(role_gender, 1)", label: "gender", m: 0.97 }),
      has("occupation") && exactText("occupation", { sql: "role_occupation", label: "occupation" }),
      has("employer") && exactText("employer", { sql: "role_employer", label: "employer" }),
      (full || has("middle_name")) &&
        exactText("middle", { sql: "left(person_middle, 1)", label: "middle initial" }),
    ],
    keys: {
      name_starts:
        "list_filter([left(person_given, 3), left(person_family, 3)], lambda t: t is not null)",
      name_both: "list_filter([person_given, person_family], lambda t: t is not null)",
    },
    empty: [
      ...(full || given ? [] : ["name_given", "name_given_text", "name_long", "name_full"]),
      ...(full || family ? [] : ["name_family", "name_family_text", "name_full"]),
      ...((full || given) && (full || family) ? [] : ["name_starts", "name_both"]),
    ],
    blocking: BLOCKING,
    passes:
      (street.length > 0 || has("phone")) &&
      has("date_of_birth", "email", "national_id", "external_id")
        ? PASSES
        : [...PASSES, ...HOME_PASSES],
    constraints: has("given_name", "full_name") ? household(has, street.length > 0) : [],
    repeats: true,
  });
}

/**
 * Who shares family name and home but not the given name is a relative: of all pairs the likest to a match, and none. The same day of
 * birth, mailbox or number leaves it to the weights: people use their second name, too.
 */
function household(
  has: (...roles: readonly PersonRole[]) => boolean,
  street: boolean,
): Constraint[] {
  const homes = [
    street && "l.street_items = r.street_items",
    has("phone") && "l.phone_code = r.phone_code",
  ].filter((sql) => sql !== false);
  if (homes.length === 0) return [];
  const told = [
    has("date_of_birth") && "birth_code",
    has("email") && "email_code",
    has("national_id") && "person_id_code",
    has("external_id") && "external_id_id",
  ].filter((column) => column !== false);
  const differ = told.map(
    (column) => `l.${column} is distinct from r.${column} or l.${column} is null`,
  );
  return [
    {
      name: "another given name in one household",
      never: [
        `(${homes.join(" or ")})`,
        "(l.name_family = r.name_family or jaro_winkler_similarity(l.name_family_text, r.name_family_text) >= 0.92)",
        "l.name_long <> r.name_long",
        // Of an initial only the letter is known.
        `case
        when least(length(l.name_given_text), length(r.name_given_text)) >= 3
          then jaro_winkler_similarity(l.name_given_text, r.name_given_text) < 0.75
        else left(l.name_long, 1) <> left(r.name_long, 1) and left(l.name_given_text, 1) <> left(r.name_given_text, 1)
      end`,
        ...differ.map((sql) => `(${sql})`),
      ].join("\n      and "),
    },
  ];
}

const BLOCKING: readonly BlockingRule[] = [
  { name: "external_id", equal: ["rec.external_id_id"], cap: 60 },
  { name: "person_id", equal: ["rec.person_id_code"], cap: 60 },
  { name: "email", equal: ["rec.email_code"], cap: 60 },
  { name: "phone", equal: ["rec.phone_code"], cap: 60 },
  { name: "name_birth", equal: ["rec.name_full", "rec.birth_code"], cap: 100 },
  { name: "name", equal: ["rec.name_full"], cap: 60 },
  { name: "family_birth", equal: ["rec.name_family", "rec.birth_code"], cap: 60 },
  { name: "given_birth", equal: ["rec.name_given", "rec.birth_code"], cap: 60 },
  { name: "family_year", equal: ["rec.name_family", "rec.birth_year"], cap: 60 },
  {
    name: "initials_birth",
    equal: ["left(rec.name_given_text, 1)", "left(rec.name_family_text, 1)", "rec.birth_code"],
    cap: 60,
  },
  { name: "long_family", equal: ["rec.name_long", "rec.name_family"], cap: 60 },
  {
    name: "starts",
    equal: ["left(rec.name_given_text, 3)", "left(rec.name_family_text, 4)"],
    cap: 60,
  },
  {
    name: "starts_year",
    equal: ["left(rec.name_given_text, 2)", "left(rec.name_family_text, 2)", "rec.birth_year"],
    cap: 60,
  },
  { name: "birth", equal: ["rec.birth_code"], cap: 40 },
  { name: "postcode_given", equal: ["rec.postcode_code", "rec.name_given"], cap: 60 },
  { name: "postcode_family", equal: ["rec.postcode_code", "rec.name_family"], cap: 60 },
  { name: "postcode", equal: ["rec.postcode_code"], cap: 40 },
  { name: "district_birth", equal: ["rec.postcode_district", "rec.birth_code"], cap: 60 },
  { name: "district_given", equal: ["rec.postcode_district", "rec.name_given"], cap: 40 },
  { name: "district_family", equal: ["rec.postcode_district", "rec.name_family"], cap: 60 },
  { name: "city_family", equal: ["rec.city_code", "rec.name_family"], cap: 60 },
  { name: "city_given", equal: ["rec.city_code", "rec.name_given"], cap: 25 },
  { name: "city_birth", equal: ["rec.city_code", "rec.birth_code"], cap: 60 },
  { name: "city_year", equal: ["rec.city_code", "rec.birth_year"], cap: 25 },
  { name: "occupation_family", equal: ["rec.occupation_code", "rec.name_family"], cap: 40 },
  { name: "occupation_birth", equal: ["rec.occupation_code", "rec.birth_code"], cap: 40 },
  { name: "employer_family", equal: ["rec.employer_code", "rec.name_family"], cap: 40 },
  { name: "employer_given", equal: ["rec.employer_code", "rec.name_given"], cap: 40 },
  { name: "mailbox", equal: ["rec.email_mailbox"], cap: 40 },
  { name: "phone_end", equal: ["rec.phone_end"], cap: 40 },
  { name: "street_word_house", each: "street_items", equal: ["rec.house_code"], cap: 40 },
  { name: "street_word_family", each: "street_items", equal: ["rec.name_family"], cap: 40 },
  { name: "street_word_given", each: "street_items", equal: ["rec.name_given"], cap: 40 },
  { name: "occupation_postcode", equal: ["rec.occupation_code", "rec.postcode_district"], cap: 40 },
  {
    name: "occupation_given_city",
    equal: ["rec.occupation_code", "rec.name_given", "rec.city_code"],
    cap: 40,
  },
  {
    name: "occupation_year_city",
    equal: ["rec.occupation_code", "rec.birth_year", "rec.city_code"],
    cap: 40,
  },
  { name: "district_year", equal: ["rec.postcode_district", "rec.birth_year"], cap: 40 },
  { name: "city_starts", equal: ["rec.city_code", "left(rec.name_family_text, 3)"], cap: 40 },
  { name: "mailbox_start", equal: ["left(rec.email_mailbox, 5)"], cap: 40 },
  { name: "given", equal: ["rec.name_given"], cap: 25 },
  { name: "given_start", equal: ["left(rec.name_given_text, 4)"], cap: 20 },
  { name: "family_start", equal: ["left(rec.name_family_text, 4)"], cap: 20 },
  {
    name: "month_day_family",
    equal: ["rec.birth_month_day", "left(rec.name_family_text, 2)"],
    cap: 40,
  },
  {
    name: "month_day_given",
    equal: ["rec.birth_month_day", "left(rec.name_given_text, 2)"],
    cap: 40,
  },
  { name: "month_day_city", equal: ["rec.birth_month_day", "rec.city_code"], cap: 40 },
  { name: "swapped_starts", each: "name_starts", equal: ["rec.birth_year"], cap: 40 },
  { name: "swapped_city", each: "name_both", equal: ["rec.city_code"], cap: 40 },
  { name: "family", equal: ["rec.name_family"], cap: 25 },
  { name: "swapped", each: "name_both", equal: ["rec.birth_year"], cap: 60 },
  { name: "swapped_name", each: "name_both", cap: 25 },
];

const PASSES: Training["passes"] = [
  { given: "name", levels: [0, 1, 2, 3, 4], off: ["email", "email_namesakes"] },
  { given: "birth", levels: [0] },
  { given: "email", levels: [0], off: ["name"] },
  { given: "email_namesakes", levels: [0], off: ["name"] },
  { given: "person_id", levels: [0] },
  { given: "external_id", levels: [0] },
];

/** Who has one home or phone is often a relative: only where nothing else tells persons apart is it learned from. */
const HOME_PASSES: Training["passes"] = [
  { given: "phone", levels: [0] },
  { given: "postcode", levels: [0], off: ["city", "street", "house", "state"] },
  { given: "street", levels: [0], off: ["postcode", "city", "house", "state"] },
];
