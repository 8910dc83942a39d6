import { EltError } from "../../engine/errors.ts";
import { quote } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";

/** A pair a person can say more of than the weights could. */
export interface Question {
  readonly l: string;
  readonly r: string;
  /** review: apart, and asked about; merge: joined, on little. */
  readonly decision: "review" | "merge";
  readonly probability: number;
  /** Records in the entity of each; the same entity when they are joined. */
  readonly sizes: readonly [number, number];
}

/** Pairs joined on less than this are asked about, too. */
const SURE = 0.97;
/** Doubt left to a pair that is near certain alone and was kept apart all the same. */
const LEAST_DOUBT = 0.15;

/**
 * The open questions, the most informative first: doubt is greatest at even odds, and counts for more where much
 * hangs together with the answer. Of all pairs between two entities, and of all inside one, only the best is asked.
 */
export async function openQuestions(
  warehouse: Warehouse,
  entity: string,
  decided: readonly (readonly [string, string])[],
): Promise<Question[]> {
  const id = quote(`${entity}_id`);
  const rows = await warehouse
    .rows<Omit<Question, "sizes"> & { l_size: number; r_size: number }>(`
with

sized as (

  select
    pairs.record_id_l as l,
    pairs.record_id_r as r,
    pairs.decision,
    pairs.match_probability::double as probability,
    cl.cluster_size as l_size,
    cr.cluster_size as r_size,
    least(cl.${id}, cr.${id}) as one,
    greatest(cl.${id}, cr.${id}) as other
  from match.${quote(`${entity}_pairs`)} as pairs
  join match.${quote(`${entity}_clusters`)} as cl on cl.record_id = pairs.record_id_l
  join match.${quote(`${entity}_clusters`)} as cr on cr.record_id = pairs.record_id_r
  where
    pairs.decision = 'review'
    or (pairs.decision = 'merge' and cl.cluster_confidence < ${SURE} and pairs.match_probability < ${SURE})

),

weighed as (

  select
    *,
    greatest(${LEAST_DOUBT}, 1 - abs(2 * probability - 1)) * (1 + log2(l_size * r_size)) as worth
  from sized

)

select l, r, decision, probability, l_size, r_size
from weighed
qualify row_number() over (partition by one, other order by worth desc, l, r) = 1
order by decision = 'review' desc, worth desc, l, r`)
    .catch((error) => {
      throw new EltError(`no pairs of ${entity} to review`, {
        hint: "match first: npx elt run",
        cause: error,
      });
    });
  const known = new Set(decided.map(([l, r]) => keyOf(l, r)));
  return rows
    .filter(({ l, r }) => !known.has(keyOf(l, r)))
    .map(({ l_size, r_size, ...question }) => ({ ...question, sizes: [l_size, r_size] }));
}

function keyOf(l: string, r: string): string {
  return JSON.stringify([l, r].sort());
}
