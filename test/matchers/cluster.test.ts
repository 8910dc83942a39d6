import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { components } from "../../matchers/kit/components.ts";
import { link, MUST, NEVER } from "../../matchers/kit/linkage.ts";
import { type Link, linksOf } from "./kit/links.ts";

const edges = fc.array(fc.tuple(fc.nat(29), fc.nat(29), fc.integer({ min: -5, max: 20 })), {
  maxLength: 60,
});

describe("components", () => {
  test("are those of a plain union-find on random graphs", () => {
    fc.assert(
      fc.property(edges, (list) => {
        const { of } = components(30, columns(list), { cut: 0 });
        const expected = unionFind(
          30,
          list.filter(([, , weight]) => weight >= 0),
        );
        for (let one = 0; one < 30; one += 1) {
          for (let other = one + 1; other < 30; other += 1) {
            const together = of[one] !== -1 && of[one] === of[other];
            expect(together).toBe(expected[one] === expected[other]);
          }
        }
      }),
    );
  });

  test("one that outgrows the limit is cut at a higher weight", () => {
    const chain = Array.from({ length: 9 }, (_, index): [number, number, number] => [
      index,
      index + 1,
      index === 4 ? 1 : 9,
    ]);
    const { of, count } = components(10, columns(chain), { cut: 0, largest: 6 });
    expect(count).toBe(2);
    expect([...of]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  test("are the parts that a cut and cut again of what is too large leaves", () => {
    fc.assert(
      fc.property(edges, fc.integer({ min: 2, max: 8 }), (list, largest) => {
        const { of } = components(30, columns(list), { cut: -4, largest });
        const expected = recut(list, -4, largest);
        for (let one = 0; one < 30; one += 1) {
          for (let other = one + 1; other < 30; other += 1) {
            const together = of[one] !== -1 && of[one] === of[other];
            expect(together).toBe(expected[one] === expected[other]);
          }
        }
      }),
    );
  });

  test("are drawn tighter when the pairs inside are not affordable", () => {
    const chain = Array.from({ length: 9 }, (_, index): [number, number, number] => [
      index,
      index + 1,
      index % 3 === 2 ? 1 : 9,
    ]);
    expect(components(10, columns(chain), { cut: 0, affordable: 45 }).count).toBe(1);
    const { of } = components(10, columns(chain), { cut: 0, affordable: 44 });
    expect([...of]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, -1]);
  });

  test("one that holds together at any weight is said to be oversized", () => {
    const star = Array.from({ length: 9 }, (_, index): [number, number, number] => [
      0,
      index + 1,
      99,
    ]);
    expect(components(10, columns(star), { cut: 0, largest: 3 }).oversized).toBe(1);
  });
});

describe("average linkage", () => {
  test("joins what a union-find joins when every pair inside agrees", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 2, maxLength: 12 }), (groups) => {
        const links = pairs(groups.length, (one, other) =>
          groups[one] === groups[other] ? 9 : -9,
        );
        const clusters = link(
          { members: groups.map((_, index) => index), links: linksOf(links) },
          0,
        );
        for (const { members } of clusters) {
          expect(new Set(members.map((member) => groups[member])).size).toBe(1);
        }
        expect(clusters.length).toBe(new Set(groups).size);
      }),
    );
  });

  test("one wrong pair does not join two clusters", () => {
    const groups = [0, 0, 0, 1, 1, 1];
    const links = pairs(6, (one, other) => {
      if (one === 2 && other === 3) return 9;
      return groups[one] === groups[other] ? 10 : -6;
    });
    expect(sizes(link({ members: [0, 1, 2, 3, 4, 5], links: linksOf(links) }, 0))).toEqual([3, 3]);
  });

  test("two under never stay apart however much they weigh, and so do those joined to them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -15, max: 15 }), { minLength: 45, maxLength: 45 }),
        (weights) => {
          let next = 0;
          const links = pairs(10, () => weights[next++] ?? 0).map(
            (edge): Link =>
              edge.one === 0 && edge.other === 9 ? { ...edge, verdict: NEVER } : edge,
          );
          for (const { members } of link({ members: pairsOf(10), links: linksOf(links) }, -20)) {
            expect(members.includes(0) && members.includes(9)).toBe(false);
          }
        },
      ),
    );
  });

  test("a human's same outranks every weight", () => {
    const links: Link[] = [{ one: 0, other: 1, prior: -10, evidence: [-15], verdict: MUST }];
    expect(sizes(link({ members: [0, 1], links: linksOf(links) }, 2))).toEqual([2]);
  });

  test("the order of the links does not matter", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -15, max: 15 }), { minLength: 28, maxLength: 28 }),
        (weights) => {
          let next = 0;
          const links = pairs(8, () => weights[next++] ?? 0);
          const members = pairsOf(8);
          expect(link({ members, links: linksOf([...links].reverse()) }, 2)).toEqual(
            link({ members, links: linksOf(links) }, 2),
          );
        },
      ),
    );
  });

  test("a record without an address takes nothing from the address of its companion", () => {
    // 0 and 1 share a name; 1 and 2 an address, under two names; 0 has no address.
    const links: Link[] = [
      { one: 0, other: 1, prior: -8, evidence: [12, null, 4] },
      { one: 0, other: 2, prior: -8, evidence: [-3, null, -1] },
      { one: 1, other: 2, prior: -8, evidence: [-3, 15, null] },
    ];
    expect(sizes(link({ members: [0, 1, 2], links: linksOf(links) }, 2))).toEqual([3]);
  });

  test("merges what a search over all pairs would merge, in the same order", () => {
    const bits = fc.integer({ min: -12, max: 12 });
    const verdict = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, MUST, NEVER);
    const grid = (size: number) =>
      fc.tuple(
        fc.array(fc.tuple(bits, fc.option(bits), verdict), {
          minLength: (size * (size - 1)) / 2,
          maxLength: (size * (size - 1)) / 2,
        }),
        fc.constant(size),
      );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }).chain(grid), ([cells, size]) => {
        let next = 0;
        const links = pairs(size, () => 0).map((edge): Link => {
          const [name, place, word] = cells[next++] ?? [0, null, 0];
          return { ...edge, evidence: [name, place], verdict: word };
        });
        const members = pairsOf(size);
        const clusters = link({ members, links: linksOf(links) }, 0);
        expect(clusters.map((cluster) => cluster.members)).toEqual(slowLink(size, links));
      }),
    );
  });

  test("the confidence is that of the weakest merge", () => {
    const [cluster] = link(
      {
        members: [0, 1, 2],
        links: linksOf(pairs(3, (one, other) => (one === 0 && other === 1 ? 10 : 3))),
      },
      2,
    );
    expect(cluster?.confidence).toBeCloseTo(8 / 9, 9);
  });
});

/** Average linkage as one would write it down: every pair of clusters looked at before every merge. */
function slowLink(size: number, links: readonly Link[]): number[][] {
  const parts = pairsOf(size).map((member) => [member]);
  const between = (left: number[], right: number[]) =>
    links.filter(
      ({ one, other }) =>
        (left.includes(one) && right.includes(other)) ||
        (left.includes(other) && right.includes(one)),
    );
  const join = (left: number[], right: number[]) => {
    left.push(...right);
    parts.splice(parts.indexOf(right), 1);
  };
  for (const { one, other, verdict } of links) {
    if (verdict !== MUST) continue;
    const [left, right] = [one, other]
      .map((member) => parts.findIndex((part) => part.includes(member)))
      .sort((first, second) => first - second)
      .map((index) => parts[index]!);
    if (left !== right) join(left!, right!);
  }
  for (;;) {
    let best: { left: number[]; right: number[]; weight: number } | undefined;
    for (const [index, left] of parts.entries()) {
      for (const right of parts.slice(index + 1)) {
        const inside = between(left, right);
        if (inside.some(({ verdict }) => verdict === NEVER)) continue;
        let weight = 0;
        for (const slot of [0, 1]) {
          const known = inside.flatMap(({ evidence }) => evidence[slot] ?? []);
          if (known.length > 0) weight += known.reduce((sum, bit) => sum + bit, 0) / known.length;
        }
        weight = Math.round(weight * 1e6) / 1e6;
        if (weight > (best?.weight ?? 0)) best = { left, right, weight };
      }
    }
    if (!best) return parts.map((part) => part.sort((left, right) => left - right));
    join(best.left, best.right);
  }
}

function columns(list: readonly (readonly [number, number, number])[]) {
  return {
    a: Int32Array.from(list, ([a]) => a),
    b: Int32Array.from(list, ([, b]) => b),
    weight: Float64Array.from(list, ([, , weight]) => weight),
  };
}

function unionFind(size: number, list: readonly (readonly [number, number, number])[]): number[] {
  const label = Array.from({ length: size }, (_, index) => index);
  for (const [a, b] of list) {
    const [from, to] = [label[a], label[b]];
    for (let index = 0; index < size; index += 1) if (label[index] === from) label[index] = to!;
  }
  return label;
}

/** Components as they are defined: those at the cut, and of each that is too large those two bits higher, and so on. */
function recut(
  list: readonly (readonly [number, number, number])[],
  cut: number,
  largest: number,
): number[] {
  const label = Array.from({ length: 30 }, (_, index) => index);
  const split = (members: readonly number[], at: number) => {
    const inside = list.filter(
      ([a, b, weight]) => weight >= at && members.includes(a) && members.includes(b),
    );
    const found = unionFind(30, inside);
    for (const root of new Set(members.map((member) => found[member]!))) {
      const part = members.filter((member) => found[member] === root);
      if (part.length > largest && at < 40) split(part, at + 2);
      else for (const member of part) label[member] = part[0]!;
    }
  };
  split(label.slice(), cut);
  return label;
}

function pairs(size: number, weight: (one: number, other: number) => number): Link[] {
  const links: Link[] = [];
  for (let one = 0; one < size; one += 1) {
    for (let other = one + 1; other < size; other += 1)
      links.push({ one, other, prior: 0, evidence: [weight(one, other)] });
  }
  return links;
}

function pairsOf(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}

function sizes(clusters: readonly { members: readonly number[] }[]): number[] {
  return clusters.map(({ members }) => members.length).sort();
}
