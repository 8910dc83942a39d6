import { businessName } from "./comparisons/business-name.ts";
import { category } from "./comparisons/category.ts";
import { exclusiveId } from "./comparisons/exclusive-id.ts";
import { place } from "./comparisons/place.ts";
import { sharedValue } from "./comparisons/shared-value.ts";
import { matcher } from "./kit/matcher.ts";
import type { MatcherSpec } from "./kit/spec.ts";

/** Numbers of call centres: US 800 to 888, Australian 13, 1300 and 1800. */
const TOLL_FREE = "'^\\+(1(800|833|844|855|866|877|888)|61(13|1300|1800))[0-9]+$'";

const NOT_LODGING =
  "(restaurant|bar|pub|cafe|café|grill|diner|night ?club|spa|marina|golf|attraction|museum|shop|store|agency|tour)";

const LODGING_WORDS =
  "['hotel', 'motel', 'inn', 'resort', 'suites', 'lodge', 'hostel', 'apartments', 'villas', 'cottages', 'residences']";

/** How the names of places to eat end, or go on "at the …Hotel". */
const DINING =
  "(restaurant|kitchen|grille?|bistro|tavern|trattoria|cafe|cantina|steakhouse|pizzeria|brasserie|diner|eatery|taproom|bar)";

/** Two rows of one name in one town are one hotel that its source lists twice. */
const HOLDER = "name_core || ', ' || coalesce(place_city, '')";

const PHONES = "[phone, phone_alt]";

export const spec: MatcherSpec = {
  input: "resolution.hotel_records",
  id: "record_id",
  source: "source",
  verdicts: "seeds.match_decisions",
  comparisons: [
    businessName("name", {
      core: "name_core",
      tokens: "name_tokens",
      brand: "brand",
      holder: "place_city",
      group: "website_own_holders >= 2",
    }),
    ...place("place", {
      number: "street_number",
      street: "street_name",
      unit: "unit",
      city: "city_key",
      zip: "zip_code",
      state: "state",
      latitude: "latitude",
      longitude: "longitude",
      holder: HOLDER,
      named: "l.name_whole is not null and r.name_whole is not null",
    }),
    sharedValue("phone", {
      own: `list_filter(${PHONES}, lambda p: p is not null and not regexp_matches(p, ${TOLL_FREE}))`,
      weak: `list_filter(${PHONES}, lambda p: p is not null and regexp_matches(p, ${TOLL_FREE}))`,
      labels: {
        own: "same phone",
        weak: "same toll-free number",
        weakDiffers: "other toll-free numbers",
        differs: "other phones",
      },
      m: { own: 0.4, weak: 0.03 },
      holder: HOLDER,
      fits: "name_fits",
    }),
    sharedValue("website", {
      own: "list_filter([domain], lambda d: d is not null)",
      // On a chain's or a manager's site the page is the identity, not the domain.
      weak: "list_filter([website_domain || website_path], lambda p: domain is null and length(website_path) > 1)",
      labels: {
        own: "same own domain",
        weak: "same page",
        weakDiffers: "other pages",
        differs: "other domains",
      },
      m: { own: 0.7, weak: 0.05 },
      holder: HOLDER,
      fits: "name_fits",
    }),
    exclusiveId("licence", { sql: "licence_number", within: "source", label: "licence" }),
    exclusiveId("place_id", { sql: "place_id", label: "place id" }),
    exclusiveId("engine_id", {
      sql: "engine_property_id",
      within: "engine",
      label: "booking engine id",
    }),
    category("category", {
      category: "lower(category)",
      trade: `case
    when regexp_matches(lower(category), '${NOT_LODGING}') then 'other'
    when category is not null then 'lodging'
    when regexp_matches(array_to_string(name_tokens, ' '), '\\b${DINING} (at|in) ') then 'other'
    when list_has_any(name_tokens, ${LODGING_WORDS}) then 'lodging'
    when regexp_matches(array_to_string(name_tokens, ' '), '\\b${DINING}$') then 'other'
    when regexp_matches(lower(website_path), '^/(dining|restaurants?|menus?|bar|spa)/?$') then 'other'
  end`,
    }),
  ],
  blocking: [
    { name: "place_id", equal: ["rec.place_id_id"], cap: 50 },
    { name: "engine_id", equal: ["rec.engine_id_id"], cap: 50 },
    { name: "phone", each: "phone_own", cap: 60 },
    { name: "own_domain", each: "website_own", cap: 60 },
    { name: "page", each: "website_weak", cap: 60 },
    { name: "address", equal: ["rec.place_address"], cap: 200 },
    {
      name: "number_street",
      equal: ["rec.place_number", "left(rec.place_street, 4)", "left(rec.place_zip, 3)"],
      cap: 60,
    },
    { name: "number_zip", equal: ["rec.place_number", "rec.place_zip"], cap: 40 },
    { name: "nearby", metres: 200, cap: 80 },
    { name: "name_city", equal: ["rec.name_core", "rec.place_city"], cap: 60 },
    { name: "name", equal: ["rec.name_core"], cap: 30 },
    { name: "rare_word_city", each: "name_words", equal: ["rec.place_city"], cap: 40 },
    { name: "rare_word_zip", each: "name_words", equal: ["rec.place_zip"], cap: 40 },
    { name: "rare_word", each: "name_words", cap: 12 },
    { name: "spelling_city", equal: ["left(rec.name_text, 5)", "rec.place_city"], cap: 30 },
    { name: "toll_free", each: "phone_weak", cap: 20 },
  ],
  training: {
    passes: [
      { given: "phone", levels: [0], off: ["website"] },
      { given: "website", levels: [0], off: ["phone"] },
      { given: "address", levels: [0] },
      { given: "name", levels: [0] },
    ],
  },
  constraints: [
    {
      // Twin buildings, towers of flats: whoever has a licence of its own is a hotel of its own.
      name: "one licence per source",
      never: "l.licence_giver = r.licence_giver and l.licence_id <> r.licence_id",
    },
    {
      name: "two brands are two hotels",
      never: "l.name_brand <> r.name_brand",
    },
    {
      // One phone and one site for "… North Tower" and "… South Tower": the house number tells.
      name: "another part at another number",
      never:
        "l.name_part is distinct from r.name_part and l.place_street = r.place_street and l.place_number_value <> r.place_number_value",
    },
    {
      name: "two states are two hotels",
      never:
        "l.place_state <> r.place_state and l.place_city is not null and r.place_city is not null",
    },
    {
      // A map may draw one hotel twice, as a point and as a building, but in one place.
      name: "one source, two places",
      never:
        "l.source = r.source and l.coarse_metres = 0 and r.coarse_metres = 0 and abs(l.lat - r.lat) * 110574 + abs(l.lon - r.lon) * l.lon_metres > 300",
    },
    {
      name: "a restaurant in a hotel is not the hotel",
      never: "l.category_trade <> r.category_trade",
    },
  ],
  thresholds: { merge: 0.8, review: 0.5 },
};

export const step = matcher(spec);
