import { resolve } from "node:path";
import { z } from "zod";
import type { RunContext, StepFactory, StepResult } from "../engine/step.ts";
import type { Column } from "../engine/warehouse/warehouse.ts";
import type { Market, MarketRows } from "./kit/markets.ts";

/** Raise it when the same rows would look different: every workbook is then written again. */
const VERSION = 1;

const settingsSchema = z.strictObject({
  /** Where the files go: under the data folder, or an absolute path. */
  folder: z.string().min(1).default("exports"),
});

export const step: StepFactory = ({ profile, name, path }) => {
  const section = profile.section("exports", name);
  if (!section) return [];
  const { folder } = section.parse(settingsSchema);
  return [
    {
      kind: "export",
      name,
      path,
      reads: ["leads", "market_stats", "field_provenance"],
      writes: [],
      phase: "deliver",
      run: (context) => exportWorkbooks(context, name, resolve(context.data, folder)),
    },
  ];
};

/** One workbook per state and per city: `<country>/<state>.xlsx`, `<country>/<state>/<city>.xlsx`. */
async function exportWorkbooks(
  context: RunContext,
  name: string,
  folder: string,
): Promise<StepResult> {
  const [{ listMarkets, marketReader }, { exportFiles }] = await Promise.all([
    import("./kit/markets.ts"),
    import("./kit/files.ts"),
  ]);
  const { warehouse, signal } = context;
  const columns = await warehouse.describe("select * from marts.leads");
  const markets = await listMarkets(warehouse, [VERSION, columns]);
  const read = marketReader(warehouse);
  const files = markets.map((market) => ({
    path: market.path,
    content: market.content,
    make: async () => await makeWorkbook(context, market, columns, await read(market)),
  }));
  const { written, removed } = await exportFiles(files, {
    folder,
    name,
    signal,
    progress: (done) => context.progress({ done, total: files.length, unit: "workbooks" }),
  });
  context.log("export.files", { written: written.length, removed: removed.length });
  if (written.length + removed.length === 0) {
    return { rows: 0, amount: "unchanged", unchanged: true };
  }
  const count = (number: number) => number.toLocaleString("en-US");
  const total = `${count(files.length)} workbook${files.length === 1 ? "" : "s"}`;
  const parts = [
    total,
    ...(written.length < files.length ? [`${count(written.length)} written`] : []),
    ...(removed.length > 0 ? [`${count(removed.length)} removed`] : []),
  ];
  return { rows: written.length, amount: parts.join(", ") };
}

async function makeWorkbook(
  context: RunContext,
  market: Market,
  columns: readonly Column[],
  { leads, winners }: MarketRows,
): Promise<Buffer> {
  const [workbooks, leadsSheet, statsSheet, provenanceSheet] = await Promise.all([
    import("./kit/workbook.ts"),
    import("./kit/leads-sheet.ts"),
    import("./kit/stats-sheet.ts"),
    import("./kit/provenance-sheet.ts"),
  ]);
  const { place, country, stats } = market;
  const workbook = await workbooks.newWorkbook({
    title: `Hotel leads - ${place}`,
    subject: `Run ${context.runId}`,
    date: latest(leads.map((lead) => lead.last_verified)),
  });
  leadsSheet.addLeadsSheet(workbook, { place, country, leads, columns });
  statsSheet.addStatsSheet(workbook, {
    place,
    country,
    leads,
    stats,
    withCities: market.citySlug === undefined,
  });
  provenanceSheet.addProvenanceSheet(workbook, {
    place,
    country,
    winners,
    leads: leads.length,
    runId: context.runId,
  });
  return await workbooks.workbookBytes(workbook);
}

function latest(dates: readonly unknown[]): Date {
  const times = dates.flatMap((date) => (date instanceof Date ? [date.getTime()] : []));
  return new Date(times.length === 0 ? 0 : Math.max(...times));
}
