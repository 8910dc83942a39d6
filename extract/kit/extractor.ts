import type { Readable } from "node:stream";
import { z } from "zod";
import type { RoomContext, Step } from "../../engine/step.ts";
import type { Outcome, Records } from "../../engine/warehouse/landing.ts";
import { partsFingerprint } from "../../engine/warehouse/landing-parts.ts";
import { type BudgetLimits, budgetSchema } from "./budget.ts";
import { type CanaryOptions, canarySchema } from "./canary.ts";
import type { Effects } from "./effects.ts";
import { askAgainDays } from "./freshness.ts";
import type { Call } from "./http.ts";
import { type ObjectStoreSettings, objectStoreSchema } from "./object-store.ts";
import { type Plan, type PlanOptions, planRequests } from "./plan.ts";
import type { Source } from "./source.ts";
import type { Encoding } from "./text.ts";

/** One outside source, as its documentation describes it. The kit does the rest. */
export interface ExtractorSpec<S extends z.ZodObject, R extends Request> {
  /** Raised when what lands changes shape: earlier answers then no longer count as fresh. */
  readonly version: number;
  /** The stream the requests land in. */
  readonly stream: string;
  /** The record's own columns after the envelope; none where an answer lands whole. */
  readonly columns?: readonly string[];
  /** The source's settings in `elt.yml`; those of `Limits` are added. */
  readonly settings: S;
  readonly defaults: Limits;
  /** US dollars a call costs, where that depends on the settings. Default: `defaults.dollars_per_call`, or 0. */
  readonly dollarsPerCall?: (settings: z.output<S>) => number;
  /**
   * What is asked are other people's pages: robots.txt is obeyed, hosts of one registrable domain are
   * one, only ports 80 and 443 are dialled.
   */
  readonly isPages?: boolean;
  /** Environment variables it cannot ask without, beside those that `elt.yml` names. */
  readonly keys?: (settings: z.output<S>) => readonly string[];
  /** Everything one could ask tonight; the kit leaves out what is fresh. */
  readonly requests: (settings: z.output<S>) => readonly R[];
  /** Asks one thing and says what of the answer lands. Throws `Failure` where there is none. */
  readonly fetch: (request: R, tools: Tools) => Promise<Answer>;
  /** Smaller requests that together ask the same, for one whose failure was `isTooMuch`. */
  readonly split?: (request: R) => readonly R[] | undefined;
}

export interface Limits {
  /** Days an answer is fresh; 0 asks every night. `seeds/freshness.csv` outranks the extractor, `elt.yml` both. */
  readonly fresh_days: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** Dials a second, retries and redirects included. */
  readonly per_second: number;
  /** Dials that may go out together after a rest. Default 1. */
  readonly burst?: number | undefined;
  /** Dials in one UTC day. Default: no quota. */
  readonly per_day?: number | undefined;
  /** What one run and one night may take from the source. Default: no limit. */
  readonly budget?: BudgetLimits | undefined;
  /** US dollars a call costs. Default 0. */
  readonly dollars_per_call?: number | undefined;
  /** After how many answers the source is judged by what they hold, and how. */
  readonly canary?: CanaryOptions | undefined;
  /** Of each host alone, where a source has many. Default: the source's. */
  readonly host_concurrency?: number | undefined;
  readonly host_per_second?: number | undefined;
  /** How long a host that broke down is waited for. Default 0: what is left is asked the next night. */
  readonly outage_minutes?: number | undefined;
  /** Hosts, with or without port, that may be asked although they are not on the public internet. */
  readonly private_hosts?: readonly string[] | undefined;
  /** Where `s3:` addresses are. Default: at Amazon. */
  readonly s3?: ObjectStoreSettings | undefined;
}

export interface Request {
  /** The normalised question: equal keys are asked once. */
  readonly key: string;
  /** Where the answer comes from: http, https, s3, sandbox, file or a path. Paths are always looked at. */
  readonly url: string;
}

export interface Answer {
  readonly outcome?: Extract<Outcome, "ok" | "empty">;
  /** The answer exactly as received, where it lands whole. */
  readonly response?: string;
  /** One per record, where it lands in records. */
  readonly records?: Records;
  readonly batchId?: string;
  /** Records in an answer that lands whole, for the report. Default 1. */
  readonly count?: number;
}

export interface Tools {
  /**
   * Reads an address over HTTP or from disk; `due` names what is expected there, for messages. A part, as
   * one page of several, says nothing about whether the whole is as before. XML is no page for people.
   */
  readonly read: (
    due: string,
    call?: Partial<Call> & { readonly isPart?: boolean; readonly isXml?: boolean },
  ) => Promise<Content>;
  /** The same for bodies too large for memory: they lie in a file until the answer has landed. */
  readonly download: (due: string, call?: Partial<Call>) => Promise<Download>;
  /** The files below an address that ends in a slash: a folder on disk, or a prefix of an object store. */
  readonly folder: (due: string) => Promise<Folder>;
}

export interface Folder {
  /** Of all names and contents. */
  readonly sha256: string;
  /** In the order of their names. */
  readonly files: readonly { readonly name: string; readonly read: () => Promise<Content> }[];
}

export interface Download {
  readonly path: string;
  /** Bytes, decoded. */
  readonly size: number;
  readonly sha256: string;
  readonly stream: () => Readable;
}

export interface Content {
  readonly body: Buffer;
  readonly sha256: string;
  /** Of the answer; none for a file on disk. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as text; a byte order mark outranks `expected`. */
  readonly text: (expected?: Encoding) => string;
}

/** An extractor's step, with what commands may know of its source beside running it. */
export interface SourceStep extends Step {
  readonly source: SourceFacts;
}

export interface SourceFacts {
  readonly name: string;
  readonly stream: string;
  readonly version: number;
  readonly limits: Limits;
  /** What all sources of the profile together may take. */
  readonly shared: BudgetLimits;
  /** Environment variables it cannot ask without. */
  readonly keys: readonly string[];
  /** What a night would ask, given what earlier ones know. */
  readonly plan: (
    options: Pick<PlanOptions<Request>, "history" | "startedAt" | "isRefresh" | "verdicts">,
  ) => Plan<Request>;
  /** Everything one could ask. */
  readonly requests: () => readonly Request[];
  /** Finds what to ask in what has landed, where the questions are found there. Default: they are known. */
  readonly prepare?: () => Promise<void>;
}

export function isSourceStep(step: Step): step is SourceStep {
  return "source" in step;
}

/** A step factory for `extract/<source>.ts`; the file's name is the source's. */
export function extractor<S extends z.ZodObject, R extends Request>(spec: ExtractorSpec<S, R>) {
  return (
    { root, profile, name, path, data }: RoomContext,
    effects?: Partial<Effects>,
  ): SourceStep[] => {
    const section = profile.section("sources", name);
    if (!section) return [];
    const fresh_days = askAgainDays(root, name) ?? spec.defaults.fresh_days;
    const schema = spec.settings.extend(limits({ ...spec.defaults, fresh_days }));
    const given = section.parse(schema) as z.output<S> & Limits;
    const dollars_per_call = given.dollars_per_call ?? spec.dollarsPerCall?.(given) ?? 0;
    const settings = { ...given, dollars_per_call };
    const shared = profile.budget?.parse(budgetSchema) ?? {};
    return [
      {
        kind: "extract",
        name,
        path,
        reads: [],
        writes: [`${name}.${spec.stream}`],
        uses: "outside",
        tolerant: true,
        source: factsOf({ name, spec, settings, shared }),
        state: () => partsFingerprint(data, name, spec.stream),
        async run(context) {
          const { runSource } = await import("./source.ts");
          return await runSource({ name, spec, settings, shared }, context, effects);
        },
      },
    ];
  };
}

function factsOf<S extends z.ZodObject, R extends Request>({
  name,
  spec,
  settings,
  shared,
}: Source<S, R>): SourceFacts {
  const requests = () => spec.requests(settings);
  return {
    name,
    stream: spec.stream,
    version: spec.version,
    limits: settings,
    shared,
    keys: spec.keys?.(settings) ?? [],
    requests,
    plan: (options) =>
      planRequests(requests(), { ...options, freshDays: settings.fresh_days, split: spec.split }),
  };
}

function limits(defaults: Limits) {
  return {
    fresh_days: z.number().nonnegative().default(defaults.fresh_days),
    concurrency: z.int().min(1).max(64).default(defaults.concurrency),
    per_second: z.number().positive().max(100_000).default(defaults.per_second),
    burst: z
      .int()
      .min(1)
      .max(1000)
      .default(defaults.burst ?? 1),
    per_day: optional(z.int().nonnegative(), defaults.per_day),
    budget: budgetSchema.default({ ...defaults.budget }),
    dollars_per_call: optional(z.number().nonnegative(), defaults.dollars_per_call),
    canary: canarySchema.default(canarySchema.parse({ ...defaults.canary })),
    host_concurrency: optional(z.int().min(1).max(64), defaults.host_concurrency),
    host_per_second: optional(z.number().positive().max(100_000), defaults.host_per_second),
    private_hosts: z.array(z.string().min(1)).default([...(defaults.private_hosts ?? [])]),
    s3: objectStoreSchema.optional(),
    outage_minutes: z
      .number()
      .nonnegative()
      .default(defaults.outage_minutes ?? 0),
  };
}

function optional(schema: z.ZodNumber, value: number | undefined) {
  return schema.optional().transform((given) => given ?? value);
}
