import type { StepResult } from "../step.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import type { Compiler } from "./compile.ts";
import type { Environment } from "./environment.ts";

/** What every node needs to be built. */
export interface Build {
  readonly env: Environment;
  readonly compiler: Compiler;
  readonly warehouse: Warehouse;
  /** Keeps a statement readable under the run's folder. */
  readonly compiled: (name: string, sql: string) => void;
}

export type Result = StepResult;
