import type { Io } from "./io.ts";

const STOPPED = 130;

/** Turns the first Ctrl-C into an abort signal; the second one ends the process at once. */
export function watchInterrupt(io: Io): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  function onSignal(): void {
    if (controller.signal.aborted) io.exit(STOPPED);
    controller.abort();
    io.err("stopping after the current write — press Ctrl-C again to stop at once");
  }
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    close() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
