import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import { EltError, EltErrors } from "../../../engine/errors.ts";
import {
  loadSqlProject,
  type SqlProject,
  type SqlProjectOptions,
} from "../../../engine/sql/sql-project.ts";
import type { RunContext, Step, StepResult } from "../../../engine/step.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";

export const NOW = new Date("2026-03-01T05:06:07Z");

const folders: string[] = [];
const warehouses: Warehouse[] = [];

afterEach(() => {
  for (const warehouse of warehouses.splice(0)) warehouse.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Files by path, as a project on disk. A missing `dbt_project.yml` is the smallest one. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "leadhouse-sql-"));
  folders.push(root);
  const all = { "dbt_project.yml": "name: shop\nprofile: shop\n", ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A project of our own kind: strict, built into the catalog `warehouse`. */
export function ownProject(
  files: Readonly<Record<string, string>>,
  options: Partial<SqlProjectOptions> = {},
): SqlProject {
  const root = options.root ?? folderOf({ "elt.yml": "", ...files });
  return loadSqlProject({ startedAt: NOW, profile: "sandbox", ...options, root });
}

/** Somebody else's dbt project: lenient, with a `profiles.yml`. */
export function foreignProject(
  files: Readonly<Record<string, string>>,
  options: Partial<SqlProjectOptions> = {},
): SqlProject {
  const profiles =
    "shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: shop.duckdb\n";
  const root = options.root ?? folderOf({ "profiles.yml": profiles, ...files });
  return loadSqlProject({ startedAt: NOW, ...options, root });
}

/** An empty database with the catalog a project builds into. */
export async function emptyWarehouse(project: SqlProject): Promise<Warehouse> {
  const warehouse = await Warehouse.open(":memory:");
  warehouses.push(warehouse);
  const { database } = project.target;
  await warehouse.run(`attach ':memory:' as "${database}"; use "${database}"`);
  return warehouse;
}

export interface Built {
  readonly results: ReadonlyMap<string, StepResult>;
  readonly failures: ReadonlyMap<string, EltError>;
}

/** Runs a project's steps in the order of their reads; what reads a failed step is left out. */
export async function build(project: SqlProject, warehouse: Warehouse): Promise<Built> {
  const results = new Map<string, StepResult>();
  const failures = new Map<string, EltError>();
  const lost = new Set<string>();
  for (const step of inOrder(await project.steps())) {
    if (step.reads.some((name) => lost.has(name))) {
      for (const name of step.writes) lost.add(name);
      continue;
    }
    try {
      results.set(step.name, await step.run(contextOf(project, warehouse)));
    } catch (error) {
      if (!(error instanceof EltError)) throw error;
      failures.set(step.name, error);
      for (const name of step.writes) lost.add(name);
    }
  }
  return { results, failures };
}

/** Loads, proves and builds; everything must be green. */
export async function buildGreen(project: SqlProject, warehouse: Warehouse): Promise<Built> {
  const built = await build(project, warehouse);
  const [first] = built.failures.values();
  if (first) throw first;
  return built;
}

export function contextOf(project: SqlProject, warehouse: Warehouse): RunContext {
  return {
    runId: "test",
    startedAt: NOW,
    root: project.root,
    data: join(project.root, "data"),
    warehouse,
    compiled: () => undefined,
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    onPublish: () => undefined,
    resolve: async (url) => url,
    profile: undefined as never,
  };
}

function inOrder(steps: readonly Step[]): Step[] {
  const writer = new Map(steps.flatMap((step) => step.writes.map((name) => [name, step] as const)));
  const ordered: Step[] = [];
  const visit = (step: Step): void => {
    if (ordered.includes(step)) return;
    for (const name of step.reads) {
      const before = writer.get(name);
      if (before) visit(before);
    }
    ordered.push(step);
  };
  steps.forEach(visit);
  return ordered;
}

/** The mistakes that loading or proving a project reports. */
export async function mistakes(load: () => SqlProject): Promise<EltError[]> {
  try {
    const project = load();
    return [...(await project.bind()).errors];
  } catch (error) {
    if (error instanceof EltErrors) return [...error.errors];
    if (error instanceof EltError) return [error];
    throw error;
  }
}
