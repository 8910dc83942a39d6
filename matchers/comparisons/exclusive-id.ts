import type { Comparison } from "../kit/spec.ts";

/** An id that one entity holds alone: equal settles it, two different ones speak loudly against. */
export function exclusiveId(
  name: string,
  column: {
    readonly sql: string;
    readonly label: string;
    /** SQL of who gives the ids out: only ids of one giver can be compared. */
    readonly within?: string;
  },
): Comparison {
  const id = `${name}_id`;
  const giver = `${name}_giver`;
  return {
    name,
    columns: { [giver]: column.within ?? "''" },
    dictionaries: {
      [id]: { kind: "value", sql: `${column.within ?? "''"} || ':' || ${column.sql}` },
    },
    similarities: [
      {
        [`${name}_known`]: `l.${id} is not null and r.${id} is not null and l.${giver} = r.${giver}`,
        [`${name}_equal`]: `l.${id} = r.${id}`,
      },
    ],
    known: `${name}_known`,
    levels: [
      { label: `same ${column.label}`, when: `${name}_equal`, m: 0.95, u: 0.00002 },
      { label: `another ${column.label}`, m: 0.05, u: 0.99998 },
    ],
  };
}
