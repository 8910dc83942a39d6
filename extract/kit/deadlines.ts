/** Ends calls that take too long, and all of them when the run is stopped. */
export interface Deadlines {
  /** A call's signal; `end` when the call is over, however. */
  begin(milliseconds: number): { readonly signal: AbortSignal; readonly end: () => void };
  close(): void;
}

/** One listener at the run's signal for all calls: `AbortSignal.any` for each is a tenth of a small call. */
export function openDeadlines(stop: AbortSignal): Deadlines {
  const open = new Set<AbortController>();
  const abortAll = () => {
    for (const controller of open) controller.abort(stop.reason);
  };
  stop.addEventListener("abort", abortAll);
  return {
    begin(milliseconds) {
      const controller = new AbortController();
      if (stop.aborted) controller.abort(stop.reason);
      open.add(controller);
      const timer = setTimeout(() => controller.abort(lateness()), milliseconds);
      return {
        signal: controller.signal,
        end() {
          clearTimeout(timer);
          open.delete(controller);
        },
      };
    },
    close: () => stop.removeEventListener("abort", abortAll),
  };
}

function lateness(): DOMException {
  return new DOMException("The operation was aborted due to timeout", "TimeoutError");
}
