import { expect, test } from "vitest";
import { category } from "../../matchers/comparisons/category.ts";
import { exclusiveId } from "../../matchers/comparisons/exclusive-id.ts";
import { levelOf } from "./kit/levels.ts";

const licence = exclusiveId("licence", { sql: "number", within: "giver", label: "licence" });
const COLUMNS = { number: "varchar", giver: "varchar" };

test.each([
  ["H1", "fl", "H1", "fl", "same licence"],
  ["H1", "fl", "H2", "fl", "another licence"],
  ["H1", "fl", "H1", "tx", null],
  ["H1", "fl", null, "fl", null],
])("licence %s of %s and %s of %s: %s", async (number, giver, other, otherGiver, level) => {
  const pair = [
    { number, giver },
    { number: other, giver: otherGiver },
  ] as const;
  expect(await levelOf([licence], "licence", COLUMNS, pair)).toBe(level);
});

const kind = category("category", {
  category: "kind",
  trade: "case when kind = 'restaurant' then 'other' when kind is not null then 'lodging' end",
});

test.each([
  ["hotel", "hotel", "same category"],
  ["hotel", "motel", "another category"],
  ["hotel", "restaurant", "another trade"],
  ["hotel", null, null],
])("category %s and %s: %s", async (left, right, level) => {
  expect(
    await levelOf([kind], "category", { kind: "varchar" }, [{ kind: left }, { kind: right }]),
  ).toBe(level);
});
