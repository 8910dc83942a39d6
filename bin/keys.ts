import type { ReadStream } from "node:tty";

const INTERRUPT = "\u0003";
const END = "\u0004";

/** Keys as they are pressed; from a pipe, its letters. Ends with the input, or with Ctrl-C and Ctrl-D. */
export async function* readKeys(stream: ReadStream): AsyncGenerator<string> {
  const raw = stream.isTTY === true;
  if (raw) stream.setRawMode(true);
  stream.setEncoding("utf8");
  try {
    for await (const chunk of stream) {
      for (const key of String(chunk)) {
        if (key === INTERRUPT || key === END) return;
        if (key.trim() !== "") yield key;
      }
    }
  } finally {
    if (raw) stream.setRawMode(false);
    stream.pause();
  }
}
