/** SQL of a text as it is compared: without accents, case or punctuation; null when nothing is left. */
export function foldedSql(sql: string): string {
  return `nullif(trim(regexp_replace(lower(strip_accents(${sql})), '[^\\p{L}\\p{N}]+', ' ', 'g')), '')`;
}

/**
 * SQL: are two texts of ASCII letters and digits one edit apart, or equal? The edit distance is dear, so what cannot be
 * is told by less: of equal length they differ in one place or have two neighbours swapped (which Jaro's similarity
 * shows), others agree in their first half or their last.
 */
export function oneEditSql(left: string, right: string): string {
  const half = `least(strlen(${left}), strlen(${right})) // 2`;
  // Branches inside branches: both sides of an "and" are computed, and hamming() fails on unequal lengths.
  return `case
    when ${left} = ${right} then true
    when strlen(${left}) = strlen(${right}) then case
      when hamming(${left}, ${right}) > 2 then false
      when hamming(${left}, ${right}) = 1 then true
      when strlen(${left}) > 3 and jaro_similarity(${left}, ${right}) < 1 - 0.334 / strlen(${left}) then false
      else damerau_levenshtein(${left}, ${right}) <= 1
    end
    when abs(strlen(${left}) - strlen(${right})) > 1 then false
    when left(${left}, ${half}) <> left(${right}, ${half}) and right(${left}, ${half}) <> right(${right}, ${half}) then false
    else damerau_levenshtein(${left}, ${right}) <= 1
  end`;
}
