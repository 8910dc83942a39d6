import { join } from "node:path";

/** Real answers of the sources, beside the checkout; tests that read them are skipped where they are absent. */
export const SAMPLES =
  process.env.LEADHOUSE_SAMPLES ?? join(import.meta.dirname, "../../../../shared/samples");
