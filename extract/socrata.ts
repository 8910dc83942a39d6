import { z } from "zod";
import type { RoomContext, Step } from "../engine/step.ts";
import { Failure } from "./kit/classify.ts";
import type { Effects } from "./kit/effects.ts";
import { extractor } from "./kit/extractor.ts";
import { registerMappings } from "./kit/register-mappings.ts";
import {
  checkColumns,
  isObject,
  parseJson,
  portalUrl,
  RECORD_COLUMNS,
  readAt,
  registerRecords,
  registerRequest,
  registerShape,
  secretOf,
  uniqueNames,
} from "./kit/registers.ts";

/**
 * Any dataset of a Socrata portal (SODA 2.1): cities, counties and states of the US publish their
 * registers there. https://dev.socrata.com/docs/endpoints.html
 */
const settings = z.strictObject({
  registers: z
    .array(
      z.strictObject({
        ...registerShape,
        /** `https://data.austintexas.gov` */
        url: portalUrl,
        dataset: z.string().regex(/^[a-z0-9]{4}-[a-z0-9]{4}$/, "use the dataset's id, abcd-1234"),
        /** SoQL, as in `status = 'ACTIVE'`. */
        where: z.string().min(1).optional(),
        /** Without a token a portal counts all its guests together. */
        app_token_env: z.string().min(1).optional(),
        page_rows: z.int().min(1).max(50_000).default(5000),
      }),
    )
    .refine(uniqueNames, "two registers have the same name"),
});

type Settings = z.output<typeof settings>;

/** A page is another question than the description whose validators the kit knows. */
const UNCONDITIONAL = { "if-none-match": '"a page"' };

const rows = extractor({
  version: 1,
  stream: "rows",
  columns: RECORD_COLUMNS,
  settings,
  defaults: { fresh_days: 7, concurrency: 1, per_second: 2 },
  requests,

  async fetch(request, { read }) {
    const { register, url: start } = request;
    const { name, url, dataset, where, app_token_env, page_rows } = register;
    const token = app_token_env ? { "x-app-token": secretOf(app_token_env) } : {};
    const ask = async (query: Readonly<Record<string, string>>) => {
      const parameters = new URLSearchParams({ ...query, ...(where ? { $where: where } : {}) });
      return await readAt(request, read, {
        due: "rows in JSON",
        url: `${url}/resource/${dataset}.json?${parameters}`,
        call: { headers: { ...token, ...UNCONDITIONAL } },
        accept: (content) => rowsOf(parseJson(content)),
      });
    };
    // `rowsUpdatedAt` is part of the description: the same description again means the same rows.
    const columns = await readAt(request, read, {
      due: "a description in JSON",
      url: start,
      call: { headers: token },
      isFirst: true,
      accept: (content) => columnsOf(parseJson(content)),
    });
    checkColumns(register, [...columns, ":id"]);
    const count = async () => {
      const [counted] = await ask({ $select: "count(*) as count" });
      return Number(counted?.count ?? 0);
    };

    async function* pages() {
      for (let offset = 0; offset < (await count()); ) {
        // Rows have no order of their own: without one, pages overlap.
        const page = await ask({
          $select: ":*,*",
          $order: ":id",
          $limit: String(page_rows),
          $offset: String(offset),
        });
        if (page.length === 0) return;
        offset += page.length;
        yield page;
      }
    }

    return {
      batchId: name,
      records: registerRecords(request, pages(), { columns, count, id: ":id" }),
    };
  },
});

const mappings = registerMappings(settings, requests);

export function step(room: RoomContext, effects?: Partial<Effects>): Step[] {
  return [...rows(room, effects), ...mappings(room, effects)];
}

function requests({ registers }: Settings) {
  return registers.map((register) => {
    const { url, dataset, where } = register;
    return registerRequest(register, `${url}/api/views/${dataset}.json`, { where });
  });
}

/** An object in place of rows says why: 202 while the portal is still computing. */
function rowsOf(answer: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(answer)) return answer.filter(isObject);
  const message = isObject(answer) ? (answer.message ?? answer.status) : undefined;
  throw new Failure("retry", `sent no rows: ${message ?? "no reason given"}`, {
    response: JSON.stringify(answer),
  });
}

function columnsOf(about: unknown): string[] {
  const columns = isObject(about) && Array.isArray(about.columns) ? about.columns : undefined;
  if (!columns) throw new Failure("fatal", "sent a description without columns");
  return columns.filter(isObject).map(({ fieldName }) => String(fieldName));
}
