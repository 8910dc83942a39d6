/** SQL of a text as it is compared: without accents, case or punctuation; null when nothing is left. */
export function foldedSql(sql: string): string {
  return `nullif(trim(regexp_replace(lower(strip_accents(${sql})), '[^\\p{L}\\p{N}]+', ' ', 'g')), '')`;
}

/**
 * SQL: are two texts one edit apart, or equal? The edit distance is dear, so what cannot be is told by less: texts of
 * equal length differ in one place or two neighbours, others agree in their first half or their last.
 */
export function oneEditSql(left: string, right: string): string {
  const half = `least(length(${left}), length(${right})) // 2`;
  const ascii = (text: string) => `strlen(${text}) = length(${text})`;
  // Branches inside branches: both sides of an "and" are computed, and hamming() fails on unequal lengths.
  return `case
    when ${left} = ${right} then true
    when strlen(${left}) = strlen(${right}) then case
      when hamming(${left}, ${right}) = 1 then true
      when hamming(${left}, ${right}) > case when ${ascii(left)} and ${ascii(right)} then 2 else 8 end then false
      else damerau_levenshtein(${left}, ${right}) <= 1
    end
    when abs(length(${left}) - length(${right})) > 1 then false
    when left(${left}, ${half}) <> left(${right}, ${half}) and right(${left}, ${half}) <> right(${right}, ${half}) then false
    else damerau_levenshtein(${left}, ${right}) <= 1
  end`;
}
