import { describe, expect, test } from "vitest";
import { businessName } from "../../matchers/comparisons/business-name.ts";
import { levelOf } from "./kit/levels.ts";

const comparison = businessName("name", { core: "core", tokens: "words", brand: "brand" });
const COLUMNS = { core: "varchar", words: "varchar[]", brand: "varchar" };

const [same, , almost, , contained, most, rare, , trade, conflict, different] =
  comparison.levels.map(({ label }) => label);

/** core of the left, core of the right, level. */
const CASES: readonly (readonly [string | null, string | null, string | null | undefined])[] = [
  ["grape sea", "grape sea", same],
  ["grape sea", "grape see", almost],
  ["heron palmetto", "heron palmeto", almost],
  ["heron", "heron marsh reserve", contained],
  ["bluff heron marsh", "bluff heron pines", most],
  ["alpha heron marsh otter", "brick heron slate timber", rare],
  ["pelican", "tarpon", different],
  [null, "tarpon", null],
  ["東京", "東京", same],
];

describe("names of businesses", () => {
  test.each(CASES)("%s and %s: %s", async (left, right, level) => {
    expect(await levelFor(left, right)).toBe(level ?? null);
  });

  test("two names of nothing but words of the trade prove little", async () => {
    const name = { core: null, words: ["the", "hotel"] };
    expect(await levelOf([comparison], "name", COLUMNS, [name, name])).toBe(trade);
  });

  test("a number that differs speaks against, whatever else is equal", async () => {
    const left = { core: "6 motel palm", words: ["motel", "6", "palm"] };
    const right = { core: "8 motel palm", words: ["motel", "8", "palm"] };
    expect(await levelOf([comparison], "name", COLUMNS, [left, right])).toBe(conflict);
  });

  test("two brands with one place in their names are two hotels", async () => {
    const left = { core: "bayfront", words: ["alder", "bayfront"], brand: "Alder" };
    const right = { core: "bayfront", words: ["birch", "bayfront"], brand: "Birch" };
    expect(await levelOf([comparison], "name", COLUMNS, [left, right])).toBe(conflict);
  });

  test("a word in common that half the town has is not rare", async () => {
    const crowd = Array.from({ length: 400 }, (_, index) => ({
      core: `ocean w${index}`,
      words: ["ocean", `w${index}`],
    }));
    const left = { core: "ocean pelican", words: ["ocean", "pelican"] };
    const right = { core: "ocean tarpon", words: ["ocean", "tarpon"] };
    expect(await levelOf([comparison], "name", COLUMNS, [left, right], crowd)).toBe(different);
  });
});

async function levelFor(left: string | null, right: string | null): Promise<string | null> {
  const record = (core: string | null) => ({
    core,
    words: core === null ? ["inn"] : core.split(" "),
  });
  return await levelOf([comparison], "name", COLUMNS, [record(left), record(right)]);
}
