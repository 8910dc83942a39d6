import { EltError } from "../errors.ts";
import type { Config } from "./config-tree.ts";
import type { Environment } from "./environment.ts";
import { type NodeScope, nodeContext } from "./node-context.ts";
import type { Relation } from "./relation.ts";
import { Session } from "./session.ts";
import { callMacro } from "./template/template.ts";
import { str, type Value } from "./template/values.ts";
import { yamlValue } from "./yaml-jinja.ts";

export interface NamedNode {
  readonly name: string;
  readonly resource_type: string;
  readonly package_name: string;
  readonly config: Config;
}

/** Database, schema and name of a node: what the project's `generate_…_name` macros say, else dbt's own rules. */
export function relationFor(env: Environment, node: NamedNode): Relation {
  const { config, name } = node;
  const { target } = env;
  const text = (value: unknown): string | undefined =>
    value === undefined || value === null ? undefined : String(value);
  const schema = text(config.schema)?.trim();
  const plain = {
    generate_database_name: text(config.database)?.trim() ?? target.database,
    generate_schema_name: schema === undefined ? target.schema : `${target.schema}_${schema}`,
    generate_alias_name: text(config.alias)?.trim() ?? name,
  };
  const written = {
    generate_database_name: config.database,
    generate_schema_name: config.schema,
    generate_alias_name: config.alias,
  };
  const calling = env.project.name;
  let session: Session | undefined;
  const call = (macroName: keyof typeof plain): string => {
    const own =
      env.macros.written(macroName, calling) ?? env.macros.in(calling, `default__${macroName}`);
    if (!own) return plain[macroName];
    session ??= new Session(env, (each) => nodeContext(each, scopeOf(env, node)));
    const macro = session.macro(env.macros.written(macroName, calling) ?? own);
    const value: Value = callMacro(
      macro,
      [yamlValue(written[macroName] ?? null), yamlValue(node)],
      new Map(),
      {
        undefined: env.own ? "strict" : "lenient",
        warn: env.warn,
      },
    );
    const result = str(value).trim();
    if (result === "") {
      throw new EltError(`macro ${macroName} gives no name for ${node.resource_type} "${name}"`, {
        file: own.block.file,
        line: own.block.line,
        column: own.block.column,
        exitCode: 2,
      });
    }
    return result;
  };
  // The older spelling of a snapshot's place, taken as it is.
  return {
    database: text(config.target_database) ?? call("generate_database_name"),
    schema: text(config.target_schema) ?? call("generate_schema_name"),
    identifier: call("generate_alias_name"),
  };
}

function scopeOf(env: Environment, node: NamedNode): NodeScope {
  return {
    execute: true,
    packageName: env.project.name,
    self: undefined,
    model: { ...node },
    incremental: false,
    database: undefined,
    ref: (_, site) => site.fail("a name cannot depend on a model"),
    source: (_, __, site) => site.fail("a name cannot depend on a source"),
    configure: () => undefined,
    configured: (key) => node.config[key],
  };
}
