import { businessName } from "../../matchers/comparisons/business-name.ts";
import { exactText } from "../../matchers/comparisons/exact-text.ts";
import { place } from "../../matchers/comparisons/place.ts";
import { sharedValue } from "../../matchers/comparisons/shared-value.ts";
import { foldedSql } from "../../matchers/kit/text.ts";
import { type Shape, specOf } from "./shape.ts";

const NAME = foldedSql(`regexp_replace("name", '[''’]', '', 'g')`);
const TOKENS = `string_split(${NAME}, ' ')`;

const TRADE_WORDS =
  "['the', 'of', 'and', 'at', 'on', 'in', 'restaurant', 'cafe', 'hotel', 'bar', 'grill', 'inn', 'shop', 'store', 'inc', 'llc', 'co']";

/** What stands before the words that only tell where in the street. */
const STREET_LINE = foldedSql(
  `regexp_replace(lower(address), '( |,)(between|near|off|just|corner|at|in|btwn|bet)\\b.*$', '')`,
);

const STREET_TYPES =
  "street|st|avenue|ave|av|boulevard|blvd|road|rd|drive|dr|lane|ln|way|place|pl|square|sq|highway|hwy|parkway|pkwy|court|ct|north|south|east|west|n|s|e|w";

const NUMBER = `coalesce(nullif(regexp_extract(${STREET_LINE}, '^([0-9]+)', 1), ''), nullif(regexp_extract(${STREET_LINE}, ' ([0-9]+)$', 1), ''))`;

const STREET = `nullif(trim(regexp_replace(regexp_replace(
  regexp_replace(${STREET_LINE}, '^[0-9]+ | [0-9]+$', ''),
  '\\b(${STREET_TYPES})\\b', '', 'g'), ' +', ' ', 'g')), '')`;

const DIGITS = "nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '')";

/** Places of any list: what they are called, where they are, how they are called up. */
export const places: Shape = {
  columns: [
    "name",
    "address",
    "city",
    "postcode",
    "state",
    "latitude",
    "longitude",
    "phone",
    "kind",
  ],
  spec: specOf({
    comparisons: [
      businessName("name", {
        core: `nullif(array_to_string(list_sort(list_distinct(list_filter(${TOKENS}, lambda t: t not in ${TRADE_WORDS}))), ' '), '')`,
        tokens: TOKENS,
      }),
      ...place("place", {
        number: NUMBER,
        street: STREET,
        // One town has many names ("west la"), so another one does not make it another address.
        city: "null::varchar",
        zip: "postcode",
        state: "state",
        latitude: "try_cast(latitude as double)",
        longitude: "try_cast(longitude as double)",
      }),
      sharedValue("phone", {
        own: `list_filter([${DIGITS}], lambda p: length(p) >= 7)`,
        labels: {
          own: "same phone",
          weak: "same weak number",
          weakDiffers: "other weak numbers",
          differs: "other phones",
        },
      }),
      exactText("town", { sql: "city", label: "town", m: 0.7 }),
      exactText("kind", { sql: "kind", label: "kind", m: 0.5 }),
    ],
    blocking: [
      { name: "phone", each: "phone_own", cap: 60 },
      { name: "address", equal: ["rec.place_address"], cap: 100 },
      { name: "number_street", equal: ["rec.place_number", "left(rec.place_street, 4)"], cap: 60 },
      { name: "nearby", metres: 150, cap: 60 },
      { name: "name", equal: ["rec.name_core"], cap: 60 },
      { name: "rare_word_city", each: "name_words", equal: ["rec.town_code"], cap: 60 },
      { name: "rare_word_zip", each: "name_words", equal: ["rec.place_zip"], cap: 60 },
      { name: "rare_word", each: "name_words", cap: 30 },
      {
        name: "word_cell",
        each: "name_words",
        equal: ["floor(rec.lat * 50)", "floor(rec.lon * 50)"],
        cap: 60,
      },
      { name: "spelling", equal: ["left(rec.name_text, 5)"], cap: 40 },
    ],
    passes: [
      { given: "phone", levels: [0, 1] },
      { given: "address", levels: [0, 1], off: ["area"] },
      { given: "area", levels: [0], off: ["address"] },
      { given: "name", levels: [0, 1] },
    ],
  }),
};
