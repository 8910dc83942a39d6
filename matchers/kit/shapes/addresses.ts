import { foldedSql } from "../text.ts";

const UNITS =
  "suite|ste|unit|apt|apartment|flat|room|rm|floor|fl|level|lvl|shop|office|dept|building|bldg|top|stiege";

/** Words of a street that one list writes and the next leaves out or shortens. */
const STREET_WORDS =
  "street|st|avenue|ave|av|boulevard|blvd|road|rd|drive|dr|lane|ln|way|place|pl|square|sq|highway|hwy|parkway|pkwy|court|ct|terrace|tce|crescent|cres|close|circle|cir|north|south|east|west|n|s|e|w|ne|nw|se|sw|rue|via|viale|calle|avenida|rua|ulica|ul|the|de|la|le|du|des|del|di";

const ORDINALS =
  "map {'first': '1st', 'second': '2nd', 'third': '3rd', 'fourth': '4th', 'fifth': '5th', 'sixth': '6th', 'seventh': '7th', 'eighth': '8th', 'ninth': '9th', 'tenth': '10th', 'eleventh': '11th', 'twelfth': '12th', 'mt': 'mount', 'ft': 'fort'}";

/**
 * Layers that part an address into `part_number`, `part_street`, `part_unit`, `part_city` and `part_zip`: "12 Main St",
 * "Hauptstraße 12, 1010 Wien", "Suite 3, 12 Main St, Springfield, IL 62701", "Calle Mayor, 5". What has a column of its own
 * comes from there.
 */
export function addressLayers(columns: {
  /** SQL of one line, of which the rest is read where it has no column. */
  readonly line?: string;
  readonly number?: string;
  readonly city?: string;
  readonly zip?: string;
}): readonly Readonly<Record<string, string>>[] {
  const { line = "null::varchar", number, city, zip } = columns;
  const whole = city === undefined && zip === undefined;
  const readZip = whole
    ? `coalesce(
    nullif(regexp_extract(part_rest, '(?i)\\b([a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2})\\b', 1), ''),
    nullif(regexp_extract(part_rest, '\\b([0-9]{5})(-[0-9]{4})?\\b', 1), ''),
    nullif(regexp_extract(part_rest, '\\b([0-9]{4}|[0-9]{6})\\b', 1), '')
  )`
    : "null::varchar";
  return [
    {
      // What stands behind these words only tells where in the street.
      part_line: `lower(strip_accents(regexp_replace(${line}, '(?i)( |,)(between|near|off|just|corner|at|in|btwn|bet)\\b.*$', '')))`,
    },
    {
      part_unit: `nullif(coalesce(
    nullif(regexp_extract(part_line, '\\b(?:${UNITS})\\b\\.? *#?([0-9]+[a-z]?|[a-z])\\b', 1), ''),
    nullif(regexp_extract(part_line, '# *([0-9a-z]+)', 1), ''),
    regexp_extract(part_line, '^([0-9]+[a-z]?) */ *[0-9]+ ', 1)
  ), '')`,
      part_segments: `list_filter(
    list_transform(
      string_split(regexp_replace(regexp_replace(part_line, '(\\b(${UNITS})\\b\\.?|#) *#?([0-9]+[a-z]?|[a-z])\\b', ',', 'g'), '^[0-9]+[a-z]? */ *([0-9]+ )', '\\1'), ','),
      lambda s: trim(regexp_replace(s, '[^\\p{L}\\p{N}]+', ' ', 'g'))
    ),
    lambda s: s <> ''
  )`,
    },
    {
      // "Main Street, 12" and "12, Main Street" are one part; a town with its postcode is none.
      part_at: `coalesce(list_position(list_transform(part_segments, lambda s: regexp_matches(s, '^[0-9]+[a-z]?( [0-9]+[a-z]?)? .*\\p{L}|\\p{L}.* [0-9]+ ?[a-z]?( [0-9]+[a-z]?)?$') and not regexp_full_match(s, '[0-9]{4,6} \\p{L}[^0-9]*|[a-z]{2,3} [0-9]{4,5}( [0-9]{4})?|[a-z]{1,2}[0-9]+ [0-9][a-z]{2}')), true), 0)`,
      part_split: `case
    when regexp_full_match(part_segments[1], '[0-9]+[a-z]?( [0-9]+[a-z]?)?') then 2
    when regexp_full_match(part_segments[2], '[0-9]{1,4}[a-z]?( [0-9]+[a-z]?)?') and not regexp_matches(part_segments[1], '[0-9]') then 2
    else 0
  end`,
    },
    {
      part_street_line: `case
    when part_split = 2 then part_segments[1] || ' ' || coalesce(part_segments[2], '')
    when part_at > 0 then part_segments[part_at]
    else part_segments[1]
  end`,
      part_rest: `array_to_string(part_segments[greatest(2, case when part_split = 2 then 3 else part_at + 1 end):], ', ')`,
    },
    {
      part_number:
        number === undefined
          ? `coalesce(
    nullif(regexp_extract(part_street_line, '^([0-9]+)( ?[a-z])?\\b', 1), ''),
    nullif(regexp_extract(part_street_line, ' ([0-9]+) ?[a-z]?( [0-9]+ ?[a-z]?)?$', 1), '')
  )`
          : `nullif(regexp_extract(${number}, '[0-9]+'), '')`,
      part_street: streetSql("part_street_line"),
      part_zip: zip === undefined ? readZip : zipSql(zip),
    },
    {
      part_city:
        city === undefined
          ? whole
            ? `nullif(trim(regexp_replace(regexp_replace(split_part(part_rest, ', ', case when regexp_full_match(split_part(part_rest, ', ', 1), '[0-9 ]+') then 2 else 1 end), coalesce(part_zip, '$^'), ''), '\\b[0-9]+\\b', '', 'g')), '')`
            : "null::varchar"
          : city,
    },
  ];
}

function streetSql(line: string): string {
  const bare = `regexp_replace(regexp_replace(${line}, '^[0-9]+ ?[a-z]?( [0-9]+[a-z]?)?\\b ', ''), ' [0-9]+ ?[a-z]?( [0-9]+ ?[a-z]?)?$', '')`;
  // Hauptstraße and Hauptstr. are one street.
  const words = `list_transform(string_split(regexp_replace(${bare}, 'stra(ss|ß)e\\b', 'str', 'g'), ' '), lambda w: coalesce(${ORDINALS}[w], w))`;
  const kept = `list_filter(${words}, lambda w: not regexp_full_match(w, '${STREET_WORDS}'))`;
  // "Avenue A" or "North Road" leave little or nothing: then the whole stands.
  return foldedSql(`case
    when length(array_to_string(${kept}, '')) >= 2 then array_to_string(${kept}, ' ')
    else array_to_string(${words}, ' ')
  end`);
}

function zipSql(zip: string): string {
  return `nullif(upper(regexp_replace(regexp_replace(${zip}, '\\.0$', ''), '[^0-9A-Za-z]', '', 'g')), '')`;
}
