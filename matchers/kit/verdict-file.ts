import { existsSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { EltError } from "../../engine/errors.ts";
import { literal } from "../../engine/warehouse/quote.ts";
import type { Warehouse } from "../../engine/warehouse/warehouse.ts";
import { refuseContradictions } from "./verdicts.ts";

export interface WrittenVerdict {
  readonly l: string;
  readonly r: string;
  readonly same: boolean;
}

const COLUMNS = ["record_id_l", "record_id_r", "verdict", "decided_by", "decided_on", "reason"];

/** The seed of verdicts as it grows: every verdict is on disk before the next question, and can be taken back. */
export class VerdictFile {
  readonly path: string;
  readonly #verdicts: WrittenVerdict[];
  readonly #columns: readonly string[];

  static async open(path: string, warehouse: Warehouse): Promise<VerdictFile> {
    if (!existsSync(path)) await writeFile(path, `${COLUMNS.join(",")}\n`);
    const text = await readFile(path, "utf8");
    const columns = (text.replace(/^\uFEFF/, "").split(/\r?\n/)[0] ?? "").split(",");
    const missing = COLUMNS.slice(0, 3).filter((name) => !columns.includes(name));
    if (missing.length > 0) {
      throw new EltError(`no column ${missing.join(", ")} in ${path}`, { exitCode: 2 });
    }
    if (text !== "" && !text.endsWith("\n")) await appendFile(path, "\n");
    const rows = await warehouse.rows<{ l: string; r: string; verdict: string }>(
      `select record_id_l as l, record_id_r as r, lower(trim(verdict)) as verdict
from read_csv(${literal(path)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')`,
    );
    const verdicts = rows.map(({ l, r, verdict }) => ({ l, r, same: verdict === "same" }));
    return new VerdictFile(path, columns, verdicts);
  }

  private constructor(path: string, columns: readonly string[], verdicts: WrittenVerdict[]) {
    this.path = path;
    this.#columns = columns;
    this.#verdicts = verdicts;
  }

  get decided(): readonly (readonly [string, string])[] {
    return this.#verdicts.map(({ l, r }) => [l, r] as const);
  }

  /** Appends a verdict; throws when it contradicts those before it. Answers the line it wrote. */
  async append(
    verdict: WrittenVerdict,
    by: { readonly name: string; readonly date: string },
  ): Promise<string> {
    this.#refuseContradiction(verdict);
    const values: Record<string, string> = {
      record_id_l: verdict.l,
      record_id_r: verdict.r,
      verdict: verdict.same ? "same" : "different",
      decided_by: by.name,
      decided_on: by.date,
    };
    const line = `${this.#columns.map((name) => cell(values[name] ?? "")).join(",")}\n`;
    await appendFile(this.path, line);
    this.#verdicts.push(verdict);
    return line;
  }

  /** Takes the last line back, if it still is the last. */
  async takeBack(line: string): Promise<void> {
    const text = await readFile(this.path, "utf8");
    if (!text.endsWith(line)) {
      throw new EltError(`${this.path} was changed meanwhile`, {
        hint: "take the line out by hand",
      });
    }
    await writeFile(this.path, text.slice(0, text.length - line.length));
    this.#verdicts.pop();
  }

  #refuseContradiction(verdict: WrittenVerdict): void {
    const at = new Map<string, number>();
    const place = (record: string) => {
      const known = at.get(record) ?? at.size;
      at.set(record, known);
      return known;
    };
    refuseContradictions(
      [...this.#verdicts, verdict].map(({ l, r, same }) => ({
        a: place(l),
        b: place(r),
        same,
        name: `${l} × ${r}`,
      })),
      this.path,
    );
  }
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
