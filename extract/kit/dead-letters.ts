import { createHash } from "node:crypto";
import { requestHistory } from "../../engine/warehouse/landing-history.ts";
import { landedParts } from "../../engine/warehouse/landing-parts.ts";
import { literal } from "../../engine/warehouse/quote.ts";
import { Warehouse } from "../../engine/warehouse/warehouse.ts";
import type { SourceFacts } from "./extractor.ts";
import { isDead, restsUntil } from "./plan.ts";
import { readVerdicts, type Verdicts, writeVerdicts } from "./verdicts.ts";

/** A request that failed in three runs since it was last answered. */
export interface DeadLetter {
  /** Short name for commands: the same for the same request, on any computer. */
  readonly id: string;
  readonly source: string;
  readonly stream: string;
  readonly key: string;
  readonly failedRuns: number;
  readonly failedAt: Date;
  readonly status: number | null;
  readonly error: string | null;
  /** `next run`, `dropped`, or `after <time>`. */
  readonly asked: string;
}

/** The dead letters of a source's stream, the latest first. */
export async function deadLetters(
  data: string,
  { name, stream, version }: SourceFacts,
  now: Date,
): Promise<DeadLetter[]> {
  const history = await requestHistory(data, name, stream, version);
  const verdicts = readVerdicts(data, name);
  return [...history]
    .flatMap(([key, known]): DeadLetter[] => {
      if (!isDead(known) || !known.failedAt) return [];
      const { failedRuns, failedAt, failure } = known;
      return [
        {
          id: createHash("sha256").update(`${name} ${key}`).digest("hex").slice(0, 8),
          source: name,
          stream,
          key,
          failedRuns,
          failedAt,
          status: failure?.status ?? null,
          error: failure?.error ?? null,
          asked: askedWhen(verdicts[key], { failedAt, rested: restsUntil(known), now }),
        },
      ];
    })
    .sort(
      (left, right) =>
        right.failedAt.getTime() - left.failedAt.getTime() || (left.id < right.id ? -1 : 1),
    );
}

function askedWhen(
  verdict: Verdicts[string] | undefined,
  { failedAt, rested, now }: Readonly<Record<"failedAt" | "rested" | "now", Date>>,
): string {
  if (verdict?.verdict === "drop") return "dropped";
  if (rested <= now || (verdict && Date.parse(verdict.at) > failedAt.getTime())) return "next run";
  return `after ${rested.toISOString().slice(0, 16).replace("T", " ")}`;
}

/** Every failure of a dead letter that has landed, the latest first, with the start of what was sent. */
export async function failuresOf(
  data: string,
  { source, stream, key }: DeadLetter,
): Promise<Record<string, unknown>[]> {
  const parts = landedParts(data, source, stream).map(literal).join(", ");
  const memory = await Warehouse.open(":memory:");
  try {
    return await memory.rows(
      `select fetched_at, run_id, outcome, status, attempt, error, source_url, request, response[:500] as response
      from read_parquet([${parts}], union_by_name = true)
      where request_key = $key and outcome in ('retry', 'fatal')
      order by fetched_at desc`,
      { key },
    );
  } finally {
    memory.close();
  }
}

/** Sends dead letters back to the next run, or drops them for good. */
export async function decide(
  data: string,
  letters: readonly DeadLetter[],
  { verdict, at }: { readonly verdict: "retry" | "drop"; readonly at: Date },
): Promise<void> {
  for (const source of new Set(letters.map((letter) => letter.source))) {
    const decided = letters
      .filter((letter) => letter.source === source)
      .map(({ key }) => [key, { verdict, at: at.toISOString() }] as const);
    await writeVerdicts(data, source, {
      ...readVerdicts(data, source),
      ...Object.fromEntries(decided),
    });
  }
}
