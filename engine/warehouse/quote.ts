/** An SQL identifier, quoted whatever it holds. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `a.b.c` from parts, each quoted. */
export function quotePath(...parts: readonly string[]): string {
  return parts.map(quote).join(".");
}

/** An SQL string literal, for places where a value cannot be bound (file lists, COMMENT, COPY). */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
