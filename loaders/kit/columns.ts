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
  const clean: Sql = (value) =>
    `case when contains(${varchar(value)}, chr(0)) then replace(${varchar(value)}, chr(0), '') else ${varchar(value)} end`;
  return {
    type: "text",
    text: clean,
    field: (value) => escaped(varchar(value)),
    sent: clean,
    received: asText,
    hasNul: (value) => `contains(${varchar(value)}, chr(0))`,
  };
}

/**
 * Both engines write the shortest digits that give the number back, and between these bounds in the same
 * way but for a last `.0`. Beyond them (`1e+16`, `10000000000000000`) 15 digits are compared.
 */
function floating(type: string): Kind {
  const isPlain = (value: string) => `abs(${value}) >= 1e-4 and abs(${value}) < 1e15`;
  return {
    type,
    text: asVarchar,
    field: asVarchar,
    sent: (value) => {
      const double = `${value}::double`;
      return (
        `case when ${value} = 0 then '0' when not isfinite(${value}) then ${value}::varchar ` +
        `when ${isPlain(double)} then regexp_replace(${double}::varchar, '[.]0$', '') ` +
        `else format('{:.14e}', ${double}) end`
      );
    },
    received: (value) => {
      const double = `${value}::float8`;
      return (
        `case ${value} when 0 then '0' when 'nan' then 'nan' when 'infinity' then 'inf' when '-infinity' then '-inf' ` +
        `else case when ${isPlain(double)} then ${double}::text ` +
        `else ltrim(to_char(${double}, '9.99999999999999EEEE')) end end`
      );
    },
  };
}

/** Times are UTC in the warehouse, and so is the loading session: it reads a bare time as such. */
function timestamp(cast: "timestamp" | "timestamptz"): Kind {
  return {
    type: "timestamp with time zone",
    text: asVarchar,
    field: asVarchar,
    sent: (value) =>
      `case when isfinite(${value}) then epoch_us(${value}::${cast})::varchar else ${value}::varchar end`,
    received: (value) =>
      `case when isfinite(${value}) then (extract(epoch from ${value}) * 1000000)::bigint::text else ${value}::text end`,
  };
}

/** `jsonb` keeps values, not spelling: what arrived is compared for presence, the content by its text. */
function json(varchar: Sql): Kind {
  const hasNul: Sql = (value) => `contains(${varchar(value)}, '\\u0000')`;
  // The escape U+0000 is JSON, but no jsonb. An even number of backslashes before it belongs to the text.
  const clean: Sql = (value) =>
    `case when ${hasNul(value)} then regexp_replace(${varchar(value)}, ` +
    `'(^|[^\\\\])((?:\\\\\\\\)*)(?:\\\\u0000)+', '\\1\\2', 'g') else ${varchar(value)} end`;
  return {
    type: "jsonb",
    text: clean,
    field: (value) => replaced(clean(value)),
    content: clean,
    sent: (value) => `case when ${value} is not null then 'json' end`,
    received: (value) => `case when ${value} is not null then 'json' end`,
    hasNul,
  };
}

function arrayKind(elementType: string): Kind {
  const element = kindOf(elementType);
  // Postgres knows no lists of different lengths inside a list, and no structs in one.
  if (elementType.endsWith("]") || element.type === "jsonb") {
    return json((value) => `to_json(${value})::varchar`);
  }
  const quoted = `'"' || replace(replace(${element.text("x")}, '\\', '\\\\'), '"', '\\"') || '"'`;
  const literal: Sql = (value) =>
    `'{' || ${joined(value, `coalesce(${quoted}, 'NULL')`, "','")} || '}'`;
  return {
    type: `${element.type}[]`,
    text: literal,
    field: (value) => replaced(literal(value)),
    sent: (value) =>
      `len(${value}) || ':' || ${joined(value, `coalesce(${element.sent("x")}, chr(30))`, "chr(31)")}`,
    received: (value) => `cardinality(${value}) || ':' || ${receivedItems(value, element)}`,
    ...(element.hasNul && {
      hasNul: (value: string) =>
        `coalesce(len(list_filter(${value}, x -> ${element.hasNul?.("x")})) > 0, false)`,
    }),
  };
}

/** DuckDB: the items of a list as one text. */
function joined(list: string, item: string, separator: string): string {
  return `array_to_string(list_transform(${list}, x -> ${item}), ${separator})`;
}

/** Postgres: the same; item by item only where its own spelling of an item is another. */
function receivedItems(array: string, element: Kind): string {
  const isSpeltAlike = element.received === asText && element.type !== "boolean";
  if (isSpeltAlike) return `array_to_string(${array}, chr(31), chr(30))`;
  return (
    `coalesce((select string_agg(coalesce(${element.received("x")}, chr(30)), chr(31) order by i) ` +
    `from unnest(${array}) with ordinality as u(x, i)), '')`
  );
}

/** COPY's text format: https://www.postgresql.org/docs/current/sql-copy.html, "File Formats". */
function replaced(value: string): string {
  const pairs = [
    ["chr(0)", "''"],
    ["'\\'", "'\\\\'"],
    ["chr(10)", "'\\n'"],
    ["chr(13)", "'\\r'"],
    ["chr(9)", "'\\t'"],
  ] as const;
  return pairs.reduce((sql, [from, to]) => `replace(${sql}, ${from}, ${to})`, value);
}

/** The same for a plain column: few values need it, and looking first halves the time. */
function escaped(value: string): string {
  return `case when regexp_matches(${value}, '[\\x00\\t\\n\\r\\\\]') then ${replaced(value)} else ${value} end`;
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
  TIMESTAMP: timestamp("timestamp"),
  TIMESTAMP_S: timestamp("timestamp"),
  TIMESTAMP_MS: timestamp("timestamp"),
  TIMESTAMP_NS: timestamp("timestamp"),
  "TIMESTAMP WITH TIME ZONE": timestamp("timestamptz"),
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
