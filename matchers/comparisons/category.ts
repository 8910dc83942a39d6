import type { Comparison } from "../kit/spec.ts";

/** What kind of place it is: same, another of the same trade, or of another trade altogether. */
export function category(
  name: string,
  columns: { readonly category: string; readonly trade: string },
): Comparison {
  const the = (part: string) => `${name}_${part}`;
  return {
    name,
    columns: { [the("kind")]: columns.category, [the("trade")]: columns.trade },
    similarities: [
      {
        [the("known")]: `l.${the("kind")} is not null and r.${the("kind")} is not null`,
        [the("same")]: `l.${the("kind")} = r.${the("kind")}`,
        [the("other_trade")]: `l.${the("trade")} <> r.${the("trade")}`,
      },
    ],
    known: the("known"),
    levels: [
      { label: "same category", when: the("same"), m: 0.7, u: 0.5 },
      { label: "another trade", when: the("other_trade"), m: 0.002, u: 0.05, contrary: true },
      { label: "another category", m: 0.298, u: 0.45 },
    ],
  };
}
