import { quote } from "../../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { textSql } from "./columns.ts";
import { LEGAL_FORMS } from "./legal-forms.ts";

/** What a column holds, by a sample of its values. Shares are of the filled ones. */
export interface ColumnProfile {
  readonly column: string;
  /** Share of records with a value. */
  readonly filled: number;
  /** Different values for each filled one: 1 when none repeats. */
  readonly distinct: number;
  readonly values: number;
  /** Words in a value, on average. */
  readonly words: number;
  readonly emails: number;
  readonly urls: number;
  readonly phones: number;
  readonly dates: number;
  readonly numbers: number;
  readonly letters: number;
  readonly legalForms: number;
  readonly commas: number;
  readonly lowest: number | null;
  readonly highest: number | null;
}

const SAMPLE = 20_000;

const SHAPES: Readonly<Record<string, string>> = {
  emails: "^[^@\\s]+@[^@\\s]+\\.[a-z]{2,}$",
  urls: "^(https?://|www\\.)\\S+$|^[a-z0-9-]+(\\.[a-z0-9-]+)*\\.(com|org|net|io|co|de|at|ch|fr|it|es|nl|uk|au|us|ca|eu|info|biz)(/\\S*)?$",
  phones: "^[+(]?[0-9][0-9 ()./-]{5,18}[0-9]$",
  dates: "^([0-9]{4}[-/.]?[0-9]{2}[-/.]?[0-9]{2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4})( |t|$)",
  numbers: "^-?[0-9]+([.,][0-9]+)?$",
  letters: "\\p{L}{2}",
  legalForms: ` (${LEGAL_FORMS.filter((form) => form.length >= 2 && !form.includes(" ")).join("|")})\\.?$`,
  commas: ",",
};

/** Looks at a sample of the table `records`, chosen by a hash of the id. */
export async function profile(
  warehouse: Warehouse,
  columns: readonly string[],
  id: string,
): Promise<ColumnProfile[]> {
  await warehouse.run(
    `create or replace temp table profiled as select * from records order by hash(${quote(id)}), ${quote(id)} limit ${SAMPLE}`,
  );
  const profiles: ColumnProfile[] = [];
  for (const column of columns) {
    const shapes = Object.entries(SHAPES).map(
      ([name, pattern]) =>
        `coalesce(avg(regexp_matches(lower(value), '${pattern.replaceAll("'", "''")}')::integer), 0) as ${quote(name)}`,
    );
    const row = await warehouse.first<Record<string, number | null>>(`select
  count(*)::double as everything,
  count(value)::double as filled,
  count(distinct value)::double as "values",
  coalesce(avg(len(string_split_regex(value, '\\s+'))), 0) as words,
  min(try_cast(value as double)) as lowest,
  max(try_cast(value as double)) as highest,
  ${shapes.join(",\n  ")}
from (select ${textSql(quote(column))} as value from temp.profiled)`);
    const figure = (name: string) => row?.[name] ?? 0;
    const share = (name: string) => figure(name) / Math.max(1, figure("filled"));
    profiles.push({
      column,
      filled: figure("filled") / Math.max(1, figure("everything")),
      distinct: share("values"),
      values: figure("values"),
      words: figure("words"),
      emails: figure("emails"),
      urls: figure("urls"),
      phones: figure("phones"),
      dates: figure("dates"),
      numbers: figure("numbers"),
      letters: figure("letters"),
      legalForms: figure("legalForms"),
      commas: figure("commas"),
      lowest: row?.lowest ?? null,
      highest: row?.highest ?? null,
    });
  }
  await warehouse.run("drop table temp.profiled");
  return profiles;
}
