import { describe, expect, test } from "vitest";
import { sharedValue } from "../../matchers/comparisons/shared-value.ts";
import { levelOf } from "./kit/levels.ts";

const phone = sharedValue("phone", {
  own: "own",
  weak: "weak",
  fits: "phone_both_own and false",
  labels: {
    own: "same phone",
    weak: "same toll-free number",
    weakDiffers: "other toll-free numbers",
    differs: "other phones",
  },
});
const COLUMNS = { own: "varchar[]", weak: "varchar[]" };

const CASES: readonly (readonly [
  readonly string[],
  readonly string[],
  readonly string[],
  readonly string[],
  string | null,
])[] = [
  [["+13055550101"], [], ["+13055550101"], [], "same phone"],
  [["+13055550101", "+13055550102"], [], ["+13055550102"], [], "same phone"],
  [["+13055550101"], [], ["+13055550109"], [], "other phones"],
  [[], ["+18005550101"], ["+13055550101"], ["+18005550101"], "same toll-free number"],
  [[], ["+18005550101"], ["+13055550101"], [], null],
  [[], [], ["+13055550101"], [], null],
];

describe("values in common", () => {
  test.each(CASES)("%j %j against %j %j: %s", async (own, weak, otherOwn, otherWeak, level) => {
    const pair = [
      { own, weak },
      { own: otherOwn, weak: otherWeak },
    ] as const;
    expect(await levelOf([phone], "phone", COLUMNS, pair)).toBe(level);
  });

  test("a switchboard says nothing unless something else fits", async () => {
    const record = { own: ["+13055550101"], weak: [] };
    const crowd = [record, record, record];
    expect(await levelOf([phone], "phone", COLUMNS, [record, record], crowd)).toBeNull();
    const fitting = sharedValue("phone", {
      own: "own",
      weak: "weak",
      labels: {
        own: "same phone",
        weak: "same toll-free number",
        weakDiffers: "other toll-free numbers",
        differs: "other phones",
      },
    });
    expect(await levelOf([fitting], "phone", COLUMNS, [record, record], crowd)).toBe(
      "same phone, shared by several",
    );
  });
});
