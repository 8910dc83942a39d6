import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Draft } from "./drafts.ts";
import { Edges } from "./edges.ts";
import type { Environment } from "./environment.ts";
import type { GenericTest } from "./nodes.ts";
import type { Package } from "./project.ts";
import type { UnitTestPatch } from "./unit-tests.ts";
import { laterYaml, readYaml, type YamlFile, type YamlPath, type YamlValue } from "./yaml.ts";

/** What the files of a project say, before names are tied. */
export interface Drafted {
  readonly drafts: readonly Draft[];
  readonly edges: Edges;
  readonly unitTests: readonly UnitTestPatch[];
}

/** The same as data that can be kept: packages and files by name, places found again when needed. */
export interface PlainDrafts {
  readonly drafts: readonly PlainDraft[];
  readonly unitTests: readonly PlainUnitTest[];
}

type PlainDraft = Omit<Draft, "package" | "firstLine" | "origin" | "test"> & {
  readonly package: string;
  /** Absent where it is the line of the YAML entry. */
  readonly firstLine: number | undefined;
  readonly origin: { readonly file: string; readonly path: YamlPath } | undefined;
  readonly test: (Omit<GenericTest, "target"> & { readonly target: string }) | undefined;
};

interface PlainUnitTest {
  readonly raw: YamlValue;
  readonly package: string;
  readonly file: string;
  readonly path: YamlPath;
}

export function toPlain({ drafts, unitTests }: Drafted): PlainDrafts {
  return {
    drafts: drafts.map(plainDraft),
    unitTests: unitTests.map(({ raw, package: owner, file, path }) => ({
      raw,
      package: owner.name,
      file: file.file,
      path,
    })),
  };
}

/** Name by name, since a check's line is a getter that reads its file. */
function plainDraft(draft: Draft): PlainDraft {
  const { kind, id, name, fqn, path, absolute, text, config, description } = draft;
  const { columns, relation, found, origin, test, sourceName, meta } = draft;
  return {
    ...{ kind, id, name, fqn, path, absolute, text, config, description },
    ...{ columns, relation, found },
    ...(sourceName === undefined ? {} : { sourceName }),
    ...(meta === undefined ? {} : { meta }),
    package: draft.package.name,
    firstLine: test ? undefined : draft.firstLine,
    origin: origin && { file: origin.file.file, path: origin.path },
    test: test && {
      ...{ name: test.name, namespace: test.namespace, column: test.column, args: test.args },
      target: test.target.id,
    },
  };
}

export function fromPlain(plain: PlainDrafts, env: Environment): Drafted {
  const packages = new Map([env.project, ...env.packages].map((each) => [each.name, each]));
  const files = new Map<string, YamlFile>();
  const fileOf = (shown: string): YamlFile => {
    const known = files.get(shown);
    if (known) return known;
    const absolute = join(env.project.root, shown);
    const file = laterYaml(shown, () => readYaml(readFileSync(absolute, "utf8"), shown));
    files.set(shown, file);
    return file;
  };
  const ownerOf = (name: string): Package => packages.get(name) ?? env.project;
  const drafts = plain.drafts.map((each): Draft => {
    const { package: owner, firstLine, origin: written, test, ...same } = each;
    const origin = written && { file: fileOf(written.file), path: written.path };
    return {
      ...same,
      package: ownerOf(owner),
      origin,
      get firstLine() {
        return firstLine ?? origin?.file.place(origin.path).line ?? 1;
      },
      ...(test ? { test: { ...test, target: undefined as never } } : {}),
    };
  });
  const edges = new Edges(env, drafts);
  for (const [index, draft] of drafts.entries()) {
    const target = plain.drafts[index]?.test?.target;
    if (!draft.test || target === undefined) continue;
    Object.defineProperty(draft.test, "target", { get: () => edges.node({ id: target }) });
  }
  const unitTests = plain.unitTests.map(({ raw, package: owner, file, path }) => ({
    raw,
    package: ownerOf(owner),
    file: fileOf(file),
    path,
  }));
  return { drafts, edges, unitTests };
}
