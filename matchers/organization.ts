import { belonging } from "./comparisons/belonging.ts";
import { businessName } from "./comparisons/business-name.ts";
import { contactPoints } from "./comparisons/contact-points.ts";
import { exclusiveId } from "./comparisons/exclusive-id.ts";
import { matcher } from "./kit/matcher.ts";
import type { MatcherSpec } from "./kit/spec.ts";

/** A company that a register names for each of its houses is one holder of its name, its phone, its letter box. */
const HOLDER = "name_core || ', ' || seat";

/** One number in one register outweighs any name. */
const REGISTERED =
  "coalesce(l.abn_id = r.abn_id or l.acn_id = r.acn_id or l.registration_id = r.registration_id, false)";

/** Names that begin alike: what holds of any two companies would hide how strangers compare. */
const ALIKE = `left(l.name_text, 4) = left(r.name_text, 4) and not ${REGISTERED}`;

export const spec: MatcherSpec = {
  input: "resolution.organization_records",
  id: "record_id",
  source: "source",
  verdicts: "seeds.match_decisions",
  comparisons: [
    businessName("name", {
      core: "name_core",
      tokens: "name_tokens",
      holder: "seat",
    }),
    exclusiveId("abn", { sql: "abn", label: "ABN" }),
    exclusiveId("acn", { sql: "acn", label: "ACN" }),
    exclusiveId("registration", {
      sql: "registration_number",
      within: "registered_by",
      label: "registration number",
    }),
    ...contactPoints(HOLDER),
    belonging("house", {
      group: "hotel_id",
      labels: { same: "same hotel", other: "other hotels" },
    }),
  ],
  blocking: [
    { name: "abn", equal: ["rec.abn_id"], cap: 100 },
    { name: "acn", equal: ["rec.acn_id"], cap: 100 },
    { name: "registration", equal: ["rec.registration_id"], cap: 100 },
    { name: "name", equal: ["rec.name_core"], cap: 100 },
    { name: "hotel", equal: ["rec.house_group"], cap: 40 },
    { name: "phone", each: "phone_own", cap: 60 },
    { name: "letter_box", each: "address_own", cap: 60 },
    { name: "rare_word", each: "name_words", equal: ["rec.seat"], cap: 60 },
    { name: "spelling", equal: ["left(rec.name_text, 6)", "rec.seat"], cap: 60 },
  ],
  training: {
    passes: [
      { given: "name", levels: [0] },
      { given: "phone", levels: [0] },
      { given: "registration", levels: [0] },
      { given: "address", levels: [0] },
    ],
  },
  constraints: [
    {
      // "Heron Lodging LLC" and "Heron Lodging Inc" stand in the register of companies as two.
      name: "two legal forms are two companies",
      columns: { legal_form: "legal_form" },
      never: `${ALIKE} and l.legal_form <> r.legal_form`,
    },
    {
      // Sister companies of one owner: the word of the trade is all that tells them apart.
      name: "two trades in the name are two companies",
      columns: { trade_key: "trade_key" },
      never: `${ALIKE} and l.trade_key <> r.trade_key`,
    },
    {
      name: "two numbers in the name are two companies",
      columns: { number_key: "number_key" },
      never: `${ALIKE} and l.number_key is distinct from r.number_key`,
    },
    {
      name: "two registration numbers are two companies",
      never:
        "l.abn_id <> r.abn_id or l.acn_id <> r.acn_id or (l.registration_giver = r.registration_giver and l.registration_id <> r.registration_id)",
    },
    {
      // "Heron Lodging" may be the LLC of one house and the Inc of another.
      name: "a name without its legal form is known by its house",
      never: `l.name_core = r.name_core and (l.legal_form is null) <> (r.legal_form is null)
    and not coalesce(l.phone_own = r.phone_own or l.address_own = r.address_own or l.house_group = r.house_group, false)
    and not ${REGISTERED}`,
    },
    {
      // A state registers a name once; another state may have its own company of that name.
      name: "a name alone does not cross a border",
      columns: { seat: "coalesce(state, '') || ', ' || coalesce(country, '')" },
      never: `l.name_core = r.name_core and l.seat <> r.seat and not coalesce(
    l.phone_own = r.phone_own or l.address_own = r.address_own or l.house_group = r.house_group, false)
    and not ${REGISTERED}`,
    },
  ],
  thresholds: { merge: 0.8, review: 0.5 },
};

export const step = matcher(spec);
