import fc from "fast-check";
import { expect, test } from "vitest";
import { pace } from "../../../extract/kit/pace.ts";

/** A clock that only moves when the earliest sleeper is woken. */
function world() {
  let now = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const effects = {
    now: () => new Date(now),
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => sleepers.push({ at: now + milliseconds, wake })),
  };
  async function settle(work: Promise<unknown>): Promise<void> {
    let open = true;
    void work.finally(() => {
      open = false;
    });
    while (open) {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      const next = sleepers.sort((left, right) => left.at - right.at).shift();
      if (!next) continue;
      now = Math.max(now, next.at);
      next.wake();
    }
  }
  return { effects, settle, time: () => now };
}

const signal = new AbortController().signal;

test("never more dials than the rate in any second, whoever asks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 40 }),
      async (rate, asked) => {
        const { effects, settle, time } = world();
        const turns = pace(rate, effects);
        const dials: number[] = [];
        const all = Array.from({ length: asked }, () =>
          turns.turn(signal).then(() => dials.push(time())),
        );
        await settle(Promise.all(all));
        for (const start of dials) {
          const inside = dials.filter((at) => at >= start && at < start + 1000);
          expect(inside.length).toBeLessThanOrEqual(rate + 1);
        }
        expect(dials.at(-1)).toBeLessThanOrEqual(((asked - 1) * 1000) / rate + asked);
      },
    ),
    { numRuns: 30 },
  );
});

test("a pause holds everyone who is already waiting", async () => {
  const { effects, settle, time } = world();
  const turns = pace(10, effects);
  const dials: number[] = [];
  const ask = () => turns.turn(signal).then(() => dials.push(time()));
  await ask();
  const waiting = Promise.all([ask(), ask()]);
  turns.pause(5000);
  await settle(waiting);
  expect(dials).toEqual([0, 5000, 5100]);
});

test("a stopped run waits for nothing", async () => {
  const { effects } = world();
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(pace(1, effects).turn(stopped)).rejects.toThrow("stopped");
});
