import fc from "fast-check";
import { expect, test } from "vitest";
import { LeftAlone } from "../../../extract/kit/breaker.ts";
import { Failure } from "../../../extract/kit/classify.ts";
import { type GovernorOptions, openGovernor } from "../../../extract/kit/governor.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

const HOST = "https://register.example/";

function open(clock: VirtualClock, more: Partial<GovernorOptions> = {}) {
  const options = {
    perSecond: 1000,
    concurrency: 64,
    signal: new AbortController().signal,
    state: { hosts: {} },
    ...more,
  };
  return openGovernor(options, clock.effects);
}

type Governor = ReturnType<typeof open>;

/** A server that answers after a while, refuses what is above its capacity, and notes every call. */
function server(clock: VirtualClock, { capacity = 1000, latency = 200 } = {}) {
  let atWork = 0;
  const calls: number[] = [];
  const own = {
    calls,
    served: 0,
    most: 0,
    isDown: false,
    async answer() {
      calls.push(clock.time());
      atWork += 1;
      own.most = Math.max(own.most, atWork);
      const isRefused = atWork > capacity;
      await clock.effects.sleep(isRefused ? 20 : latency);
      atWork -= 1;
      if (own.isDown) throw new Failure("retry", "answered 502", { status: 502 });
      if (isRefused) throw new Failure("retry", "answered 429", { status: 429 });
      own.served += 1;
    },
  };
  return own;
}

/** Asks `total` requests through `width` workers, as the source's queue does; what became of them. */
async function ask(
  governor: Governor,
  work: () => Promise<void>,
  { total, width = 64 }: { total: number; width?: number },
) {
  const ends = { ok: 0, failed: 0, leftAlone: 0 };
  let next = 0;
  const worker = async () => {
    while (next < total) {
      next += 1;
      await governor
        .execute(HOST, async () => {
          await governor.turn(HOST);
          await work();
        })
        .then(
          () => {
            ends.ok += 1;
          },
          (error: unknown) => {
            if (error instanceof LeftAlone) ends.leftAlone += 1;
            else ends.failed += 1;
          },
        );
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return ends;
}

test("goodput is at least 85 % of a hidden capacity, which is found within a minute", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 100, max: 1000 }),
      async (capacity, latency) => {
        const clock = virtualClock();
        const own = server(clock, { capacity, latency });
        const governor = open(clock);
        const total = capacity * 150;
        const ends = await clock.settle(ask(governor, own.answer, { total }));
        const best = (capacity * clock.time()) / latency;
        expect(own.served / best).toBeGreaterThanOrEqual(0.85);
        expect(ends.ok).toBeGreaterThanOrEqual(total * 0.98);
        expect(own.calls.length).toBeLessThanOrEqual(total * 1.1 + 10);
        const found = governor.state.hosts["register.example"]?.learned?.proven ?? 0;
        expect(Math.abs(found - capacity)).toBeLessThanOrEqual(Math.max(1, capacity * 0.2));
      },
    ),
    { numRuns: 10 },
  );
}, 60_000);

test("never more than the contract rate in any window, however the server behaves", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 10 }),
      async (perSecond, burst, capacity) => {
        const clock = virtualClock();
        const own = server(clock, { capacity });
        const governor = open(clock, { perSecond, burst });
        await clock.settle(ask(governor, own.answer, { total: 120 }));
        const { calls } = own;
        for (const [first, start] of calls.entries()) {
          for (let last = first; last < calls.length; last += 1) {
            const seconds = ((calls[last] ?? 0) - start) / 1000;
            expect(last - first + 1).toBeLessThanOrEqual(seconds * perSecond + burst + 1e-6);
          }
        }
      },
    ),
    { numRuns: 10 },
  );
});

test.each([
  ["that is reset", {}],
  ["that asks for patience", { status: 503, pauseMs: 1000 }],
  ["that answers 503", { status: 503 }],
])("an outage %s makes at most 1.1 times the calls, and ends soon", async (_name, details) => {
  const clock = virtualClock();
  let calls = 0;
  const down = async () => {
    calls += 1;
    await clock.effects.sleep(50);
    throw new Failure("retry", "down", details);
  };
  const ends = await clock.settle(ask(open(clock), down, { total: 200 }));
  expect(calls).toBeLessThanOrEqual(220);
  expect(ends.ok + ends.failed + ends.leftAlone).toBe(200);
  expect(ends.leftAlone).toBeGreaterThan(100);
});

test("failures that never come in a row are repeated within a tenth of the calls", async () => {
  const clock = virtualClock();
  let calls = 0;
  const flaky = async () => {
    calls += 1;
    await clock.effects.sleep(50);
    if (calls % 3 > 0) throw new Failure("retry", "answered 502", { status: 502 });
  };
  await clock.settle(ask(open(clock), flaky, { total: 1000, width: 8 }));
  expect(calls).toBeLessThanOrEqual(1100);
});

test("a source that waits out an outage is whole again one probe after its end", async () => {
  const clock = virtualClock();
  const own = server(clock);
  const governor = open(clock, { outageMs: 3_600_000, perSecond: 10 });
  own.isDown = true;
  void clock.effects.sleep(1_000_000).then(() => {
    own.isDown = false;
  });
  const ends = await clock.settle(ask(governor, own.answer, { total: 300, width: 8 }));
  expect(ends.leftAlone).toBe(0);
  expect(ends.ok).toBeGreaterThanOrEqual(285);
  expect(own.calls.length).toBeLessThanOrEqual(330);
  const again = own.calls.find((at) => at > 1_000_000) ?? 0;
  expect(again).toBeLessThanOrEqual(1_000_000 + 300_000);
});

test("half-open is one probe: the others wait for what becomes of it", async () => {
  const clock = virtualClock();
  const own = server(clock, { latency: 1000 });
  const breaker = { openedAt: -300_000, probeAt: 0, reason: "answered 502" };
  const state = { hosts: { "register.example": { breaker } } };
  const ends = await clock.settle(
    ask(open(clock, { state }), own.answer, { total: 20, width: 20 }),
  );
  expect(ends.ok).toBe(20);
  expect(own.calls.filter((at) => at < 1000)).toHaveLength(1);
});

test("a refusal of us is left alone for an hour, and remembered overnight", async () => {
  const clock = virtualClock();
  const first = open(clock);
  const wall = async () => {
    throw new Failure("blocked", "answered 403", { status: 403 });
  };
  await expect(first.execute(HOST, wall)).rejects.toThrow("answered 403");
  const later = open(clock, { state: first.state });
  await expect(later.execute(HOST, wall)).rejects.toThrow("the source was left alone");
  await expect(later.execute("https://other.example/", async () => {})).resolves.toBeUndefined();
  await clock.settle(clock.effects.sleep(3_600_000));
  await expect(later.execute(HOST, async () => {})).resolves.toBeUndefined();
  expect(later.state.hosts).toEqual({});
});

test("a day's quota holds over several runs, and ends with the day", async () => {
  const clock = virtualClock();
  const own = server(clock);
  const first = open(clock, { perDay: 10 });
  expect(await clock.settle(ask(first, own.answer, { total: 6 }))).toMatchObject({ ok: 6 });
  const second = open(clock, { perDay: 10, state: first.state });
  expect(await clock.settle(ask(second, own.answer, { total: 6 }))).toEqual({
    ok: 4,
    failed: 0,
    leftAlone: 2,
  });
  await expect(second.turn(HOST)).rejects.toThrow("the quota of 10 a day is used");
  await clock.settle(clock.effects.sleep(86_400_000));
  await expect(second.turn(HOST)).resolves.toBeUndefined();
});

test("each host has its own pace beside the source's", async () => {
  const clock = virtualClock();
  const governor = open(clock, { perHost: { perSecond: 0.5, concurrency: 1 } });
  const seen: [string, number][] = [];
  const one = (host: string) =>
    governor.execute(host, async () => {
      await governor.turn(host);
      seen.push([host, clock.time()]);
    });
  const hosts = ["https://a.example/", "https://b.example/"];
  await clock.settle(Promise.all([...hosts, ...hosts].map(one)));
  expect(seen.map(([, at]) => (at < 1000 ? 0 : at))).toEqual([0, 0, 2000, 2001]);
});

test("what was learned is where the next night starts", async () => {
  const clock = virtualClock();
  const own = server(clock, { capacity: 5 });
  const first = open(clock);
  await clock.settle(ask(first, own.answer, { total: 400 }));
  own.most = 0;
  const second = open(clock, { state: JSON.parse(JSON.stringify(first.state)) });
  await clock.settle(ask(second, own.answer, { total: 100 }));
  expect(own.most).toBeLessThanOrEqual(6);
});
