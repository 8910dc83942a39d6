import { quote } from "../../engine/warehouse/quote.ts";
import { keyParts } from "./block.ts";
import type { BlockingRule, MatcherSpec } from "./spec.ts";
import type { Statements } from "./statements.ts";

export interface LargestBlock {
  /** The value the records share, as people read it. */
  readonly value: string;
  readonly records: number;
}

const SHOWN = 3;

/** The values most records share under a rule, read back from their codes. `keys_<rule>` must stand. */
export async function largestBlocks(
  statements: Statements,
  spec: MatcherSpec,
  rule: BlockingRule,
): Promise<LargestBlock[]> {
  const keys = `temp.${quote(`keys_${rule.name}`)}`;
  if ("metres" in rule) {
    return await statements.rows<{ value: string; records: number }>({
      name: `largest_${rule.name}`,
      sql: `select printf('around %.4f, %.4f', avg(rec.lat), avg(rec.lon)) as value, count(*)::integer as records
from ${keys} as keys
join temp.rec as rec using (id)
group by keys.x, keys.y
having count(*) > 1
order by records desc, keys.x, keys.y
limit ${SHOWN}`,
    });
  }
  const { from, parts } = keyParts(rule);
  const rows = await statements.rows<{ values: readonly (string | null)[]; records: number }>({
    name: `largest_${rule.name}`,
    sql: `select [${parts.map((part) => `(${part})::varchar`).join(", ")}] as values, n as records
from (
  select key, n, min(id) as id
  from ${keys}
  group by key, n
  order by n desc, id
  limit ${SHOWN}
) as largest
join ${from} on rec.id = largest.id and hash(${parts.join(", ")}) = largest.key
qualify row_number() over (partition by largest.key) = 1
order by n desc, largest.id`,
  });
  const columns = "each" in rule ? [rule.each, ...(rule.equal ?? [])] : rule.equal;
  const blocks: LargestBlock[] = [];
  for (const { values, records } of rows) {
    const read = await Promise.all(
      values.map((value, at) => decoded(statements, spec, columns[at], value ?? "")),
    );
    blocks.push({ value: read.join(" · "), records });
  }
  return blocks;
}

async function decoded(
  statements: Statements,
  spec: MatcherSpec,
  column: string | undefined,
  value: string,
): Promise<string> {
  const name = column?.replace(/^rec\./, "") ?? "";
  const dictionary = spec.comparisons
    .map((comparison) => comparison.dictionaries?.[name])
    .find((found) => found !== undefined);
  if (!dictionary) return value;
  const scale = { value: 1, values: 4096, tokens: 1024 }[dictionary.kind];
  const row = await statements.warehouse.first<{ value: string }>(
    `select value::varchar as value from temp.${quote(`dictionary_${name}`)} where code = $1::bigint // ${scale}`,
    [value],
  );
  return row?.value ?? value;
}
