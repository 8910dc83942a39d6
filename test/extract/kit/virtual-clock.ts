/** A clock that only moves when the earliest sleeper is woken. */
export interface VirtualClock {
  readonly effects: {
    readonly now: () => Date;
    readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
    readonly random: () => number;
  };
  readonly time: () => number;
  /** Runs until the work is done. */
  readonly settle: <T>(work: Promise<T>) => Promise<T>;
}

export function virtualClock(): VirtualClock {
  let now = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    effects: {
      now: () => new Date(now),
      sleep: (milliseconds) =>
        new Promise((wake) => sleepers.push({ at: now + milliseconds, wake })),
      random: () => 0.5,
    },
    time: () => now,
    async settle(work) {
      let isOpen = true;
      const end = () => {
        isOpen = false;
      };
      work.then(end, end);
      while (isOpen) {
        await new Promise<void>((next) => setImmediate(next));
        let first = 0;
        for (let place = 1; place < sleepers.length; place += 1) {
          if ((sleepers[place]?.at ?? 0) < (sleepers[first]?.at ?? 0)) first = place;
        }
        const [next] = sleepers.splice(first, 1);
        if (!next) continue;
        // The computer's clock knows whole milliseconds only.
        now = Math.max(now, Math.ceil(next.at));
        next.wake();
      }
      return await work;
    },
  };
}
