import { repack } from "./pack.ts";

/** A new, empty workbook. */
export async function newWorkbook(properties: {
  readonly title: string;
  readonly subject: string;
  /** Shown by Excel as the date of the file; taken from the data, so that equal data give equal bytes. */
  readonly date: Date;
}) {
  const { default: excel } = await import("exceljs");
  const workbook = new excel.Workbook();
  workbook.creator = "leadhouse";
  workbook.lastModifiedBy = "leadhouse";
  workbook.title = properties.title;
  workbook.subject = properties.subject;
  workbook.created = properties.date;
  workbook.modified = properties.date;
  return workbook;
}

/** The bytes of a workbook. Stored first and packed by zlib: the writer's own compression is JavaScript. */
export async function workbookBytes(
  workbook: Awaited<ReturnType<typeof newWorkbook>>,
): Promise<Buffer> {
  const options = { zip: { compression: "STORE" } };
  const stored = await workbook.xlsx.writeBuffer(options as never);
  return repack(Buffer.from(stored));
}
