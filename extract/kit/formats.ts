import type { Cells, Refused } from "../../engine/warehouse/landing.ts";
import { parseCsv, sniffDelimiter } from "./csv.ts";
import type { Content, Folder } from "./extractor.ts";
import { joined } from "./folder.ts";
import type { ImportList } from "./imports.ts";
import { readJson } from "./json.ts";

/** A record as columns, as JSON text already, or one that could not be read. */
export type Found =
  | { readonly record: Readonly<Record<string, unknown>> }
  | { readonly json: string }
  | Refused;

/** The records of a list, each as its number (from 1) and the JSON text of all its columns. */
export async function* readRecords(
  content: Content,
  list: ImportList,
): AsyncGenerator<Cells | Refused> {
  let row = 0;
  for await (const found of recordsOf(content, list)) {
    row += 1;
    if ("refused" in found) yield found;
    else yield [String(row), "json" in found ? found.json : JSON.stringify(found.record)];
  }
}

/** The records of all lists of a folder as one, numbered through; each file's format is its own. */
export async function* readFolderRecords(
  { files }: Folder,
  list: ImportList,
): AsyncGenerator<Cells | Refused> {
  const read = (content: Content, name: string) =>
    readRecords(content, { ...list, url: undefined, path: name });
  let row = 0;
  for await (const found of joined(files, read)) {
    row += 1;
    yield "refused" in found ? found : [String(row), ...found.slice(1)];
  }
}

async function* recordsOf(content: Content, list: ImportList): AsyncGenerator<Found> {
  switch (formatOf(list)) {
    case "xlsx": {
      const { readWorkbook } = await import("./excel.ts");
      yield* await readWorkbook(content.body, list.sheet);
      return;
    }
    case "parquet": {
      const { readParquet } = await import("./parquet.ts");
      yield* readParquet(content.body);
      return;
    }
    case "json":
      yield* readJson(content.text(list.encoding));
      return;
    case "urls":
      yield* readUrls(content.text(list.encoding));
      return;
    case "csv":
      yield* readCsv(content.text(list.encoding), list.delimiter);
  }
}

function formatOf({ format, path, url = "" }: ImportList): NonNullable<ImportList["format"]> {
  if (format) return format;
  const extension = /\.([a-z]+)(?:[?#].*)?$/i.exec(path ?? url)?.[1]?.toLowerCase();
  if (extension === "xlsx" || extension === "xlsm") return "xlsx";
  if (extension === "json" || extension === "ndjson" || extension === "jsonl") return "json";
  if (extension === "geojson") return "json";
  if (extension === "parquet") return "parquet";
  return extension === "txt" ? "urls" : "csv";
}

function* readCsv(text: string, delimiter = sniffDelimiter(text)): Generator<Found> {
  const records = parseCsv(text, delimiter);
  const header = records.next();
  if (header.done) return;
  const names = columnNames(header.value.fields);
  for (const { fields } of records) {
    const width = Math.max(names.length, fields.length);
    const columns = Array.from({ length: width }, (_, place) => [
      names[place] ?? `column_${place + 1}`,
      fields[place] || null,
    ]);
    yield { record: Object.fromEntries(columns) };
  }
}

/** One name a column: an empty header is `column_7`, the second `Phone` is `Phone_2`. */
export function columnNames(header: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return header.map((text, place) => {
    const name = text.trim() || `column_${place + 1}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}

function* readUrls(text: string): Generator<Found> {
  for (const line of text.split(/\r\n|\r|\n/)) {
    const url = line.trim();
    if (url !== "" && !url.startsWith("#")) yield { record: { url } };
  }
}
