import { z } from "zod";
import type { RoomContext, Step } from "../engine/step.ts";
import type { Cells, Refused } from "../engine/warehouse/landing.ts";
import { ckanResult, newestFile } from "./kit/ckan-package.ts";
import type { Effects } from "./kit/effects.ts";
import { type Content, extractor } from "./kit/extractor.ts";
import { registerMappings } from "./kit/register-mappings.ts";
import {
  checkColumns,
  isObject,
  parseJson,
  portalUrl,
  RECORD_COLUMNS,
  type RegisterRequest,
  readAt,
  registerRecords,
  registerRequest,
  registerShape,
  uniqueNames,
} from "./kit/registers.ts";

/**
 * Any resource of a CKAN portal (data.gov.au, data.nsw.gov.au): rows of its datastore by the
 * resource's id, or the newest file of a package. https://docs.ckan.org/en/latest/api/
 */
const settings = z.strictObject({
  registers: z
    .array(
      z
        .strictObject({
          ...registerShape,
          /** What stands before `/api/3/action`: `https://data.gov.au/data` */
          url: portalUrl,
          /** Id of a resource with a datastore. */
          resource: z.string().min(1).optional(),
          /** Column → value, of a datastore. */
          filters: z.record(z.string(), z.string()).optional(),
          page_rows: z.int().min(1).max(32_000).default(5000),
          /** Name of a package; its files change their addresses with every release. */
          package: z.string().min(1).optional(),
          format: z.enum(["csv", "xlsx", "json"]).default("csv"),
          /** Part of the file's name, where a package has several. */
          file: z.string().min(1).optional(),
        })
        .refine(
          (register) => (register.resource === undefined) !== (register.package === undefined),
          "needs a resource or a package",
        ),
    )
    .refine(uniqueNames, "two registers have the same name"),
});

type Settings = z.output<typeof settings>;
type CkanRegister = Settings["registers"][number];
type Ask = (action: string, parameters: object) => Promise<Record<string, unknown>>;

const rows = extractor({
  version: 1,
  stream: "rows",
  columns: RECORD_COLUMNS,
  settings,
  defaults: { fresh_days: 7, concurrency: 1, per_second: 2 },
  requests,

  async fetch(request, { read }) {
    const { register } = request;
    let isFirst = true;
    const ask: Ask = async (action, parameters) => {
      const asking = { isFirst, accept: (content: Content) => ckanResult(parseJson(content)) };
      isFirst = false;
      return await readAt(request, read, {
        ...asking,
        due: "a CKAN answer in JSON",
        url: `${register.url}/api/3/action/${action}`,
        call: {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(parameters),
        },
      });
    };
    if (register.resource !== undefined) {
      return { batchId: register.name, records: await datastoreRecords(request, ask) };
    }
    const url = newestFile(register, await ask("package_show", { id: register.package }));
    const content = await readAt(request, read, {
      due: `a ${register.format} file`,
      url,
      isFirst: true,
      accept: (found) => found,
    });
    const { readRecords } = await import("./kit/formats.ts");
    const { name, format } = register;
    const found = readRecords(content, { name, format, purpose: "discovery", columns: {} });
    return { batchId: name, records: checked(register, found) };
  },
});

const mappings = registerMappings(settings, requests);

export function step(room: RoomContext, effects?: Partial<Effects>): Step[] {
  return [...rows(room, effects), ...mappings(room, effects)];
}

function requests({ registers }: Settings) {
  return registers.map((register) => {
    const { resource, filters, format, file } = register;
    const question = { resource, filters, package: register.package, format, file };
    return registerRequest(register, register.url, question);
  });
}

/** Pages of a datastore, in the order of its own row number. */
async function datastoreRecords(request: RegisterRequest<CkanRegister>, ask: Ask) {
  const { register } = request;
  const { resource, filters, page_rows } = register;
  const search = (offset: number, limit: number) =>
    ask("datastore_search", {
      resource_id: resource,
      ...(filters ? { filters } : {}),
      sort: "_id",
      offset,
      limit,
    });
  const { fields, total } = await search(0, 0);
  const columns = Array.isArray(fields) ? fields.filter(isObject).map(({ id }) => String(id)) : [];
  checkColumns(register, columns);
  const count = async () => Number(total ?? 0);

  async function* pages() {
    for (let offset = 0; offset < (await count()); ) {
      const { records } = await search(offset, page_rows);
      const page = Array.isArray(records) ? records.filter(isObject) : [];
      if (page.length === 0) return;
      offset += page.length;
      yield page;
    }
  }

  return registerRecords(request, pages(), { columns, count, id: "_id" });
}

async function* checked(
  register: CkanRegister,
  records: AsyncIterable<Cells | Refused>,
): AsyncGenerator<Cells | Refused> {
  let isFirst = true;
  for await (const record of records) {
    if (isFirst && !("refused" in record)) {
      checkColumns(register, Object.keys(JSON.parse(record[1] ?? "{}") as object));
      isFirst = false;
    }
    yield record;
  }
}
