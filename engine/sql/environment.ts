import type { EltError } from "../errors.ts";
import type { MacroRegistry } from "./macros.ts";
import type { Package } from "./project.ts";
import type { Target } from "./target.ts";
import type { YamlMap, YamlValue } from "./yaml.ts";

/** Everything a rendering may know that is the same for all nodes. */
export interface Environment {
  readonly project: Package;
  readonly packages: readonly Package[];
  /** `elt.yml` stands beside `dbt_project.yml`: undefined names are errors. */
  readonly own: boolean;
  readonly target: Target;
  /** Of the command line or the profile: they win over the project's. */
  readonly vars: YamlMap;
  readonly macros: MacroRegistry;
  readonly startedAt: Date;
  readonly runId: string;
  readonly fullRefresh: boolean;
  /** An environment variable, as `env_var` reads it. */
  readonly variable: (name: string) => string | undefined;
  readonly warn: (warning: EltError) => void;
  readonly log: (message: string) => void;
}

/** A var as a package's files see it: command line, then the root project, then the package itself. */
export function findVar(
  env: Environment,
  packageName: string,
  name: string,
): YamlValue | undefined {
  const own = env.packages.find((each) => each.name === packageName)?.vars ?? {};
  const scopes = [
    env.vars,
    section(env.project.vars, packageName),
    env.project.vars,
    section(own, packageName),
    own,
  ];
  return scopes.find((scope) => Object.hasOwn(scope, name))?.[name];
}

/** The names of all vars a package's files can see. */
export function varNames(env: Environment, packageName: string): string[] {
  const own = env.packages.find((each) => each.name === packageName)?.vars ?? {};
  return [env.vars, section(env.project.vars, packageName), env.project.vars, own].flatMap((each) =>
    Object.keys(each),
  );
}

function section(vars: YamlMap, name: string): YamlMap {
  const value = vars[name];
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as YamlMap)
    : {};
}
