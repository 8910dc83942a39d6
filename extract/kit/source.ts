import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import PQueue from "p-queue";
import type { z } from "zod";
import { EltError } from "../../engine/errors.ts";
import type { RunContext, StepResult } from "../../engine/step.ts";
import { type Envelope, type Landing, openLanding } from "../../engine/warehouse/landing.ts";
import { type RequestHistory, requestHistory } from "../../engine/warehouse/landing-history.ts";
import { isLocal, publicAddress } from "./address.ts";
import { LeftAlone } from "./breaker.ts";
import { type Budget, type BudgetLimits, openBudget } from "./budget.ts";
import { type Canary, canarySchema, openCanary } from "./canary.ts";
import { Failure } from "./classify.ts";
import { type Effects, realEffects } from "./effects.ts";
import type { Answer, Content, ExtractorSpec, Limits, Request } from "./extractor.ts";
import { type Governor, openGovernor } from "./governor.ts";
import { readGovernorState, writeGovernorState } from "./governor-state.ts";
import { type Http, openHttp } from "./http.ts";
import { objectStore } from "./object-store.ts";
import { planRequests } from "./plan.ts";
import type { Reading } from "./reader.ts";
import { siteNames } from "./site.ts";
import { type Spending, spendingOf } from "./spending.ts";
import { leave, newTally, resultOf } from "./tally.ts";
import { toolsFor } from "./tools.ts";
import { readVerdicts } from "./verdicts.ts";

export interface Source<S extends z.ZodObject, R extends Request> {
  readonly name: string;
  readonly spec: ExtractorSpec<S, R>;
  readonly settings: z.output<S> & Limits;
  readonly shared: BudgetLimits;
}

/** Asks a source for everything that is not fresh and lands each answer. */
export async function runSource<S extends z.ZodObject, R extends Request>(
  source: Source<S, R>,
  context: RunContext,
  effects?: Partial<Effects>,
): Promise<StepResult> {
  const { name, spec } = source;
  const history = await requestHistory(context.data, name, spec.stream, spec.version);
  const night = new Night(source, context, { history, effects: { ...realEffects, ...effects } });
  return await night.run();
}

const SAVE_MS = 5000;

/** One source's part of one run: it holds the connections and the open part. */
class Night<S extends z.ZodObject, R extends Request> {
  readonly #source: Source<S, R>;
  readonly #context: RunContext;
  readonly #history: ReadonlyMap<string, RequestHistory>;
  readonly #effects: Effects;
  readonly #landing: Landing;
  readonly #http: Http;
  readonly #governor: Governor;
  readonly #spending: Spending;
  readonly #budget: Budget;
  readonly #canary: Canary;
  readonly #queue: PQueue;
  readonly #tally = newTally();
  /** Where large bodies lie until they have landed. */
  readonly #scratch: string;
  #done = 0;
  #savedAt = 0;
  #saving: Promise<void> = Promise.resolve();
  #total = 0;
  /** A full disk or a bug: nothing more is asked. */
  #broken: { readonly error: unknown } | undefined;

  constructor(
    source: Source<S, R>,
    context: RunContext,
    {
      history,
      effects,
    }: { readonly history: ReadonlyMap<string, RequestHistory>; readonly effects: Effects },
  ) {
    const { name, spec, settings, shared } = source;
    const { data, profile, runId, startedAt, signal } = context;
    this.#source = source;
    this.#context = context;
    this.#history = history;
    this.#scratch = join(data, "tmp", `${name}.${spec.stream}`);
    this.#effects = effects;
    this.#savedAt = effects.now().getTime();
    this.#queue = new PQueue({ concurrency: settings.concurrency });
    const governor = openGovernor(
      {
        perSecond: settings.per_second,
        burst: settings.burst,
        perDay: settings.per_day,
        concurrency: settings.concurrency,
        perHost: {
          perSecond: settings.host_per_second,
          concurrency: settings.host_concurrency,
        },
        outageMs: (settings.outage_minutes ?? 0) * 60_000,
        siteOf: spec.isPages ? siteNames(context.root) : undefined,
        signal,
        state: readGovernorState(data, name),
      },
      effects,
    );
    this.#governor = governor;
    const canary = openCanary(settings.canary ?? canarySchema.parse({}), history);
    this.#canary = canary;
    this.#spending = spendingOf(profile, data);
    const budget = openBudget(
      {
        source: name,
        limits: settings.budget ?? {},
        shared,
        dollarsPerCall: settings.dollars_per_call ?? 0,
        spending: this.#spending,
      },
      effects,
    );
    this.#budget = budget;
    this.#http = openHttp(
      {
        resolve: context.resolve,
        contact: context.profile.contact,
        async turn(url) {
          demandLife(canary);
          budget.dial();
          await governor.turn(url);
          // It may have died while this call waited for its turn.
          demandLife(canary);
        },
        onBytes: budget.received,
        connections: settings.concurrency,
        privateHosts: settings.private_hosts,
        store: objectStore(settings.s3),
        pages: spec.isPages ? { slowDown: governor.slowDown } : undefined,
        signal,
      },
      effects,
    );
    this.#landing = openLanding(
      {
        data,
        source: name,
        stream: spec.stream,
        columns: spec.columns ?? [],
        runId,
        startedAt,
        extractorVersion: spec.version,
      },
      effects,
    );
  }

  async run(): Promise<StepResult> {
    // What a killed run left there: a data folder has one run at a time.
    await rm(this.#scratch, { recursive: true, force: true });
    const { name, spec, settings } = this.#source;
    const plan = planRequests(spec.requests(settings), {
      history: this.#history,
      freshDays: settings.fresh_days,
      startedAt: this.#context.startedAt,
      isRefresh: this.#context.refresh?.has(name) ?? false,
      verdicts: readVerdicts(this.#context.data, name),
      split: spec.split,
    });
    this.#total = plan.wanted.length;
    this.#tally.fresh = plan.fresh;
    this.#tally.dead = plan.dead.map((request) => this.#address(request));
    try {
      for (const request of plan.wanted) {
        // Never more than two rounds wait: a slow disk slows the source, and memory stays flat.
        if (this.#queue.size >= settings.concurrency * 2) {
          await this.#queue.onSizeLessThan(settings.concurrency);
        }
        if (this.#broken || this.#context.signal.aborted) break;
        void this.#queue.add(() => this.#ask(request));
      }
      await this.#queue.onIdle();
    } finally {
      await this.#http.close();
      await this.#landing.close();
      await rm(this.#scratch, { recursive: true, force: true });
      if (this.#http.dials > 0) await this.#saveGovernor();
    }
    if (this.#broken) throw this.#broken.error;
    if (this.#canary.death !== undefined) this.#tally.failures.push(this.#obituary());
    return resultOf(name, this.#tally, {
      requests: this.#http.dials,
      dollars: this.#budget.dollars,
    });
  }

  async #ask(request: R): Promise<void> {
    if (this.#broken || this.#context.signal.aborted) return;
    if (this.#canary.death !== undefined) return leave(this.#tally, STOPPED);
    const progress: Attempt = { number: 0, reading: undefined, kept: new Map() };
    const attempt = async (number: number) => {
      progress.number = number;
      progress.reading = undefined;
      await this.#attempt(request, progress);
    };
    try {
      await (isLocal(request.url) ? attempt(1) : this.#governor.execute(request.url, attempt));
    } catch (error) {
      await this.#failed(request, progress, error).catch((cause: unknown) => this.#stop(cause));
    }
    this.#done += 1;
    if (this.#effects.now().getTime() > this.#savedAt + SAVE_MS) {
      await this.#saveGovernor().catch((cause: unknown) => this.#stop(cause));
    }
    this.#context.progress({ done: this.#done, total: this.#total, unit: "requests" });
  }

  async #attempt(request: R, attempt: Attempt): Promise<void> {
    const known = this.#history.get(request.key);
    let file: string | undefined;
    const tools = toolsFor(request.url, {
      http: this.#http,
      root: this.#context.root,
      known,
      file: () => {
        const name = createHash("sha256").update(request.key).digest("hex");
        file = join(this.#scratch, name);
        return file;
      },
      kept: attempt.kept,
      onReading(reading) {
        attempt.reading = reading;
        if (reading.isUnchanged) throw new Unchanged();
      },
    });
    try {
      const { records, count = 1, ...answer } = await this.#source.spec.fetch(request, tools);
      const landed = await this.#landing.land(
        { ...this.#envelope(request, attempt), ...defined(answer) },
        records,
      );
      this.#tally.rows += records ? landed.rows : count;
      this.#tally.refused += landed.refused;
      this.#tally.landed += 1;
      this.#canary.count(answer.outcome !== "empty" && (!records || landed.rows > 0));
    } catch (error) {
      if (!(error instanceof Unchanged)) throw error;
      this.#tally.unchanged += 1;
      if (attempt.reading?.status === 304) this.#tally.notModified += 1;
      this.#canary.count(known?.isFilled ?? true);
      // A file on disk is looked at every night: there is no freshness to keep.
      if (isLocal(request.url)) return;
      await this.#landing.land({
        ...this.#envelope(request, attempt),
        status: 304,
        batchId: known?.batchId ?? null,
      });
    } finally {
      if (file !== undefined) await rm(file, { force: true });
    }
  }

  async #failed(request: R, attempt: Attempt, error: unknown): Promise<void> {
    if (this.#context.signal.aborted) return;
    if (error instanceof LeftAlone) return leave(this.#tally, error.message);
    if (!(error instanceof Failure)) throw error;
    const { status, response, isTooMuch } = error.details;
    const parts = isTooMuch ? this.#source.spec.split?.(request) : undefined;
    const envelope = this.#envelope(request, attempt);
    await this.#landing.land({
      ...envelope,
      request: parts ? { ...envelope.request, split: true } : envelope.request,
      status: status ?? envelope.status,
      outcome: parts ? "empty" : error.outcome,
      error: parts ? `${error.message}: asked in ${parts.length} parts` : error.message,
      response: response ?? null,
    });
    this.#context.log("request failed", {
      source: this.#source.name,
      url: this.#address(request),
      outcome: error.outcome,
      message: error.message,
    });
    if (error.outcome === "blocked" && error.details.isUnasked)
      leave(this.#tally, "robots.txt forbids it");
    else if (!parts) {
      this.#canary.count(false);
      this.#tally.failures.push(this.#describe(request, attempt, error));
    }
    this.#total += parts?.length ?? 0;
    for (const part of parts ?? []) void this.#queue.add(() => this.#ask(part));
  }

  /** A killed night must not make the next one believe that nothing was asked. */
  #saveGovernor(): Promise<void> {
    this.#savedAt = this.#effects.now().getTime();
    const { death: reason } = this.#canary;
    const diedAt = this.#savedAt;
    this.#saving = this.#saving.then(async () => {
      await writeGovernorState(this.#context.data, this.#source.name, {
        ...this.#governor.state,
        canary: reason === undefined ? undefined : { diedAt, reason },
      });
      await this.#spending.save();
    });
    return this.#saving;
  }

  #stop(error: unknown): void {
    this.#broken ??= { error };
    this.#queue.clear();
  }

  #obituary(): EltError {
    const { name } = this.#source;
    return new EltError(`${name}: ${STOPPED}: ${this.#canary.death}`, {
      hint: `when it is mended: npx elt run --refresh ${name}`,
    });
  }

  #envelope(request: R, { number, reading }: Attempt): Envelope {
    return {
      requestKey: request.key,
      request: reading?.request ?? { url: this.#address(request) },
      status: reading?.status ?? null,
      outcome: "ok",
      attempt: number,
      sourceUrl: this.#address(request),
      fetchedAt: this.#effects.now(),
    };
  }

  #describe(request: R, { number }: Attempt, failure: Failure): EltError {
    const attempts = number > 1 ? ` after ${number} attempts` : "";
    const address = this.#address(request);
    return new EltError(
      `${this.#source.name}: ${address}: ${failure.message}${attempts} (${failure.outcome})`,
      { cause: failure },
    );
  }

  #address(request: Request): string {
    return publicAddress(this.#context.root, request.url);
  }
}

interface Attempt {
  number: number;
  reading: Reading | undefined;
  /** Files of a folder that earlier attempts have read. */
  readonly kept: Map<string, Content>;
}

const STOPPED = "stopped by its canary";

function demandLife({ death }: Canary): void {
  if (death !== undefined) throw new LeftAlone(STOPPED);
}

/** The answer is the one that has landed before. */
class Unchanged extends Error {}

function defined({ outcome, response, batchId }: Omit<Answer, "records" | "count">) {
  return {
    ...(outcome ? { outcome } : {}),
    ...(response === undefined ? {} : { response }),
    ...(batchId === undefined ? {} : { batchId }),
  };
}
