import { arrayOverlap } from "../../matchers/comparisons/array-overlap.ts";
import { exactText } from "../../matchers/comparisons/exact-text.ts";
import { freeText } from "../../matchers/comparisons/free-text.ts";
import { foldedSql } from "../../matchers/kit/text.ts";
import { type Shape, specOf } from "./shape.ts";

/** Names of authors without initials: what both "J. Smith" and "John Smith" hold. */
const AUTHORS = `list_filter(string_split(${foldedSql("authors")}, ' '), lambda t: length(t) >= 3 and t <> 'and')`;

/** Publications: a title, who wrote it, where and when it came out. */
export const bibliographic: Shape = {
  columns: ["title", "authors", "venue", "year", "pages"],
  spec: specOf({
    comparisons: [
      freeText("title", { sql: "title", label: "title" }),
      arrayOverlap("authors", { sql: AUTHORS, label: "authors" }),
      exactText("year", { sql: "regexp_extract(year, '(1[89]|20)[0-9]{2}')", label: "year" }),
      freeText("venue", { sql: "venue", label: "venue" }),
      exactText("pages", { sql: "regexp_extract(pages, '[0-9]+')", label: "first page" }),
    ],
    blocking: [
      { name: "title", equal: ["rec.title_code"], cap: 100 },
      { name: "title_words", each: "title_words", equal: ["rec.year_code"], cap: 60 },
      { name: "rare_word", each: "title_words", cap: 40 },
      { name: "title_start", equal: ["left(rec.title_text, 12)"], cap: 60 },
      { name: "author_year", each: "authors_items", equal: ["rec.year_code"], cap: 60 },
    ],
    passes: [
      { given: "title", levels: [0] },
      { given: "authors", levels: [0] },
    ],
  }),
};
