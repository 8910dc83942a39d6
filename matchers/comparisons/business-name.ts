import type { Comparison } from "../kit/spec.ts";

/** Towns in which one source knows a name, from which it is a chain's or anybody's. */
const CROWD = 2;

/** Words that tell one building of a place from another: North Tower and South Tower, a hotel and its annex. */
const PARTS =
  "('north', 'south', 'east', 'west', 'tower', 'towers', 'annex', 'annexe', 'wing', 'building', 'phase', 'i', 'ii', 'iii', 'iv')";

export interface BusinessNameColumns {
  /** SQL of the core name: folded, without words of the trade and the city; null when nothing is left. */
  readonly core: string;
  /** SQL of the folded words of the whole name, a list. */
  readonly tokens: string;
  /** SQL of the brand found in the name, if any. */
  readonly brand?: string;
  /** SQL over the prepared columns: what tells the holders of a name apart (their town). Default the record. */
  readonly holder?: string;
  /** SQL of the initials of the name: "International Business Machines" is ibm. */
  readonly initials?: string;
  /** SQL of a second name it is known under, in the form of the core name. */
  readonly alias?: string;
  /**
   * SQL over the similarities: do the records belong to one group? Then a rare word in common may be the
   * group's ("Rock by Lowkl", "Samantha by Lowkl") and is no evidence.
   */
  readonly group?: string;
  /** Shares of matches with only a rare word in common, and with different names, at most. Default whatever is learned. */
  readonly most?: { readonly word: number; readonly different: number };
}

/** Names of businesses and places: core name, rare words, containment, spelling; numbers and brands that differ. */
export function businessName(name: string, columns: BusinessNameColumns): Comparison {
  const {
    tokens,
    initials,
    alias,
    brand = "null::varchar",
    holder = "id",
    group = "false",
    most,
  } = columns;
  // "1 Hotel" and "A-1 Motel" leave "1": a number alone is no name.
  const core = `case when regexp_matches(${columns.core}, '[^0-9 ]{2}') then ${columns.core} end`;
  // A brand's own words prove the brand, not the house: they are left out of what is compared word by word.
  const own = `list_filter(string_split(${core}, ' '), lambda t: not list_contains(string_split_regex(lower(coalesce(${brand}, '')), '[^a-z0-9]+'), t))`;
  const the = (part: string) => `${name}_${part}`;
  const words = the("words");
  const bitsOf = (side: string) => `${side}.${words}_bits`;
  return {
    name,
    columns: {
      [the("text")]: `nullif(array_to_string(${own}, ' '), '')`,
      [the("whole")]: `nullif(array_to_string(list_sort(list_distinct(${tokens})), ' '), '')`,
      [the("numbers")]:
        `nullif(array_to_string(list_sort(list_distinct(list_filter(${tokens}, lambda t: regexp_full_match(t, '[0-9]+')))), ' '), '')`,
      [the("brand")]: brand,
      ...(initials ? { [the("initials")]: initials } : {}),
      ...(alias ? { [the("alias")]: alias } : {}),
      [the("part")]:
        `nullif(array_to_string(list_sort(list_distinct(list_filter(${tokens}, lambda t: t in ${PARTS}))), ' '), '')`,
    },
    dictionaries: {
      [the("core")]: { kind: "value", sql: core, holder },
      [words]: { kind: "tokens", sql: own },
    },
    similarities: [
      {
        [the("known")]:
          `(l.${the("core")} is not null and r.${the("core")} is not null) or l.${the("whole")} = r.${the("whole")}`,
        [the("equal")]: `coalesce(l.${the("core")} = r.${the("core")}, false)`,
        [the("generic")]:
          `(l.${the("core")} is null or r.${the("core")} is null) and coalesce(l.${the("whole")} = r.${the("whole")}, false)`,
        [the("shared")]: `case
    when l.${words}_sig & r.${words}_sig = 0 then 0
    else coalesce(list_sum(list_transform(list_intersect(l.${words}, r.${words}), lambda t: t & 1023)), 0)
  end::double`,
        [the("sum")]: `(${bitsOf("l")} + ${bitsOf("r")})::double`,
        [the("smaller")]: `least(${bitsOf("l")}, ${bitsOf("r")})::double`,
        [the("spelling")]: `jaro_winkler_similarity(l.${the("text")}, r.${the("text")})`,
        [the("same_brand")]: `coalesce(l.${the("brand")} = r.${the("brand")}, false)`,
        // "Hotel Ocean" is not the "Crowne Plaza Z Ocean Hotel": one common word inside a chain's name is too little.
        [the("one_branded")]: `(l.${the("brand")} is null) <> (r.${the("brand")} is null)`,
        [the("conflict")]:
          `coalesce(l.${the("brand")} <> r.${the("brand")}, false) or coalesce(l.${the("numbers")} <> r.${the("numbers")}, false)`,
        [the("abbreviated")]: initials
          ? `coalesce(l.${the("initials")} = replace(r.${the("text")}, ' ', '') or r.${the("initials")} = replace(l.${the("text")}, ' ', ''), false)`
          : "false",
        [the("other_name")]: alias
          ? `coalesce(l.${the("alias")} = r.${the("alias")}, false) or coalesce(l.${the("alias")} = r.${the("text")}, false) or coalesce(r.${the("alias")} = l.${the("text")}, false)`
          : "false",
        // "Face Book" and "Facebook", "A B C" and "ABC".
        [the("joined")]:
          `coalesce(replace(l.${the("text")}, ' ', '') = replace(r.${the("text")}, ' ', ''), false)`,
        [the("holders")]: `greatest(l.${the("core")}_count, r.${the("core")}_count)`,
      },
      {
        [the("overlap")]: `${the("shared")} / nullif(${the("sum")} - ${the("shared")}, 0)`,
        [the("contained")]: `${the("shared")} / nullif(${the("smaller")}, 0)`,
      },
      {
        [the("almost")]:
          `not ${the("conflict")} and (${the("joined")} or coalesce(${the("overlap")} >= 0.8 or ${the("spelling")} >= 0.95, false))`,
        [the("inside")]:
          `not ${the("conflict")} and coalesce(${the("contained")} >= 0.99 and ${the("shared")} >= case when ${the("one_branded")} then 448 else 192 end, false)`,
        [the("fits")]: `not ${the("conflict")} and coalesce(
      ${the("equal")} or ${the("overlap")} >= 0.8 or ${the("spelling")} >= 0.95
      or (${the("contained")} >= 0.99 and ${the("shared")} >= case when ${the("one_branded")} then 448 else 192 end),
      false
    )`,
      },
    ],
    known: the("known"),
    frequency: the("holders"),
    counted: the("core"),
    levels: [
      {
        label: "same core name",
        when: `${the("equal")} and not ${the("conflict")} and ${the("holders")} < ${CROWD}`,
        m: 0.45,
        u: 0.0001,
        rarity: true,
      },
      {
        label: "same core name, used in several towns",
        when: `${the("equal")} and not ${the("conflict")}`,
        m: 0.05,
        u: 0.0003,
        rarity: true,
      },
      ...(alias
        ? [
            {
              label: "one trades under the other's name",
              when: the("other_name"),
              m: 0.02,
              u: 0.0001,
            },
          ]
        : []),
      {
        label: "almost the same name",
        when: the("almost"),
        m: 0.08,
        u: 0.0003,
      },
      {
        label: "one name contains the other's rare words",
        when: `${the("inside")} and ${the("shared")} >= 448`,
        m: 0.06,
        u: 0.0001,
      },
      {
        label: "one name contains the other",
        when: the("inside"),
        m: 0.1,
        u: 0.0006,
      },
      ...(initials
        ? [
            {
              label: "one name is the other's initials",
              when: the("abbreviated"),
              m: 0.01,
              u: 0.0003,
            },
          ]
        : []),
      {
        label: "most rare words shared",
        when: `not ${the("conflict")} and not coalesce(${group}, false) and (${the("overlap")} >= 0.45 or (${the("spelling")} >= 0.9 and ${the("shared")} > 0))`,
        m: 0.08,
        u: 0.001,
      },
      {
        label: "a rare word shared",
        when: `not ${the("conflict")} and not coalesce(${group}, false) and ${the("shared")} >= 224`,
        m: 0.05,
        u: 0.003,
        ...(most ? { most: most.word } : {}),
      },
      {
        label: "same brand only",
        when: `${the("same_brand")} and not ${the("conflict")}`,
        m: 0.01,
        u: 0.001,
      },
      { label: "same words of the trade only", when: the("generic"), m: 0.01, u: 0.002 },
      { label: "another brand or number", when: the("conflict"), m: 0.01, u: 0.1, contrary: true },
      most
        ? { label: "different names", m: most.different / 2, u: 0.89, most: most.different }
        : { label: "different names", m: 0.17, u: 0.89 },
    ],
  };
}
