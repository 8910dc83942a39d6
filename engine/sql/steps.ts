import { createHash } from "node:crypto";
import type { RunContext, Step, StepResult } from "../step.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import type { Build } from "./build.ts";
import type { Compiler } from "./compile.ts";
import type { Environment } from "./environment.ts";
import type { Manifest } from "./manifest.ts";
import {
  type CheckNode,
  type ModelNode,
  type SeedNode,
  type SourceNode,
  type SqlNode,
  tableName,
} from "./nodes.ts";
import { seedHash } from "./seed-hash.ts";
import type { Proof } from "./shell.ts";
import type { UnitTest } from "./unit-tests.ts";

/** Raised when the same SQL would give another table than before. */
const RUNNER_VERSION = "1";

export interface StepOptions {
  readonly env: Environment;
  readonly manifest: Manifest;
  readonly compiler: Compiler;
  /** Column types of everything, for the tables a unit test makes. */
  readonly prove: () => Promise<Proof>;
}

/**
 * Steps for every seed, model and check. Ephemeral models are inside their readers.
 * What runs them is imported when they run: listing costs none of it.
 */
export function sqlSteps(options: StepOptions): Step[] {
  const { seeds, models, checks, unitTests } = options.manifest;
  const built = models.filter((model) => model.materialized !== "ephemeral");
  return [
    ...seeds.map((seed) => seedStep(seed, options)),
    ...built.map((model) => modelStep(model, options)),
    ...unitTests.map((test) => unitTestStep(test, options)),
    ...checks.map((check) => checkStep(check, options)),
  ];
}

function seedStep(seed: SeedNode, options: StepOptions): Step {
  return {
    ...common(seed),
    kind: "seed",
    reads: [],
    writes: [seed.name],
    fingerprint: (context) => fingerprint(seed, [seedHash(seed)], context),
    async run(context) {
      const { buildSeed } = await import("./seeds.ts");
      return await work(options, context, (build) => buildSeed(seed, build));
    },
  };
}

function modelStep(model: ModelNode, options: StepOptions): Step {
  return {
    ...common(model),
    kind: isSnapshot(model) ? "snapshot" : "model",
    reads: readNames(model, options.env),
    writes: [model.name],
    // A snapshot compares with what it saw before: it has to look each time.
    ...(isSnapshot(model)
      ? {}
      : {
          fingerprint: (context: RunContext) =>
            fingerprint(model, texts(model, options, context), context),
        }),
    async run(context) {
      const { buildModel } = await import("./materialize.ts");
      return await work(options, context, async (build) => {
        await refresh(model, options.env, context);
        return await buildModel(model, build);
      });
    },
  };
}

function isSnapshot(model: ModelNode): boolean {
  return model.materialized === "snapshot";
}

function checkStep(check: CheckNode, options: StepOptions): Step {
  return {
    ...common(check),
    kind: "check",
    guard: true,
    reads: readNames(check, options.env),
    writes: [],
    fingerprint: (context) => fingerprint(check, texts(check, options, context), context),
    async run(context) {
      const { runCheck } = await import("./checks.ts");
      return await work(options, context, async (build) => {
        await refresh(check, options.env, context);
        return await runCheck(check, build);
      });
    },
  };
}

/** A unit test needs no table of the project: it guards the model it is about. */
function unitTestStep(test: UnitTest, options: StepOptions): Step {
  const { name, model } = test;
  return {
    kind: "check",
    name,
    guard: true,
    reads: [model.name],
    writes: [],
    path: test.file.file,
    labels: [
      "resource_type:unit_test",
      "test_type:unit",
      `unit_test:${name}`,
      `package:${model.package.name}`,
      `fqn:${[...model.fqn, name].join(".")}`,
    ],
    fingerprint: (context) => {
      const { given, expect, overrides } = test;
      const inputs = given.map(({ node, fixture }) => [node.id, fixture]);
      const facts = JSON.stringify([inputs, expect, overrides], plain);
      return fingerprint(model, [facts, ...texts(model, options, context)], context);
    },
    async run() {
      const { runUnitTest } = await import("./run-unit-test.ts");
      const { env, compiler } = options;
      await runUnitTest(test, { env, compiler, proof: await options.prove() });
      return {};
    },
  };
}

function common(node: SqlNode) {
  return { name: node.name, path: node.path, tags: node.tags, labels: labelsOf(node) };
}

/** Words for selection, as dbt's methods name them. */
function labelsOf(node: SqlNode): string[] {
  const labels = [
    `resource_type:${node.id.split(".")[0]}`,
    `package:${node.package.name}`,
    `fqn:${node.fqn.join(".")}`,
    `file:${node.path.split(/[\\/]/).at(-1) ?? ""}`,
  ];
  if (node.kind === "model") labels.push(`config.materialized:${node.materialized}`);
  if (node.kind === "check") {
    labels.push(`test_type:${node.style}`);
    if (node.test) labels.push(`test_name:${node.test.name}`);
    labels.push(`config.severity:${String(node.config.severity ?? "error").toLowerCase()}`);
  }
  for (const source of sourcesOf(node)) labels.push(`source:${source.sourceName}.${source.name}`);
  return labels;
}

/** What a node reads, looking through ephemeral models. */
function readNames(node: SqlNode, env: Environment): string[] {
  const names = new Set<string>();
  for (const read of through(node)) {
    // A foreign project's sources are made by nobody here: they are simply there.
    if (read.kind !== "source" || env.own) names.add(tableName(read));
  }
  return [...names];
}

function through(node: SqlNode): SqlNode[] {
  return node.reads.flatMap((read) =>
    read.kind === "model" && read.materialized === "ephemeral" ? through(read) : [read],
  );
}

function sourcesOf(node: SqlNode): SourceNode[] {
  return through(node).filter((read) => read.kind === "source");
}

async function work(
  { env, compiler }: StepOptions,
  context: RunContext,
  build: (build: Build) => Promise<StepResult>,
): Promise<StepResult> {
  const { warehouse, compiled } = context;
  try {
    return await build({ env, compiler, warehouse, compiled });
  } catch (error) {
    const { forgetTypes } = await import("./execute.ts");
    forgetTypes(warehouse);
    throw error;
  }
}

const refreshed = new WeakMap<Warehouse, Map<string, string>>();

/** Views over what has landed so far, made again only when a part has come since. */
async function refresh(node: SqlNode, env: Environment, context: RunContext): Promise<void> {
  const { warehouse, data } = context;
  if (!env.own) return;
  const { landedParts, refreshSource } = await import("./landing-views.ts");
  const known = refreshed.get(warehouse) ?? new Map<string, string>();
  refreshed.set(warehouse, known);
  for (const source of sourcesOf(node)) {
    const state = landedParts(data, source.sourceName, source.relation.identifier).join("\n");
    if (known.get(source.id) === state) continue;
    await refreshSource(source, { warehouse, data });
    known.set(source.id, state);
  }
}

/** The texts a node can compile to; unknown before the run when it looks at the database. */
function texts(
  node: ModelNode | CheckNode,
  { compiler }: StepOptions,
  context: RunContext,
): string[] {
  try {
    const first = compiler.compile(node).text;
    const again = node.kind === "model" && node.materialized === "incremental";
    return again ? [first, compiler.compile(node, { incremental: true }).text] : [first];
  } catch {
    return [`rendered in run ${context.runId}`];
  }
}

async function fingerprint(
  node: SqlNode,
  parts: readonly string[],
  { warehouse }: RunContext,
): Promise<string> {
  const version = await versionOf(warehouse);
  const columns = [...node.columns.values()].map(({ name, description, dataType }) => [
    name,
    description,
    dataType,
  ]);
  const facts = [
    RUNNER_VERSION,
    version,
    node.config,
    node.description,
    columns,
    node.relation,
    parts,
  ];
  return createHash("sha256").update(JSON.stringify(facts, plain)).digest("hex");
}

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

const versions = new WeakMap<Warehouse, Promise<string>>();

function versionOf(warehouse: Warehouse): Promise<string> {
  const known = versions.get(warehouse);
  if (known) return known;
  const asked = warehouse
    .first<{ version: string }>("select version() as version")
    .then((row) => row?.version ?? "");
  versions.set(warehouse, asked);
  return asked;
}
