import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Identity, identify, NO_IDENTITY, remembered } from "../../matchers/kit/identity.ts";

const night = (index: number) => ({
  runId: `run-${index}`,
  startedAt: new Date(index * 86_400_000),
});

/** A history: each night gives each of ten records a group, or none when its source does not list it. */
const history = fc.array(
  fc.array(fc.option(fc.nat(4), { nil: undefined }), { minLength: 10, maxLength: 10 }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

describe("identity", () => {
  test("an entity whose records stay keeps its id, whatever happens around it", () => {
    fc.assert(
      fc.property(history, (nights) => {
        let memory: Identity = NO_IDENTITY;
        for (const [index, groups] of nights.entries()) {
          const before = memberships(memory);
          memory = identify("hotel", memory, clustersOf(groups), night(index)).after;
          for (const [members, id] of before) {
            if (clustersOf(groups).some((cluster) => cluster.join() === members)) {
              expect(memberships(memory).get(members)).toBe(id);
            }
          }
        }
      }),
    );
  });

  test("an id is never given to records that have nothing in common with those it was made for", () => {
    fc.assert(
      fc.property(history, (nights) => {
        const held = new Map<bigint, Set<string>>();
        let memory: Identity = NO_IDENTITY;
        for (const [index, groups] of nights.entries()) {
          memory = identify("hotel", memory, clustersOf(groups), night(index)).after;
          for (const [members, id] of memberships(memory)) {
            const records = members.split(",");
            const known = held.get(id);
            if (known) expect(records.some((record) => known.has(record))).toBe(true);
            held.set(id, new Set([...(known ?? []), ...records]));
          }
        }
      }),
    );
  });

  test("one id a cluster, one cluster an id, none redirected", () => {
    fc.assert(
      fc.property(history, (nights) => {
        let memory: Identity = NO_IDENTITY;
        for (const [index, groups] of nights.entries()) {
          const { ids, after } = identify("hotel", memory, clustersOf(groups), night(index));
          memory = after;
          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ids) expect(after.redirects.has(id)).toBe(false);
          for (const to of after.redirects.values()) expect(after.redirects.has(to)).toBe(false);
        }
      }),
    );
  });

  test("the log replayed from nothing gives today's table", () => {
    fc.assert(
      fc.property(history, (nights) => {
        let memory: Identity = NO_IDENTITY;
        for (const [index, groups] of nights.entries()) {
          memory = identify("hotel", memory, clustersOf(groups), night(index)).after;
          expect(remembered(memory.log)).toEqual(memory);
        }
      }),
    );
  });

  test("the order of clusters and of their records changes nothing", () => {
    fc.assert(
      fc.property(history, (nights) => {
        let one: Identity = NO_IDENTITY;
        let other: Identity = NO_IDENTITY;
        for (const [index, groups] of nights.entries()) {
          const clusters = clustersOf(groups);
          one = identify("hotel", one, clusters, night(index)).after;
          other = identify(
            "hotel",
            other,
            clusters.map((cluster) => [...cluster].reverse()).reverse(),
            night(index),
          ).after;
        }
        expect([...one.records].sort()).toEqual([...other.records].sort());
        expect(one.redirects).toEqual(other.redirects);
        expect(one.log).toEqual(other.log);
      }),
    );
  });

  test("a night without news writes nothing into the log", () => {
    const first = identify("hotel", NO_IDENTITY, [["a", "b"], ["c"]], night(0)).after;
    expect(identify("hotel", first, [["c"], ["b", "a"]], night(1)).after).toEqual(first);
  });

  test("a rebuild from nothing finds the same ids", () => {
    const one = identify("hotel", NO_IDENTITY, [["a", "b"], ["c"]], night(0)).ids;
    const two = identify("hotel", NO_IDENTITY, [["a", "b"], ["c"]], night(9)).ids;
    expect(one).toEqual(two);
  });

  test("the larger part keeps the id on a split, and both sides are logged", () => {
    const first = identify("hotel", NO_IDENTITY, [["a", "b", "c"]], night(0));
    const second = identify("hotel", first.after, [["a"], ["b", "c"]], night(1));
    expect(second.ids[1]).toBe(first.ids[0]);
    expect(eventsOf(second.after, "run-1")).toContain(`split ${first.ids[0]} ${second.ids[0]}`);
  });

  test("a merge redirects the smaller, or younger, for ever", () => {
    const first = identify("hotel", NO_IDENTITY, [["a", "b"], ["c"], ["d"]], night(0));
    const second = identify("hotel", first.after, [["a", "b", "c"], ["d"]], night(1));
    const third = identify(
      "hotel",
      second.after,
      [
        ["d", "e", "f", "g"],
        ["a", "b", "c"],
      ],
      night(2),
    );
    const fourth = identify("hotel", third.after, [["a", "b", "c", "d", "e", "f", "g"]], night(3));
    expect(second.after.redirects.get(first.ids[1]!)).toBe(first.ids[0]);
    expect(fourth.after.redirects.get(first.ids[1]!)).toBe(fourth.ids[0]);
  });

  test("a hotel that closes and opens again keeps its id", () => {
    const first = identify("hotel", NO_IDENTITY, [["a", "b"], ["c"]], night(0));
    const away = identify("hotel", first.after, [["c"]], night(1));
    const back = identify("hotel", away.after, [["c"], ["a", "b"]], night(2));
    expect(eventsOf(away.after, "run-1")).toContain(`retired ${first.ids[0]} null`);
    expect(back.ids[1]).toBe(first.ids[0]);
  });
});

function clustersOf(groups: readonly (number | undefined)[]): string[][] {
  const clusters = new Map<number, string[]>();
  for (const [record, group] of groups.entries()) {
    if (group !== undefined)
      clusters.set(group, [...(clusters.get(group) ?? []), `source:${record}`]);
  }
  return [...clusters.values()];
}

/** Sorted members → id. */
function memberships({ records }: Identity): Map<string, bigint> {
  const members = new Map<bigint, string[]>();
  for (const [record, { entityId }] of records) {
    members.set(entityId, [...(members.get(entityId) ?? []), record]);
  }
  return new Map([...members].map(([id, names]) => [names.sort().join(), id]));
}

function eventsOf({ log }: Identity, runId: string): string[] {
  return log
    .filter((line) => line.runId === runId)
    .map(({ event, entityId, otherId }) => `${event} ${entityId} ${otherId}`);
}
