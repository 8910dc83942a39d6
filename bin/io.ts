/** Where a command's words go. Results to `out`, progress and errors to `err`. */
export interface Io {
  readonly out: (line: string) => void;
  /** Binary results (`elt sql --output arrow`). */
  readonly bytes: (bytes: Uint8Array) => void;
  readonly err: (line: string) => void;
  /** Text without a newline, on a terminal only: the live line of a step. */
  readonly transient: ((text: string) => void) | undefined;
  /** Keys as they are pressed, or the letters of a pipe; without it, nobody answers. */
  readonly keys?: () => AsyncGenerator<string>;
  /** Ends the process at once: the second Ctrl-C. */
  readonly exit: (code: number) => void;
}
