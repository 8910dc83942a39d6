/** SQL of a text as it is compared: without accents, case or punctuation; null when nothing is left. */
export function foldedSql(sql: string): string {
  return `nullif(trim(regexp_replace(lower(strip_accents(${sql})), '[^\\p{L}\\p{N}]+', ' ', 'g')), '')`;
}

/** SQL: are two texts one edit apart, or equal? The length is asked first: the edit distance is dear. */
export function oneEditSql(left: string, right: string): string {
  return `case
    when abs(length(${left}) - length(${right})) > 1 then false
    else damerau_levenshtein(${left}, ${right}) <= 1
  end`;
}
