import { quote } from "../../engine/warehouse/quote.ts";
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
  const rows = await statements.rows<{ key: string; records: number }>({
    name: `largest_${rule.name}`,
    sql: `select key, count(*)::integer as records
from ${keys}
group by key
having count(*) > 1
order by records desc, key
limit ${SHOWN}`,
  });
  const parts = "each" in rule ? [rule.each, ...(rule.equal ?? [])] : rule.equal;
  const blocks: LargestBlock[] = [];
  for (const { key, records } of rows) {
    const values = key.split("|");
    const whole = values.length === parts.length;
    const read = whole
      ? await Promise.all(values.map((value, at) => decoded(statements, spec, parts[at], value)))
      : values;
    blocks.push({ value: read.join(" · "), records });
  }
  return blocks;
}

async function decoded(
  statements: Statements,
  spec: MatcherSpec,
  part: string | undefined,
  value: string,
): Promise<string> {
  const name = part?.replace(/^rec\./, "") ?? "";
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
