import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EltError } from "../../../../engine/errors.ts";
import { parseTemplate, renderTemplate } from "../../../../engine/sql/template/template.ts";

/**
 * `template → output`. ⏎ is a newline, ✗ an error by its message; behind ≠ stands what we answer
 * where we differ from Jinja2 on purpose. The outputs are Jinja2 3.1.6's.
 */
const sections = readFileSync(new URL("cases.txt", import.meta.url), "utf8")
  .split(/^# /m)
  .filter((section) => section.trim() !== "")
  .map((section) => {
    const [title = "", ...lines] = section.split("\n");
    return { title, lines: lines.filter((line) => line.trim() !== "") };
  });

for (const { title, lines } of sections) {
  describe(title, () => {
    test.each(lines)("%s", (line) => {
      const arrow = line.lastIndexOf(" → ");
      const template = written(line.slice(0, arrow));
      const [jinja = "", ours] = line.slice(arrow + 3).split(" ≠ ");
      const expected = ours ?? jinja;
      if (!expected.startsWith("✗ ")) {
        expect(render(template)).toBe(written(expected));
        return;
      }
      const error = failure(template);
      expect(error.message).toBe(expected.slice(2));
      expect(error.place).toMatch(/^case\.sql:\d+:\d+$/);
      if (!jinja.startsWith("✗ ")) expect(render(template, "lenient")).toBe(written(jinja));
    });
  });
}

function written(text: string): string {
  return text.replaceAll("⏎", "\n");
}

function render(text: string, mode: "strict" | "lenient" = "strict"): string {
  const template = parseTemplate(text, { file: "case.sql" });
  return renderTemplate(template, { globals: new Map(), undefined: mode }).text;
}

function failure(text: string): EltError {
  try {
    render(text);
  } catch (error) {
    if (error instanceof EltError) return error;
    throw error;
  }
  throw new Error(`${text} did not fail`);
}
