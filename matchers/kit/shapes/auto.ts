import { EltError } from "../../../engine/errors.ts";
import { suggest } from "../../../engine/suggest.ts";
import { quote } from "../../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { date } from "../../comparisons/date.ts";
import { exactText } from "../../comparisons/exact-text.ts";
import { freeText } from "../../comparisons/free-text.ts";
import { number } from "../../comparisons/number.ts";
import type { Comparison, MatcherSpec } from "../spec.ts";
import { isColumnName } from "./columns.ts";
import { companies } from "./companies.ts";
import { type Guess, guess, ROLES, SHAPE_NAMES, type ShapeName } from "./guess.ts";
import { persons } from "./persons.ts";
import { places } from "./places.ts";
import { type ColumnProfile, profile } from "./profile.ts";
import type { ShapeOptions } from "./shape.ts";
import { foldedName } from "./synonyms.ts";
import { things } from "./things.ts";

/** A spec that is made when the tables are at hand: `export const spec = auto()`. */
export interface AutoSpec extends Omit<ShapeOptions<string>, "columns" | "also"> {
  readonly auto: true;
  /** What the list is of; found out when not said. */
  readonly shape?: ShapeName;
  /** Column → role, or `ignore`, where the guess would be wrong. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** A spec from the columns' names and contents. All that is said here outranks the guess. */
export function auto(options: Omit<AutoSpec, "auto"> = {}): AutoSpec {
  return { ...options, auto: true };
}

export function isAuto(spec: object): spec is AutoSpec {
  return "auto" in spec && spec.auto === true;
}

export interface AutoMade {
  readonly spec: MatcherSpec;
  readonly guess: Guess;
  /** Columns compared as they are, for want of a role. */
  readonly also: readonly Leftover[];
}

export interface Leftover {
  readonly column: string;
  readonly how: "date" | "number" | "exactText" | "freeText";
}

/** Looks at the table `records` and makes the spec. */
export async function makeSpec(
  warehouse: Warehouse,
  { auto: _, shape, columns = {}, ...options }: AutoSpec,
): Promise<AutoMade> {
  const id = options.id ?? "record_id";
  const source = options.source ?? "source";
  const described = await warehouse.describe("select * from records");
  const known = described.map(({ name }) => name).filter((name) => ![id, source].includes(name));
  refuseBadWords({ shape, columns, known });
  const profiles = await profile(warehouse, known, id);
  const guessed = guess(profiles, { shape, columns });
  const also = guessed.columns.flatMap(({ column, role, why }) => {
    const own = profiles.find((one) => one.column === column);
    const used = Object.values(guessed.roles).some((sql) => sql === column);
    return own && role === undefined && why === "compared as it is" && !used ? leftover(own) : [];
  });
  const said = {
    ...options,
    columns: quoted(guessed.roles, known),
    also: also.map(comparisonOf),
  };
  const spec = shapeSpec(guessed.shape, said);
  if (spec.blocking.length === 0) {
    throw new EltError("no column tells records apart", {
      hint: `say what they are, as { ${known[0] ?? "column"}: "name" }; the columns are ${known.join(", ")}`,
      exitCode: 2,
    });
  }
  return { spec, guess: guessed, also };
}

function refuseBadWords(said: {
  readonly shape: ShapeName | undefined;
  readonly columns: Readonly<Record<string, string>>;
  readonly known: readonly string[];
}): void {
  const { shape, columns, known } = said;
  if (shape !== undefined && !SHAPE_NAMES.includes(shape)) {
    throw new EltError(`unknown shape "${shape}"${suggest(shape, SHAPE_NAMES)}`, {
      hint: `the shapes are ${SHAPE_NAMES.join(", ")}`,
      exitCode: 2,
    });
  }
  const roles = new Set(["ignore", ...(shape ? ROLES[shape] : Object.values(ROLES).flat())]);
  for (const [column, role] of Object.entries(columns)) {
    if (!known.includes(column)) {
      throw new EltError(`no column "${column}"${suggest(column, known)}`, { exitCode: 2 });
    }
    if (!roles.has(role)) {
      throw new EltError(`unknown role "${role}" of ${column}${suggest(role, roles)}`, {
        hint: `the roles are ${[...roles].join(", ")}`,
        exitCode: 2,
      });
    }
  }
}

/** Names of columns that are no words are quoted here, so that nothing takes them for SQL. */
function quoted(
  roles: Readonly<Record<string, string>>,
  known: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(roles).map(([role, column]) => [
      role,
      known.includes(column) && !isColumnName(column) ? quote(column) : column,
    ]),
  );
}

function leftover(own: ColumnProfile): Leftover[] {
  const { column, dates, numbers, letters, words, distinct, values, filled } = own;
  if (filled < 0.02) return [];
  if (dates >= 0.8) return [{ column, how: "date" }];
  if (numbers >= 0.9 && values > 20) return [{ column, how: "number" }];
  if (words >= 4 && letters >= 0.8) return [{ column, how: "freeText" }];
  // What never repeats, one word and no text: a key of the list itself.
  if (distinct > 0.98 && words < 1.2 && values > 20) return [];
  return [{ column, how: "exactText" }];
}

function comparisonOf({ column, how }: Leftover): Comparison {
  const name = `also_${foldedName(column) || "column"}`;
  const said = { sql: `${quote(column)}::varchar`, label: column };
  if (how === "date") return date(name, said);
  if (how === "number") return number(name, said);
  if (how === "freeText") return freeText(name, said);
  return exactText(name, said);
}

function shapeSpec(shape: ShapeName, options: ShapeOptions<string>): MatcherSpec {
  if (shape === "persons") return persons(options);
  if (shape === "companies") return companies(options);
  if (shape === "places") return places(options);
  return things(options);
}
