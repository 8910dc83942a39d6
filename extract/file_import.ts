import type { RoomContext, Step } from "../engine/step.ts";
import type { Effects } from "./kit/effects.ts";
import { extractor } from "./kit/extractor.ts";
import { isFolder } from "./kit/folder.ts";
import { batchOf, importKey, importsSchema } from "./kit/imports.ts";
import { mappingStep } from "./kit/mappings.ts";

/**
 * Lists that arrive as files: lead lists, CRM exports, directory lists, lists of addresses; CSV,
 * Excel, JSON, Parquet or one URL a line, from a path, an address or an object store; a folder of them
 * is one list. `elt.yml` says which column is which field. Every list is a batch, named by its content unless it has a name of its own, so that
 * one file is never imported twice.
 */
const rows = extractor({
  version: 1,
  stream: "rows",
  columns: ["row_number", "record"],
  settings: importsSchema,
  defaults: { fresh_days: 1, concurrency: 4, per_second: 4 },

  requests: ({ imports }) =>
    imports.map((list) => ({ key: importKey(list), url: list.path ?? list.url ?? "", list })),

  async fetch({ list, url }, { read, folder }) {
    const { readFolderRecords, readRecords } = await import("./kit/formats.ts");
    if (isFolder(url)) {
      const found = await folder("a list");
      return { batchId: batchOf(list, found.sha256), records: readFolderRecords(found, list) };
    }
    const content = await read("a list");
    return { batchId: batchOf(list, content.sha256), records: readRecords(content, list) };
  },
});

export function step(room: RoomContext, effects?: Partial<Effects>): Step[] {
  return [...rows(room, effects), ...mappingStep(room, effects)];
}
