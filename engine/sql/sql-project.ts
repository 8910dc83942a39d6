import { existsSync } from "node:fs";
import { join } from "node:path";
import { EltError } from "../errors.ts";
import type { Step } from "../step.ts";
import { suggest } from "../suggest.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { type Compiled, Compiler, modelFields } from "./compile.ts";
import type { Environment } from "./environment.ts";
import { runHook } from "./hooks.ts";
import { MacroRegistry } from "./macros.ts";
import { buildManifest, type Manifest } from "./manifest.ts";
import type { SqlNode } from "./nodes.ts";
import { inOrder } from "./order.ts";
import { type Package, readPackage, readPackages } from "./project.ts";
import { Session } from "./session.ts";
import type { Proof } from "./shell.ts";
import { readTarget, type Target, warehouseTarget } from "./target.ts";
import { fromJs } from "./template/values.ts";
import { Watch } from "./watch.ts";
import type { YamlMap } from "./yaml.ts";
import { toYaml, yamlTexts } from "./yaml-jinja.ts";

export interface SqlProjectOptions {
  /** Folder of `dbt_project.yml`. */
  readonly root: string;
  /** They win over the project's vars: of the command line, of the profile. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** The run's clock: `run_started_at`, and the var `run_date` of our own project. */
  readonly startedAt: Date;
  readonly runId?: string;
  /** Profile of `elt.yml` (our own project) or of `profiles.yml`; default: what the project names. */
  readonly profile?: string | undefined;
  /** Output of `profiles.yml`. */
  readonly target?: string | undefined;
  readonly profilesDir?: string | undefined;
  readonly fullRefresh?: boolean;
  /** Catalog name of the warehouse. Default `warehouse`. */
  readonly database?: string;
  readonly log?: (message: string) => void;
  /** Folder that keeps what the files said, for a faster start. Default: nothing is kept. */
  readonly cache?: string;
}

/** The dbt half of a project: parsed, ready to be compiled, proven and built. */
export interface SqlProject {
  readonly name: string;
  readonly root: string;
  /** `elt.yml` stands beside `dbt_project.yml`. */
  readonly own: boolean;
  readonly target: Target;
  readonly targetPath: string;
  readonly nodes: readonly SqlNode[];
  readonly manifest: Manifest;
  /** Things to say that stop nothing; grows while nodes are rendered. */
  readonly warnings: readonly EltError[];
  /** The node of a name: a model, a seed, a check. */
  find(name: string): SqlNode;
  compile(name: string): Compiled;
  compileInline(text: string): Compiled;
  /** Binds everything in an empty in-memory DuckDB and tells all mistakes. */
  bind(): Promise<Proof>;
  steps(): Promise<Step[]>;
  /** The database of a foreign project, with its settings and attachments. */
  open(): Promise<Warehouse>;
  /** `results` are what `on-run-end` sees: one entry for each node that ran. */
  runHooks(
    when: "on-run-start" | "on-run-end",
    warehouse: Warehouse,
    results?: readonly HookResult[],
  ): Promise<void>;
}

export interface HookResult {
  readonly name: string;
  /** dbt's words: success, error, skipped; pass, fail, warn for checks. */
  readonly status: string;
  readonly message?: string;
  readonly failures?: number;
  readonly seconds?: number;
}

/** Reads a project's files. DuckDB is not touched. */
export function loadSqlProject(options: SqlProjectOptions): SqlProject {
  const { root, startedAt, fullRefresh = false, log = () => undefined } = options;
  const own = existsSync(join(root, "elt.yml"));
  const warnings: EltError[] = [];
  const seen = new Set<string>();
  const warn = (warning: EltError): void => {
    const key = `${warning.place} ${warning.message}`;
    if (seen.has(key)) return;
    seen.add(key);
    warnings.push(warning);
  };
  const given = { ...(own ? { run_date: isoDate(startedAt) } : {}), ...options.vars };
  const vars = toYaml(fromJs(given)) as YamlMap;
  const shared = {
    own,
    vars,
    startedAt,
    runId: options.runId ?? "",
    fullRefresh,
    variable,
    warn,
    log,
  };
  const { project, packages, target } = readFolders(options, own, shared);
  const macros = new MacroRegistry(project.name);
  const env: Environment = { ...shared, project, packages, target, macros };
  const manifest = buildManifest(env, options.cache);
  for (const warning of manifest.warnings) warn(warning);
  const nodes = inOrder([...manifest.nodes.values()]);
  const watch = new Watch(env);
  const compiler = new Compiler(watch.env, manifest);
  let proof: Promise<Proof> | undefined;

  function find(name: string): SqlNode {
    const found =
      nodes.find((node) => node.id === name || (node.name === name && node.kind !== "source")) ??
      nodes.find((node) => node.kind === "source" && `${node.sourceName}.${node.name}` === name);
    if (found) return found;
    const near = suggest(
      name,
      nodes.map((node) => node.name),
    );
    throw new EltError(`unknown model "${name}"${near}`, { exitCode: 2 });
  }

  async function proveAll(): Promise<Proof> {
    const work = async () => {
      const { prove } = await import("./shell.ts");
      return await prove(env, manifest, compiler);
    };
    if (options.cache === undefined) return await work();
    const { provenOnce } = await import("./proof-cache.ts");
    const path = join(options.cache, "proof");
    return await provenOnce({ path, manifest, env, watch, texts }, work);
  }

  function texts(): string[] {
    return nodes.flatMap((node) =>
      node.kind === "model" || node.kind === "check" ? [compiler.compile(node).text] : [],
    );
  }

  const api: SqlProject = {
    name: project.name,
    root,
    own,
    target,
    targetPath: join(root, project.targetPath),
    nodes,
    manifest,
    warnings,
    find,
    compile(name) {
      const node = find(name);
      if (node.kind === "model" || node.kind === "check") return compiler.compile(node);
      throw new EltError(`${node.kind} "${name}" has no SQL`, { exitCode: 2 });
    },
    compileInline: (text) => compiler.inline(text),
    async bind() {
      proof ??= proveAll();
      return await proof;
    },
    async steps() {
      const { sqlSteps } = await import("./steps.ts");
      return sqlSteps({ env, manifest, compiler, prove: () => api.bind() });
    },
    async open() {
      const { openTarget } = await import("./open-target.ts");
      return await openTarget(target, root);
    },
    async runHooks(when, warehouse, results = []) {
      const hooks = [project, ...packages].flatMap((each) =>
        when === "on-run-start" ? each.onRunStart : each.onRunEnd,
      );
      const schemas = [...new Set(manifest.models.map((model) => model.relation.schema))];
      const names = {
        results: fromJs(results.map((each) => ({ ...each, node: nodeFields(nodes, each.name) }))),
        schemas: fromJs(schemas),
        database_schemas: fromJs(schemas.map((schema) => [target.database, schema])),
      };
      for (const hook of hooks) {
        const sql = compiler.text(hook, undefined, { names }).trim();
        if (sql !== "") await runHook(warehouse, sql, { file: "dbt_project.yml", when });
      }
    },
  };
  return api;
}

type Shared = Omit<Environment, "project" | "packages" | "target" | "macros">;

/** `dbt_project.yml`, `profiles.yml` and the packages: each may hold Jinja that reads the ones before. */
function readFolders(options: SqlProjectOptions, own: boolean, shared: Shared) {
  const { root } = options;
  const draft = (target: Target, project: Package | undefined) => {
    const known = project ?? ({ name: "", vars: {}, dispatch: new Map() } as unknown as Package);
    const macros = new MacroRegistry("");
    const env: Environment = { ...shared, project: known, packages: [], target, macros };
    return yamlTexts(new Session(env).globals(known.name));
  };
  const nowhere = warehouseTarget(root, options.profile ?? "", options.database);
  const first = readPackage({ root, texts: draft(nowhere, undefined) });
  const profile = options.profile ?? first.profile;
  const target = own
    ? warehouseTarget(root, profile, options.database)
    : readTarget({
        root,
        profile,
        target: options.target,
        profilesDir: options.profilesDir,
        texts: draft(nowhere, first),
      });
  const texts = draft(target, first);
  const project = readPackage({ root, texts });
  return { project, packages: readPackages(project, texts), target };
}

function nodeFields(nodes: readonly SqlNode[], name: string): Record<string, unknown> {
  const node = nodes.find((each) => each.name === name && each.kind !== "source");
  return node ? modelFields(node) : { name };
}

function variable(name: string): string | undefined {
  return process.env[name];
}

function isoDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}
