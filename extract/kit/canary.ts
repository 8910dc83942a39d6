import { z } from "zod";
import type { RequestHistory } from "../../engine/warehouse/landing-history.ts";

export const canarySchema = z.strictObject({
  /** Answers that are judged together. */
  requests: z.int().min(1).default(500),
  /** Share of them that must hold something. Default: half of what the source's answers held so far. */
  least_fill: z.number().min(0).max(1).optional(),
});

export type CanaryOptions = z.output<typeof canarySchema>;

/** Looks at how many answers hold anything: a source whose share collapses has changed or hides. */
export interface Canary {
  count(isFilled: boolean): void;
  /** Why the source is asked nothing more. */
  readonly death: string | undefined;
}

export function openCanary(
  { requests, least_fill }: CanaryOptions,
  history: ReadonlyMap<string, RequestHistory>,
): Canary {
  const before = fillOf(history);
  const usual = before.answers >= requests ? before.filled / before.answers : undefined;
  let answers = 0;
  let filled = 0;
  let death: string | undefined;

  function judge(): string | undefined {
    const found = `${filled} of ${answers} answers held anything`;
    if (least_fill !== undefined) {
      return filled < least_fill * answers
        ? `${found}, less than the least fill of ${percent(least_fill)}`
        : undefined;
    }
    if (usual === undefined) return undefined;
    const due = usual * answers;
    // Where few answers ever held anything, half of them is within chance.
    const isCollapse = filled < due / 2 && due - filled > 3 * Math.sqrt(due);
    return isCollapse ? `${found}, where ${percent(usual)} did before` : undefined;
  }

  return {
    count(isFilled) {
      answers += 1;
      if (isFilled) filled += 1;
      if (answers < requests) return;
      death ??= judge();
      answers = 0;
      filled = 0;
    },
    get death() {
      return death;
    },
  };
}

function fillOf(history: ReadonlyMap<string, RequestHistory>) {
  let answers = 0;
  let filled = 0;
  for (const { answeredAt, isFilled } of history.values()) {
    if (answeredAt === undefined) continue;
    answers += 1;
    if (isFilled) filled += 1;
  }
  return { answers, filled };
}

function percent(share: number): string {
  return `${(share * 100).toLocaleString("en-US", { maximumFractionDigits: 1 })} %`;
}
