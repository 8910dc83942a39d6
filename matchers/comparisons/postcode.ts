import type { Comparison } from "../kit/spec.ts";
import { oneEditSql } from "../kit/text.ts";

/** A postcode of any country: equal, mistyped, or the same from the front, which is where the wider area stands. */
export function postcode(
  name: string,
  column: { readonly sql: string; readonly holder?: string },
): Comparison {
  const the = (part: string) => `${name}_${part}`;
  const text = `nullif(upper(regexp_replace((${column.sql})::varchar, '[^0-9A-Za-z]', '', 'g')), '')`;
  return {
    name,
    columns: {
      [the("text")]: text,
      [the("sector_text")]: `left(${text}, greatest(3, length(${text}) - 2))`,
      [the("area_text")]: `left(${text}, 2)`,
      // SW1A 1AA lies in SW1A, as 33139 lies in 331.
      [the("district")]:
        `case when length(${text}) >= 4 then left(${text}, greatest(2, length(${text}) - 3)) end`,
    },
    dictionaries: {
      [the("code")]: {
        kind: "value",
        sql: text,
        ...(column.holder ? { holder: column.holder } : {}),
      },
    },
    similarities: [
      {
        [the("known")]: `l.${the("code")} is not null and r.${the("code")} is not null`,
        [the("equal")]: `l.${the("code")} = r.${the("code")}`,
        [the("mistyped")]: oneEditSql(`l.${the("text")}`, `r.${the("text")}`),
        [the("sector")]: `l.${the("sector_text")} = r.${the("sector_text")}`,
        [the("same_district")]: `l.${the("district")} = r.${the("district")}`,
        [the("area")]: `l.${the("area_text")} = r.${the("area_text")}`,
        [the("holders")]: `greatest(l.${the("code")}_count, r.${the("code")}_count)`,
      },
    ],
    known: the("known"),
    frequency: the("holders"),
    counted: the("code"),
    levels: [
      { label: "same postcode", when: the("equal"), m: 0.7, u: 0.001, rarity: true },
      { label: "postcode mistyped", when: the("mistyped"), m: 0.08, u: 0.003 },
      { label: "same postcode sector", when: the("sector"), m: 0.03, u: 0.002 },
      { label: "same postcode district", when: the("same_district"), m: 0.04, u: 0.005 },
      { label: "same postcode area", when: the("area"), m: 0.03, u: 0.03 },
      { label: "another postcode", m: 0.12, u: 0.959 },
    ],
  };
}
