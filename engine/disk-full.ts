import { EltError, messageOf } from "./errors.ts";

/** A full disk as the one sentence it deserves; nothing when the error is another one. */
export function diskFull(error: unknown, folder: string): EltError | undefined {
  for (let cause: unknown = error; cause !== undefined; cause = (cause as Error).cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (
      code !== "ENOSPC" &&
      !/no space left on device|ENOSPC|disk is full/i.test(messageOf(cause))
    ) {
      continue;
    }
    return new EltError(`the disk is full: ${folder}`, {
      cause: error,
      hint: "free some space and run again: what had landed is kept and not asked for twice",
    });
  }
  return undefined;
}
