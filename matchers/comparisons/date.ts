import type { Comparison } from "../kit/spec.ts";
import { oneEditSql } from "../kit/text.ts";

const FORMATS = "['%Y-%m-%d', '%Y%m%d', '%Y/%m/%d', '%d.%m.%Y', '%d/%m/%Y', '%m/%d/%Y']";

/** A day: equal, mistyped, day and month swapped, near. What is no date is compared by its digits. */
export function date(
  name: string,
  column: { readonly sql: string; readonly label: string; readonly holder?: string },
): Comparison {
  const { sql, label } = column;
  const the = (part: string) => `${name}_${part}`;
  const day = `try_strptime((${sql})::varchar, ${FORMATS})::date`;
  const digits = `nullif(coalesce(strftime(${day}, '%Y%m%d'), regexp_replace((${sql})::varchar, '[^0-9]', '', 'g')), '')`;
  return {
    name,
    columns: {
      [the("day")]: day,
      [the("digits")]: digits,
      [the("swapped")]: `left(${digits}, 4) || right(${digits}, 2) || substr(${digits}, 5, 2)`,
      [the("year")]: `nullif(left(${digits}, 4), '')`,
      // The first of January often stands for the year alone.
      [the("month_day")]:
        `case when length(${digits}) = 8 and right(${digits}, 4) <> '0101' then right(${digits}, 4) end`,
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
        [the("turned")]:
          `length(l.${the("digits")}) = 8 and l.${the("swapped")} = r.${the("digits")}`,
        [the("same_year")]: `l.${the("year")} = r.${the("year")}`,
        [the("same_month_day")]: `coalesce(l.${the("month_day")} = r.${the("month_day")}, false)`,
        [the("days")]: `abs(l.${the("day")} - r.${the("day")})`,
        [the("holders")]: `greatest(l.${the("code")}_count, r.${the("code")}_count)`,
      },
    ],
    known: the("known"),
    frequency: the("holders"),
    counted: the("code"),
    levels: [
      { label: `same ${label}`, when: the("equal"), m: 0.75, u: 0.0002, rarity: true },
      { label: `${label} mistyped`, when: the("mistyped"), m: 0.06, u: 0.001 },
      { label: `${label} with day and month swapped`, when: the("turned"), m: 0.01, u: 0.0002 },
      {
        label: `same day of another year`,
        when: the("same_month_day"),
        m: 0.03,
        u: 0.002,
      },
      { label: `${label} within a month`, when: `${the("days")} <= 31`, m: 0.02, u: 0.002 },
      {
        label: `${label} within a year`,
        when: `${the("days")} <= 366 or ${the("same_year")}`,
        m: 0.05,
        u: 0.02,
      },
      { label: `${label} within ten years`, when: `${the("days")} <= 3653`, m: 0.04, u: 0.15 },
      { label: `another ${label}`, m: 0.04, u: 0.82 },
    ],
  };
}
