import { z } from "zod";
import { withoutSecrets } from "./address.ts";

/** What a column of a list can be. */
const FIELDS = [
  "source_record_id",
  "hotel_name",
  "address",
  "street",
  "city",
  "state",
  "zip_code",
  "country",
  "phone",
  "phone_alt",
  "email",
  "website",
  "booking_url",
  "booking_engine",
  "latitude",
  "longitude",
  "room_count",
  "rating",
  "review_count",
  "category",
  "operator",
  "licensee",
  "contact_name",
  "contact_title",
  "contact_email",
  "contact_phone",
] as const;

const listSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9_]+$/, "use lower case letters, digits and underscores"),
    /** Default: the name and the first digits of the content's hash. */
    batch_id: z.string().min(1).optional(),
    /** Default: the name. */
    source: z.string().min(1).optional(),
    path: z.string().min(1).optional(),
    url: z.string().min(1).optional(),
    /** Default: by the file's extension. */
    format: z.enum(["csv", "xlsx", "json", "parquet", "urls"]).optional(),
    /** Default: the workbook's first. */
    sheet: z.string().optional(),
    /** Default: sniffed. */
    delimiter: z.string().length(1).optional(),
    encoding: z.enum(["utf-8", "utf-16le", "utf-16be", "windows-1252", "latin-1"]).optional(),
    /** `client` lists are matched to hotels and never merged into them. */
    purpose: z.enum(["discovery", "client"]).default("discovery"),
    columns: z.strictObject(
      Object.fromEntries(FIELDS.map((field) => [field, z.string().min(1).optional()])),
    ),
    /** Of every record, where the list has no such column. */
    state: z.string().min(1).optional(),
    country: z.string().min(1).optional(),
  })
  .refine(({ path, url }) => (path === undefined) !== (url === undefined), "needs a path or a url");

export type ImportList = z.output<typeof listSchema>;

export const importsSchema = z.strictObject({
  imports: z
    .array(listSchema)
    .refine(
      (lists) => new Set(lists.map(({ name }) => name)).size === lists.length,
      "two imports have the same name",
    ),
});

/**
 * A path's name is its question, wherever the file is moved to; an address is part of it. So is how
 * the file is read: a corrected encoding reads it again.
 */
export function importKey({ name, url, format, sheet, delimiter, encoding }: ImportList): string {
  const reading = Object.entries({ format, sheet, delimiter, encoding }).flatMap(
    ([option, value]) => (value === undefined ? [] : [`${option}=${value}`]),
  );
  return [name, ...(url === undefined ? [] : [withoutSecrets(url)]), ...reading].join(" ");
}

export function batchOf({ name, batch_id }: ImportList, sha256: string): string {
  return batch_id ?? `${name}-${sha256.slice(0, 12)}`;
}
