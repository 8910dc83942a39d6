/**
 * Nights that match only what changed, beside nights that match all:
 *   node bench/incremental.ts --histories 1000     random histories, compared byte by byte
 *   node bench/incremental.ts --rows 1000000       cost of a night in which 1 % of the records changed, in CPU seconds
 * Without an option: 100 histories, then 50,000 rows.
 */
import { parseArgs } from "node:util";
import fc from "fast-check";
import { compareNights, histories, trainThings } from "../test/matchers/kit/histories.ts";
import { costOfDelta } from "./incremental/cost.ts";

/** Histories side by side in one warehouse. */
const WORLDS = 20;

const { values } = parseArgs({
  options: {
    histories: { type: "string" },
    rows: { type: "string" },
    seed: { type: "string", default: "1" },
    share: { type: "string", default: "0.01" },
    threads: { type: "string", default: "2" },
  },
});
const neither = values.histories === undefined && values.rows === undefined;
if (neither || values.histories !== undefined) await proof(Number(values.histories ?? 100));
if (neither || values.rows !== undefined) {
  await costOfDelta({
    rows: Number(values.rows ?? 50_000),
    share: Number(values.share),
    threads: values.threads,
  });
}

async function proof(wanted: number): Promise<void> {
  const seed = Number(values.seed);
  let done = 0;
  for (let round = 0; done < wanted; round += 1) {
    const model = await trainThings({
      seed: seed + round,
      worlds: WORLDS,
      repeats: round % 2 === 1,
    });
    const [nights] = fc.sample(histories(WORLDS), { seed: 1000 * seed + round, numRuns: 1 });
    await compareNights(model, nights ?? []);
    done += WORLDS;
    if (round % 10 === 9) console.log(`  ${done} histories of 5 nights: equal bytes`);
  }
  console.log(`  ${done} histories of 5 nights: equal bytes, seed ${seed}`);
}
