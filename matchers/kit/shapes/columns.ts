import { EltError } from "../../../engine/errors.ts";
import { suggest } from "../../../engine/suggest.ts";
import { quote } from "../../../engine/warehouse/quote.ts";

/** Which column plays which role: a column's name, or DuckDB SQL over the columns. */
export type Columns<Role extends string> = Readonly<Partial<Record<Role, string>>>;

/** What people write where they know nothing. */
const NOTHING =
  "('', '-', '--', '?', '.', 'n/a', '#n/a', 'n.a.', 'nan', 'null', 'none', 'nil', 'unknown', 'not available', 'tbd')";

/** The first layer of a shape's parsed columns: `role_<role>` for each role, text, null where nothing is known. */
export function roleColumns<Role extends string>(
  columns: Columns<Role>,
  known: readonly Role[],
): Record<string, string> {
  const roles: Record<string, string> = {};
  for (const [role, column] of Object.entries<string | undefined>(columns)) {
    if (column === undefined) continue;
    if (!known.some((name) => name === role)) {
      throw new EltError(`unknown role "${role}"${suggest(role, known)}`, {
        hint: `the roles are ${known.join(", ")}`,
        exitCode: 2,
      });
    }
    roles[`role_${role}`] = textSql(columnSql(column));
  }
  return roles;
}

/** A name of words is a column; anything with a sign in it is SQL already. */
export function columnSql(column: string): string {
  return isColumnName(column) ? quote(column) : `(${column})`;
}

/** "First name", "Reg. No", "E-mail" are names of columns; "address.city" is SQL. */
export function isColumnName(column: string): boolean {
  return /^[\p{L}\p{N}_]([\p{L}\p{N}_ /#-]|\.(?=\s|$))*$/u.test(column);
}

/** SQL of a trimmed text; null where it only says that nothing is known. */
export function textSql(sql: string): string {
  const text = `trim((${sql})::varchar)`;
  return `case when lower(${text}) not in ${NOTHING} then ${text} end`;
}
