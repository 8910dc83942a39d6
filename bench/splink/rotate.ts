import { literal } from "../../engine/warehouse/quote.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/**
 * Copies of a set of persons that are as hard as the set itself and never meet: each turns the alphabet of its words by a
 * step of its own, that of its postcodes by another, and moves its years. The first copy is the set.
 */
export function rotatedSql(records: string, copies: number): string {
  return Array.from({ length: copies }, (_, copy) => {
    const words = (column: string) => turnedSql(column, copy);
    return `select
  source,
  rec_id || '#${copy}' as rec_id,
  cluster_id || '#${copy}' as cluster_id,
  ${words("first_name")} as first_name,
  ${words("surname")} as surname,
  coalesce((try_cast(left(dob, 4) as integer) + ${3 * copy})::varchar || dob[5:], dob) as dob,
  ${words("birth_place")} as birth_place,
  ${turnedSql("postcode_fake", 7 * copy)} as postcode_fake,
  gender,
  ${words("occupation")} as occupation
from ${records}`;
  }).join("\nunion all\n");
}

function turnedSql(column: string, step: number): string {
  const turn = step % LETTERS.length;
  if (turn === 0) return column;
  const to = LETTERS.slice(turn) + LETTERS.slice(0, turn);
  const both = [LETTERS + LETTERS.toUpperCase(), to + to.toUpperCase()];
  return `translate(${column}, ${both.map(literal).join(", ")})`;
}
