import { Failure } from "./classify.ts";

/** One record of a delimited file, with the line it begins on (from 1). */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
  readonly text: string;
}

const QUOTE = 34;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Reads RFC 4180 and what registers make of it: lines ended by CR, LF or both in one file, blank
 * lines, and bare quotes inside a quoted field (`"KID"S INN"`), which end it only before a delimiter
 * or a line's end.
 *
 * @throws Failure of class `retry` when the text ends inside a quoted field: it was cut.
 */
export function* parseCsv(text: string, delimiter = ","): Generator<CsvRecord> {
  const separator = delimiter.charCodeAt(0);
  const end = text.length;
  let at = 0;
  let line = 1;

  while (at < end) {
    const start = at;
    const startLine = line;
    const fields: string[] = [];
    for (;;) {
      fields.push(text.charCodeAt(at) === QUOTE ? quoted() : plain());
      if (text.charCodeAt(at) !== separator) break;
      at += 1;
    }
    const record = { line: startLine, fields, text: text.slice(start, at) };
    if (text.charCodeAt(at) === CARRIAGE_RETURN) at += 1;
    if (text.charCodeAt(at) === LINE_FEED) at += 1;
    line += 1;
    if (fields.length > 1 || fields[0] !== "") yield record;
  }

  function plain(): string {
    const start = at;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === separator || code === LINE_FEED || code === CARRIAGE_RETURN) break;
    }
    return text.slice(start, at);
  }

  function quoted(): string {
    const openedOn = line;
    const start = at + 1;
    let from = start;
    for (;;) {
      const close = text.indexOf('"', from);
      if (close === -1) {
        throw new Failure("retry", `line ${openedOn}: a quoted field never ends, the file was cut`);
      }
      const next = text.charCodeAt(close + 1);
      if (next === QUOTE) {
        from = close + 2;
        continue;
      }
      if (next !== separator && next !== LINE_FEED && next !== CARRIAGE_RETURN && close + 1 < end) {
        from = close + 1;
        continue;
      }
      at = close + 1;
      const value = text.slice(start, close);
      for (let feed = value.indexOf("\n"); feed !== -1; feed = value.indexOf("\n", feed + 1))
        line += 1;
      return value.includes('""') ? value.replaceAll('""', '"') : value;
    }
  }
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** The delimiter that cuts the first lines into the most fields of an equal number. */
export function sniffDelimiter(text: string): string {
  const sample = text.slice(0, 65_536);
  let best = { delimiter: ",", score: 0 };
  for (const delimiter of DELIMITERS) {
    const widths = firstWidths(sample, delimiter);
    const width = widths[0] ?? 1;
    const equal = widths.filter((other) => other === width).length;
    const score = width > 1 ? (width * equal) / widths.length : 0;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

function firstWidths(sample: string, delimiter: string): number[] {
  const widths: number[] = [];
  try {
    for (const { fields } of parseCsv(sample, delimiter)) {
      if (widths.push(fields.length) === 20) break;
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  return widths;
}
