import fc from "fast-check";
import { expect, test } from "vitest";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { oneEditSql } from "../../matchers/kit/text.ts";

const text = fc
  .array(fc.constantFrom("a", "b", "1", "2"), { maxLength: 7 })
  .map((letters) => letters.join(""));

test("one edit apart is what the edit distance says", async () => {
  const warehouse = await Warehouse.open(":memory:");
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 40, maxLength: 40 }), async (texts) => {
        const rows = texts.map((value) => `(${literal(value)})`).join(", ");
        const wrong = await warehouse.rows(`with texts (t) as (values ${rows})
select l.t as one, r.t as other
from texts as l, texts as r
where ${oneEditSql("l.t", "r.t")} is distinct from (damerau_levenshtein(l.t, r.t) <= 1)`);
        expect(wrong).toEqual([]);
      }),
      { numRuns: 30 },
    );
  } finally {
    warehouse.close();
  }
});
