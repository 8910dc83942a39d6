import { z } from "zod";
import { LeftAlone } from "./breaker.ts";
import type { Effects } from "./effects.ts";
import type { Spending, Spent } from "./spending.ts";

const amount = z.number().nonnegative().optional();

const amounts = {
  /** Dials, retries and redirects included. */
  requests: z.int().nonnegative().optional(),
  /** 10^6 bytes received, as they come over the wire where the server says how many. */
  megabytes: amount,
  /** US, by the source's `dollars_per_call`. */
  dollars: amount,
};

/** What may be taken in one run, and in one night (UTC day) of several; absent fields are not limited. */
export const budgetSchema = z.strictObject({
  ...amounts,
  /** From the source's first request to its last. */
  minutes: amount,
  night: z.strictObject(amounts).optional(),
});

export type BudgetLimits = z.output<typeof budgetSchema>;

export interface Budget {
  /** Counts a dial. Throws `LeftAlone` when a budget does not cover it. */
  dial(): void;
  received(bytes: number): void;
  /** US dollars of this source and run. */
  readonly dollars: number;
}

export interface BudgetOptions {
  readonly source: string;
  /** The source's own. */
  readonly limits: BudgetLimits;
  /** Of all sources of the profile together. */
  readonly shared: BudgetLimits;
  readonly dollarsPerCall: number;
  readonly spending: Spending;
}

export function openBudget(
  { source, limits, shared, dollarsPerCall, spending }: BudgetOptions,
  { now }: Pick<Effects, "now">,
): Budget {
  const begun = now().getTime();
  const own: Spent = { requests: 0, bytes: 0, dollars: 0 };
  return {
    dial() {
      const time = now();
      const call = { requests: 1, dollars: dollarsPerCall };
      demand(limits, own, call, "a run");
      demand(limits.night, spending.tonight(time, source), call, "a night");
      demand(shared, spending.run, call, "a run for all sources");
      demand(shared.night, spending.tonight(time), call, "a night for all sources");
      const minutes = Math.min(limits.minutes ?? Infinity, shared.minutes ?? Infinity);
      if (time.getTime() >= begun + minutes * 60_000) throw used(`${minutes} minutes`, "a run");
      own.requests += 1;
      own.dollars += dollarsPerCall;
      spending.add(time, source, call);
    },
    received(bytes) {
      own.bytes += bytes;
      spending.add(now(), source, { bytes });
    },
    get dollars() {
      return own.dollars;
    },
  };
}

/** Calls that a budget still covers after what was spent. */
export function callsLeft(
  { requests = Infinity, dollars = Infinity }: BudgetLimits = {},
  spent: Spent,
  dollarsPerCall: number,
): number {
  const paid =
    dollarsPerCall > 0 ? Math.floor((dollars - spent.dollars) / dollarsPerCall + 1e-9) : Infinity;
  return Math.max(0, Math.min(requests - spent.requests, paid));
}

function demand(
  { requests = Infinity, megabytes = Infinity, dollars = Infinity }: BudgetLimits = {},
  spent: Spent,
  call: { readonly requests: number; readonly dollars: number },
  span: string,
): void {
  if (spent.requests + call.requests > requests) {
    throw used(`${requests.toLocaleString("en-US")} requests`, span);
  }
  if (spent.bytes >= megabytes * 1e6) throw used(`${megabytes.toLocaleString("en-US")} MB`, span);
  // A thousand times a tenth of a cent is a little more than a dollar in binary.
  if (spent.dollars + call.dollars > dollars + 1e-9) throw used(`$${dollars.toFixed(2)}`, span);
}

function used(amount: string, span: string): LeftAlone {
  return new LeftAlone(`the budget of ${amount} ${span} is used`);
}
