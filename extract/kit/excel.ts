import exceljs from "exceljs";
import { suggest } from "../../engine/suggest.ts";
import { Failure } from "./classify.ts";
import { columnNames, type Found } from "./formats.ts";

/** Records of one sheet: its first row with a value is the header. */
export async function readWorkbook(body: Buffer, sheetName?: string): Promise<Iterable<Found>> {
  const workbook = new exceljs.Workbook();
  try {
    await workbook.xlsx.load(body as unknown as ArrayBuffer);
  } catch (cause) {
    throw new Failure("fatal", "is not an Excel workbook (.xlsx)", { cause });
  }
  const names = workbook.worksheets.map(({ name }) => name);
  const sheet = sheetName ? workbook.getWorksheet(sheetName) : workbook.worksheets[0];
  if (!sheet) {
    const wish = sheetName ?? "";
    throw new Failure("fatal", `has no sheet "${wish}"${suggest(wish, names)}`);
  }
  return records(sheet);
}

function* records(sheet: exceljs.Worksheet): Generator<Found> {
  let names: string[] | undefined;
  for (let number = 1; number <= sheet.rowCount; number += 1) {
    const row = sheet.findRow(number);
    const cells = Array.from({ length: row?.cellCount ?? 0 }, (_, place) =>
      textOf(row?.getCell(place + 1).value),
    );
    if (cells.every((cell) => cell === null)) continue;
    if (!names) {
      names = columnNames(cells.map((cell) => cell ?? ""));
      continue;
    }
    const width = Math.max(names.length, cells.length);
    const own = names;
    const columns = Array.from({ length: width }, (_, place) => [
      own[place] ?? `column_${place + 1}`,
      cells[place] ?? null,
    ]);
    yield { record: Object.fromEntries(columns) };
  }
}

/** A cell as it would be read aloud: a formula by its result, a link by its text, a date in ISO. */
function textOf(value: exceljs.CellValue | undefined): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (value instanceof Date) {
    const text = value.toISOString();
    return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text;
  }
  if (typeof value !== "object") return String(value);
  if ("richText" in value) return value.richText.map(({ text }) => text).join("") || null;
  if ("hyperlink" in value) return textOf(value.text as exceljs.CellValue);
  if ("error" in value) return null;
  if ("result" in value) return textOf(value.result as exceljs.CellValue);
  return null;
}
