import { z } from "zod";
import { extractor } from "../../../extract/kit/extractor.ts";
import { project } from "./night.ts";

const step = extractor({
  version: 1,
  stream: "answers",
  settings: z.strictObject({ url: z.string(), first: z.int().default(0), count: z.int() }),
  defaults: { fresh_days: 30, concurrency: 1, per_second: 10_000 },
  requests: ({ url, first, count }) =>
    Array.from({ length: count }, (_, index) => {
      const key = String(first + index);
      return { key, url: `${url}/${key}` };
    }),
  async fetch(_request, { read }) {
    const content = await read("a word");
    const response = content.body.toString();
    return { response, outcome: response === "nothing" ? "empty" : "ok" };
  },
});

/** A source that is asked so many small questions; the answer "nothing" is empty. */
export function lookups(settings: Readonly<Record<string, unknown>>) {
  return project({ source: "lookups", step, settings });
}
