import type { Comparison, Level } from "../kit/spec.ts";

/** Records of one source that hold a value from which it is a switchboard's, a manager's, a portal's. */
const CROWD = 2;

export interface SharedValueColumns {
  /** SQL of the list of values that are a record's own: phones, domains. */
  readonly own: string;
  /** SQL of the list of weaker values: toll-free numbers, pages on a chain's site. */
  readonly weak?: string;
  readonly labels: {
    readonly own: string;
    /** Of the weaker values, where there are any. */
    readonly weak?: string;
    readonly weakDiffers?: string;
    readonly differs: string;
  };
  /** Share of matches that agree and that disagree, believed before any data. */
  readonly m?: { readonly own: number; readonly weak: number };
  /** SQL over the input row: what tells the holders of a value apart. Default the record. */
  readonly holder?: string;
  /** SQL over the similarities: what must speak for the pair before a value that many hold says anything. */
  readonly fits?: string;
}

/** One value in common: phones, domains, e-mails. A value many hold (a switchboard, a chain's site) weighs little. */
export function sharedValue(name: string, columns: SharedValueColumns): Comparison {
  const {
    own,
    weak = "null::varchar[]",
    labels,
    m = { own: 0.6, weak: 0.03 },
    holder = "id",
    fits = "true",
  } = columns;
  const the = (part: string) => `${name}_${part}`;
  const holders = (part: string) => `case
    when l.${the(part)} is not null and r.${the(part)} is not null
      then list_min(list_transform(list_intersect(l.${the(part)}, r.${the(part)}), lambda v: v & 4095))
  end`;
  return {
    name,
    columns: {},
    dictionaries: {
      [the("own")]: { kind: "values", sql: own, holder },
      [the("weak")]: { kind: "values", sql: weak, holder },
    },
    similarities: [
      {
        [the("both_own")]: `l.${the("own")} is not null and r.${the("own")} is not null`,
        [the("both_weak")]: `l.${the("weak")} is not null and r.${the("weak")} is not null`,
        [the("own_holders")]: holders("own"),
        [the("weak_holders")]: holders("weak"),
      },
    ],
    // A switchboard in common tells nothing of which of its hotels a record is.
    known: `(${the("both_own")} or ${the("both_weak")})
    and (coalesce(least(${the("own_holders")}, ${the("weak_holders")}), 0) < ${CROWD} or ${fits})`,
    frequency: `coalesce(${the("own_holders")}, ${the("weak_holders")})`,
    counted: the("own"),
    levels: [
      {
        label: labels.own,
        when: `${the("own_holders")} < ${CROWD}`,
        m: m.own - 0.05,
        u: 0.0002,
        rarity: true,
      },
      {
        label: `${labels.own}, shared by several`,
        when: `${the("own_holders")} is not null`,
        m: 0.05,
        u: 0.0005,
        rarity: true,
      },
      ...(labels.weak === undefined
        ? []
        : weakLevels(the, labels.weak, labels.weakDiffers, m.weak)),
      { label: labels.differs, m: 0.98 - m.own - m.weak, u: 0.9983 },
    ],
  };
}

function weakLevels(
  the: (part: string) => string,
  label: string,
  differs = `another ${label}`,
  m: number,
): Level[] {
  return [
    { label, when: `${the("weak_holders")} is not null`, m, u: 0.001, rarity: true },
    {
      label: differs,
      when: `not (${the("both_own")})`,
      m: 0.02,
      u: 0.01,
      contrary: true,
    },
  ];
}
