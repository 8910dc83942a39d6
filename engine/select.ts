import { EltError } from "./errors.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./step.ts";
import { suggest } from "./suggest.ts";

const TERM = /^(?<at>@)?(?:(?<up>\d*)\+)?(?<body>.+?)(?:\+(?<down>\d*))?$/;
const ALL = Number.POSITIVE_INFINITY;

export interface Selection {
  readonly select?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/**
 * The steps that `--select` and `--exclude` name, in dbt's syntax: a space is a union, a comma an
 * intersection, `+x` with ancestors, `x+` with descendants, `2+x+1` with so many, `@x` with
 * descendants and all they need. Methods: `tag: path: source: kind: config.<key>: test_type: …`;
 * a bare word is a name or a path. A check comes along with the table it checks.
 */
export function selectSteps(plan: Plan, selection: Selection): ReadonlySet<Step> {
  const chosen = selection.select?.length
    ? union(plan, selection.select)
    : new Set<Step>(plan.steps);
  const dropped = selection.exclude?.length ? union(plan, selection.exclude) : new Set<Step>();
  const kept = new Set([...chosen].filter((step) => !dropped.has(step)));
  for (const step of plan.steps) {
    if (!step.guard || dropped.has(step)) continue;
    const checked = parents(plan, step);
    if (checked.some((writer) => dropped.has(writer))) kept.delete(step);
    else if (checked.some((writer) => kept.has(writer))) kept.add(step);
  }
  return kept;
}

function union(plan: Plan, words: readonly string[]): Set<Step> {
  const chosen = new Set<Step>();
  for (const word of words.flatMap((text) => text.split(/\s+/)).filter(Boolean)) {
    const sets = word.split(",").map((term) => termSteps(plan, term));
    const [first = new Set<Step>(), ...rest] = sets;
    for (const step of first) if (rest.every((set) => set.has(step))) chosen.add(step);
  }
  return chosen;
}

function termSteps(plan: Plan, term: string): Set<Step> {
  const groups = TERM.exec(term)?.groups;
  if (!groups?.body) throw new EltError(`cannot read selection "${term}"`, { exitCode: 2 });
  const { at, up, down, body } = groups;
  const start = bodySteps(plan, body, at !== undefined || down !== undefined);
  const result = new Set(start);
  if (at !== undefined) {
    const descendants = walk(plan, start, "down", ALL);
    for (const step of descendants) result.add(step);
    for (const step of walk(plan, descendants, "up", ALL)) result.add(step);
  }
  if (up !== undefined) for (const s of walk(plan, start, "up", depth(up))) result.add(s);
  if (down !== undefined) for (const s of walk(plan, start, "down", depth(down))) result.add(s);
  return result;
}

function depth(digits: string): number {
  return digits === "" ? ALL : Number(digits);
}

/** Steps reached over tables; a check is a leaf and leads nowhere. */
function walk(
  plan: Plan,
  start: Iterable<Step>,
  direction: "up" | "down",
  levels: number,
): Set<Step> {
  const reached = new Set<Step>(start);
  let edge = [...reached];
  for (let level = 0; level < levels && edge.length > 0; level += 1) {
    const next: Step[] = [];
    for (const step of edge) {
      for (const neighbour of direction === "up" ? parents(plan, step) : children(plan, step)) {
        if (reached.has(neighbour)) continue;
        reached.add(neighbour);
        next.push(neighbour);
      }
    }
    edge = next;
  }
  return reached;
}

function parents(plan: Plan, step: Step): Step[] {
  return step.reads.map((table) => plan.writer.get(table)).filter((writer) => writer !== undefined);
}

function children(plan: Plan, step: Step): Step[] {
  return plan.steps.filter((other) => other.reads.some((table) => step.writes.includes(table)));
}

function bodySteps(plan: Plan, body: string, withReaders: boolean): Set<Step> {
  const colon = body.indexOf(":");
  const method = colon > 0 ? body.slice(0, colon) : undefined;
  const value = colon > 0 ? body.slice(colon + 1) : body;
  const pattern = glob(value);
  const found = new Set(plan.steps.filter((step) => matches(step, method, value, pattern)));
  if (method === "source" && withReaders) {
    for (const step of plan.steps) if (step.reads.some((t) => isSource(t, value))) found.add(step);
  }
  if (found.size === 0) {
    const names = method
      ? plan.steps.flatMap((step) => words(step, method))
      : plan.steps.map((step) => step.name);
    throw new EltError(`nothing is selected by "${body}"${suggest(value, names)}`, {
      hint: "list what there is with: npx elt ls",
      exitCode: 2,
    });
  }
  return found;
}

function matches(step: Step, method: string | undefined, value: string, pattern: RegExp): boolean {
  if (method === undefined) {
    if (pattern.test(step.name)) return true;
    return value.includes("/") && step.path !== undefined && isPath(step.path, value, pattern);
  }
  if (method === "path") return step.path !== undefined && isPath(step.path, value, pattern);
  if (method === "source") return step.writes.some((table) => isSource(table, value));
  return words(step, method).some((word) => pattern.test(word));
}

/** What a step answers to a method. */
function words(step: Step, method: string): string[] {
  if (method === "tag") return [...(step.tags ?? [])];
  if (method === "kind" || method === "resource_type") return [step.kind];
  if (method === "fqn" || method === "name") return [step.name];
  if (method === "file") return step.path ? [step.path.split("/").at(-1) ?? ""] : [];
  if (method === "source") return step.writes.map((table) => table.split(".")[0] ?? "");
  if (method === "path") return step.path ? [step.path] : [];
  const prefix = `${method}:`;
  return (step.labels ?? []).filter((l) => l.startsWith(prefix)).map((l) => l.slice(prefix.length));
}

function isPath(path: string, value: string, pattern: RegExp): boolean {
  const folder = value.replace(/\/+$/, "");
  return path === folder || path.startsWith(`${folder}/`) || pattern.test(path);
}

function isSource(table: string, value: string): boolean {
  return value.includes(".") ? table === value : table.startsWith(`${value}.`);
}

function glob(text: string): RegExp {
  const escaped = text
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`);
}
