import { Failure } from "./classify.ts";
import type { Tools } from "./extractor.ts";
import type { Remote } from "./parquet-ranges.ts";

/** A file that is read by HTTP ranges, each of which must come as asked. */
export function remoteFile(url: string, read: Tools["read"], due: string): Remote {
  async function ask(range: string, most: number) {
    const content = await read(due, {
      url,
      // Compressed on the way, a range would be one of other bytes.
      headers: { range: `bytes=${range}`, "accept-encoding": "identity" },
      maxBytes: most,
      isCutAtCap: true,
      isPart: true,
    });
    const [, total] = /\/(\d+)$/.exec(content.headers?.["content-range"] ?? "") ?? [];
    if (content.status !== 206 || total === undefined) {
      throw new Failure("retry", "sent the whole file where a range of it was asked", {
        status: content.status,
      });
    }
    return { bytes: content.body, total: Number(total) };
  }

  return {
    async range(start, end) {
      const { bytes } = await ask(`${start}-${end - 1}`, end - start);
      if (bytes.length === end - start) return bytes;
      const got = `${bytes.length} of ${end - start} bytes`;
      throw new Failure("retry", `sent ${got} of a range`);
    },
    async tail(length) {
      const { bytes, total } = await ask(`-${length}`, length);
      if (bytes.length === Math.min(length, total)) return { bytes, total };
      throw new Failure("retry", `sent ${bytes.length} of the last ${length} bytes`);
    },
  };
}
