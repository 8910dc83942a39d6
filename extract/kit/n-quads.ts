import type { Cells, Refused } from "../../engine/warehouse/landing.ts";

export const QUAD_COLUMNS = [
  "page_url",
  "subject",
  "predicate",
  "object",
  "object_kind",
  "language",
] as const;

const IRI = '<([^<>"{}|^`\\\\\\x00-\\x20]*(?:\\\\u[0-9A-Fa-f]{4}[^<>]*)*)>';
const BLANK = '_:([^\\s<>"]+)';
const LITERAL = `"((?:[^"\\\\\\n\\r]|\\\\.)*)"(?:@([A-Za-z0-9-]+)|\\^\\^<[^>]*>)?`;
const QUAD = new RegExp(
  `^\\s*(?:${IRI}|${BLANK})\\s+${IRI}\\s+(?:${IRI}|${BLANK}|${LITERAL})\\s+${IRI}\\s*\\.\\s*$`,
);

/** One line of N-Quads (https://www.w3.org/TR/n-quads/) as cells; nothing for blank lines and comments. */
export function parseQuad(line: string): Cells | Refused | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const found = QUAD.exec(line);
  if (!found) return { refused: "the line is no quad", text: line };
  const [, iri, blank, predicate, target, node, text, language, page] = found;
  const object = target ?? node ?? text ?? "";
  const kind = target !== undefined ? "iri" : node !== undefined ? "blank" : "literal";
  return [
    unescaped(page ?? ""),
    iri === undefined ? `_:${blank}` : unescaped(iri),
    unescaped(predicate ?? ""),
    kind === "blank" ? `_:${object}` : unescaped(object),
    kind,
    language ?? null,
  ];
}

const SHORT: Readonly<Record<string, string>> = {
  t: "\t",
  b: "\b",
  n: "\n",
  r: "\r",
  f: "\f",
};

/** A NUL becomes the replacement character: no table has a place for it. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text.replaceAll("\0", "\ufffd");
  return text
    .replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gs, (_, four, eight, other: string) => {
      const digits = (four ?? eight) as string | undefined;
      if (digits === undefined) return SHORT[other] ?? other;
      const point = Number.parseInt(digits, 16);
      return point > 0x10_ff_ff ? "\ufffd" : String.fromCodePoint(point);
    })
    .replaceAll("\0", "\ufffd")
    .toWellFormed();
}
