import { z } from "zod";
import type { Cells, Records, Refused } from "../engine/warehouse/landing.ts";
import { extractor } from "./kit/extractor.ts";
import { isFolder } from "./kit/folder.ts";
import { importKey, importsSchema } from "./kit/imports.ts";

/**
 * Property lists of booking engines (RMS, Cloudbeds, ipms247, SiteMinder, Mews …), from sitemaps, crawls or
 * vendors: addresses one a line, or columns `url` or `slug` with `name` and `engine` where a list has them.
 * Which engine an address belongs to, and what its property is called, the models say.
 */
const { name, path, url, format, sheet, delimiter, encoding } =
  importsSchema.shape.imports.element.shape;

export const step = extractor({
  version: 1,
  stream: "rows",
  columns: ["list_name", "engine", "row_number", "record"],
  settings: z.strictObject({
    lists: z.array(
      z
        .strictObject({
          ...{ name, path, url, format, sheet, delimiter, encoding },
          /** Of every row, where the list has no such column: slugs need it. */
          engine: z.string().min(1).optional(),
        })
        .refine(
          (list) => (list.path === undefined) !== (list.url === undefined),
          "needs a path or a url",
        ),
    ),
  }),
  defaults: { fresh_days: 30, concurrency: 2, per_second: 2 },

  requests: ({ lists }) =>
    lists.map((list) => {
      const readable = { ...list, purpose: "discovery" as const, columns: {} };
      return { key: importKey(readable), url: list.path ?? list.url ?? "", list: readable };
    }),

  async fetch({ list, url: address }, { read, folder }) {
    const { readFolderRecords, readRecords } = await import("./kit/formats.ts");
    const records = isFolder(address)
      ? readFolderRecords(await folder("a list"), list)
      : readRecords(await read("a list"), list);
    return { batchId: list.name, records: labelled(records, list) };
  },
});

async function* labelled(
  records: Records,
  list: { readonly name: string; readonly engine?: string | undefined },
): AsyncGenerator<Cells | Refused> {
  for await (const found of records) {
    yield "refused" in found ? found : [list.name, list.engine ?? null, ...found];
  }
}
