import { foldedSql } from "../text.ts";
import { EAST_ASIAN_FORMS, LEADING_FORMS, LEGAL_FORMS } from "./legal-forms.ts";

/** What stands between the legal name of a company and the name it trades under. */
const TRADING =
  "\\b(trading as|doing business as|also known as|formerly known as|formerly|d/?b/?a|t/?a|a/?k/?a|f/?k/?a)\\b[.:]?";

/** Words that name what a company does or is part of, and hardly which one it is. */
const COMMON_WORDS =
  "['the', 'and', 'of', 'for', 'in', 'group', 'holding', 'holdings', 'gruppe', 'groupe', 'grupo', 'international', 'intl', 'et', 'und', 'y', 'e', 'fils', 'sohne', 'sons', 'company', 'companies']";

/** Words one list shortens and the next writes out. */
const SHORT_WORDS =
  "map {'intl': 'international', 'svcs': 'services', 'svc': 'service', 'serv': 'services', 'mfg': 'manufacturing', 'tech': 'technology', 'technologies': 'technology', 'bros': 'brothers', 'assoc': 'associates', 'assocs': 'associates', 'mgmt': 'management', 'mgt': 'management', 'engr': 'engineering', 'eng': 'engineering', 'ind': 'industries', 'inds': 'industries', 'dev': 'development', 'natl': 'national', 'sys': 'systems', 'ctr': 'center', 'centre': 'center', 'bldg': 'building', 'constr': 'construction', 'const': 'construction', 'dist': 'distribution', 'gen': 'general', 'prod': 'products', 'prods': 'products', 'transp': 'transport', 'univ': 'university', 'dept': 'department', 'solns': 'solutions', 'ent': 'enterprises', 'ents': 'enterprises', 'enterprise': 'enterprises', 'service': 'services', 'solution': 'solutions', 'system': 'systems', 'product': 'products', 'industry': 'industries', 'st': 'saint'}";

/** Legal forms by their whole words. */
const LONG_FORMS =
  "map {'limited': 'ltd', 'incorporated': 'inc', 'corporation': 'corp', 'company': 'co', 'limitedliabilitycompany': 'llc', 'publiclimitedcompany': 'plc', 'ptylimited': 'ptyltd', 'proprietarylimited': 'ptyltd', 'pvtlimited': 'pvtltd', 'privatelimited': 'pvtltd', 'gesellschaftmitbeschrankterhaftung': 'gmbh', 'aktiengesellschaft': 'ag', 'aktiebolag': 'ab', 'companylimited': 'coltd', 'colimited': 'coltd', 'societeanonyme': 'sa', 'sociedadlimitada': 'sl', 'sociedadanonima': 'sa'}";

/**
 * Layers that take a company's name apart: `company_words` of the name without legal form, `company_core`, sorted and without words
 * any company might have, `company_legal`, and `company_initials`.
 */
export function companyNameLayers(
  name: string,
  trading: string | undefined,
): readonly Readonly<Record<string, string>>[] {
  const lower = `lower(strip_accents(${name}))`;
  const forms = LEGAL_FORMS.join("|");
  const legal = (text: string) =>
    // A legal form stands at the end, in some countries in front.
    `trim(regexp_replace(regexp_replace(${text}, '( (${forms}))+$', ''), '^(${LEADING_FORMS}) ', ''))`;
  const words = (text: string) =>
    `list_filter(list_transform(string_split(${text}, ' '), lambda w: coalesce(${SHORT_WORDS}[w], w)), lambda w: w <> '' and w <> 'and')`;
  return [
    {
      // S.p.A. is spa, A.B.C. is abc.
      company_line: `regexp_replace(
    regexp_replace(regexp_replace(regexp_replace(${lower}, '(${EAST_ASIAN_FORMS})', ' \\1 ', 'g'), '\\([^)]*\\)', ' ', 'g'), '[''’´]', '', 'g'),
    '\\b(\\p{L})\\.', '\\1', 'g')`,
    },
    {
      company_named: `trim(regexp_replace(company_line, '${TRADING}.*$', ''))`,
      company_trade: trading
        ? `lower(strip_accents(${trading}))`
        : `nullif(trim(regexp_extract(company_line, '${TRADING} *(.*)$', 2)), '')`,
    },
    {
      company_folded: foldedSql(
        "replace(replace(coalesce(nullif(company_named, ''), company_line), '&', ' and '), '+', ' and ')",
      ),
    },
    {
      company_plain: "replace(company_folded, ' and co', ' co')",
    },
    {
      company_bare: `coalesce(nullif(${legal("company_plain")}, ''), company_folded)`,
      company_form: `nullif(replace(coalesce(
    nullif(regexp_extract(company_plain, '(( (${forms}))+)$', 1), ''),
    regexp_extract(company_plain, '^(${LEADING_FORMS}) ', 1)
  ), ' ', ''), '')`,
    },
    {
      company_legal: `coalesce(${LONG_FORMS}[company_form], company_form)`,
      company_words: words("company_bare"),
      company_trade_core: `nullif(array_to_string(list_sort(list_distinct(list_filter(${words(legal(foldedSql("company_trade")))}, lambda w: w not in ${COMMON_WORDS}))), ' '), '')`,
    },
    {
      company_core: `coalesce(
    nullif(array_to_string(list_sort(list_distinct(list_filter(company_words, lambda w: w not in ${COMMON_WORDS}))), ' '), ''),
    company_bare
  )`,
      company_initials: `case
    when len(company_words) >= 3
      then array_to_string(list_transform(list_filter(company_words, lambda w: w not in ['the', 'of', 'for']), lambda w: left(w, 1)), '')
  end`,
    },
  ];
}
