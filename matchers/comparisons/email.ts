import type { Comparison } from "../kit/spec.ts";

/** An e-mail address: equal, the same mailbox elsewhere, spelt alike. A shared address weighs little. */
export function email(
  name: string,
  column: { readonly sql: string; readonly holder?: string },
): Comparison {
  const the = (part: string) => `${name}_${part}`;
  const text = `nullif(lower(trim(${column.sql})), '')`;
  const alike = (part: string) => `case
    when l.${the(part)} = r.${the(part)} then 1
    else jaro_winkler_similarity(l.${the(part)}, r.${the(part)})
  end`;
  return {
    name,
    columns: {
      [the("text")]: text,
      [the("mailbox")]: `nullif(split_part(${text}, '@', 1), '')`,
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
        [the("same_mailbox")]: `l.${the("mailbox")} = r.${the("mailbox")}`,
        [the("alike")]: alike("text"),
        [the("mailbox_alike")]: alike("mailbox"),
        [the("holders")]: `greatest(l.${the("code")}_count, r.${the("code")}_count)`,
      },
    ],
    known: the("known"),
    frequency: the("holders"),
    counted: the("code"),
    levels: [
      { label: "same e-mail", when: the("equal"), m: 0.7, u: 0.0001, rarity: true },
      { label: "same mailbox, another domain", when: the("same_mailbox"), m: 0.05, u: 0.0003 },
      { label: "e-mail spelt alike", when: `${the("alike")} >= 0.9`, m: 0.1, u: 0.0003 },
      { label: "mailbox spelt alike", when: `${the("mailbox_alike")} >= 0.85`, m: 0.04, u: 0.003 },
      { label: "another e-mail", m: 0.11, u: 0.9963 },
    ],
  };
}
