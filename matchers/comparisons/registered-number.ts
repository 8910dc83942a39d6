import type { Comparison } from "../kit/spec.ts";
import { oneEditSql } from "../kit/text.ts";

/** A number a register gives out once, copied by people: equal settles it, one slip of the pen nearly does, another speaks against. */
export function registeredNumber(
  name: string,
  column: { readonly sql: string; readonly label: string },
): Comparison {
  const { label } = column;
  const the = (part: string) => `${name}_${part}`;
  const bare = `ltrim(regexp_replace(upper(${column.sql}), '[^0-9A-Z]', '', 'g'), '0')`;
  const text = `case when length(${bare}) >= 3 then ${bare} end`;
  return {
    name,
    columns: { [the("text")]: text },
    dictionaries: { [the("code")]: { kind: "value", sql: text } },
    similarities: [
      {
        [the("known")]: `l.${the("code")} is not null and r.${the("code")} is not null`,
        [the("equal")]: `l.${the("code")} = r.${the("code")}`,
        [the("mistyped")]:
          `length(l.${the("text")}) >= 6 and ${oneEditSql(`l.${the("text")}`, `r.${the("text")}`)}`,
        [the("holders")]: `greatest(l.${the("code")}_count, r.${the("code")}_count)`,
      },
    ],
    known: the("known"),
    frequency: the("holders"),
    counted: the("code"),
    levels: [
      { label: `same ${label}`, when: the("equal"), m: 0.85, u: 0.00002, rarity: true },
      { label: `${label} mistyped`, when: the("mistyped"), m: 0.08, u: 0.00005 },
      { label: `another ${label}`, m: 0.07, u: 0.99993 },
    ],
  };
}
