/** Where an expected error points to, and what to do about it. */
export interface ErrorDetails {
  /** Path as the user knows it, relative to the project. */
  readonly file?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based, in characters. */
  readonly column?: number | undefined;
  /** One imperative sentence. */
  readonly hint?: string | undefined;
  /** Lines shown under the message: an excerpt with a caret, a macro stack, a list of problems. */
  readonly excerpt?: string | undefined;
  /** 1 something failed (default), 2 bad usage or configuration. */
  readonly exitCode?: 1 | 2 | undefined;
  readonly cause?: unknown;
}

/** An expected failure: shown to the user without a stack. Everything else that is thrown is a bug. */
export class EltError extends Error {
  readonly details: ErrorDetails;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "EltError";
    this.details = details;
  }

  /** `models/x.sql:13:9`, or the empty string when the error has no place. */
  get place(): string {
    const { file, line, column } = this.details;
    return [file, line, column].filter((part) => part !== undefined).join(":");
  }
}

/** Several problems found in one pass, reported together. */
export class EltErrors extends EltError {
  readonly errors: readonly EltError[];

  constructor(message: string, errors: readonly EltError[], exitCode: 1 | 2 = 2) {
    super(message, { exitCode });
    this.name = "EltErrors";
    this.errors = errors;
  }
}

/** The message of anything caught. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
