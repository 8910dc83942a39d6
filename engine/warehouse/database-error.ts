import { messageOf } from "../errors.ts";

/** What DuckDB says about a statement under `set errors_as_json = true`. */
export interface Report {
  readonly exception_type: string;
  readonly exception_message: string;
  readonly position?: string;
  readonly candidates?: string;
  readonly error_subtype?: string;
  readonly type?: string;
  readonly name?: string;
}

/** A statement that failed. Its message is DuckDB's own; the report is what it was made from. */
export class DatabaseError extends Error {
  readonly report: Report;
  /** Where in the statement the mistake is (UTF-16), when DuckDB knows. */
  readonly offset: number | undefined;

  constructor(report: Report, sql: string, cause: unknown) {
    const offset = offsetOf(report, sql);
    const where = offset === undefined ? "" : `\n\n${lineAt(sql, offset)}`;
    super(`${report.exception_type} Error: ${report.exception_message}${where}`, { cause });
    this.name = "DatabaseError";
    this.report = report;
    this.offset = offset;
  }
}

/** Anything a statement threw: a `DatabaseError` where DuckDB reported one. */
export function databaseError(error: unknown, sql: string): unknown {
  const text = messageOf(error);
  const start = text.indexOf("{");
  if (start < 0) return error;
  try {
    const report = JSON.parse(text.slice(start)) as Report;
    if (typeof report.exception_message !== "string") return error;
    return new DatabaseError(report, sql, error);
  } catch {
    return error;
  }
}

/** The parser counts characters, everything behind it UTF-8 bytes. */
function offsetOf(report: Report, sql: string): number | undefined {
  if (report.position === undefined) return undefined;
  const position = Number(report.position);
  const before =
    report.exception_type === "Parser"
      ? [...sql].slice(0, position).join("")
      : new TextDecoder().decode(new TextEncoder().encode(sql).slice(0, position));
  return before.length;
}

const SHOWN = 60;

/** The line of the mistake with a caret under it; of a long one what is around. */
function lineAt(sql: string, offset: number): string {
  const begin = sql.lastIndexOf("\n", offset - 1) + 1;
  const end = sql.indexOf("\n", offset);
  const number = sql.slice(0, begin).split("\n").length;
  const from = Math.max(begin, offset - SHOWN);
  const text = sql.slice(from, Math.min(end < 0 ? sql.length : end, offset + SHOWN));
  const head = `LINE ${number}: ${from > begin ? "..." : ""}`;
  return `${head}${text}\n${" ".repeat(head.length + offset - from)}^`;
}
