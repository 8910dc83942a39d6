import { describe, expect, test, vi } from "vitest";
import { madeCompanies } from "../../../bench/scoreboard/made/companies.ts";
import { madePersons } from "../../../bench/scoreboard/made/persons.ts";
import { madePlaces } from "../../../bench/scoreboard/made/places.ts";
import { MADE_SETS } from "../../../bench/scoreboard/made/sets.ts";
import { auto, makeSpec } from "../../../matchers/kit/shapes/auto.ts";
import { companies } from "../../../matchers/kit/shapes/companies.ts";
import { persons } from "../../../matchers/kit/shapes/persons.ts";
import { places } from "../../../matchers/kit/shapes/places.ts";
import type { MatcherSpec } from "../../../matchers/kit/spec.ts";
import { judge, matchRows } from "../kit/lists.ts";

vi.setConfig({ testTimeout: 60_000 });

function specNamed(name: string): MatcherSpec {
  const set = MADE_SETS.find((one) => one.name === name);
  if (!set) throw new Error(`no set ${name}`);
  return set.spec;
}

describe("a shape finds what a made list repeats, without a label", () => {
  test("companies: groups, agents' addresses, trading names", async () => {
    const { precision, recall } = await judge(
      () => madeCompanies(400, 1),
      () => specNamed("made_companies"),
    );
    expect(precision).toBeGreaterThan(0.97);
    expect(recall).toBeGreaterThan(0.92);
  });

  test("places: chains, malls, two orders of an address", async () => {
    const { precision, recall } = await judge(
      () => madePlaces(400, 2),
      () => specNamed("made_places"),
    );
    expect(precision).toBeGreaterThan(0.93);
    expect(recall).toBeGreaterThan(0.93);
  });

  test("persons: families under one roof, short forms, names in one column", async () => {
    const { precision, recall } = await judge(
      () => madePersons(400, 3),
      () => specNamed("made_persons"),
    );
    expect(precision).toBeGreaterThan(0.8);
    expect(recall).toBeGreaterThan(0.85);
  });
});

describe("a spec made from the columns is as good", () => {
  test.each([
    ["made_companies", () => madeCompanies(400, 1), "companies"],
    ["made_places", () => madePlaces(400, 2), "places"],
    ["made_persons", () => madePersons(400, 3), "persons"],
  ] as const)("%s", async (name, make, shape) => {
    const written = await judge(make, () => specNamed(name));
    const guessed = await judge(make, async (warehouse) => {
      const made = await makeSpec(warehouse, auto());
      expect(made.guess.shape).toBe(shape);
      return made.spec;
    });
    expect(guessed.f1).toBeGreaterThanOrEqual(0.97 * written.f1);
  });
});

describe("a shape", () => {
  test("drops what a missing role would need", () => {
    const spec = persons({ columns: { given_name: "first", family_name: "last" } });
    expect(spec.comparisons.map(({ name }) => name)).toEqual(["name"]);
    expect(spec.blocking.map(({ name }) => name)).not.toContain("birth");
    expect(spec.training.passes.map(({ given }) => given)).toEqual(["name"]);
  });

  test("names the role it does not know", () => {
    const columns = { nmae: "title" } as Record<string, string>;
    expect(() => places({ columns })).toThrow('unknown role "nmae" — did you mean "name"?');
  });

  test("takes SQL as well as a column", async () => {
    const spec = companies({ columns: { name: "concat(first_part, ' ', second_part)" } });
    const row = (record_id: string, first_part: string, second_part: string) => ({
      record_id,
      source: record_id.slice(0, 1),
      first_part,
      second_part,
    });
    const { records } = await matchRows(spec, [
      row("a1", "Quercus", "Ltd"),
      row("b1", "Quercus", "Limited"),
    ]);
    expect(records).toBe(2);
  });
});
