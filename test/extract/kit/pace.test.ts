import fc from "fast-check";
import { expect, test } from "vitest";
import { pace, turn } from "../../../extract/kit/pace.ts";
import { virtualClock } from "./virtual-clock.ts";

const signal = new AbortController().signal;

test("never more dials than the rate and the burst in any window, whoever asks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 40 }),
      async (perSecond, burst, arrivals) => {
        const { effects, settle, time } = virtualClock();
        let own = pace({ perSecond, burst }, effects);
        const dials: number[] = [];
        const all = arrivals.map(async (after, index) => {
          await effects.sleep(after);
          // In the middle of the night the process is started anew.
          if (index === 20) own = pace({ perSecond, burst, due: own.due }, effects);
          await turn([own], signal, effects);
          dials.push(time());
        });
        await settle(Promise.all(all));
        for (const [first, start] of dials.entries()) {
          for (const [last, end] of dials.entries()) {
            if (last < first) continue;
            const allowed = ((end - start) * perSecond) / 1000 + burst;
            expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6);
          }
        }
        const latest = Math.max(...arrivals) + (arrivals.length * 1000) / perSecond;
        expect(time()).toBeLessThanOrEqual(latest + arrivals.length);
      },
    ),
    { numRuns: 30 },
  );
});

test("a turn is taken at both limits at once, so that neither bunches up behind the other", async () => {
  const { effects, settle, time } = virtualClock();
  const source = pace({ perSecond: 1 }, effects);
  const hosts = [pace({ perSecond: 0.5 }, effects), pace({ perSecond: 0.5 }, effects)];
  const dials: [number, number][] = [];
  const all = [0, 0, 0, 1].map(async (host) => {
    const own = hosts[host];
    if (own) await turn([source, own], signal, effects);
    dials.push([host, time()]);
  });
  await settle(Promise.all(all));
  const first = dials.filter(([host]) => host === 0).map(([, at]) => at);
  expect(first.slice(1).map((at, index) => at - (first[index] ?? 0))).toEqual([2000, 2000]);
  expect(dials).toContainEqual([1, 1000]);
});

test("a pause holds everyone who is already waiting", async () => {
  const { effects, settle, time } = virtualClock();
  const own = pace({ perSecond: 10 }, effects);
  const dials: number[] = [];
  const ask = () => turn([own], signal, effects).then(() => dials.push(time()));
  await ask();
  const waiting = Promise.all([ask(), ask()]);
  own.pause(5000);
  await settle(waiting);
  expect(dials).toEqual([0, 5000, 5100]);
});

test("a stopped run waits for nothing", async () => {
  const { effects } = virtualClock();
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(turn([pace({ perSecond: 1 }, effects)], stopped, effects)).rejects.toThrow(
    "stopped",
  );
});
