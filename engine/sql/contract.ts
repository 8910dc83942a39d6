import { type EltError, EltErrors } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { quote } from "../warehouse/quote.ts";
import type { Column, Warehouse } from "../warehouse/warehouse.ts";
import { asList, isMap } from "./config-tree.ts";
import type { ColumnInfo, ModelNode } from "./nodes.ts";

/** A model whose YAML promises its columns: `contract: {enforced: true}`. */
export function hasContract(model: ModelNode): boolean {
  const { contract } = model.config;
  return isMap(contract) && contract.enforced === true;
}

/** Throws where a model's columns are not the ones its contract names. */
export async function proveContract(
  warehouse: Warehouse,
  model: ModelNode,
  columns: readonly Column[],
): Promise<void> {
  const { origin } = model;
  if (!hasContract(model) || !origin) return;
  const problems: EltError[] = [];
  const actual = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const say = (message: string, column?: ColumnInfo): void => {
    problems.push(
      origin.file.error(`contract of ${model.name}: ${message}`, column?.path ?? origin.path),
    );
  };
  for (const column of model.columns.values()) {
    const found = actual.get(column.name.toLowerCase());
    if (!found) {
      say(`column "${column.name}" is missing${suggest(column.name, actual.keys())}`, column);
    } else if (column.dataType === undefined) {
      say(`column "${column.name}" has no data_type`, column);
    } else {
      const [promised] = await warehouse.describe(`select null::${column.dataType} as x`);
      if (promised && !sameType(promised.type, found.type)) {
        say(`column "${column.name}" is ${found.type}, not ${promised.type}`, column);
      }
    }
  }
  const promised = new Set([...model.columns.keys()].map((name) => name.toLowerCase()));
  for (const column of columns) {
    if (!promised.has(column.name.toLowerCase())) say(`column "${column.name}" is not in it`);
  }
  if (problems.length === 1 && problems[0]) throw problems[0];
  if (problems.length > 0) throw new EltErrors(`contract of ${model.name} is broken`, problems, 1);
}

/** The column list of a table under contract, with its constraints. */
export function contractColumns(model: ModelNode): string {
  const columns = [...model.columns.values()].map((column) => {
    const rules = asList(raw(column).constraints).filter(isMap).map(constraint);
    return [quote(column.name), column.dataType ?? "varchar", ...rules].join(" ");
  });
  const whole = isMap(model.origin && entryOf(model)) ? asList(entryOf(model)?.constraints) : [];
  return [...columns, ...whole.filter(isMap).map(tableConstraint)].join(", ");
}

/** Precision and scale are no part of a contract, as in dbt. */
function sameType(promised: string, found: string): boolean {
  const base = (type: string) => type.replace(/^DECIMAL\(.*\)$/, "DECIMAL");
  return base(promised) === base(found);
}

function raw(column: ColumnInfo): Readonly<Record<string, unknown>> {
  return isMap(column.raw) ? column.raw : {};
}

function entryOf(model: ModelNode): Readonly<Record<string, unknown>> | undefined {
  let value: unknown = model.origin?.file.value;
  for (const part of model.origin?.path ?? []) {
    value = (value as Record<string | number, unknown> | undefined)?.[part];
  }
  return isMap(value) ? value : undefined;
}

function constraint(rule: Readonly<Record<string, unknown>>): string {
  const expression = String(rule.expression ?? "");
  switch (rule.type) {
    case "not_null":
      return "not null";
    case "unique":
      return "unique";
    case "primary_key":
      return "primary key";
    case "check":
      return `check (${expression})`;
    default:
      return expression;
  }
}

function tableConstraint(rule: Readonly<Record<string, unknown>>): string {
  const columns = asList(rule.columns).map((name) => quote(String(name)));
  const kind = constraint(rule);
  return rule.type === "check" || rule.type === "custom" ? kind : `${kind} (${columns.join(", ")})`;
}
