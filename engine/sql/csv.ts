/** The rows of a small CSV text by the names of its first line; empty is null. */
export function csvRows(text: string): Record<string, string | null>[] {
  const [header = [], ...lines] = records(text.trim());
  return lines.map((line) =>
    Object.fromEntries(header.map((name, index) => [(name ?? "").trim(), line[index] ?? null])),
  );
}

const FIELD = /\s*(?:"((?:[^"]|"")*)"|([^,\n\r]*))(,|\r?\n|$)/y;

function records(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [[]];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex <= text.length) {
    const found = FIELD.exec(text);
    if (!found) break;
    const [, quoted, plain = "", end] = found;
    rows.at(-1)?.push(quoted !== undefined ? quoted.replaceAll('""', '"') : plain.trim() || null);
    if (end === "") break;
    if (end !== ",") rows.push([]);
  }
  return rows;
}
