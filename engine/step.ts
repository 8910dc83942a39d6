import type { Profile } from "./config.ts";
import type { Warehouse } from "./warehouse/warehouse.ts";

/**
 * The one word the engine knows. Rooms make steps; the plan ties them by what they read and write.
 *
 * Tables are named as SQL names them: a model or seed by its bare name (`golden_hotels`), a source by
 * `source.table` (`florida_dbpr.licences`, `match.hotel_clusters`).
 */
export interface Step {
  /** The room's verb, shown first on each line: extract, seed, model, check, match, load, export. */
  readonly kind: string;
  /** Unique within its kind. */
  readonly name: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** File that made the step, relative to the project: for `--select path:` and for errors. */
  readonly path?: string;
  readonly tags?: readonly string[];
  /** Further words for selection, `method:value`: `config.materialized:table`, `test_type:generic`. */
  readonly labels?: readonly string[];
  /**
   * Where the work happens. `warehouse` steps run one at a time, since one connection writes;
   * `outside` steps (network, files) run beside them. Default `warehouse`.
   */
  readonly uses?: "warehouse" | "outside";
  /**
   * `build` (default) steps make the next warehouse; `deliver` steps run after it was published and
   * read it: loaders and exports. Nothing is delivered from a warehouse that failed its checks.
   */
  readonly phase?: "build" | "deliver";
  /** A check: writes nothing, and when it fails whatever reads what it read is skipped. */
  readonly guard?: boolean;
  /** A failure is reported but does not stop the readers: what the step wrote on earlier nights still serves. */
  readonly tolerant?: boolean;
  /**
   * Hash of everything that decides the result besides the tables it reads (compiled SQL, config,
   * seed file, code version). Equal to the last published build, with equal inputs: the step is
   * `unchanged` and not run. Absent: always run.
   */
  readonly fingerprint?: (context: RunContext) => string | Promise<string>;
  /**
   * Hash of what the step has written, when that is cheaper or truer than "it ran": an extractor's
   * list of parts. Readers are unchanged when it is. Asked after `run`.
   */
  readonly state?: (context: RunContext) => string | Promise<string>;
  readonly run: (context: RunContext) => Promise<StepResult>;
}

export interface StepResult {
  /** Rows written, landed or checked. */
  readonly rows?: number;
  /** Shown instead of "N rows": `view`, `41,220 pairs → 9,803 clusters`, `3 sheets`. */
  readonly amount?: string;
  /** Requests sent outside. */
  readonly requests?: number;
  /** Answers that said "not modified". */
  readonly notModified?: number;
  /** US dollars the requests cost. */
  readonly dollars?: number;
  /** Yellow lines under the step: a source that was blocked, a check with severity warn. */
  readonly warnings?: readonly string[];
  /** Lines worth reading at the end of the run, in plain text. */
  readonly notes?: readonly string[];
  /** The step found nothing to do. */
  readonly unchanged?: boolean;
}

/** What a step may know about the night it runs in. */
export interface RunContext {
  readonly runId: string;
  /** The run's clock. Nothing reads another one for anything that ends in a table. */
  readonly startedAt: Date;
  /** Absolute path of the project. */
  readonly root: string;
  /** Absolute path of the data folder. */
  readonly data: string;
  readonly profile: Profile;
  /** The next warehouse while building; the published one, read-only, while delivering. */
  readonly warehouse: Warehouse;
  /** Aborted on Ctrl-C: finish the current write and return. */
  readonly signal: AbortSignal;
  /** Sources asked again, however fresh their answers are: `elt run --refresh <source>`. */
  readonly refresh?: ReadonlySet<string> | undefined;
  /** How far a long step is; shown on a terminal only. */
  readonly progress: (progress: Progress) => void;
  /** One structured line into `data/runs/<id>/log.jsonl`. Never secrets, never persons. */
  readonly log: (event: string, fields?: Record<string, unknown>) => void;
  /** Keep a generated statement readable under `data/runs/<id>/compiled/<name>.sql`. */
  readonly compiled: (name: string, sql: string) => void;
  /** Called once, in order, right before the next warehouse is renamed into place. */
  readonly onPublish: (commit: () => Promise<void> | void) => void;
  /**
   * Turns an address of the profile into one that can be dialled: `sandbox://osm/api` becomes a
   * loopback address (the sandbox starts on first use). Anything else is returned as it is.
   */
  readonly resolve: (url: string) => Promise<string>;
}

export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly unit: string;
  readonly note?: string;
}

/** What a room's file exports as `step`: the steps it contributes under a profile; none when it is not wanted there. */
export type StepFactory = (project: RoomContext) => readonly Step[] | Promise<readonly Step[]>;

export interface RoomContext {
  readonly root: string;
  readonly data: string;
  readonly profile: Profile;
  /** Name of the file without its extension: the source, the entity, the workbook. */
  readonly name: string;
  /** The file, relative to the project. */
  readonly path: string;
}
