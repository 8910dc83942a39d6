import type { Comparison } from "../kit/spec.ts";
import { oneEditSql } from "../kit/text.ts";

/** One phone: equal, mistyped, the same line of another area. A number many hold weighs little. */
export function phone(
  name: string,
  column: {
    /** SQL of the digits without country and trunk. */
    readonly sql: string;
    readonly holder?: string;
  },
): Comparison {
  const the = (part: string) => `${name}_${part}`;
  const digits = `case when length(${column.sql}) >= 5 then ${column.sql} end`;
  return {
    name,
    columns: {
      [the("digits")]: digits,
      [the("end")]: `case when length(${digits}) >= 7 then right(${digits}, 7) end`,
    },
    dictionaries: {
      [the("code")]: {
        kind: "value",
        sql: digits,
        ...(column.holder ? { holder: column.holder } : {}),
      },
    },
    similarities: [
      {
        [the("known")]: `l.${the("code")} is not null and r.${the("code")} is not null`,
        [the("equal")]: `l.${the("code")} = r.${the("code")}`,
        [the("mistyped")]: oneEditSql(`l.${the("digits")}`, `r.${the("digits")}`),
        [the("same_end")]: `coalesce(l.${the("end")} = r.${the("end")}, false)`,
        [the("holders")]: `greatest(l.${the("code")}_count, r.${the("code")}_count)`,
      },
    ],
    known: the("known"),
    frequency: the("holders"),
    counted: the("code"),
    levels: [
      { label: "same phone", when: the("equal"), m: 0.6, u: 0.0001, rarity: true },
      { label: "phone mistyped", when: the("mistyped"), m: 0.05, u: 0.0001 },
      { label: "same phone, another area", when: the("same_end"), m: 0.02, u: 0.0001 },
      { label: "another phone", m: 0.33, u: 0.9997 },
    ],
  };
}
