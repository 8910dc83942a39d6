import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { EltError, type ErrorDetails } from "../errors.ts";

/** What was kept in a file; nothing when it cannot be read. */
export function readKept<T>(path: string): T | undefined {
  try {
    return deserialize(readFileSync(path)) as T;
  } catch {
    return undefined;
  }
}

/** Keeps data in a file, by temporary name and rename; a folder that cannot be written is no reason to stop. */
export function keep<T>(path: string, make: () => T): void {
  const temporary = `${path}.${process.pid}`;
  try {
    const bytes = serialize(make());
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch {
    return;
  }
}

/** A warning as data. */
export interface PlainError {
  readonly message: string;
  readonly details: ErrorDetails;
}

export function plainError({ message, details: { cause, ...details } }: EltError): PlainError {
  return { message, details };
}

export function revivedError({ message, details }: PlainError): EltError {
  return new EltError(message, details);
}
