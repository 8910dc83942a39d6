import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadProfile, type Profile } from "../engine/config.ts";
import { EltError, EltErrors } from "../engine/errors.ts";
import { ledgerStep } from "../engine/ledger.ts";
import type { NextWarehouse } from "../engine/publish.ts";
import type { StepReport } from "../engine/report.ts";
import { roomSteps } from "../engine/rooms.ts";
import { type HookResult, loadSqlProject, type SqlProject } from "../engine/sql/sql-project.ts";
import type { Step } from "../engine/step.ts";
import { quote } from "../engine/warehouse/quote.ts";
import type { Warehouse } from "../engine/warehouse/warehouse.ts";
import type { ProjectOptions } from "./options.ts";

/** A project as the commands see it: ours (`elt.yml`) with all its rooms, or any dbt folder. */
export interface Project {
  readonly root: string;
  readonly data: string;
  readonly profile: Profile;
  readonly startedAt: Date;
  readonly sql: SqlProject;
  /** Every step, and the declared tables nobody writes in this profile. */
  graph(): Promise<{ readonly steps: readonly Step[]; readonly known: ReadonlySet<string> }>;
  /** The published warehouse, read-only, with every schema on the search path. */
  reader(): Promise<Warehouse>;
  /** Where a run builds. */
  target(readOnly: boolean): { readonly target?: () => Promise<NextWarehouse> };
  /** Sandbox addresses become loopback ones; the sandbox starts on first use. */
  resolve(url: string): Promise<string>;
  close(): Promise<void>;
}

/** Layers in the order a bare table name is looked for. */
const SEARCH_ORDER = [
  "marts",
  "scoring",
  "golden",
  "worklists",
  "resolution",
  "staging",
  "seeds",
  "ops",
];

/** Reads the project's files; opens no database and no connection. */
export async function openProject(options: ProjectOptions): Promise<Project> {
  const root = resolve(options.projectDir ?? ".");
  const startedAt = clock(options.at);
  const own = existsSync(join(root, "elt.yml"));
  if (!own && !existsSync(join(root, "dbt_project.yml"))) {
    throw new EltError(`no elt.yml and no dbt_project.yml in ${root}`, {
      hint: "go to the project's folder, or name it with --project-dir",
      exitCode: 2,
    });
  }
  const profile = own ? loadProfile(root, options.profile) : NO_PROFILE;
  const sql = loadSqlProject({
    root,
    startedAt,
    vars: { ...profile.vars, ...(await readVars(options.vars)) },
    profile: own ? undefined : options.profile,
    target: options.target,
    profilesDir: options.profilesDir,
    fullRefresh: options.fullRefresh ?? false,
    ...(own ? { cache: join(root, profile.data, "cache") } : {}),
  });
  return own ? ownProject(root, profile, sql, startedAt) : dbtProject(root, sql, startedAt);
}

function ownProject(root: string, profile: Profile, sql: SqlProject, startedAt: Date): Project {
  const data = join(root, profile.data);
  let sandbox: Promise<{ resolve(url: string): string; close(): Promise<void> }> | undefined;
  return {
    root,
    data,
    profile,
    startedAt,
    sql,
    async graph() {
      profile.demand();
      const rooms = await roomSteps(root, data, profile);
      const steps = [ledgerStep(), ...rooms, ...(await sql.steps())];
      const known = sql.manifest.sources.map((source) => `${source.sourceName}.${source.name}`);
      return { steps, known: new Set(known) };
    },
    async reader() {
      const { openPublished } = await import("../engine/publish.ts");
      const { warehouse } = await openPublished(data);
      await searchEverywhere(warehouse);
      return warehouse;
    },
    target: (readOnly) => (readOnly ? { target: () => openForChecks(data) } : {}),
    async resolve(url) {
      if (!url.startsWith("sandbox:")) return url;
      sandbox ??= import("./sandbox-world.ts").then(({ openSandbox }) =>
        openSandbox(profile, data),
      );
      return (await sandbox).resolve(url);
    },
    async close() {
      await (await sandbox)?.close();
    },
  };
}

function dbtProject(root: string, sql: SqlProject, startedAt: Date): Project {
  return {
    root,
    data: sql.targetPath,
    profile: NO_PROFILE,
    startedAt,
    sql,
    graph: async () => ({ steps: await sql.steps(), known: new Set() }),
    reader: () => sql.open(),
    target: () => ({
      async target() {
        const warehouse = await sql.open();
        await sql.runHooks("on-run-start", warehouse);
        // dbt runs these after a failure, too: they may be what reports it.
        const end = async (steps: readonly StepReport[]) => {
          await sql.runHooks("on-run-end", warehouse, steps.map(hookResult));
          warehouse.close();
        };
        return { warehouse, publish: (_, steps) => end(steps), discard: end };
      },
    }),
    resolve: async (url) => url,
    close: async () => undefined,
  };
}

/** Binds every model and check in an empty database; throws all that does not hold. */
export async function prove(project: Project): Promise<readonly EltError[]> {
  const proof = await project.sql.bind();
  const [first, ...more] = proof.errors;
  if (first && more.length === 0) throw first;
  if (first) throw new EltErrors("the models do not hold together", proof.errors);
  return [...project.sql.warnings, ...proof.warnings];
}

/** A step in dbt's words. */
function hookResult({ kind, name, status, error, seconds }: StepReport): HookResult {
  const isCheck = kind === "check";
  const words = {
    done: isCheck ? "pass" : "success",
    unchanged: isCheck ? "pass" : "success",
    failed: isCheck ? "fail" : "error",
    skipped: "skipped",
  };
  return {
    name,
    status: words[status],
    seconds,
    ...(error === undefined ? {} : { message: error }),
  };
}

async function openForChecks(data: string): Promise<NextWarehouse> {
  const { openPublished } = await import("../engine/publish.ts");
  return await openPublished(data);
}

async function searchEverywhere(warehouse: Warehouse): Promise<void> {
  const rows = await warehouse.rows<{ schema_name: string }>(
    "select schema_name from duckdb_schemas() where database_name = current_database() and not internal order by 1",
  );
  const names = rows.map((row) => row.schema_name);
  const sorted = [
    ...SEARCH_ORDER.filter((name) => names.includes(name)),
    ...names.filter((name) => !SEARCH_ORDER.includes(name)),
  ];
  if (sorted.length === 0) return;
  const path = sorted.map(quote).join(",");
  await warehouse.run(`set search_path = '${path.replaceAll("'", "''")}'`);
}

async function readVars(text: string | undefined): Promise<Record<string, unknown>> {
  if (text === undefined) return {};
  const { parse } = await import("yaml");
  const value: unknown = parse(text);
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new EltError("--vars must be a YAML mapping", {
    hint: "write it as: --vars '{min_score: 50}'",
    exitCode: 2,
  });
}

function clock(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new EltError(`--at must be an ISO time, not "${text}"`, {
    hint: "write it as: --at 2026-11-20T02:00:00Z",
    exitCode: 2,
  });
}

const NO_PROFILE: Profile = {
  name: "dbt",
  data: "target",
  contact: { url: "", email: "" },
  vars: {},
  sandbox: undefined,
  demand: () => undefined,
  section: () => undefined,
  sections: () => new Map(),
};
