import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MadeRecord } from "../../../bench/scoreboard/made/dice.ts";
import { loadMade, type MadeSet } from "../../../bench/scoreboard/made/sets.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import { type Matched, match } from "../../../matchers/kit/match.ts";
import type { MatcherSpec } from "../../../matchers/kit/spec.ts";

export interface MatchedList extends Matched {
  /** Records of each cluster, sorted. */
  readonly groups: readonly (readonly string[])[];
}

type Cells = Readonly<Record<string, string | number | null>>;

/** Matches rows given as values; each has record_id and source. */
export async function matchRows(spec: MatcherSpec, rows: readonly Cells[]): Promise<MatchedList> {
  const warehouse = await Warehouse.open(":memory:");
  try {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    await warehouse.run(
      `create table records (${columns.map((name) => `"${name}" varchar`).join(", ")})`,
    );
    for (const row of rows) {
      const marks = columns.map((_, index) => `$${index + 1}`).join(", ");
      await warehouse.run(
        `insert into records values (${marks})`,
        columns.map((name) =>
          row[name] === undefined || row[name] === null ? null : String(row[name]),
        ),
      );
    }
    return await matchTable(warehouse, spec);
  } finally {
    warehouse.close();
  }
}

/** Matches the table `records` of a warehouse. */
export async function matchTable(warehouse: Warehouse, spec: MatcherSpec): Promise<MatchedList> {
  const folder = mkdtempSync(join(tmpdir(), "leadhouse-lists-"));
  try {
    const matched = await match(warehouse, spec, {
      entity: "thing",
      identityFolder: folder,
      runId: "test",
      startedAt: new Date(0),
    });
    const rows = await warehouse.rows<{ members: string[] }>(
      "select list(record_id order by record_id) as members from match.thing_clusters group by thing_id order by members",
    );
    return { ...matched, groups: rows.map(({ members }) => members) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Precision and recall of the pairs inside clusters, on a made list. */
export async function judge(
  make: () => MadeRecord[],
  specOf: (warehouse: Warehouse) => MatcherSpec | Promise<MatcherSpec>,
): Promise<{ readonly precision: number; readonly recall: number; readonly f1: number }> {
  const warehouse = await Warehouse.open(":memory:");
  try {
    await loadMade(warehouse, { make } satisfies Pick<MadeSet, "make">);
    await matchTable(warehouse, await specOf(warehouse));
    const row = await warehouse.first<{
      found: number;
      hits: number;
      wanted: number;
    }>(`with links as (
  select l.record_id as l, r.record_id as r
  from match.thing_clusters as l
  join match.thing_clusters as r on l.thing_id = r.thing_id and l.record_id < r.record_id
)
select
  (select count(*)::double from links) as found,
  (select count(*)::double from links semi join truth_pairs using (l, r)) as hits,
  (select count(*)::double from truth_pairs) as wanted`);
    const precision = (row?.hits ?? 0) / Math.max(1, row?.found ?? 0);
    const recall = (row?.hits ?? 0) / Math.max(1, row?.wanted ?? 0);
    return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
  } finally {
    warehouse.close();
  }
}
