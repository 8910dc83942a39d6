import type { BlockingRule, Comparison, MatcherSpec } from "../../matchers/kit/spec.ts";

const EVERY_BLOCK = 1_000_000_000;

/** Splink's demo of historical persons, rule for rule and level for level, as a spec: what differs is the engine. */
export const demo: MatcherSpec = {
  input: "main.records",
  id: "record_id",
  source: "source",
  comparisons: [name(), birth(), postcode(), exact("birth_place"), exact("occupation")],
  blocking: [
    rule("first_3_surname_4", "rec.first_3", "rec.surname_4"),
    rule("surname_dob", "rec.surname", "rec.dob"),
    rule("first_dob", "rec.first", "rec.dob"),
    rule("postcode_first", "rec.postcode", "rec.first"),
    rule("postcode_surname", "rec.postcode", "rec.surname"),
    rule("dob_birth_place", "rec.dob", "rec.birth_place"),
    rule("postcode_3_dob", "rec.postcode_3", "rec.dob"),
    rule("postcode_3_first", "rec.postcode_3", "rec.first"),
    rule("postcode_3_surname", "rec.postcode_3", "rec.surname"),
    rule("first_2_surname_2_year", "rec.first_2", "rec.surname_2", "rec.year"),
  ],
  training: {
    passes: [
      { given: "name", levels: [0] },
      { given: "birth", levels: [0] },
    ],
  },
  constraints: [],
  repeats: true,
  thresholds: { merge: 0.5, review: 0.5 },
  pairsPerRecord: EVERY_BLOCK,
};

function rule(name: string, ...equal: readonly string[]): BlockingRule {
  return { name, equal, cap: EVERY_BLOCK };
}

function name(): Comparison {
  const both = (alike: number) => `first_alike >= ${alike} and surname_alike >= ${alike}`;
  return {
    name: "name",
    columns: {
      first_text: "first_name",
      surname_text: "surname",
      first_3: "substr(first_name, 1, 3)",
      first_2: "substr(first_name, 1, 2)",
      surname_4: "substr(surname, 1, 4)",
      surname_2: "substr(surname, 1, 2)",
    },
    dictionaries: {
      full: { kind: "value", sql: "first_name || ' ' || surname" },
      first: { kind: "value", sql: "first_name" },
      surname: { kind: "value", sql: "surname" },
    },
    similarities: [
      {
        same_full: "l.full = r.full",
        same_first: "l.first = r.first",
        same_surname: "l.surname = r.surname",
        swapped: "l.first_text = r.surname_text and l.surname_text = r.first_text",
        first_alike:
          "case when l.first = r.first then 1 else jaro_winkler_similarity(l.first_text, r.first_text) end",
        surname_alike:
          "case when l.surname = r.surname then 1 else jaro_winkler_similarity(l.surname_text, r.surname_text) end",
        named:
          "(l.first is not null and r.first is not null) or (l.surname is not null and r.surname is not null)",
        name_holders: `case
    when l.full = r.full then greatest(l.full_count, r.full_count)
    when l.surname = r.surname then greatest(l.surname_count, r.surname_count)
    else greatest(l.first_count, r.first_count)
  end`,
      },
    ],
    known: "named",
    frequency: "name_holders",
    counted: "full",
    levels: [
      { label: "same names", when: "same_full", m: 0.6, u: 1e-5, rarity: true },
      { label: "swapped names", when: "swapped", m: 0.01, u: 1e-6 },
      { label: "both alike at 0.92", when: both(0.92), m: 0.1, u: 1e-5 },
      { label: "both alike at 0.88", when: both(0.88), m: 0.05, u: 2e-5 },
      { label: "same surname", when: "same_surname", m: 0.1, u: 1e-3, rarity: true },
      { label: "same first name", when: "same_first", m: 0.1, u: 2e-2, rarity: true },
      { label: "other names", m: 0.04, u: 0.98 },
    ],
  };
}

function birth(): Comparison {
  const within = (days: number) => `days <= ${days}`;
  return {
    name: "birth",
    columns: {
      dob_text: "dob",
      day: "try_strptime(dob, '%Y-%m-%d')::date",
      year: "substr(dob, 1, 4)",
    },
    dictionaries: { dob: { kind: "value", sql: "dob" } },
    similarities: [
      {
        dated: "l.day is not null and r.day is not null",
        same_dob: "l.dob = r.dob",
        // An edit changes the length by one at most, or two letters of as many.
        near_dob: `case
    when l.dob = r.dob then true
    when length(l.dob_text) = length(r.dob_text) then
      case when hamming(l.dob_text, r.dob_text) <= 2 then damerau_levenshtein(l.dob_text, r.dob_text) <= 1 else false end
    when abs(length(l.dob_text) - length(r.dob_text)) = 1 then damerau_levenshtein(l.dob_text, r.dob_text) <= 1
    else false
  end`,
        days: "abs(l.day - r.day)",
      },
    ],
    known: "dated",
    levels: [
      { label: "same date of birth", when: "same_dob", m: 0.7, u: 2e-4 },
      { label: "date of birth one edit away", when: "near_dob", m: 0.1, u: 2e-3 },
      { label: "within a month", when: within(30), m: 0.02, u: 2e-3 },
      { label: "within a year", when: within(365), m: 0.05, u: 0.03 },
      { label: "within ten years", when: within(3652), m: 0.06, u: 0.25 },
      { label: "another date of birth", m: 0.07, u: 0.7 },
    ],
  };
}

function postcode(): Comparison {
  const part = (pattern: string) => `nullif(regexp_extract(postcode_fake, '${pattern}'), '')`;
  return {
    name: "postcode",
    columns: { postcode_3: "substr(postcode_fake, 1, 3)" },
    dictionaries: {
      postcode: { kind: "value", sql: "postcode_fake" },
      sector: { kind: "value", sql: part("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]") },
      district: { kind: "value", sql: part("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?") },
      area: { kind: "value", sql: part("^[A-Za-z]{1,2}") },
    },
    similarities: [
      {
        placed: "l.postcode is not null and r.postcode is not null",
        same_postcode: "l.postcode = r.postcode",
        same_sector: "l.sector = r.sector",
        same_district: "l.district = r.district",
        same_area: "l.area = r.area",
      },
    ],
    known: "placed",
    levels: [
      { label: "same postcode", when: "same_postcode", m: 0.7, u: 1e-4 },
      { label: "same sector", when: "same_sector", m: 0.08, u: 3e-4 },
      { label: "same district", when: "same_district", m: 0.04, u: 5e-4 },
      { label: "same area", when: "same_area", m: 0.08, u: 0.01 },
      { label: "another postcode", m: 0.1, u: 0.98 },
    ],
  };
}

function exact(column: string): Comparison {
  return {
    name: `${column}_text`,
    columns: {},
    dictionaries: { [column]: { kind: "value", sql: column } },
    similarities: [
      {
        [`${column}_known`]: `l.${column} is not null and r.${column} is not null`,
        [`${column}_same`]: `l.${column} = r.${column}`,
        [`${column}_holders`]: `greatest(l.${column}_count, r.${column}_count)`,
      },
    ],
    known: `${column}_known`,
    frequency: `${column}_holders`,
    counted: column,
    levels: [
      { label: `same ${column}`, when: `${column}_same`, m: 0.85, u: 0.02, rarity: true },
      { label: `another ${column}`, m: 0.15, u: 0.98 },
    ],
  };
}
