import type { EltError } from "../errors.ts";
import type { Environment } from "./environment.ts";

export type Variables = ReadonlyMap<string, string | undefined>;

/** Whether environment variables still hold what they held. */
export function stillHold(variables: Variables, env: Environment): boolean {
  return [...variables].every(([name, value]) => env.variable(name) === value);
}

/** Notes what the reading of a project takes from outside of its files. */
export class Watch {
  /** The environment to read with. */
  readonly env: Environment;
  /** Environment variables that were asked for, with what they held. */
  readonly variables = new Map<string, string | undefined>();
  /** Warnings that texts gave while they were rendered. */
  readonly said: EltError[] = [];
  /** A text looked at the run's clock or id: in another run it may say something else. */
  sawRun = false;

  constructor(env: Environment) {
    const watch = this;
    this.env = {
      ...env,
      variable(name) {
        const value = env.variable(name);
        watch.variables.set(name, value);
        return value;
      },
      warn(warning) {
        watch.said.push(warning);
        env.warn(warning);
      },
      get startedAt() {
        watch.sawRun = true;
        return env.startedAt;
      },
      get runId() {
        watch.sawRun = true;
        return env.runId;
      },
    };
  }
}
