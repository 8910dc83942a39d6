import { expect, test } from "vitest";
import { EltErrors } from "../../engine/errors.ts";
import { makePlan, stepName } from "../../engine/plan.ts";
import { selectSteps } from "../../engine/select.ts";
import type { Step } from "../../engine/step.ts";

function step(name: string, reads: string[], more: Partial<Step> = {}): Step {
  return {
    kind: "model",
    name,
    reads,
    writes: more.guard ? [] : [name],
    run: async () => ({}),
    ...more,
  };
}

const extract = step("osm", [], { kind: "extract", writes: ["osm.answers"] });
const staging = step("stg", ["osm.answers"], { tags: ["nightly"], path: "models/staging/stg.sql" });
const golden = step("golden", ["stg"], { path: "models/golden/golden.sql" });
const mart = step("mart", ["golden"], { tags: ["nightly"] });
const check = step("unique_golden", ["golden"], { kind: "check", guard: true });
const wide = step("golden_in_stg", ["golden", "stg"], { kind: "check", guard: true });
const all = [mart, check, golden, staging, extract, wide];

function selected(select: string[], exclude: string[] = []): string[] {
  const plan = makePlan(all);
  return plan.steps.filter((s) => selectSteps(plan, { select, exclude }).has(s)).map((s) => s.name);
}

test("steps come after the writers of what they read", () => {
  const names = makePlan(all).steps.map((s) => s.name);
  expect(names.indexOf("osm")).toBeLessThan(names.indexOf("stg"));
  expect(names.indexOf("stg")).toBeLessThan(names.indexOf("golden"));
});

test("a check stands between a table and its readers, not between a table and itself", () => {
  const plan = makePlan(all);
  expect([...(plan.before.get(mart) ?? [])].map(stepName)).toEqual([
    "model golden",
    "check unique_golden",
    "check golden_in_stg",
  ]);
  expect(plan.before.get(golden)).toEqual(new Set([staging]));
});

test("delivery waits for every build step", () => {
  const load = step("postgres", ["mart"], { kind: "load", phase: "deliver", writes: [] });
  const plan = makePlan([...all, load]);
  expect(plan.before.get(load)?.size).toBe(all.length);
  expect(plan.steps.at(-1)).toBe(load);
});

test("an unknown table is named with the file and the nearest name", () => {
  const bad = step("bad", ["goldn"], { path: "models/bad.sql" });
  expect(() => makePlan([...all, bad])).toThrow(EltErrors);
  try {
    makePlan([...all, bad]);
  } catch (error) {
    const [first] = (error as EltErrors).errors;
    expect(first?.message).toBe('model bad reads unknown table "goldn" — did you mean "golden"?');
    expect(first?.place).toBe("models/bad.sql");
  }
});

test("a declared source needs no writer", () => {
  const reader = step("reader", ["rdap.domains"]);
  expect(makePlan([reader], new Set(["rdap.domains"])).steps).toEqual([reader]);
});

test("a circle is shown as the way round", () => {
  const a = step("a", ["c"]);
  const b = step("b", ["a"]);
  const c = step("c", ["b"]);
  expect(() => makePlan([a, b, c])).toThrow(
    /the graph goes in a circle: model (a → model b → model c → model a|b → model c → model a → model b|c → model a → model b → model c)/,
  );
});

test("two writers of one table are both named", () => {
  expect(() =>
    makePlan([step("x", [], { writes: ["t"] }), step("y", [], { writes: ["t"] })]),
  ).toThrow(EltErrors);
});

test.each([
  [["golden"], ["golden", "unique_golden", "golden_in_stg"]],
  [["+golden"], ["osm", "stg", "golden", "unique_golden", "golden_in_stg"]],
  [["1+golden"], ["stg", "golden", "unique_golden", "golden_in_stg"]],
  [["golden+"], ["golden", "mart", "unique_golden", "golden_in_stg"]],
  [["@stg"], ["osm", "stg", "golden", "mart", "unique_golden", "golden_in_stg"]],
  [["tag:nightly"], ["stg", "mart", "golden_in_stg"]],
  [["tag:nightly,mart"], ["mart"]],
  [["path:models/golden"], ["golden", "unique_golden", "golden_in_stg"]],
  [["models/golden/golden.sql"], ["golden", "unique_golden", "golden_in_stg"]],
  [["source:osm"], ["osm"]],
  [["source:osm+"], ["osm", "stg", "golden", "mart", "unique_golden", "golden_in_stg"]],
  [["mar*"], ["mart"]],
  [["kind:check"], ["unique_golden", "golden_in_stg"]],
  [["stg mart"], ["stg", "mart", "golden_in_stg"]],
])("--select %j", (select, names) => {
  expect(selected(select).sort()).toEqual([...names].sort());
});

test("what is excluded takes its checks along", () => {
  expect(selected([], ["golden"])).toEqual(["osm", "stg", "mart"]);
});

test("a selection that names nothing says what it may have meant", () => {
  expect(() => selected(["goldn"])).toThrow(
    'nothing is selected by "goldn" — did you mean "golden"?',
  );
});
