import { arrayOverlap } from "../../matchers/comparisons/array-overlap.ts";
import { exactText } from "../../matchers/comparisons/exact-text.ts";
import { freeText } from "../../matchers/comparisons/free-text.ts";
import { number } from "../../matchers/comparisons/number.ts";
import { type Shape, specOf } from "./shape.ts";

/** Words of the name that hold a digit and are long: numbers of models. */
const CODES = `list_filter(
  list_transform(string_split_regex(lower("name"), '[ ,()]+'), lambda t: regexp_replace(t, '[^a-z0-9]', '', 'g')),
  lambda t: length(t) >= 4 and regexp_matches(t, '[0-9]')
)`;

/** Products of shops: a name with a model number in it, perhaps a maker and a price. */
export const products: Shape = {
  columns: ["name", "maker", "description", "price"],
  spec: specOf({
    comparisons: [
      freeText("title", { sql: `"name"`, label: "name" }),
      arrayOverlap("codes", { sql: CODES, label: "model numbers" }),
      exactText("maker", { sql: "maker", label: "maker" }),
      freeText("description", { sql: "description", label: "description" }),
      number("price", { sql: "price", label: "price" }),
    ],
    blocking: [
      { name: "codes", each: "codes_items", cap: 60 },
      { name: "title", equal: ["rec.title_code"], cap: 60 },
      { name: "rare_word", each: "title_words", cap: 60 },
      { name: "words", each: "title_words", equal: ["left(rec.title_text, 3)"], cap: 60 },
    ],
    passes: [
      { given: "codes", levels: [0, 1] },
      { given: "title", levels: [0, 1] },
      { given: "description", levels: [0] },
    ],
  }),
};
