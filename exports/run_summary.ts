import type { RunContext, StepFactory, StepResult } from "../engine/step.ts";

interface SourceLine {
  readonly source: string;
  readonly records: bigint;
  readonly hotels: bigint;
  readonly shared: bigint;
}

/** The last words of a run: how many records each source gave, and how many hotels they became. */
export const step: StepFactory = ({ profile, name, path }) => {
  if (!profile.section("exports", name)) return [];
  return [
    {
      kind: "export",
      name,
      path,
      reads: ["source_summary", "hotels"],
      writes: [],
      phase: "deliver",
      run: summarise,
    },
  ];
};

async function summarise({ warehouse }: RunContext): Promise<StepResult> {
  const sources = await warehouse.rows<SourceLine>(
    `select source, count_records as records, count_hotels as hotels, count_shared_hotels as shared
     from marts.source_summary order by source`,
  );
  const total = await warehouse.first<{ records: bigint; hotels: bigint; live: bigint }>(
    `select coalesce(sum(record_count), 0)::bigint as records, count(*) as hotels,
       count(*) filter (where is_live) as live
     from marts.hotels where merged_into is null`,
  );
  const width = Math.max(6, ...sources.map((each) => each.source.length));
  const line = (source: string, ...cells: string[]) =>
    `${source.padEnd(width)}  ${cells.map((cell) => cell.padStart(9)).join("  ")}`;
  const notes = [
    line("source", "records", "hotels", "shared"),
    ...sources.map((each) =>
      line(each.source, count(each.records), count(each.hotels), count(each.shared)),
    ),
    "",
    `${count(total?.records)} records became ${count(total?.hotels)} golden hotels, ${count(total?.live)} of them live leads`,
  ];
  return { amount: `${sources.length} sources`, notes };
}

function count(value: bigint | undefined): string {
  return (value ?? 0n).toLocaleString("en-US");
}
