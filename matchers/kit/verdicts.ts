import { EltError, EltErrors } from "../../engine/errors.ts";
import { quote } from "../../engine/warehouse/quote.ts";
import type { MatcherSpec } from "./spec.ts";
import type { Statements } from "./statements.ts";

/** What people decided about two records that both exist today. */
export interface Verdict {
  readonly a: number;
  readonly b: number;
  readonly same: boolean;
  /** `record × record`, for errors. */
  readonly name: string;
}

/**
 * Reads the verdicts of the seed as positions of records, by a relation of id and record_id; a path of "same" that meets
 * "different" is an error.
 */
export async function readVerdicts(
  statements: Statements,
  spec: MatcherSpec,
  records = "temp.rec",
): Promise<Verdict[]> {
  if (!spec.verdicts) return [];
  const table = spec.verdicts.split(".").map(quote).join(".");
  const rows = await statements.rows<{ a: number; b: number; verdict: string; name: string }>({
    name: "verdicts",
    sql: `select distinct
  case when l.record_id < r.record_id then l.id else r.id end as a,
  case when l.record_id < r.record_id then r.id else l.id end as b,
  lower(trim(decisions.verdict)) as verdict,
  least(l.record_id, r.record_id) || ' × ' || greatest(l.record_id, r.record_id) as name
from ${table} as decisions
join ${records} as l on l.record_id = decisions.record_id_l
join ${records} as r on r.record_id = decisions.record_id_r
where l.id <> r.id
order by a, b, verdict`,
  });
  const unknown = rows.find(({ verdict }) => verdict !== "same" && verdict !== "different");
  if (unknown) {
    throw new EltError(`unknown verdict "${unknown.verdict}" on ${unknown.name}`, {
      file: fileOf(spec.verdicts),
      hint: "write same or different",
    });
  }
  const verdicts = rows.map(({ a, b, verdict, name }) => ({
    a,
    b,
    same: verdict === "same",
    name,
  }));
  refuseContradictions(verdicts, fileOf(spec.verdicts));
  return verdicts;
}

/** A seed's file; a table without a schema is from a file that somebody named. */
function fileOf(table: string): string {
  const name = table.split(".").at(-1);
  return table.includes(".") ? `seeds/${name}.csv` : "the file of verdicts";
}

/** Throws every "different" whose two records are tied together by "same". */
export function refuseContradictions(verdicts: readonly Verdict[], file: string): void {
  const near = new Map<number, { to: number; verdict: Verdict }[]>();
  for (const verdict of verdicts.filter(({ same }) => same)) {
    for (const [from, to] of [
      [verdict.a, verdict.b],
      [verdict.b, verdict.a],
    ] as const) {
      near.set(from, [...(near.get(from) ?? []), { to, verdict }]);
    }
  }
  const errors = verdicts.flatMap((verdict) => {
    if (verdict.same) return [];
    const path = pathBetween(near, verdict.a, verdict.b);
    if (!path) return [];
    const same = path.map(({ name }) => name).join(", ");
    return [
      new EltError(`"different" on ${verdict.name} contradicts "same" on ${same}`, {
        file,
        hint: "take one of the verdicts back",
      }),
    ];
  });
  if (errors.length > 0) throw new EltErrors("verdicts contradict each other", errors, 1);
}

function pathBetween(
  near: ReadonlyMap<number, readonly { to: number; verdict: Verdict }[]>,
  from: number,
  to: number,
): Verdict[] | undefined {
  const cameBy = new Map<number, { from: number; verdict: Verdict } | undefined>([
    [from, undefined],
  ]);
  const open = [from];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const step of near.get(at) ?? []) {
      if (cameBy.has(step.to)) continue;
      cameBy.set(step.to, { from: at, verdict: step.verdict });
      open.push(step.to);
    }
  }
  if (!cameBy.has(to)) return undefined;
  const path: Verdict[] = [];
  for (let step = cameBy.get(to); step; step = cameBy.get(step.from)) path.unshift(step.verdict);
  return path;
}
