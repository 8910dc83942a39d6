/** A CSV line as registers write it: every field quoted. */
export function quotedLine(fields: readonly string[]): string {
  return fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",");
}

/** A CSV line as spreadsheets write it: quotes only where needed. */
export function plainLine(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}
