import type { Client, ClientConfig } from "pg";
import { EltError, messageOf } from "../../engine/errors.ts";

/** A database to load into, and how to speak of it without its password. */
export interface Target {
  readonly config: ClientConfig;
  /** `host:port/database`. */
  readonly place: string;
  readonly user: string;
  /** Where the address was set: `DATABASE_URL`, `loaders.postgres.embedded`. */
  readonly origin: string;
}

/** Reads a connection string. It may hold a password, so no error repeats it. */
export async function targetOf(url: string, origin: string): Promise<Target> {
  const { default: pg } = await import("pg");
  const config: ClientConfig = {
    connectionString: url,
    application_name: "leadhouse",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
  const client = readAddress(() => new pg.Client(config));
  if (!/^postgres(ql)?:/.test(url) || !client?.database || !client.port) {
    throw new EltError(`${origin} is not a Postgres address`, {
      hint: "write it as postgres://user:password@host:5432/database",
    });
  }
  const { host, port, database, user = "" } = client;
  return { config, place: `${host}:${port}/${database}`, user, origin };
}

/** Connects, with the session set so that both engines write a value the same way. */
export async function connect(target: Target): Promise<Client> {
  const { default: pg } = await import("pg");
  const client = new pg.Client(target.config);
  // A line that drops between two statements shows at the next one.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(
      "set search_path to ''; set timezone to 'UTC'; set datestyle to 'ISO, MDY'; " +
        "set extra_float_digits to 1; set client_min_messages to warning; set statement_timeout to 0; " +
        "set idle_in_transaction_session_timeout to 0",
    );
    const { rows } = await client.query<{ encoding: string }>(
      "select current_setting('server_encoding') as encoding",
    );
    const encoding = rows[0]?.encoding;
    if (encoding !== "UTF8") {
      throw new EltError(`${target.place} stores text as ${encoding}, not UTF8`, {
        hint: "load into a database created with encoding 'UTF8'",
      });
    }
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

/** Whether the same work may succeed in a moment: the line, a restart, too many guests, a deadlock. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  if (/^(08|57P0[123]|53300|40001|40P01)/.test(code)) return true;
  if (["ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code)) return true;
  return /^Connection terminated|^Client has encountered a connection error/.test(messageOf(error));
}

/** What went wrong in the words of the one who must mend it. */
export function explain(error: unknown, target: Target): Error {
  if (error instanceof EltError) return error;
  const { place, origin } = target;
  const user = target.user === "" ? "the user" : `user ${target.user}`;
  const code = codeOf(error);
  const told = (message: string, hint: string) => new EltError(message, { hint, cause: error });
  if (["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"].includes(code)) {
    return told(
      `cannot reach Postgres at ${place}`,
      `start it, or correct the address in ${origin}`,
    );
  }
  if (["ENOTFOUND", "EAI_AGAIN"].includes(code)) {
    return told(`cannot find the host of Postgres at ${place}`, `correct the host in ${origin}`);
  }
  if (code === "ETIMEDOUT" || /timeout expired/.test(messageOf(error))) {
    return told(
      `Postgres at ${place} does not answer`,
      `check the address in ${origin} and the firewalls on the way`,
    );
  }
  if (code === "28P01") {
    return told(`Postgres at ${place} refused the password of ${user}`, `correct it in ${origin}`);
  }
  if (code.startsWith("28")) {
    return told(
      `Postgres at ${place} does not let ${user} in: ${messageOf(error)}`,
      `ask for an entry in its pg_hba.conf, or correct the user or sslmode in ${origin}`,
    );
  }
  if (code === "3D000") {
    return told(
      `Postgres at ${place} has no such database`,
      `create it, or correct the name at the end of ${origin}`,
    );
  }
  if (code === "42501") {
    return told(
      `${user} may not do that at ${place}: ${messageOf(error)}`,
      `grant create on the database (for a new schema) and on the schema to ${target.user || "that user"}`,
    );
  }
  if (code === "53100") {
    return told(`the disk of Postgres at ${place} is full`, "make room there and run again");
  }
  if (/SSL|self.signed|certificate/i.test(messageOf(error))) {
    return told(
      `no secure connection to Postgres at ${place}: ${messageOf(error)}`,
      `set sslmode in ${origin}`,
    );
  }
  if (isPassing(error)) {
    return told(
      `lost Postgres at ${place}: ${messageOf(error)}`,
      "run again: nothing is half loaded",
    );
  }
  if (code !== "") {
    const { where, detail } = error as { where?: string; detail?: string };
    return new EltError(`Postgres at ${place}: ${messageOf(error)}`, {
      excerpt: [detail, where?.replace(/: ".*$/s, "")].filter(Boolean).join("\n") || undefined,
      cause: error,
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  // Node tries every address of a host and reports them together.
  const [first] = (error as { errors?: unknown[] } | null)?.errors ?? [];
  return first === undefined ? "" : codeOf(first);
}

/** The parser's own error shows the whole address, password included. */
function readAddress(read: () => Client): Client | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
