import { styleText } from "node:util";
import type { Warehouse } from "../../../engine/warehouse/warehouse.ts";
import {
  explainAnyway,
  explainPublished,
  type PairExplanation,
} from "../../../matchers/kit/explain.ts";
import { DEFAULT_THRESHOLDS } from "../../../matchers/kit/resolve.ts";
import { formatTable } from "../../table.ts";
import type { Entity } from "./entities.ts";

/** Why two records are one hotel, person or organization, or why not. */
export async function pairLines(
  warehouse: Warehouse,
  entity: Entity,
  records: readonly [string, string],
): Promise<string[]> {
  const { name, spec } = entity;
  const lines = [...(await recordLines(warehouse, entity, records)), ""];
  const published = await explainPublished(warehouse, spec, name, records);
  if (published && published.decision !== "separate") {
    lines.push(
      ...waterfall(published),
      "",
      await verdictLine(warehouse, entity, records, published),
    );
    return lines;
  }
  const scored = await explainAnyway(warehouse, spec, name, records);
  if (!scored) return lines;
  if (published) {
    lines.push(
      ...waterfall(published),
      "",
      await verdictLine(warehouse, entity, records, published),
    );
    for (const rule of scored.never) lines.push(`kept apart: ${rule}`);
    return lines;
  }
  lines.push(...waterfall(scored), "");
  lines.push(await verdictLine(warehouse, entity, records, scored));
  for (const rule of scored.never) lines.push(`kept apart: ${rule}`);
  if (scored.found.length > 0) {
    lines.push(`found by ${scored.found.join(", ")}, but too light to be kept`);
  } else {
    const missed = spec.blocking.map(({ name }) => name).join(", ");
    lines.push(`no blocking rule finds them: they share no ${missed}`);
  }
  return lines;
}

/** The weights of a pair, from the prior to the probability, with the sum after each line. */
export function waterfall(pair: PairExplanation): string[] {
  const rows: [string, string, string, string, string][] = [];
  let sum = pair.prior.weight;
  rows.push(["prior", pair.prior.label, signed(sum), "", signed(sum)]);
  for (const { comparison, level, weight, rarity } of pair.evidence) {
    if (level === undefined) continue;
    sum += weight + rarity;
    rows.push([comparison, level, signed(weight), rarity === 0 ? "" : signed(rarity), signed(sum)]);
  }
  const header = ["", "", "bits", "rarity", "sum"] as const;
  const widths = header.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) =>
        index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const found = pair.foundBy === undefined ? "" : styleText("gray", `  found by ${pair.foundBy}`);
  return [
    `${pair.left} × ${pair.right}${found}`,
    ...[line(header), ...rows.map(line)].map((text) => `  ${text}`),
    `  ${signed(pair.weight)} bits, probability ${pair.probability.toFixed(4)}${pair.decision ? `: ${pair.decision}` : ""}`,
  ];
}

async function recordLines(
  warehouse: Warehouse,
  { spec, columns }: Entity,
  records: readonly [string, string],
): Promise<string[]> {
  const names = ["record_id", ...columns];
  const rows = await warehouse.rows(
    `select ${names.join(", ")} from ${spec.input} where record_id in ($1, $2) order by record_id`,
    [...records],
  );
  return formatTable(
    names,
    rows.map((row) => names.map((name) => row[name])),
  ).split("\n");
}

async function verdictLine(
  warehouse: Warehouse,
  { name, many, spec }: Entity,
  records: readonly [string, string],
  pair: PairExplanation,
): Promise<string> {
  const row = await warehouse.first<{ found: number; id: bigint }>(
    `select count(distinct ${name}_id)::integer as found, min(${name}_id) as id from match.${name}_clusters where record_id in ($1, $2)`,
    [...records],
  );
  if (row?.found === 1) return styleText("green", `one ${name}: ${row.id}`);
  if (pair.decision === "review") {
    const why =
      pair.probability >= (spec.thresholds ?? DEFAULT_THRESHOLDS).merge
        ? "the records around them do not fit"
        : "likely one, but not enough";
    return styleText("yellow", `two ${many}, to be reviewed: ${why}`);
  }
  return `two ${many}`;
}

function signed(weight: number): string {
  const text = Math.abs(weight).toFixed(2);
  return weight < 0 ? `−${text}` : `+${text}`;
}
