import type { Comparison } from "../kit/spec.ts";

/** A figure: a price, a length, a count. Equal, or near in proportion to the larger. */
export function number(
  name: string,
  column: { readonly sql: string; readonly label: string },
): Comparison {
  const { sql, label } = column;
  const the = (part: string) => `${name}_${part}`;
  const value = `try_cast(regexp_extract(replace((${sql})::varchar, ',', ''), '-?[0-9]+(\\.[0-9]+)?') as double)`;
  return {
    name,
    columns: { [the("value")]: `case when isfinite(${value}) then ${value} end` },
    similarities: [
      {
        [the("known")]: `l.${the("value")} is not null and r.${the("value")} is not null`,
        [the("gap")]: `case
    when l.${the("value")} = r.${the("value")} then 0
    else abs(l.${the("value")} - r.${the("value")}) / greatest(abs(l.${the("value")}), abs(r.${the("value")}))
  end`,
      },
    ],
    known: the("known"),
    levels: [
      { label: `same ${label}`, when: `${the("gap")} = 0`, m: 0.6, u: 0.02 },
      { label: `${label} within 2 %`, when: `${the("gap")} <= 0.02`, m: 0.1, u: 0.02 },
      { label: `${label} within 10 %`, when: `${the("gap")} <= 0.1`, m: 0.1, u: 0.06 },
      { label: `${label} within 30 %`, when: `${the("gap")} <= 0.3`, m: 0.1, u: 0.15 },
      { label: `another ${label}`, m: 0.1, u: 0.75 },
    ],
  };
}
