import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EltError, EltErrors } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { addBuiltIns } from "./builtin-macros.ts";
import { unusedFolders } from "./config-tree.ts";
import { docFunction, readDocs } from "./docs.ts";
import { draftChecks } from "./draft-checks.ts";
import { draftSnapshots } from "./draft-snapshots.ts";
import { type Draft, draftFiles, draftSeeds, draftSources } from "./drafts.ts";
import { Edges, errorIn } from "./edges.ts";
import type { Environment } from "./environment.ts";
import { ManifestCache } from "./manifest-cache.ts";
import type { CheckNode, ModelNode, SeedNode, SourceNode, SqlNode } from "./nodes.ts";
import type { Drafted } from "./plain-drafts.ts";
import { listFiles, type Package } from "./project.ts";
import { type Properties, readProperties } from "./properties.ts";
import { blocksOf, parseTemplate } from "./template/template.ts";
import { readUnitTests, type UnitTest } from "./unit-tests.ts";
import { Watch } from "./watch.ts";
import { YamlCache } from "./yaml-cache.ts";

/** Everything a project's files say, with its edges. */
export interface Manifest {
  readonly nodes: ReadonlyMap<string, SqlNode>;
  readonly models: readonly ModelNode[];
  readonly seeds: readonly SeedNode[];
  readonly sources: readonly SourceNode[];
  readonly checks: readonly CheckNode[];
  readonly unitTests: readonly UnitTest[];
  readonly edges: Edges;
  readonly warnings: readonly EltError[];
  /** Stands for all of it: equal stamps, equal manifests. Absent where nothing is kept. */
  readonly stamp: string | undefined;
}

/**
 * Reads macros, YAML, SQL and seeds and ties them. Every mistake found is reported together.
 *
 * @param folder where what was read is kept; the same files are not read again.
 */
export function buildManifest(env: Environment, folder?: string): Manifest {
  const cache = new ManifestCache(folder && join(folder, "manifest"));
  const kept = cache.read(env);
  if (kept) {
    env.macros.fillLater(() => throwAny(readAllMacros(env)));
    kept.said.forEach(env.warn);
    return { ...tie(kept, kept.warnings, []), stamp: cache.stamp };
  }
  const watch = new Watch(env);
  const errors: EltError[] = [];
  const warnings: EltError[] = [];
  const drafted = readFiles(watch.env, new YamlCache(folder && join(folder, "yaml")), {
    errors,
    warnings,
  });
  const manifest = tie(drafted, warnings, errors);
  cache.save(drafted, warnings, watch);
  return { ...manifest, stamp: cache.stamp };
}

interface Findings {
  readonly errors: EltError[];
  readonly warnings: EltError[];
}

function readFiles(env: Environment, cache: YamlCache, { errors, warnings }: Findings): Drafted {
  const { project, packages } = env;
  const all = [project, ...packages];
  const base = project.root;
  errors.push(...readAllMacros(env));
  const docs = readDocs(all, base, errors);
  const properties = all.map((each) => readProperties(each, base, cache));
  cache.save();
  for (const each of properties) {
    errors.push(...each.errors);
    warnings.push(...each.warnings);
  }
  const setting = {
    env,
    docs,
    base,
    errors,
    warnings,
    doc: (name: string) => docFunction(docs, name),
  };
  const drafts: Draft[] = all.flatMap((owner, index) => {
    const own = properties[index] as Properties;
    return [
      ...draftSeeds(owner, own, setting),
      ...draftSources(own, setting),
      ...draftFiles(owner, own, "model", setting),
      ...draftSnapshots(owner, own, setting),
      ...draftFiles(owner, own, "test", setting),
    ];
  });
  const edges = new Edges(env, drafts);
  errors.push(...edges.duplicates());
  drafts.push(...draftChecks(properties, edges, setting));
  warnUnused(properties, drafts, env, warnings);
  return { drafts, edges, unitTests: properties.flatMap((each) => each.unitTests) };
}

function tie(
  { drafts, edges, unitTests }: Drafted,
  warnings: readonly EltError[],
  errors: EltError[],
): Omit<Manifest, "stamp"> {
  const nodes = edges.resolve(drafts, errors);
  const tests = readUnitTests(unitTests, edges, errors);
  throwAny(errors);
  const of = <K extends SqlNode["kind"]>(kind: K) =>
    nodes.filter((node): node is Extract<SqlNode, { kind: K }> => node.kind === kind);
  return {
    nodes: new Map(nodes.map((node) => [node.id, node])),
    models: of("model"),
    seeds: of("seed"),
    sources: of("source"),
    checks: of("check"),
    unitTests: tests,
    edges,
    warnings,
  };
}

function throwAny(errors: readonly EltError[]): void {
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 0) throw new EltErrors("the models have mistakes", errors);
}

function readAllMacros(env: Environment): EltError[] {
  const errors: EltError[] = [];
  addBuiltIns(env.macros);
  for (const each of [env.project, ...env.packages]) {
    collect(errors, () => readMacros(each, env, env.project.root, errors));
  }
  return errors;
}

function readMacros(owner: Package, env: Environment, base: string, errors: EltError[]): void {
  const files = [
    ...listFiles(owner, "macro", [".sql"], base),
    ...listFiles(owner, "test", [".sql"], base).filter((file) => file.parts[0] === "generic"),
  ];
  for (const file of files) {
    collect(errors, () => {
      const template = parseTemplate(readFileSync(file.absolute, "utf8"), { file: file.path });
      for (const block of blocksOf(template)) {
        if (block.kind === "docs" || block.kind === "snapshot") continue;
        const macro = { name: block.macroName, package: owner.name, block };
        const known = env.macros.add(macro);
        if (!known) continue;
        errors.push(
          new EltError(
            `macro "${block.name}" is written twice, first in ${known.block.file}:${known.block.line}`,
            { file: block.file, line: block.line, column: block.column, exitCode: 2 },
          ),
        );
      }
    });
  }
}

function collect(errors: EltError[], work: () => void): void {
  try {
    work();
  } catch (error) {
    errors.push(errorIn(error));
  }
}

/** YAML that describes nothing, and folders of configs that no model lies under. */
function warnUnused(
  properties: readonly Properties[],
  drafts: readonly Draft[],
  env: Environment,
  warnings: EltError[],
): void {
  for (const [kind, key] of [
    ["model", "models"],
    ["seed", "seeds"],
  ] as const) {
    const names = drafts.filter((draft) => draft.kind === kind).map((draft) => draft.name);
    const known = new Set(names);
    for (const patch of properties.flatMap((each) => each[key])) {
      if (known.has(patch.name)) continue;
      const near = suggest(patch.name, names);
      warnings.push(
        patch.file.error(`no ${kind} is named "${patch.name}"${near}`, [...patch.path, "name"]),
      );
    }
    const fqns = drafts.filter((draft) => draft.kind === kind).map((draft) => draft.fqn);
    for (const folder of unusedFolders(env.project.configs[key], fqns)) {
      warnings.push(
        env.project.file.error(`no ${kind} lies under ${key}.${folder.join(".")}`, [
          key,
          ...folder,
        ]),
      );
    }
  }
}
