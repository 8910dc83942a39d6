import type { Comparison } from "../kit/spec.ts";
import { foldedSql } from "../kit/text.ts";

export interface PersonNameColumns {
  /** SQL of the given name or names. */
  readonly given: string;
  /** SQL of the family name. */
  readonly family: string;
  /** SQL of whether the given name is written out. Default true; an initial and a family name are no full name. */
  readonly isFull?: string;
  /** SQL of the given name in full: one name for William, Bill and Will. */
  readonly long?: string;
  /** SQL of what tells father from son: jr, sr, iii. */
  readonly generation?: string;
  /** SQL of what tells holders of a name apart, see `Dictionary`. Default the record. */
  readonly holder?: string;
}

/** Names of persons: equal, swapped, misspelt, initials and short forms, one of the two equal. */
export function personName(name: string, columns: PersonNameColumns): Comparison {
  const given = foldedSql(columns.given);
  const family = foldedSql(columns.family);
  const both = `${given} || ' ' || ${family}`;
  const full = columns.isFull ? `case when ${columns.isFull} then ${both} end` : both;
  const the = (part: string) => `${name}_${part}`;
  const { long = "null::varchar", generation } = columns;
  const holder = columns.holder ? { holder: columns.holder } : {};
  const alike = (part: string) => `case
    when l.${the(part)} = r.${the(part)} then 1
    else jaro_winkler_similarity(l.${the(`${part}_text`)}, r.${the(`${part}_text`)})
  end`;
  // Who shares a given or a family name has not swapped them.
  const crossed = (left: string, right: string) => `case
    when l.${the("given")} = r.${the("given")} or l.${the("family")} = r.${the("family")} then 0
    else jaro_winkler_similarity(l.${the(left)}, r.${the(right)})
  end`;
  const count = (part: string) => `greatest(l.${the(part)}_count, r.${the(part)}_count)`;
  const same = (part: string) => `coalesce(l.${the(part)} = r.${the(part)}, false)`;
  const shortForm = `coalesce(starts_with(l.${the("given_text")}, r.${the("given_text")}) or starts_with(r.${the("given_text")}, l.${the("given_text")}) or l.${the("long")} = r.${the("long")}, false)`;
  return {
    name,
    columns: {
      [the("given_text")]: given,
      [the("family_text")]: family,
      [the("long")]: long,
      ...(generation ? { [the("generation")]: generation } : {}),
    },
    dictionaries: {
      [the("full")]: { kind: "value", sql: full, ...holder },
      // What an initial and a family name fix: less common than the family name alone.
      [the("brief")]: { kind: "value", sql: `left(${given}, 1) || ' ' || ${family}`, ...holder },
      [the("given")]: { kind: "value", sql: given, ...holder },
      [the("family")]: { kind: "value", sql: family, ...holder },
    },
    similarities: [
      {
        [the("given_alike")]: alike("given"),
        [the("family_alike")]: alike("family"),
        [the("given_as_family")]: crossed("given_text", "family_text"),
        [the("family_as_given")]: crossed("family_text", "given_text"),
        [the("same_full")]: same("full"),
        [the("same_given")]: same("given"),
        [the("same_family")]: same("family"),
        // "j" and "john", "jo" and "joseph": the shorter begins the longer; "bill" stands for "william".
        [the("short_form")]: shortForm,
        ...(generation
          ? {
              [the("other_generation")]:
                `coalesce(l.${the("generation")} <> r.${the("generation")}, false)`,
            }
          : {}),
        [the("both_given")]: `l.${the("given")} is not null and r.${the("given")} is not null`,
        [the("both_family")]: `l.${the("family")} is not null and r.${the("family")} is not null`,
        [the("some")]:
          `coalesce(l.${the("given")}, l.${the("family")}) is not null and coalesce(r.${the("given")}, r.${the("family")}) is not null`,
        [the("holders")]: `case
    when ${same("full")} then ${count("full")}
    when ${same("brief")} and ${shortForm} then ${count("brief")}
    when ${same("family")} then ${count("family")}
    when ${same("given")} then ${count("given")}
  end`,
      },
      {
        // least() passes over nulls: one unknown name would make the other decide.
        [the("crossed")]:
          `case when ${the("both_given")} and ${the("both_family")} then least(${the("given_as_family")}, ${the("family_as_given")}) else 0 end`,
        [the("half_crossed")]:
          `greatest(coalesce(${the("given_as_family")}, 0), coalesce(${the("family_as_given")}, 0))`,
      },
    ],
    known: the("some"),
    frequency: the("holders"),
    counted: the("full"),
    levels: [
      ...(generation
        ? [
            {
              label: "same name, another generation",
              when: `${the("same_full")} and ${the("other_generation")}`,
              m: 0.001,
              u: 0.00001,
              contrary: true,
            },
          ]
        : []),
      { label: "same name", when: the("same_full"), m: 0.5, u: 0.0001, rarity: true },
      { label: "names swapped", when: `${the("crossed")} >= 1`, m: 0.03, u: 0.00001 },
      {
        label: "both names alike",
        when: `least(${the("given_alike")}, ${the("family_alike")}) >= 0.9 and ${the("both_given")} and ${the("both_family")}`,
        m: 0.1,
        u: 0.0001,
      },
      { label: "names swapped and alike", when: `${the("crossed")} >= 0.88`, m: 0.02, u: 0.00003 },
      {
        label: "same family name, short given name",
        when: `${the("same_family")} and ${the("short_form")}`,
        m: 0.04,
        u: 0.0003,
        rarity: true,
      },
      {
        label: "both names somewhat alike",
        when: `least(${the("given_alike")}, ${the("family_alike")}) >= 0.8 and ${the("both_given")} and ${the("both_family")}`,
        m: 0.05,
        u: 0.0005,
      },
      {
        label: "same family name, no given name",
        when: `${the("same_family")} and not ${the("both_given")}`,
        m: 0.05,
        u: 0.001,
        rarity: true,
      },
      {
        label: "same family name",
        when: the("same_family"),
        m: 0.05,
        u: 0.002,
        rarity: true,
      },
      {
        label: "same given name, no family name",
        when: `${the("same_given")} and not ${the("both_family")}`,
        m: 0.03,
        u: 0.003,
        rarity: true,
      },
      {
        label: "same given name",
        when: the("same_given"),
        m: 0.05,
        u: 0.01,
        rarity: true,
      },
      {
        label: "one name in the other's place",
        when: `${the("half_crossed")} >= 0.92`,
        m: 0.03,
        u: 0.003,
      },
      {
        label: "one name alike",
        when: `greatest(coalesce(${the("given_alike")}, 0), coalesce(${the("family_alike")}, 0)) >= 0.88`,
        m: 0.02,
        u: 0.02,
      },
      { label: "different names", m: 0.03, u: 0.96 },
    ],
  };
}
