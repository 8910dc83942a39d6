import type { Comparison } from "../kit/spec.ts";
import { foldedSql } from "../kit/text.ts";

/**
 * A title, a description, a list of authors: the words in common weighed by their rarity, and the spelling of the
 * whole. `numbers`: do the figures in it tell things apart (editions, models)?
 */
export function freeText(
  name: string,
  column: {
    readonly sql: string;
    readonly label: string;
    readonly numbers?: boolean;
    readonly holder?: string;
  },
): Comparison {
  const { sql, label, numbers = false } = column;
  const the = (part: string) => `${name}_${part}`;
  const text = foldedSql(sql);
  const words = the("words");
  return {
    name,
    columns: {
      [the("text")]: text,
      [the("numbers")]: numbers
        ? `nullif(array_to_string(list_sort(list_distinct(regexp_extract_all(${text}, '\\b[0-9]+\\b'))), ' '), '')`
        : "null::varchar",
    },
    dictionaries: {
      [the("code")]: {
        kind: "value",
        sql: text,
        ...(column.holder ? { holder: column.holder } : {}),
      },
      [words]: { kind: "tokens", sql: `string_split(${text}, ' ')` },
    },
    similarities: [
      {
        [the("known")]: `l.${the("code")} is not null and r.${the("code")} is not null`,
        [the("equal")]: `l.${the("code")} = r.${the("code")}`,
        [the("shared")]: `case
    when l.${words}_sig & r.${words}_sig = 0 then 0
    else coalesce(list_sum(list_transform(list_intersect(l.${words}, r.${words}), lambda t: t & 1023)), 0)
  end::double`,
        [the("sum")]: `(l.${words}_bits + r.${words}_bits)::double`,
        [the("smaller")]: `least(l.${words}_bits, r.${words}_bits)::double`,
        [the("spelling")]: `jaro_winkler_similarity(l.${the("text")}, r.${the("text")})`,
        [the("other_numbers")]: `coalesce(l.${the("numbers")} <> r.${the("numbers")}, false)`,
        [the("holders")]: `greatest(l.${the("code")}_count, r.${the("code")}_count)`,
      },
      {
        [the("overlap")]:
          `coalesce(${the("shared")} / nullif(${the("sum")} - ${the("shared")}, 0), 0)`,
        [the("contained")]: `coalesce(${the("shared")} / nullif(${the("smaller")}, 0), 0)`,
      },
    ],
    known: the("known"),
    frequency: the("holders"),
    counted: the("code"),
    levels: [
      { label: `same ${label}`, when: the("equal"), m: 0.4, u: 0.0003, rarity: true },
      ...(numbers
        ? [
            {
              label: `${label} alike but for a number`,
              when: `${the("other_numbers")} and ${the("overlap")} >= 0.4`,
              m: 0.03,
              u: 0.001,
            },
          ]
        : []),
      {
        label: `${label} almost the same`,
        when: `${the("overlap")} >= 0.8 or ${the("spelling")} >= 0.96`,
        m: 0.2,
        u: 0.0003,
      },
      {
        label: `one ${label} contains the other`,
        when: `${the("contained")} >= 0.95 and ${the("shared")} >= 224`,
        m: 0.1,
        u: 0.0005,
      },
      {
        label: `most rare words of ${label} shared`,
        when: `${the("overlap")} >= 0.55 or ${the("contained")} >= 0.8 and ${the("shared")} >= 320`,
        m: 0.1,
        u: 0.001,
      },
      {
        label: `many rare words of ${label} shared`,
        when: `${the("overlap")} >= 0.35 or ${the("spelling")} >= 0.88`,
        m: 0.07,
        u: 0.003,
      },
      {
        label: `some words of ${label} shared`,
        when: `${the("overlap")} >= 0.18`,
        m: 0.05,
        u: 0.02,
      },
      { label: `another ${label}`, m: 0.05, u: 0.97 },
    ],
  };
}
