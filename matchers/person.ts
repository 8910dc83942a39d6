import { belonging } from "./comparisons/belonging.ts";
import { contactPoints } from "./comparisons/contact-points.ts";
import { exactText } from "./comparisons/exact-text.ts";
import { personName } from "./comparisons/person-name.ts";
import { sharedValue } from "./comparisons/shared-value.ts";
import { matcher } from "./kit/matcher.ts";
import type { MatcherSpec } from "./kit/spec.ts";

/** A person whom one source names for each of its houses is one holder of the name. */
const HOLDER = "name_given_text || ' ' || name_family_text";

/** Others of the name to reckon with, however rare it looks here: the world is full of namesakes. */
const NAMESAKES = 2;

export const spec: MatcherSpec = {
  input: "resolution.person_records",
  id: "record_id",
  source: "source",
  verdicts: "seeds.match_decisions",
  comparisons: [
    {
      ...personName("name", {
        given: "given_key",
        family: "family_key",
        isFull: "length(given_key) > 1",
      }),
      floor: NAMESAKES,
    },
    exactText("middle", { sql: "middle_initial", label: "middle initial", m: 0.9 }),
    sharedValue("email", {
      own: "list_filter([email], lambda v: v is not null)",
      labels: { own: "same e-mail", differs: "other e-mails" },
      m: { own: 0.6, weak: 0 },
      holder: HOLDER,
    }),
    ...contactPoints(HOLDER),
    belonging("house", {
      group: "hotel_id",
      ties: "owner_ties",
      labels: { same: "same hotel", tied: "hotels of one owner", other: "other hotels" },
    }),
  ],
  blocking: [
    { name: "email", each: "email_own", cap: 60 },
    { name: "hotel", equal: ["rec.house_group"], cap: 60 },
    { name: "owner", each: "house_ties", cap: 60 },
    { name: "phone", each: "phone_own", cap: 60 },
    { name: "letter_box", each: "address_own", cap: 60 },
    { name: "name", equal: ["rec.name_full"], cap: 60 },
    { name: "family_initial", equal: ["rec.name_family", "left(rec.name_given_text, 1)"], cap: 60 },
    {
      name: "starts",
      equal: ["left(rec.name_family_text, 4)", "left(rec.name_given_text, 3)"],
      cap: 60,
    },
  ],
  training: {
    passes: [
      { given: "name", levels: [0] },
      { given: "house", levels: [0] },
      { given: "email", levels: [0] },
      { given: "phone", levels: [0] },
    ],
  },
  // Each looks at pairs alike in something: what holds of any two strangers would hide how strangers compare.
  constraints: [
    {
      name: "father and son are two persons",
      columns: { generation: "generation" },
      never: "l.name_family = r.name_family and l.generation <> r.generation",
    },
    {
      // Families run hotels: one surname, one house, one letter box.
      name: "two given names are two persons",
      never: `jaro_winkler_similarity(l.name_family_text, r.name_family_text) >= 0.9
    and not starts_with(l.name_given_text, r.name_given_text) and not starts_with(r.name_given_text, l.name_given_text)
    and (length(least(l.name_given_text, r.name_given_text)) = 1
      or jaro_winkler_similarity(l.name_given_text, r.name_given_text) < 0.9)`,
    },
    {
      name: "two family names are two persons",
      never:
        "l.name_given = r.name_given and jaro_winkler_similarity(l.name_family_text, r.name_family_text) < 0.85",
    },
    {
      name: "two middle initials are two persons",
      never: "l.name_family = r.name_family and l.middle_code <> r.middle_code",
    },
    {
      name: "a given name alone is nobody in another house",
      never:
        "l.name_given = r.name_given and (l.name_family is null or r.name_family is null) and l.house_group <> r.house_group",
    },
  ],
  thresholds: { merge: 0.8, review: 0.5 },
};

export const step = matcher(spec);
