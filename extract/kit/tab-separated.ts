import { StringDecoder } from "node:string_decoder";
import type { CsvRecord } from "./csv.ts";

/**
 * Records of tab-separated text as it arrives. Quotes are letters (`THE "INN PTY LTD`), a tab or line end
 * never stands inside a field, and a byte order mark is taken off.
 */
export async function* tabSeparated(chunks: AsyncIterable<Buffer>): AsyncGenerator<CsvRecord> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let line = 0;
  let isStart = true;

  function* records(text: string): Generator<CsvRecord> {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      line += 1;
      yield* record(text.slice(from, end));
      from = end + 1;
    }
    rest = text.slice(from);
  }

  function* record(text: string): Generator<CsvRecord> {
    const bare = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (bare !== "") yield { line, fields: bare.split("\t"), text: bare };
  }

  for await (const chunk of chunks) {
    let text = rest + decoder.write(chunk);
    if (isStart && text !== "") {
      text = text.replace(/^\ufeff/, "");
      isStart = false;
    }
    yield* records(text);
  }
  yield* records(rest + decoder.end());
  line += 1;
  yield* record(rest);
}
