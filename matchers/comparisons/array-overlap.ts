import type { Comparison } from "../kit/spec.ts";

/** A list of values: all of the shorter list, most, some or none in common, each weighed by its rarity. */
export function arrayOverlap(
  name: string,
  column: { readonly sql: string; readonly label: string },
): Comparison {
  const { sql, label } = column;
  const the = (part: string) => `${name}_${part}`;
  const items = the("items");
  return {
    name,
    columns: {},
    dictionaries: { [items]: { kind: "tokens", sql } },
    similarities: [
      {
        [the("known")]: `l.${items} is not null and r.${items} is not null`,
        [the("shared")]: `case
    when l.${items}_sig & r.${items}_sig = 0 then 0
    else coalesce(list_sum(list_transform(list_intersect(l.${items}, r.${items}), lambda t: t & 1023)), 0)
  end::double`,
        [the("smaller")]: `least(l.${items}_bits, r.${items}_bits)::double`,
        [the("same")]: `coalesce(l.${items} = r.${items}, false)`,
      },
      { [the("contained")]: `coalesce(${the("shared")} / nullif(${the("smaller")}, 0), 0)` },
    ],
    known: the("known"),
    levels: [
      { label: `same ${label}`, when: the("same"), m: 0.5, u: 0.0005 },
      {
        label: `all ${label} of the shorter list`,
        when: `${the("contained")} >= 0.99`,
        m: 0.2,
        u: 0.002,
      },
      { label: `most ${label} in common`, when: `${the("contained")} >= 0.5`, m: 0.1, u: 0.003 },
      { label: `some ${label} in common`, when: `${the("shared")} > 0`, m: 0.1, u: 0.02 },
      { label: `no ${label} in common`, m: 0.1, u: 0.9745 },
    ],
  };
}
