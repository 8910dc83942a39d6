import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCsv } from "./csv.ts";

/** Days an answer of a source is not asked again, as `seeds/freshness.csv` says; nothing where it does not. */
export function askAgainDays(root: string, source: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(join(root, "seeds", "freshness.csv"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const [header, ...rows] = [...parseCsv(text)].map(({ fields }) => fields);
  const place = header?.indexOf("ask_again_days") ?? -1;
  const row = rows.find(([name]) => name === source);
  const days = row?.[place];
  return days === undefined || days === "" || !(Number(days) >= 0) ? undefined : Number(days);
}
