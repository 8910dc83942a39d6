import { resolve } from "node:path";
import { z } from "zod";
import type { RunContext, StepFactory, StepResult } from "../engine/step.ts";

/** Raise it when the same rows would look different: every workbook is then written again. */
const VERSION = 2;

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
      reads: ["leads", "market_stats", "field_provenance", "hotel_decision_makers"],
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
  const { listMarkets, marketReader } = await import("./kit/markets.ts");
  const { exportFiles } = await import("./kit/files.ts");
  const { makeLeadsWorkbook } = await import("./kit/leads-workbook.ts");
  const { warehouse, signal, runId } = context;
  const columns = await warehouse.describe("select * from marts.leads");
  const markets = await listMarkets(warehouse, [VERSION, columns]);
  const read = marketReader(warehouse);
  const files = markets.map((market) => ({
    path: market.path,
    content: market.content,
    make: async () => await makeLeadsWorkbook({ market, columns, runId, ...(await read(market)) }),
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
