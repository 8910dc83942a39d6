import { quote } from "../../engine/warehouse/quote.ts";

/** One column on its way: what Postgres calls its type, and its value as SQL in both engines. */
export interface ColumnPlan {
  readonly name: string;
  readonly comment: string | null;
  readonly type: string;
  /** DuckDB: the value as a field of COPY's text format, escaped; NULL stays NULL. */
  readonly field: string;
  /** DuckDB: all that the content hash must notice. */
  readonly content: string;
  /** DuckDB and Postgres: the same text for the same value, to compare what arrived. */
  readonly sent: string;
  readonly received: string;
  /** DuckDB: whether the value holds U+0000, which Postgres cannot store; absent where it never can. */
  readonly hasNul?: string;
}

export function planColumn(name: string, duckType: string, comment: string | null): ColumnPlan {
  const column = quote(name);
  const kind = kindOf(duckType);
  return {
    name,
    comment,
    type: kind.type,
    field: kind.field(column),
    content: (kind.content ?? kind.sent)(column),
    sent: kind.sent(column),
    received: kind.received(column),
    ...(kind.hasNul && { hasNul: kind.hasNul(column) }),
  };
}

type Sql = (value: string) => string;

interface Kind {
  readonly type: string;
  /** DuckDB: text as Postgres reads it, before COPY's own escapes. */
  readonly text: Sql;
  readonly field: Sql;
  readonly content?: Sql;
  readonly sent: Sql;
  readonly received: Sql;
  readonly hasNul?: Sql;
}

const asVarchar: Sql = (value) => `${value}::varchar`;
const asText: Sql = (value) => `${value}::text`;

function kindOf(duckType: string): Kind {
  if (duckType.endsWith("]")) return arrayKind(duckType.replace(/\[\d*\]$/, ""));
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(duckType);
  if (decimal) return decimalKind(decimal[1] ?? "", decimal[2] ?? "");
  if (duckType.startsWith("ENUM")) return text((value) => `${value}::varchar`);
  if (/^(STRUCT|MAP|UNION)\(/.test(duckType)) return json((value) => `to_json(${value})::varchar`);
  return KINDS[duckType] ?? text(asVarchar);
}

/** Types whose text has nothing to escape and is the same in both engines. */
function plain(type: string): Kind {
  return { type, text: asVarchar, field: asVarchar, sent: asVarchar, received: asText };
}

function decimalKind(width: string, scale: string): Kind {
  const kind = plain(`numeric(${width},${scale})`);
  if (width !== scale) return kind;
  // Without a digit before the point, DuckDB writes `.5` and Postgres `0.5`.
  return { ...kind, received: (value) => `regexp_replace(${value}::text, '^(-?)0[.]', '\\1.')` };
}

function text(varchar: Sql): Kind {
  const clean: Sql = (value) => `replace(${varchar(value)}, chr(0), '')`;
  return {
    type: "text",
    text: clean,
    field: (value) => escaped(clean(value)),
    sent: clean,
    received: asText,
    hasNul: (value) => `contains(${varchar(value)}, chr(0))`,
  };
}

/** Shortest texts differ between the engines (`1e+16`, `10000000000000000`): compare 15 digits. */
function floating(type: string): Kind {
  return {
    type,
    text: asVarchar,
    field: asVarchar,
    // "+ 0" folds the negative zero.
    content: (value) => `(${value}::double + 0)::varchar`,
    sent: (value) =>
      `case when isfinite(${value}) then format('{:.14e}', ${value}::double + 0) else ${value}::varchar end`,
    received: (value) =>
      `case ${value} when 'nan' then 'nan' when 'infinity' then 'inf' when '-infinity' then '-inf' ` +
      `else ltrim(to_char(${value}::float8 + 0, '9.99999999999999EEEE')) end`,
  };
}

/** Times are UTC in the warehouse; Postgres gets them with their zone, so that no session shifts them. */
function timestamp(): Kind {
  const zoned: Sql = (value) =>
    `case when isfinite(${value}::timestamptz) then (${value}::timestamptz)::varchar else ${value}::varchar end`;
  return {
    type: "timestamp with time zone",
    text: zoned,
    field: zoned,
    sent: (value) =>
      `case when isfinite(${value}::timestamptz) then epoch_us(${value}::timestamptz)::varchar else ${value}::varchar end`,
    received: (value) =>
      `case when isfinite(${value}) then (extract(epoch from ${value}) * 1000000)::bigint::text else ${value}::text end`,
  };
}

/** `jsonb` keeps values, not spelling: what arrived is compared for presence, the content by its text. */
function json(varchar: Sql): Kind {
  // The escape U+0000 is JSON, but no jsonb. An even number of backslashes before it belongs to the text.
  const clean: Sql = (value) =>
    `regexp_replace(${varchar(value)}, '(^|[^\\\\])((?:\\\\\\\\)*)(?:\\\\u0000)+', '\\1\\2', 'g')`;
  return {
    type: "jsonb",
    text: clean,
    field: (value) => escaped(clean(value)),
    content: clean,
    sent: (value) => `case when ${value} is not null then 'json' end`,
    received: (value) => `case when ${value} is not null then 'json' end`,
    hasNul: (value) => `contains(${varchar(value)}, '\\u0000')`,
  };
}

function arrayKind(elementType: string): Kind {
  const element = kindOf(elementType);
  // Postgres knows no lists of different lengths inside a list, and no structs in one.
  if (elementType.endsWith("]") || element.type === "jsonb") {
    return json((value) => `to_json(${value})::varchar`);
  }
  const quoted = `'"' || replace(replace(${element.text("x")}, '\\', '\\\\'), '"', '\\"') || '"'`;
  const items = (value: string, item: string, separator: string) =>
    `array_to_string(list_transform(${value}, x -> ${item}), ${separator})`;
  const literal: Sql = (value) =>
    `'{' || ${items(value, `coalesce(${quoted}, 'NULL')`, "','")} || '}'`;
  return {
    type: `${element.type}[]`,
    text: literal,
    field: (value) => `case when ${value} is not null then ${escaped(literal(value))} end`,
    sent: (value) =>
      `len(${value}) || ':' || ${items(value, `coalesce('v' || ${element.sent("x")}, 'n')`, "chr(31)")}`,
    received: (value) =>
      `cardinality(${value}) || ':' || coalesce((select string_agg(coalesce('v' || ${element.received("x")}, 'n'), ` +
      `chr(31) order by i) from unnest(${value}) with ordinality as u(x, i)), '')`,
    ...(element.hasNul && {
      hasNul: (value: string) =>
        `coalesce(len(list_filter(${value}, x -> ${element.hasNul?.("x")})) > 0, false)`,
    }),
  };
}

/** COPY's text format: https://www.postgresql.org/docs/current/sql-copy.html, "File Formats". */
function escaped(value: string): string {
  const pairs = [
    ["'\\'", "'\\\\'"],
    ["chr(10)", "'\\n'"],
    ["chr(13)", "'\\r'"],
    ["chr(9)", "'\\t'"],
  ] as const;
  return pairs.reduce((sql, [from, to]) => `replace(${sql}, ${from}, ${to})`, value);
}

const KINDS: Readonly<Record<string, Kind>> = {
  BOOLEAN: plain("boolean"),
  TINYINT: plain("smallint"),
  SMALLINT: plain("smallint"),
  UTINYINT: plain("smallint"),
  INTEGER: plain("integer"),
  USMALLINT: plain("integer"),
  BIGINT: plain("bigint"),
  UINTEGER: plain("bigint"),
  UBIGINT: plain("numeric(20,0)"),
  HUGEINT: plain("numeric(39,0)"),
  UHUGEINT: plain("numeric(39,0)"),
  FLOAT: floating("real"),
  DOUBLE: floating("double precision"),
  DATE: plain("date"),
  TIME: plain("time"),
  TIMESTAMP: timestamp(),
  TIMESTAMP_S: timestamp(),
  TIMESTAMP_MS: timestamp(),
  TIMESTAMP_NS: timestamp(),
  "TIMESTAMP WITH TIME ZONE": timestamp(),
  UUID: plain("uuid"),
  JSON: json(asVarchar),
  VARCHAR: text(asVarchar),
  BLOB: {
    type: "bytea",
    text: (value) => `'\\x' || lower(hex(${value}))`,
    field: (value) => `'\\\\x' || lower(hex(${value}))`,
    sent: (value) => `lower(hex(${value}))`,
    received: (value) => `encode(${value}, 'hex')`,
  },
};
