import { arrayOverlap } from "../../matchers/comparisons/array-overlap.ts";
import { date } from "../../matchers/comparisons/date.ts";
import { email } from "../../matchers/comparisons/email.ts";
import { exactText } from "../../matchers/comparisons/exact-text.ts";
import { personName } from "../../matchers/comparisons/person-name.ts";
import { postcode } from "../../matchers/comparisons/postcode.ts";
import { foldedSql } from "../../matchers/kit/text.ts";
import { type Shape, specOf } from "./shape.ts";

/** Persons of any list: a name, and what is known of birth, home, work and numbers. */
export const persons: Shape = {
  columns: [
    "given_name",
    "family_name",
    "middle_name",
    "date_of_birth",
    "birth_place",
    "city",
    "postcode",
    "state",
    "street_number",
    "street",
    "street_2",
    "email",
    "national_id",
    "gender",
    "occupation",
  ],
  spec: specOf({
    comparisons: [
      personName("name", { given: "given_name", family: "family_name" }),
      date("birth", { sql: "date_of_birth", label: "date of birth" }),
      email("email", { sql: "email" }),
      exactText("person_id", { sql: "national_id", label: "national id", m: 0.9 }),
      postcode("postcode", { sql: "postcode" }),
      exactText("city", { sql: "coalesce(city, birth_place)", label: "town", m: 0.7 }),
      arrayOverlap("street", {
        sql: `string_split(${foldedSql("concat_ws(' ', street, street_2)")}, ' ')`,
        label: "street words",
      }),
      exactText("house", { sql: "street_number", label: "house number" }),
      exactText("occupation", { sql: "occupation", label: "occupation" }),
      exactText("middle", { sql: "left(middle_name, 1)", label: "middle initial" }),
    ],
    blocking: [
      { name: "person_id", equal: ["rec.person_id_code"], cap: 60 },
      { name: "email", equal: ["rec.email_code"], cap: 60 },
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
      {
        name: "mailbox",
        equal: ["rec.email_mailbox"],
        cap: 40,
      },
      { name: "street_word_house", each: "street_items", equal: ["rec.house_code"], cap: 40 },
      {
        name: "occupation_postcode",
        equal: ["rec.occupation_code", "rec.postcode_district"],
        cap: 40,
      },
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
    ],
    passes: [
      { given: "name", levels: [0] },
      { given: "birth", levels: [0] },
      { given: "postcode", levels: [0], off: ["city", "street", "house"] },
      { given: "email", levels: [0], off: ["name"] },
      { given: "person_id", levels: [0] },
      { given: "street", levels: [0], off: ["postcode", "city", "house"] },
    ],
    repeats: true,
    columns: {
      name_starts: `list_filter([left(${foldedSql("given_name")}, 3), left(${foldedSql("family_name")}, 3)], lambda t: t is not null)`,
      name_both: `list_filter([${foldedSql("given_name")}, ${foldedSql("family_name")}], lambda t: t is not null)`,
    },
  }),
};
