import { expect, test } from "vitest";
import { DatabaseError } from "../../../engine/warehouse/database-error.ts";
import { Warehouse } from "../../../engine/warehouse/warehouse.ts";

async function failure(sql: string): Promise<DatabaseError> {
  const warehouse = await Warehouse.open(":memory:");
  try {
    await warehouse.rows(sql);
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  } finally {
    warehouse.close();
  }
  throw new Error("nothing failed");
}

test.each([
  ["select nme from (select 1 as name)", "Binder Error: Referenced column", "nme"],
  ["select 'ü€😀', nme from (select 1 as name)", "Binder Error: Referenced column", "nme"],
  ["select 'ü€😀' as a,\n b ) c", "Parser Error: syntax error", ")"],
  ["select 1,\n  cast('x' as int)", "Conversion Error: Could not convert", "cast"],
])("%s points at its mistake", async (sql, begin, word) => {
  const { message, offset } = await failure(sql);
  expect(message.startsWith(begin), message).toBe(true);
  expect(message).not.toContain("{");
  const lines = message.split("\n");
  const shown = lines.at(-2) ?? "";
  const caret = (lines.at(-1) ?? "").indexOf("^");
  expect(shown).toMatch(new RegExp(`^LINE ${sql.includes("\n") ? 2 : 1}: `));
  expect(sql.slice(offset).startsWith(word)).toBe(true);
  expect(shown.slice(caret).startsWith(word)).toBe(true);
});

test("an error without a place has only its message", async () => {
  expect((await failure("select error('a {curly}\nb')")).message).toBe(
    "Invalid Input Error: a {curly}\nb",
  );
});

test("of a long line only what is around the mistake is shown", async () => {
  const { message } = await failure(`select ${"1, ".repeat(500)}nme`);
  expect(message.split("\n").at(-2)?.length).toBeLessThan(150);
});
