import { quote } from "../warehouse/quote.ts";
import type { Column } from "../warehouse/warehouse.ts";
import { type Relation, relationSql } from "./relation.ts";
import {
  fn,
  type Kwargs,
  PyDict,
  type PyFunction,
  PyObject,
  str,
  truth,
  type Value,
} from "./template/values.ts";

export type RelationType = "table" | "view" | "cte" | undefined;

/** What `ref`, `source`, `this` and `api.Relation.create` give: prints as the quoted name. */
export class RelationValue extends PyObject {
  override readonly typeName = "DuckDBRelation";
  /** dbt's relations are mappings: packages ask before they take one. */
  override readonly isMapping = true;
  readonly relation: Relation;
  readonly type: RelationType;
  readonly #hidden: ReadonlySet<string>;

  constructor(relation: Relation, type?: RelationType, hidden: ReadonlySet<string> = new Set()) {
    super();
    this.relation = relation;
    this.type = type;
    this.#hidden = hidden;
  }

  override get(name: string): Value | undefined {
    const { database, schema, identifier } = this.relation;
    switch (name) {
      case "database":
        return database;
      case "schema":
        return schema;
      case "identifier":
      case "name":
      case "table":
        return identifier;
      case "type":
        return this.type ?? null;
      case "is_table":
        return this.type === "table";
      case "is_view":
        return this.type === "view";
      case "is_cte":
        return this.type === "cte";
      case "metadata":
        return new PyDict([["type", "DuckDBRelation"]]);
      case "get":
        return fn(name, ([key, fallback]) => this.get(str(key ?? "")) ?? fallback ?? null);
      case "render":
        return fn(name, () => this.str());
      case "include":
        return fn(name, (_, kwargs) => this.#hiding(kwargs));
      case "quote":
        return fn(name, () => this);
      case "without_identifier":
        return fn(name, () => this.#hiding(new Map([["identifier", false]])));
      case "incorporate":
        return fn(name, (_, kwargs) => this.#incorporate(kwargs));
      case "information_schema":
        return fn(name, ([view]) => `${quote(database)}.information_schema.${str(view ?? "")}`);
      default:
        return undefined;
    }
  }

  override str(): string {
    if (this.relation.expression !== undefined || this.#hidden.size === 0) {
      return relationSql(this.relation);
    }
    const { database, schema, identifier } = this.relation;
    return Object.entries({ database, schema, identifier })
      .filter(([part]) => !this.#hidden.has(part))
      .map(([, value]) => quote(value))
      .join(".");
  }

  override repr(): string {
    return `<DuckDBRelation ${this.str()}>`;
  }

  override equals(other: Value): boolean {
    return other instanceof RelationValue && other.str() === this.str();
  }

  #hiding(kwargs: Kwargs): RelationValue {
    const hidden = new Set(this.#hidden);
    for (const [part, shown] of kwargs) {
      if (truth(shown)) hidden.delete(part);
      else hidden.add(part);
    }
    return new RelationValue(this.relation, this.type, hidden);
  }

  #incorporate(kwargs: Kwargs): RelationValue {
    const path = kwargs.get("path");
    const parts = path instanceof PyDict ? path : new PyDict();
    const part = (name: "database" | "schema" | "identifier"): string =>
      str(parts.get(name) ?? this.relation[name]);
    const type = kwargs.get("type");
    return new RelationValue(
      { database: part("database"), schema: part("schema"), identifier: part("identifier") },
      type === undefined ? this.type : (str(type) as RelationType),
      this.#hidden,
    );
  }
}

/** `api.Relation.create(…)` */
export function createRelation(kwargs: Kwargs): RelationValue {
  const part = (name: string): string => {
    const value = kwargs.get(name);
    return value === undefined || value === null ? "" : str(value);
  };
  const hidden = ["database", "schema", "identifier"].filter((name) => part(name) === "");
  const type = kwargs.get("type");
  return new RelationValue(
    { database: part("database"), schema: part("schema"), identifier: part("identifier") },
    type === undefined || type === null ? undefined : (str(type) as RelationType),
    new Set(hidden),
  );
}

/** A column as macros see it: `name`, `data_type`, `quoted`, `is_string()`. */
export function columnValue({ name, type }: Column): PyObject {
  const is = (test: RegExp): PyFunction => fn("is", () => test.test(type));
  return new PyObject(
    {
      name,
      column: name,
      quoted: quote(name),
      dtype: type,
      data_type: type,
      char_size: null,
      string_size: fn("string_size", () => 256n),
      is_char: is(/^CHAR/i),
      numeric_precision: null,
      numeric_scale: null,
      is_string: is(/^(VARCHAR|TEXT|CHAR)/i),
      is_number: is(/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL|NUMERIC|FLOAT|DOUBLE|REAL)/i),
      is_integer: is(/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/i),
      is_numeric: is(/^(DECIMAL|NUMERIC)/i),
      is_float: is(/^(FLOAT|DOUBLE|REAL)/i),
    },
    `<Column ${name} (${type})>`,
  );
}
