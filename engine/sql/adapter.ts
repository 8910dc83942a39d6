import { suggest } from "../suggest.ts";
import { quote } from "../warehouse/quote.ts";
import type { Column, Row } from "../warehouse/warehouse.ts";
import { BUILT_IN, isBuiltIn } from "./macros.ts";
import type { Relation } from "./relation.ts";
import { columnValue, createRelation, type RelationType, RelationValue } from "./relation-value.ts";
import type { Session } from "./session.ts";
import {
  type CallSite,
  fn,
  type Invoke,
  PyList,
  PyObject,
  str,
  type Value,
} from "./template/values.ts";

/** What rendering may ask of a database. Answers come at once, or the rendering is begun again when they are there. */
export interface Database {
  columns(relation: Relation, site: CallSite): readonly Column[];
  type(relation: Relation, site: CallSite): RelationType;
  rows(sql: string, site: CallSite): readonly Row[];
}

const PREFIXES = ["duckdb__", "default__"];
const NOTHING = [
  "commit",
  "cache_added",
  "cache_dropped",
  "cache_renamed",
  "expand_target_column_types",
];
const CHANGES = [
  ...["create_schema", "drop_schema", "drop_relation", "rename_relation", "truncate_relation"],
];

/** The `adapter` of a template. Without a database (the parse pass) it knows nothing and asks nothing. */
export function adapterValue(
  session: Session,
  packageName: string,
  database: Database | undefined,
): Value {
  const methods: Record<string, Invoke> = {
    type: () => "duckdb",
    quote: ([name]) => quote(str(name ?? "")),
    quote_as_configured: ([name]) => quote(str(name ?? "")),
    quote_seed_column: ([name]) => quote(str(name ?? "")),
    external_root: () => session.env.target.externalRoot,
    dispatch: (args, kwargs, site) =>
      dispatch(
        session,
        packageName,
        str(args[0] ?? kwargs.get("macro_name") ?? ""),
        args[1] ?? kwargs.get("macro_namespace"),
        site,
      ),
    get_columns_in_relation: ([relation], _, site) => columns(database, relation, site),
    get_missing_columns: ([from, to], _, site) => {
      const known = new Set(columns(database, to, site).items.map(nameOf));
      return new PyList(
        columns(database, from, site).items.filter((each) => !known.has(nameOf(each))),
      );
    },
    get_relation: (args, kwargs, site) => {
      const [catalog, schema, identifier] = ["database", "schema", "identifier"].map(
        (name, index) => kwargs.get(name) ?? args[index],
      );
      const relation = createRelation(
        new Map(
          Object.entries({
            database: catalog ?? session.env.target.database,
            schema: schema ?? "",
            identifier: identifier ?? "",
          }),
        ),
      ).relation;
      const type = database?.type(relation, site);
      return type ? new RelationValue(relation, type) : null;
    },
    load_relation: ([relation], _, site) => {
      if (!(relation instanceof RelationValue)) return null;
      const type = database?.type(relation.relation, site);
      return type ? new RelationValue(relation.relation, type) : null;
    },
    already_exists: ([schema, identifier], _, site) => {
      const { target } = session.env;
      const relation = {
        database: target.database,
        schema: str(schema ?? ""),
        identifier: str(identifier ?? ""),
      };
      return database?.type(relation, site) !== undefined;
    },
    check_schema_exists: ([catalog, schema], _, site) =>
      (database?.rows(
        `select 1 from duckdb_schemas() where database_name = '${str(catalog ?? "")}' and schema_name = '${str(schema ?? "")}'`,
        site,
      ).length ?? 0) > 0,
    get_column_schema_from_query: ([sql], _, site) =>
      new PyList(
        (database?.rows(`describe ${str(sql ?? "")}`, site) ?? []).map((row) =>
          columnValue({ name: String(row.column_name), type: String(row.column_type) }),
        ),
      ),
  };
  for (const name of NOTHING) methods[name] = () => "";
  for (const name of CHANGES) {
    methods[name] = (_, __, site) =>
      database
        ? site.fail(`adapter.${name} changes the database while rendering: put it into a hook`)
        : "";
  }
  return new PyObject(
    Object.fromEntries(Object.entries(methods).map(([name, invoke]) => [name, fn(name, invoke)])),
  );
}

/** `api.Relation` and `api.Column`. */
export function apiValue(): Value {
  const create = fn("create", (_, kwargs) => createRelation(kwargs));
  const column = fn("create", ([name, type]) =>
    columnValue({ name: str(name ?? ""), type: str(type ?? "") }),
  );
  const translate = fn("translate_type", ([type]) => type ?? null);
  return new PyObject({
    Relation: new PyObject({
      create,
      add_ephemeral_prefix: fn(
        "add_ephemeral_prefix",
        ([name]) => `__dbt__cte__${str(name ?? "")}`,
      ),
      View: "view",
      Table: "table",
      CTE: "cte",
    }),
    Column: new PyObject({ create: column, translate_type: translate }),
  });
}

/** The implementation of a macro for DuckDB, searched package by package in the project's order. */
function dispatch(
  session: Session,
  packageName: string,
  name: string,
  namespace: Value | undefined,
  site: CallSite,
): Value {
  const { macros, project } = session.env;
  const tried: string[] = [];
  const packages = searchOrder(session, packageName, namespace);
  for (const each of packages) {
    for (const prefix of PREFIXES) {
      const macro =
        each === undefined
          ? macros.find(prefix + name, packageName)
          : macros.in(each, prefix + name);
      if (macro) return session.macro(macro);
      tried.push(`'${each ?? project.name}.${prefix}${name}'`);
    }
  }
  const near = suggest(
    name,
    macros.names().map((each) => each.replace(/^(duckdb|default)__/, "")),
  );
  return site.fail(
    `In dispatch: No macro named '${name}' found. Searched for: ${tried.join(", ")}${near}`,
  );
}

function searchOrder(
  session: Session,
  packageName: string,
  namespace: Value | undefined,
): (string | undefined)[] {
  if (namespace === undefined || namespace === null) return [undefined];
  const name = str(namespace);
  const configured = session.env.project.dispatch.get(name);
  if (configured) return configured.flatMap((each) => (each === "dbt" ? BUILT_IN : [each]));
  if (isBuiltIn(name)) return [session.env.project.name, ...BUILT_IN];
  return [...new Set([session.env.project.name, name, packageName])];
}

function columns(database: Database | undefined, value: Value | undefined, site: CallSite): PyList {
  if (!database) return new PyList();
  if (!(value instanceof RelationValue)) {
    return site.fail("get_columns_in_relation needs a relation, such as ref('model')");
  }
  return new PyList(database.columns(value.relation, site).map(columnValue));
}

function nameOf(value: Value): string {
  return value instanceof PyObject ? String(value.get("name")).toLowerCase() : "";
}
