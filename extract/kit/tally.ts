import { EltError, EltErrors } from "../../engine/errors.ts";
import { integer } from "../../engine/report.ts";
import type { StepResult } from "../../engine/step.ts";

/** What a night at one source came to. */
export interface Tally {
  rows: number;
  /** Requests whose answer landed. */
  landed: number;
  /** Requests answered "as before". */
  unchanged: number;
  /** Of these, the source said so itself. */
  notModified: number;
  /** Not asked: answered recently enough. */
  fresh: number;
  /** Requests not sent, by the reason. */
  readonly leftAlone: Map<string, number>;
  /** Records that could not be read. */
  refused: number;
  /** Addresses not asked, because they failed in three runs. */
  dead: readonly string[];
  readonly failures: EltError[];
}

export function newTally(): Tally {
  return {
    rows: 0,
    landed: 0,
    unchanged: 0,
    notModified: 0,
    fresh: 0,
    leftAlone: new Map(),
    refused: 0,
    dead: [],
    failures: [],
  };
}

/** Counts a request that was not sent. */
export function leave({ leftAlone }: Tally, reason: string): void {
  leftAlone.set(reason, (leftAlone.get(reason) ?? 0) + 1);
}

/** The step's result; throws when a request failed, after everything else has landed. */
export function resultOf(
  name: string,
  tally: Tally,
  { requests, dollars }: { readonly requests: number; readonly dollars: number },
): StepResult {
  const { rows, landed, failures } = tally;
  const warnings = warningsOf(tally);
  if (failures.length === 0) {
    const unchanged = landed === 0 && warnings.length === 0;
    return { rows, requests, warnings, unchanged, ...more(tally, dollars) };
  }
  const kept = keptOf(tally);
  const first = failures[0];
  if (first && failures.length === 1 && warnings.length === 0) {
    throw new EltError(first.message, { ...first.details, hint: kept, cause: first.details.cause });
  }
  throw new EltErrors(
    `${name}: ${count(failures.length, "request")} failed; ${kept}`,
    [...failures, ...warnings.map((warning) => new EltError(warning))],
    1,
  );
}

/** Said only where there is more to say than the rows. */
function more({ rows, landed, notModified }: Tally, dollars: number): Partial<StepResult> {
  if (notModified === 0 && dollars === 0) return {};
  const amount = [
    ...(landed > 0 ? [count(rows, "row")] : []),
    ...(notModified > 0 ? [`${integer(notModified)} not modified`] : []),
    ...(dollars > 0 ? [`$${dollars.toFixed(2)}`] : []),
  ].join(", ");
  return {
    amount,
    ...(notModified > 0 ? { notModified } : {}),
    ...(dollars > 0 ? { dollars } : {}),
  };
}

function keptOf({ landed, unchanged, fresh }: Tally): string {
  const answered = landed + unchanged + fresh;
  return answered > 0
    ? `${count(answered, "other answer")} landed and kept; run again to ask for the rest`
    : "what earlier nights landed is kept; run again to ask once more";
}

function warningsOf({ leftAlone, refused, dead }: Tally): string[] {
  return [
    ...dead.map((url) => `${url} failed in three runs and is left alone for a week`),
    ...[...leftAlone].map(([reason, number]) => `${count(number, "request")} not sent: ${reason}`),
    ...(refused > 0 ? [`${count(refused, "record")} could not be read, set aside in landing`] : []),
  ];
}

function count(number: number, noun: string): string {
  return `${integer(number)} ${noun}${number === 1 ? "" : "s"}`;
}
