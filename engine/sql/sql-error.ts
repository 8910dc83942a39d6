import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EltError, messageOf } from "../errors.ts";
import { nearest } from "../suggest.ts";
import type { Compiled } from "./compile.ts";
import { excerptAt, lineColumn } from "./excerpt.ts";

/** What DuckDB says about a statement under `set errors_as_json = true`. */
interface Report {
  readonly exception_type: string;
  readonly exception_message: string;
  readonly position?: string;
  readonly candidates?: string;
  readonly error_subtype?: string;
  readonly type?: string;
  readonly name?: string;
}

export interface Statement {
  /** Everything that was sent. */
  readonly sql: string;
  /** Where the compiled text begins in it (UTF-16). */
  readonly offset: number;
  readonly compiled: Compiled;
  readonly root: string;
  /** The file of the node, for errors without a position. */
  readonly file: string;
  readonly line?: number | undefined;
}

/** A database error as a place in the template the SQL came from. */
export function sqlError(error: unknown, statement: Statement): EltError {
  const report = readReport(error);
  if (!report) {
    return new EltError(messageOf(error), {
      file: statement.file,
      line: statement.line,
      cause: error,
    });
  }
  const { message, hint } = describe(report);
  const at = offsetOf(report, statement.sql);
  const inside = at === undefined ? undefined : at - statement.offset;
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

/** The report inside an error message, when the statement ran under `errors_as_json`. */
export function readReport(error: unknown): Report | undefined {
  const text = messageOf(error);
  const start = text.indexOf("{");
  if (start < 0) return undefined;
  try {
    const report = JSON.parse(text.slice(start)) as Report;
    return typeof report.exception_message === "string" ? report : undefined;
  } catch {
    return undefined;
  }
}

/** The offset (UTF-16) of the mistake: the parser counts characters, everything behind it UTF-8 bytes. */
function offsetOf(report: Report, sql: string): number | undefined {
  if (report.position === undefined) return undefined;
  const position = Number(report.position);
  if (report.exception_type === "Parser") {
    return [...sql].slice(0, position).join("").length;
  }
  return new TextDecoder().decode(new TextEncoder().encode(sql).slice(0, position)).length;
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
