/** The rows of a small CSV text by the names of its first line; empty is null. */
export function csvRows(text: string): Record<string, string | null>[] {
  const [header = [], ...lines] = records(text.trim());
  return lines.map((line) =>
    Object.fromEntries(header.map((name, index) => [(name ?? "").trim(), line[index] ?? null])),
  );
}

/** The names in the first line of a CSV text. */
export function csvHeader(text: string, delimiter: string): string[] {
  const [header = []] = records(text.replace(/^\uFEFF/, ""), delimiter, 1);
  return header.map((name) => (name ?? "").trim());
}

function records(text: string, delimiter = ",", limit = Number.POSITIVE_INFINITY) {
  const stop = delimiter.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  const blank = delimiter.trim() === "" ? "[ ]*" : "\\s*";
  const field = new RegExp(
    `${blank}(?:"((?:[^"]|"")*)"|((?:(?!${stop})[^\\n\\r])*))(${stop}|\\r?\\n|$)`,
    "y",
  );
  const rows: (string | null)[][] = [[]];
  while (field.lastIndex <= text.length) {
    const found = field.exec(text);
    if (!found) break;
    const [, quoted, plain = "", end] = found;
    rows.at(-1)?.push(quoted !== undefined ? quoted.replaceAll('""', '"') : plain.trim() || null);
    if (end === "" || (end !== delimiter && rows.length >= limit)) break;
    if (end !== delimiter) rows.push([]);
  }
  return rows;
}
