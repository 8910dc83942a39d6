import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeJsonFile } from "./json-file.ts";

const spentSchema = z.object({
  requests: z.number().default(0),
  bytes: z.number().default(0),
  dollars: z.number().default(0),
});

const schema = z.object({ night: z.string(), sources: z.record(z.string(), spentSchema) });

/** What was taken: dials, bytes received, US dollars. */
export type Spent = z.output<typeof spentSchema>;

/** What a run has taken from all its sources, and each UTC day, its night, from each. */
export interface Spending {
  readonly run: Spent;
  /** Of one source, or of all. */
  tonight(now: Date, source?: string): Spent;
  add(now: Date, source: string, more: Partial<Spent>): void;
  /** A killed night must not make the next run believe that nothing was spent. */
  save(): Promise<void>;
}

const books = new WeakMap<object, Spending>();

/** The spending of a run; `run` is any object that all sources of it share. */
export function spendingOf(run: object, data: string): Spending {
  const known = books.get(run);
  if (known) return known;
  const fresh = openSpending(data);
  books.set(run, fresh);
  return fresh;
}

export function openSpending(data: string): Spending {
  const file = join(data, "spending.json");
  const run = nothing();
  const all = nothing();
  let { night, sources } = read(file);
  let [begins, ends] = spanOf(night);
  for (const spent of Object.values(sources)) increase(all, spent);
  let saving: Promise<void> = Promise.resolve();

  function turnTo(now: Date): void {
    const time = now.getTime();
    if (time >= begins && time < ends) return;
    night = now.toISOString().slice(0, 10);
    [begins, ends] = spanOf(night);
    sources = {};
    Object.assign(all, nothing());
  }

  return {
    run,
    tonight(now, source) {
      turnTo(now);
      return source === undefined ? all : (sources[source] ?? nothing());
    },
    add(now, source, more) {
      turnTo(now);
      sources[source] ??= nothing();
      for (const spent of [run, all, sources[source]]) increase(spent, more);
    },
    save() {
      saving = saving.then(() => writeJsonFile(file, { night, sources }));
      return saving;
    },
  };
}

/** Milliseconds of a UTC day; none of no day. */
function spanOf(night: string): [begins: number, ends: number] {
  const begins = Date.parse(night);
  return [begins, begins + 86_400_000];
}

function nothing(): Spent {
  return { requests: 0, bytes: 0, dollars: 0 };
}

function increase(spent: Spent, { requests = 0, bytes = 0, dollars = 0 }: Partial<Spent>): void {
  spent.requests += requests;
  spent.bytes += bytes;
  spent.dollars += dollars;
}

function read(file: string): z.output<typeof schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // Absent before the first night.
    return { night: "", sources: {} };
  }
}
