import { z } from "zod";
import { suggest } from "../../engine/suggest.ts";
import type { Cells } from "../../engine/warehouse/landing.ts";
import { withoutSecrets } from "./address.ts";
import { Failure } from "./classify.ts";
import type { Content, Request } from "./extractor.ts";
import type { Call } from "./http.ts";
import { importsSchema } from "./imports.ts";

/** Columns in which every register lands, whatever it publishes. */
export const RECORD_COLUMNS = ["row_number", "record"];

/** What every register of `elt.yml` says, whoever serves it; a source adds where it is asked. */
export const registerShape = {
  name: z.string().regex(/^[a-z0-9_]+$/, "use lower case letters, digits and underscores"),
  /** Default: the name. */
  source: z.string().min(1).optional(),
  /** Standard field → the register's own column; parts of an object by a dot (`location.latitude`). */
  columns: importsSchema.shape.imports.element.shape.columns,
  /** Of every record, where the register has no such column. */
  state: z.string().min(1).optional(),
  country: z.string().min(1).optional(),
};

export const portalUrl = z
  .string()
  .regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s?#]+$/i, "use the portal's address, https://…")
  .transform((url) => url.replace(/\/+$/, ""));

export type Register = z.output<z.ZodObject<typeof registerShape>>;

/** One register is one question with many addresses: what it is, then page after page. */
export interface RegisterRequest<R extends Register> extends Request {
  readonly register: R;
  /** Pages read by an attempt that then failed, by what was asked: the next one goes on from there. */
  readonly kept: Map<string, unknown>;
}

export function uniqueNames(registers: readonly Register[]): boolean {
  return new Set(registers.map(({ name }) => name)).size === registers.length;
}

/** The question of one register: its name, its address, and what of it is asked for. */
export function registerRequest<R extends Register>(
  register: R,
  start: string,
  question: Readonly<Record<string, unknown>>,
): RegisterRequest<R> {
  const key = `${register.name} ${withoutSecrets(start)} ${JSON.stringify(question)}`;
  return { key, url: start, register, kept: new Map() };
}

export interface Asking<T> {
  /** Names what is expected, for messages. */
  readonly due: string;
  readonly url: string;
  readonly call?: Partial<Call>;
  /** The first question of every attempt: its answer is what lands as the request's. */
  readonly isFirst?: boolean;
  /** Reads the answer, and throws where it is none: only what was accepted is kept. */
  readonly accept: (content: Content) => T;
}

type Read = (due: string, call?: Partial<Call>) => Promise<Content>;

/** Reads one address of a register, unless an earlier attempt of the night has. */
export async function readAt<R extends Register, T>(
  request: RegisterRequest<R>,
  read: Read,
  { due, url, call, isFirst = false, accept }: Asking<T>,
): Promise<T> {
  const asked = `${url} ${call?.body ?? ""}`;
  if (!isFirst && request.kept.has(asked)) return request.kept.get(asked) as T;
  const answer = accept(await readPage(() => read(due, { ...call, url })));
  if (!isFirst) request.kept.set(asked, answer);
  return answer;
}

async function readPage(read: () => Promise<Content>): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    throw explained(error);
  }
}

export function parseJson(content: Content): unknown {
  try {
    return JSON.parse(content.text("utf-8"));
  } catch (cause) {
    throw new Failure("retry", `sent JSON that was cut: ${String(cause)}`, { cause });
  }
}

/** Refuses a register that lacks a mapped column: its values would all be null. */
export function checkColumns({ columns }: Register, known: readonly string[]): void {
  const missing = unknownColumns(columns, known).map(
    ([field, column]) => `"${column}" for ${field}${suggest(column, known)}`,
  );
  if (missing.length === 0) return;
  throw new Failure(
    "fatal",
    `has no column ${missing.join(", ")}; its columns are: ${known.join(", ").slice(0, 1500)}`,
  );
}

/** Mapped columns that are neither known nor part of a known object. */
export function unknownColumns(
  columns: Register["columns"],
  known: readonly string[],
): [field: string, column: string][] {
  return Object.entries(columns).flatMap(([field, column]): [string, string][] =>
    column === undefined || known.includes(column) || known.includes(column.split(".")[0] ?? "")
      ? []
      : [[field, column]],
  );
}

export interface Described {
  /** All columns the register says it has. */
  readonly columns: readonly string[];
  /** Records it says it holds. */
  readonly count: () => Promise<number>;
  /** The column no two records share. */
  readonly id: string;
}

/**
 * The records of all pages as JSON texts, held against what the register said of itself: pages that
 * repeat, end early or change their columns are no answer.
 */
export async function* registerRecords<R extends Register>(
  { kept }: RegisterRequest<R>,
  pages: AsyncIterable<readonly Readonly<Record<string, unknown>>[]>,
  { columns, count, id }: Described,
): AsyncGenerator<Cells> {
  // Pages that do not fit together are all read again.
  const refuse = (message: string) => {
    kept.clear();
    return new Failure("retry", message);
  };
  const known = new Set(columns);
  const empty = Object.fromEntries(columns.map((column) => [column, null]));
  const seen = new Set<string>();
  const due = await count();
  for await (const page of pages) {
    for (const record of page) {
      const name = String(record[id]);
      if (seen.has(name)) throw refuse(`sent row ${name} on two pages`);
      seen.add(name);
      const strange = Object.keys(record).find((key) => !known.has(key) && !key.startsWith(":"));
      if (strange !== undefined) {
        throw refuse(`sent a column "${strange}" it did not have a page before`);
      }
      yield [String(seen.size), JSON.stringify({ ...empty, ...flatRecord(record) })];
    }
  }
  if (seen.size < due) {
    throw refuse(`sent ${seen.size} of ${due} rows and then no more`);
  }
  kept.clear();
}

/** Objects as columns with dotted names; a GeoJSON point as longitude and latitude. */
export function flatRecord(
  record: Readonly<Record<string, unknown>>,
  prefix = "",
): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(record)) {
    const inner = key === "human_address" ? unwrapped(value) : value;
    if (!isObject(inner)) {
      flat[`${prefix}${key}`] = inner;
    } else if (inner.type === "Point" && Array.isArray(inner.coordinates)) {
      [flat[`${prefix}${key}.longitude`], flat[`${prefix}${key}.latitude`]] = inner.coordinates;
    } else {
      Object.assign(flat, flatRecord(inner, `${prefix}${key}.`));
    }
  }
  return flat;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** A key's value for a header; a register that names a variable needs it. */
export function secretOf(variable: string): string {
  const secret = process.env[variable];
  if (secret) return secret;
  throw new Failure("blocked", `needs the environment variable ${variable}, which is not set`);
}

/** Socrata writes an address as JSON text inside its JSON. */
function unwrapped(value: unknown): unknown {
  try {
    return typeof value === "string" ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

/** A refusal with the reason its JSON gives. */
function explained(error: unknown): unknown {
  if (!(error instanceof Failure) || error.details.response === undefined) return error;
  const reason = reasonOf(error.details.response);
  if (reason === undefined) return error;
  return new Failure(error.outcome, `${error.message}: ${reason}`, error.details);
}

function reasonOf(response: string): string | undefined {
  try {
    const said: unknown = JSON.parse(response);
    if (!isObject(said)) return undefined;
    const { message = isObject(said.error) ? said.error.message : undefined } = said;
    if (typeof message === "string") return message;
    return isObject(said.error) ? JSON.stringify(said.error) : undefined;
  } catch {
    return undefined;
  }
}
