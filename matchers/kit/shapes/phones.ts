/** Calling codes of countries, as they begin a number written with "+" or "00". */
const CALLING_CODES =
  "1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-69][0-9]|3[578][0-9]|42[0-9]|50[0-9]|59[0-9]|67[0-9]|68[0-9]|69[0-9]|80[0-9]|85[0-9]|88[0-9]|96[0-9]|97[0-9]|99[0-9]";

/** SQL of a phone's digits without country, trunk and extension: +61 2 9374 4000 and (02) 9374-4000 are 293744000. */
export function nationalNumberSql(phone: string): string {
  const line = `regexp_replace(regexp_replace(${phone}, '(?i) *(ext|extension|x|#)[. ]*[0-9]+ *$', ''), '\\(0\\)|\\.0$', '')`;
  const digits = `regexp_replace(${line}, '[^0-9+]', '', 'g')`;
  // Eleven digits that begin with 1 are American with their country.
  const abroad = `regexp_replace(${digits}, '^(\\+|00)(${CALLING_CODES})|^1([2-9][0-9]{9})$', '\\3')`;
  return `nullif(right(ltrim(regexp_replace(${abroad}, '[^0-9]', '', 'g'), '0'), 10), '')`;
}

/** SQL of the numbers in a text that may hold several. */
export function nationalNumbersSql(phones: string): string {
  return `list_filter(list_distinct(list_transform(
    string_split_regex(${phones}, '[;,|]| / |(?i) (or|and) '), lambda p: ${nationalNumberSql("p")}
  )), lambda p: length(p) >= 6)`;
}
