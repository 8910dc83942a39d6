import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EltError, messageOf } from "../errors.ts";
import { nearest } from "../suggest.ts";
import { DatabaseError, type Report } from "../warehouse/database-error.ts";
import type { Compiled } from "./compile.ts";
import { excerptAt, lineColumn } from "./excerpt.ts";

export interface Statement {
  /** Where the compiled text begins in what was sent (UTF-16). */
  readonly offset: number;
  readonly compiled: Compiled;
  readonly root: string;
  /** The file of the node, for errors without a position. */
  readonly file: string;
  readonly line?: number | undefined;
}

/** A database error as a place in the template the SQL came from. */
export function sqlError(error: unknown, statement: Statement): EltError {
  if (!(error instanceof DatabaseError)) {
    return new EltError(messageOf(error), {
      file: statement.file,
      line: statement.line,
      cause: error,
    });
  }
  const { report, offset } = error;
  const { message, hint } = describe(report);
  const inside = offset === undefined ? undefined : offset - statement.offset;
  const { compiled, root } = statement;
  if (inside === undefined || inside < 0 || inside > compiled.text.length) {
    return new EltError(message, {
      file: statement.file,
      line: statement.line,
      hint,
      cause: error,
    });
  }
  const located = compiled.locate(inside);
  const outer = located?.via.at(-1) ?? located;
  const length = wrongLength(compiled.text.slice(inside), report.name);
  const rendered = lineColumn(compiled.text, inside);
  const shown = excerptAt(compiled.text, rendered.line, rendered.column, { length });
  if (!outer) {
    return new EltError(message, {
      file: statement.file,
      line: statement.line,
      hint,
      excerpt: `compiled\n${shown}`,
      cause: error,
    });
  }
  const { file, line, column } = outer;
  const text = fileText(root, file);
  const written = text?.split("\n")[line - 1];
  const same = written !== undefined && shown.includes(`│ ${written.trimEnd()}\n`);
  const parts = [
    text === undefined ? undefined : excerptAt(text, line, column, { length: same ? length : 1 }),
    located && located !== outer ? stack(located) : undefined,
    same ? undefined : `compiled\n${shown}`,
  ];
  const excerpt = parts.filter((part) => part !== undefined).join("\n");
  return new EltError(message, { file, line, column, hint, excerpt, cause: error });
}

function describe(report: Report): { message: string; hint: string | undefined } {
  const { name, error_subtype, exception_message } = report;
  const candidates = (report.candidates ?? "").split(",").filter((each) => each !== "");
  const near = name === undefined ? undefined : nearest(name, candidates);
  const suggestion = near === undefined ? "" : ` — did you mean "${near}"?`;
  if (error_subtype === "COLUMN_NOT_FOUND" && name) {
    const hint =
      near === undefined && candidates.length > 0
        ? `use a column that is there, such as ${candidates.slice(0, 5).join(", ")}`
        : undefined;
    return { message: `column "${name}" not found${suggestion}`, hint };
  }
  if (error_subtype === "MISSING_ENTRY" && name && report.type) {
    const kind = report.type
      .toLowerCase()
      .replace(/^(scalar|table|aggregate) function$/, "function");
    return { message: `${kind} "${name}" not found${suggestion}`, hint: undefined };
  }
  const [first = "", ...rest] = exception_message.split("\n").map((line) => line.trim());
  const hint = rest.filter((line) => line !== "" && !/^LINE \d+|^\^/.test(line)).join("; ");
  return { message: first, hint: hint === "" ? undefined : hint };
}

/** How much of the text at the mistake is the wrong name, with its qualifier and quotes. */
function wrongLength(text: string, name: string | undefined): number {
  const word = /^[\w."$]+/u.exec(text)?.[0] ?? "";
  if (name !== undefined && word.includes(name)) return [...word].length;
  return Math.max(1, [...word].length);
}

function stack(located: NonNullable<ReturnType<Compiled["locate"]>>): string {
  const lines = [`  printed by  ${located.file}:${located.line}:${located.column}`];
  for (const place of located.via) {
    lines.push(`  called from ${place.file}:${place.line}:${place.column}`);
  }
  return lines.join("\n");
}

function fileText(root: string, file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
