import type { Config } from "./config-tree.ts";
import type { Package } from "./project.ts";
import type { Relation } from "./relation.ts";
import type { YamlFile, YamlPath, YamlValue } from "./yaml.ts";

/** A column as its YAML describes it. */
export interface ColumnInfo {
  readonly name: string;
  readonly description: string;
  readonly dataType: string | undefined;
  readonly path: YamlPath;
  readonly raw: YamlValue;
}

/** A place in YAML that errors about a node point to. */
export interface Origin {
  readonly file: YamlFile;
  readonly path: YamlPath;
}

interface NodeBase {
  /** `model.shop.orders`, as in dbt. */
  readonly id: string;
  readonly name: string;
  readonly package: Package;
  readonly fqn: readonly string[];
  /** The file, relative to the root project. */
  readonly path: string;
  readonly config: Config;
  readonly tags: readonly string[];
  readonly description: string;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  readonly relation: Relation;
  readonly origin: Origin | undefined;
}

export interface ModelNode extends NodeBase {
  readonly kind: "model";
  /** The file's text, stripped at both ends as dbt does. */
  readonly text: string;
  /** Line of the file the text begins in. */
  readonly firstLine: number;
  readonly materialized: string;
  readonly reads: readonly SqlNode[];
  readonly macros: readonly string[];
}

export interface SeedNode extends NodeBase {
  readonly kind: "seed";
  readonly absolute: string;
  readonly reads: readonly SqlNode[];
}

export interface SourceNode extends NodeBase {
  readonly kind: "source";
  readonly sourceName: string;
  readonly reads: readonly SqlNode[];
  readonly meta: Config;
}

export interface CheckNode extends NodeBase {
  readonly kind: "check";
  readonly text: string;
  readonly firstLine: number;
  /** `generic` comes from YAML and runs a macro; `singular` is a file of its own. */
  readonly style: "generic" | "singular";
  readonly test: GenericTest | undefined;
  readonly reads: readonly SqlNode[];
  readonly macros: readonly string[];
}

/** What a check of a YAML file asks for. */
export interface GenericTest {
  /** `unique`, or `positive` of `{% test positive(…) %}`. */
  readonly name: string;
  readonly namespace: string | undefined;
  readonly column: string | undefined;
  readonly args: Readonly<Record<string, YamlValue>>;
  /** The node the check is written under. */
  readonly target: ModelNode | SeedNode | SourceNode;
}

export type SqlNode = ModelNode | SeedNode | SourceNode | CheckNode;

/** The name the engine's plan uses for what a node writes. */
export function tableName(node: SqlNode): string {
  return node.kind === "source" ? `${node.sourceName}.${node.name}` : node.name;
}
