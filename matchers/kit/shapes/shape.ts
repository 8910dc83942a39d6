import type {
  BlockingRule,
  Comparison,
  Constraint,
  LinkType,
  MatcherSpec,
  Training,
} from "../spec.ts";
import type { Columns } from "./columns.ts";

/** What is said of a list besides which column is which. Nothing of it is needed. */
export interface ShapeOptions<Role extends string> {
  readonly columns: Columns<Role>;
  /** Comparisons of further columns. */
  readonly also?: readonly Comparison[];
  /** Input model, `schema.table`; not read when the spec is run on files. */
  readonly input?: string;
  /** Column that names a record. Default `record_id`. */
  readonly id?: string;
  /** Column that names the source of a record. Default `source`. */
  readonly source?: string;
  readonly verdicts?: string;
  readonly constraints?: readonly Constraint[];
  readonly linkType?: LinkType;
  readonly registers?: MatcherSpec["registers"];
  readonly repeats?: boolean;
  /** Default: a pair is one entity when that is likelier than not, for nobody is there to be asked. */
  readonly thresholds?: MatcherSpec["thresholds"];
  readonly pairsPerRecord?: number;
}

export interface ShapeParts {
  readonly parsed: NonNullable<MatcherSpec["parsed"]>;
  readonly comparisons: readonly (Comparison | false | undefined)[];
  readonly blocking: readonly BlockingRule[];
  readonly passes: Training["passes"];
  readonly constraints?: readonly Constraint[];
  /** Prepared columns that only blocking needs. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Prepared columns that stay empty for want of a role: rules over them are dropped. */
  readonly empty?: readonly string[];
  readonly repeats?: boolean;
}

/** A spec of what the roles at hand allow: rules and passes over what no comparison prepares are dropped. */
export function assemble<Role extends string>(
  options: ShapeOptions<Role>,
  parts: ShapeParts,
): MatcherSpec {
  const { keys = {}, empty = [] } = parts;
  const [first, ...others] = [...parts.comparisons.filter((one) => !!one), ...(options.also ?? [])];
  const comparisons = first
    ? [{ ...first, columns: { ...first.columns, ...keys } }, ...others]
    : [];
  const prepared = preparedColumns(comparisons);
  for (const column of empty) prepared.delete(column);
  const names = new Set(comparisons.map(({ name }) => name));
  const { verdicts, linkType, registers = "found", repeats = parts.repeats } = options;
  return {
    input: options.input ?? "main.records",
    id: options.id ?? "record_id",
    source: options.source ?? "source",
    ...(verdicts === undefined ? {} : { verdicts }),
    parsed: parts.parsed,
    comparisons,
    blocking: parts.blocking.filter((rule) =>
      columnsOfRule(rule).every((column) => prepared.has(column)),
    ),
    training: { passes: parts.passes.filter(({ given }) => names.has(given)) },
    constraints: [...(parts.constraints ?? []), ...(options.constraints ?? [])],
    registers,
    ...(linkType === undefined ? {} : { linkType }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(options.pairsPerRecord === undefined ? {} : { pairsPerRecord: options.pairsPerRecord }),
    thresholds: options.thresholds ?? { merge: 0.5, review: 0.5 },
  };
}

function preparedColumns(comparisons: readonly Comparison[]): Set<string> {
  return new Set(
    comparisons.flatMap(({ columns, dictionaries = {} }) => [
      ...Object.keys(columns),
      ...Object.keys(dictionaries),
    ]),
  );
}

function columnsOfRule(rule: BlockingRule): string[] {
  if ("metres" in rule) return ["lat", "lon"];
  const columns = (rule.equal ?? []).flatMap((sql) =>
    [...sql.matchAll(/\brec\.(\w+)/g)].map(([, name]) => name ?? ""),
  );
  return "each" in rule ? [rule.each, ...columns] : columns;
}
