import type { Comparison } from "../kit/spec.ts";

/**
 * What two records belong to: one group (a house, a household), groups that something holds together (houses of one
 * owner), others. How many belong to the group says nothing against it: that is what groups are.
 */
export function belonging(
  name: string,
  columns: {
    /** SQL of the group's id. */
    readonly group: string;
    /** SQL of the list of what holds groups together. */
    readonly ties?: string;
    /** `tied`: only where there are ties. */
    readonly labels: { readonly same: string; readonly tied?: string; readonly other: string };
  },
): Comparison {
  const { group, ties = "null::varchar[]", labels } = columns;
  const the = (part: string) => `${name}_${part}`;
  return {
    name,
    columns: {},
    dictionaries: {
      [the("group")]: { kind: "value", sql: `(${group})::varchar` },
      [the("ties")]: { kind: "values", sql: `list_transform(${ties}, lambda tie: tie::varchar)` },
    },
    similarities: [
      {
        [the("known")]: `l.${the("group")} is not null and r.${the("group")} is not null`,
        [the("same")]: `l.${the("group")} = r.${the("group")}`,
        [the("tied")]: `coalesce(list_has_any(l.${the("ties")}, r.${the("ties")}), false)`,
      },
    ],
    known: the("known"),
    levels: [
      { label: labels.same, when: the("same"), m: 0.6, u: 0.0005 },
      ...(labels.tied === undefined
        ? []
        : [{ label: labels.tied, when: the("tied"), m: 0.2, u: 0.0005 }]),
      { label: labels.other, m: 0.2, u: 0.999 },
    ],
  };
}
