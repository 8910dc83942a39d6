import { LeftAlone } from "./breaker.ts";
import type { Effects } from "./effects.ts";

/** What one run may take from one source; absent fields are not limited. */
export interface BudgetLimits {
  /** Dials, retries and redirects included. */
  readonly requests?: number | undefined;
  /** 10^6 bytes received, as they come over the wire where the server says how many. */
  readonly megabytes?: number | undefined;
  /** From the source's first request to its last. */
  readonly minutes?: number | undefined;
}

export interface Budget {
  /** Counts a dial. Throws `LeftAlone` when the budget does not cover it. */
  dial(): void;
  received(bytes: number): void;
}

export function openBudget(limits: BudgetLimits, { now }: Pick<Effects, "now">): Budget {
  const { requests = Infinity, megabytes = Infinity, minutes = Infinity } = limits;
  const begun = now().getTime();
  let dials = 0;
  let bytes = 0;
  return {
    dial() {
      if (dials >= requests) throw used(`${requests.toLocaleString("en-US")} requests`);
      if (bytes >= megabytes * 1e6) throw used(`${megabytes.toLocaleString("en-US")} MB`);
      if (now().getTime() >= begun + minutes * 60_000) throw used(`${minutes} minutes`);
      dials += 1;
    },
    received(more) {
      bytes += more;
    },
  };
}

function used(amount: string): LeftAlone {
  return new LeftAlone(`the budget of ${amount} a run is used`);
}
