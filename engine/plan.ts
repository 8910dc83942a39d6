import { EltError, EltErrors } from "./errors.ts";
import type { Step } from "./step.ts";
import { suggest } from "./suggest.ts";

/** The graph: steps in an order in which everything is written before it is read. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Who must be done before a step starts: writers of what it reads, and the checks that guard them. */
  readonly before: ReadonlyMap<Step, ReadonlySet<Step>>;
  /** The step that writes a table. */
  readonly writer: ReadonlyMap<string, Step>;
}

/** `model golden_hotels`: how a step is named in output and errors. */
export function stepName(step: Step): string {
  return `${step.kind} ${step.name}`;
}

/**
 * Ties steps by what they read and write.
 *
 * @param known tables that need no writer: sources that are declared but not pulled in this profile.
 * @throws EltErrors with every unknown table, double writer and cycle.
 */
export function makePlan(steps: readonly Step[], known: ReadonlySet<string> = new Set()): Plan {
  const problems: EltError[] = [];
  const writer = findWriters(steps, problems);
  const before = new Map<Step, Set<Step>>();
  for (const step of steps) {
    const writers = new Set<Step>();
    for (const table of step.reads) {
      const source = writer.get(table);
      if (source && source !== step) writers.add(source);
      if (!source && !known.has(table)) {
        const near = suggest(table, [...writer.keys(), ...known]);
        problems.push(
          new EltError(`${stepName(step)} reads unknown table "${table}"${near}`, {
            file: step.path,
            exitCode: 2,
          }),
        );
      }
    }
    before.set(step, writers);
  }
  if (problems.length > 0) throw new EltErrors("the graph does not hold together", problems);

  const order = sortSteps(steps, before);
  addGuards(order, before);
  deliverLast(order, before);
  return { steps: sortSteps(steps, before), before, writer };
}

function findWriters(steps: readonly Step[], problems: EltError[]): Map<string, Step> {
  const writer = new Map<string, Step>();
  const names = new Set<string>();
  for (const step of steps) {
    if (names.has(stepName(step))) {
      problems.push(
        new EltError(`two steps are called "${stepName(step)}"`, { file: step.path, exitCode: 2 }),
      );
    }
    names.add(stepName(step));
    for (const table of step.writes) {
      const other = writer.get(table);
      if (other) {
        const both = `${stepName(other)} and ${stepName(step)}`;
        problems.push(
          new EltError(`table "${table}" is written by both ${both}`, {
            file: step.path,
            exitCode: 2,
          }),
        );
      }
      writer.set(table, step);
    }
  }
  return writer;
}

/** Topological order that keeps the given order where it can, so that runs look alike. */
function sortSteps(steps: readonly Step[], before: ReadonlyMap<Step, ReadonlySet<Step>>): Step[] {
  const position = new Map(steps.map((step, index) => [step, index]));
  const after = new Map<Step, Step[]>(steps.map((step) => [step, []]));
  const waiting = new Map<Step, number>();
  for (const step of steps) {
    const needs = before.get(step) ?? new Set();
    waiting.set(step, needs.size);
    for (const need of needs) after.get(need)?.push(step);
  }
  const sorted: Step[] = [];
  let ready = steps.filter((step) => waiting.get(step) === 0);
  while (ready.length > 0) {
    const next: Step[] = [];
    for (const step of ready) {
      sorted.push(step);
      for (const reader of after.get(step) ?? []) {
        const left = (waiting.get(reader) ?? 0) - 1;
        waiting.set(reader, left);
        if (left === 0) next.push(reader);
      }
    }
    ready = next.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  }
  if (sorted.length < steps.length) throw cycleError(steps, new Set(sorted), before);
  return sorted;
}

function cycleError(
  steps: readonly Step[],
  sorted: ReadonlySet<Step>,
  before: ReadonlyMap<Step, ReadonlySet<Step>>,
): EltError {
  const path: Step[] = [];
  let step = steps.find((candidate) => !sorted.has(candidate));
  while (step && !path.includes(step)) {
    path.push(step);
    step = [...(before.get(step) ?? [])].find((need) => !sorted.has(need));
  }
  const circle = step ? [...path.slice(path.indexOf(step)), step].reverse() : path;
  return new EltError(`the graph goes in a circle: ${circle.map(stepName).join(" → ")}`, {
    file: circle[0]?.path,
    hint: "break the circle: one of these must not read the next",
    exitCode: 2,
  });
}

/**
 * A check guards every step that has all of the checked tables among its ancestors, as `dbt build`
 * does: nobody reads a table before its checks have passed.
 */
function addGuards(order: readonly Step[], before: Map<Step, Set<Step>>): void {
  const guards = order.filter((step) => step.guard);
  const single = new Map<string, Step[]>();
  for (const guard of guards) {
    if (guard.reads.length !== 1) continue;
    const table = guard.reads[0] as string;
    single.set(table, [...(single.get(table) ?? []), guard]);
  }
  const several = guards.filter((guard) => guard.reads.length > 1);
  const ancestors = new Map<Step, Set<string>>();
  for (const step of order) {
    const tables = new Set(step.reads);
    for (const need of before.get(step) ?? []) {
      for (const table of ancestors.get(need) ?? []) tables.add(table);
    }
    ancestors.set(step, tables);
  }
  for (const step of order) {
    if (step.guard) continue;
    const needs = before.get(step);
    const tables = ancestors.get(step);
    if (!needs || !tables) continue;
    for (const table of step.reads) for (const guard of single.get(table) ?? []) needs.add(guard);
    for (const guard of several) {
      if (guard.reads.every((table) => tables.has(table))) needs.add(guard);
    }
  }
}

/** Delivery waits for the whole warehouse: nothing leaves before everything was checked. */
function deliverLast(order: readonly Step[], before: Map<Step, Set<Step>>): void {
  const build = order.filter((step) => step.phase !== "deliver");
  for (const step of order) {
    if (step.phase !== "deliver") continue;
    const needs = before.get(step);
    for (const other of build) needs?.add(other);
  }
}
