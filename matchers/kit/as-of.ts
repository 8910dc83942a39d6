import { quote } from "../../engine/warehouse/quote.ts";
import type { Statement } from "./statements.ts";

/**
 * The table function `match.<entity>_as_of(moment)`: which records made up which entity then, told from the log alone. A
 * record is in the entity it joined last, until it is retired.
 */
export function asOfStatement(entity: string): Statement {
  const id = quote(`${entity}_id`);
  return {
    name: "as_of",
    sql: `create or replace macro match.${quote(`${entity}_as_of`)}(moment) as table
select record_id, ${id}
from match.${quote(`${entity}_match_log`)}
where record_id is not null and event in ('joined', 'retired') and logged_at <= moment::timestamp
qualify row_number() over (partition by record_id order by position desc) = 1 and event = 'joined'`,
  };
}
