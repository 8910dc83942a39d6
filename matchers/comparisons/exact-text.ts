import type { Comparison } from "../kit/spec.ts";
import { foldedSql } from "../kit/text.ts";

/** A short text that is right or wrong: a town, an occupation, a number of a file. Rare values weigh more. */
export function exactText(
  name: string,
  column: {
    readonly sql: string;
    readonly label: string;
    /** SQL of what tells holders of a value apart, see `Dictionary`. Default the record. */
    readonly holder?: string;
    /** Share of matches that agree, believed before any data. Default 0.8. */
    readonly m?: number;
  },
): Comparison {
  const { sql, label, holder, m = 0.8 } = column;
  const the = (part: string) => `${name}_${part}`;
  const rest = 1 - m;
  return {
    name,
    columns: { [the("text")]: foldedSql(sql) },
    dictionaries: {
      [the("code")]: { kind: "value", sql: foldedSql(sql), ...(holder ? { holder } : {}) },
    },
    similarities: [
      {
        [the("known")]: `l.${the("code")} is not null and r.${the("code")} is not null`,
        [the("equal")]: `l.${the("code")} = r.${the("code")}`,
        [the("spelling")]: `case
    when l.${the("code")} = r.${the("code")} then 1
    else jaro_winkler_similarity(l.${the("text")}, r.${the("text")})
  end`,
        [the("holders")]: `greatest(l.${the("code")}_count, r.${the("code")}_count)`,
      },
    ],
    known: the("known"),
    frequency: the("holders"),
    counted: the("code"),
    levels: [
      { label: `same ${label}`, when: the("equal"), m, u: 0.01, rarity: true },
      { label: `${label} spelt alike`, when: `${the("spelling")} >= 0.9`, m: rest * 0.3, u: 0.005 },
      {
        label: `${label} somewhat alike`,
        when: `${the("spelling")} >= 0.75`,
        m: rest * 0.15,
        u: 0.01,
      },
      { label: `another ${label}`, m: rest * 0.55, u: 0.975 },
    ],
  };
}
