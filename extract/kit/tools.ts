import type { RequestHistory } from "../../engine/warehouse/landing-history.ts";
import { isLocal } from "./address.ts";
import type { Content, Tools } from "./extractor.ts";
import { readFolder } from "./folder.ts";
import type { Http } from "./http.ts";
import { downloadHttp, downloadLocal, type Reading, readHttp, readLocal } from "./reader.ts";

export interface ToolsOptions {
  readonly http: Http;
  readonly root: string;
  readonly known: RequestHistory | undefined;
  /** Where a body is to lie that is too large for memory. */
  readonly file: () => string;
  /** What earlier attempts at the same folder have read of it. */
  readonly kept: Map<string, Content>;
  /** Hears of each reading before the extractor does, and may throw. */
  readonly onReading: (reading: Reading) => void;
}

/** What an extractor asks one address with: over HTTP, or from disk when that is where it lies. */
export function toolsFor(
  url: string,
  { http, root, known, file, kept, onReading }: ToolsOptions,
): Tools {
  async function take<C>(asked: Promise<Reading<C>>): Promise<C> {
    const reading = await asked;
    onReading(reading);
    return reading.content;
  }
  return {
    read: async (due, { isPart = false, isXml = false, ...call } = {}) =>
      await take(
        isLocal(url)
          ? readLocal(root, url, { due, known, isXml })
          : readHttp(http, { url, ...call }, { due, known: isPart ? undefined : known, isXml }),
      ),
    download: async (due, call = {}) =>
      await take(
        isLocal(url)
          ? downloadLocal(root, url, { due, known })
          : downloadHttp(http, { url, ...call, saveTo: file() }, { due, known }),
      ),
    folder: async (due) => await take(readFolder(url, { http, root, due, known, kept })),
  };
}
