import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EltError } from "../../engine/errors.ts";
import { type Home, locate } from "./embedded-home.ts";
import { isPostmaster, readPidFile } from "./embedded-process.ts";

const HOST = "127.0.0.1";
const NAME = "leadhouse";
const START_TRIES = 12;
const READY_WITHIN_MS = 20_000;

/** What the server keeps out of its way: other machines, other users' sockets, replication nobody uses. */
const SETTINGS = `
listen_addresses = '${HOST}'
unix_socket_directories = ''
max_connections = 40
wal_level = minimal
max_wal_senders = 0
synchronous_commit = off
log_min_messages = warning
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
`;

export interface EmbeddedServer {
  readonly running: boolean;
  /** Connection string; present while running. */
  readonly url?: string;
  readonly port?: number;
  readonly pid?: number;
  /** Where the cluster lives: `data/postgres`, unless the server's user cannot reach that. */
  readonly folder: string;
  readonly log: string;
}

export interface StartOptions {
  /** A fixed port; by default a free one, chosen once and remembered. */
  readonly port?: number | undefined;
}

/** A real PostgreSQL under the data folder that goes on answering after the run. Starts it, or finds it running. */
export async function startEmbedded(
  data: string,
  options: StartOptions = {},
): Promise<EmbeddedServer> {
  const home = await locate(data);
  await forgetOrphan(home);
  const running = await findRunning(home);
  if (running && (options.port === undefined || options.port === running.port)) return running;
  if (running) await stopServer(home);
  await initialise(home);
  await writeFile(home.marker, `${home.base}\n`);
  return await launch(home, options.port);
}

/** Stops the server; nothing when it is not running. The cluster stays. */
export async function stopEmbedded(data: string): Promise<EmbeddedServer> {
  const home = await locate(data);
  await stopServer(home);
  return { running: false, folder: home.base, log: home.log };
}

export async function statusEmbedded(data: string): Promise<EmbeddedServer> {
  const home = await locate(data);
  return (await findRunning(home)) ?? { running: false, folder: home.base, log: home.log };
}

/** A data folder that was removed takes its cluster along, wherever that had to live. */
async function forgetOrphan(home: Home): Promise<void> {
  if ((await exists(home.marker)) || !(await exists(home.cluster))) return;
  await stopServer(home);
  await rm(home.cluster, { recursive: true, force: true });
}

async function findRunning(home: Home): Promise<EmbeddedServer | undefined> {
  const lock = await readPidFile(home.cluster);
  if (!lock) return undefined;
  if (!(await isPostmaster(lock.pid, home.cluster))) {
    // Left by a kill -9 or by a container's earlier life. The server refuses to start when that number is in
    // use again, by whatever process (or waits for a parent as a zombie), so the file has to go.
    await rm(join(home.cluster, "postmaster.pid"), { force: true });
    return undefined;
  }
  await untilReady(lock.port, () => false);
  return await answering(home, lock.port, lock.pid);
}

async function initialise(home: Home): Promise<void> {
  const version = await readFile(join(home.cluster, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version !== undefined) {
    if (home.version.startsWith(`${version.trim()}.`) || home.version === version.trim()) return;
    throw new EltError(
      `${home.base} was made by PostgreSQL ${version.trim()}, the installed one is ${home.version}`,
      { hint: `remove ${home.base}: the next run loads everything again` },
    );
  }
  // Under another name first: a cluster half made by a killed run never looks like a whole one.
  const fresh = `${home.cluster}.new-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  const { code, output } = await execute(home, "initdb", [
    `--pgdata=${fresh}`,
    `--username=${NAME}`,
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
  ]);
  if (code !== 0) {
    throw new EltError(`PostgreSQL could not make its cluster in ${home.base}`, {
      excerpt: lastLines(output),
      hint: "check the free space and the rights of that folder",
    });
  }
  const settings = join(fresh, "postgresql.conf");
  await writeFile(settings, SETTINGS, { flag: "a" });
  await rename(fresh, home.cluster).catch(async (error) => {
    // Another start was quicker.
    await rm(fresh, { recursive: true, force: true });
    if (!(await exists(join(home.cluster, "PG_VERSION")))) throw error;
  });
}

async function launch(home: Home, wanted: number | undefined): Promise<EmbeddedServer> {
  let port = wanted ?? (await rememberedPort(home)) ?? (await freePort());
  for (let attempt = 1; ; attempt += 1) {
    const logged = await size(home.log);
    const { pid, exited } = spawnServer(home, port);
    const ended = { now: false };
    void exited.then(() => {
      ended.now = true;
    });
    const ready = await untilReady(port, () => ended.now);
    const server = ready && !ended.now ? await answering(home, port, pid) : undefined;
    if (server) {
      await remember(home, port);
      return server;
    }
    // Somebody else may have started this cluster in the meantime.
    const other = ended.now ? await findRunning(home) : undefined;
    if (other) return other;
    const output = (await readFile(home.log)).subarray(logged).toString();
    if (attempt < START_TRIES) {
      if (/could not bind|already in use/.test(output)) {
        if (wanted !== undefined) {
          throw new EltError(`port ${wanted} of ${HOST} is taken by another program`, {
            hint: "set another loaders.postgres.port, or leave it out to have one chosen",
          });
        }
        port = await freePort();
        continue;
      }
      // The dead server's children go within a second and take the shared memory with them.
      if (/shared memory block|lock file/.test(output)) {
        await sleep(250);
        continue;
      }
    }
    throw new EltError("PostgreSQL did not start", {
      excerpt: lastLines(output),
      hint: `see ${home.log}; removing ${home.base} starts over, the next run loads everything again`,
    });
  }
}

function spawnServer(home: Home, port: number) {
  const log = openSync(home.log, "a");
  const child = spawn(join(home.native, "bin", "postgres"), ["-D", home.cluster, "-p", `${port}`], {
    ...home.owner,
    cwd: "/",
    env: environment(),
    // Its own session: neither Ctrl-C nor the end of the run reaches it.
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  return { pid: child.pid ?? 0, exited };
}

/** Waits until something on the port speaks PostgreSQL and takes connections. */
async function untilReady(port: number, gone: () => boolean): Promise<boolean> {
  for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; ) {
    if (gone()) return false;
    const answer = await ask(port, "postgres", "select 1 as one");
    if (answer) return true;
    await sleep(20);
  }
  return false;
}

/** The server on the port, when it is the one of this cluster. */
async function answering(
  home: Home,
  port: number,
  pid: number,
): Promise<EmbeddedServer | undefined> {
  const rows = await ask(port, "postgres", "show data_directory");
  if (rows?.[0]?.data_directory !== home.cluster) return undefined;
  const [database] =
    (await ask(port, "postgres", `select 1 as one from pg_database where datname = '${NAME}'`)) ??
    [];
  if (!database) await ask(port, "postgres", `create database ${NAME}`);
  const url = `postgres://${NAME}:${NAME}@${HOST}:${port}/${NAME}`;
  return { running: true, url, port, pid, folder: home.base, log: home.log };
}

async function ask(
  port: number,
  database: string,
  sql: string,
): Promise<Record<string, unknown>[] | undefined> {
  const { Client } = await import("pg").then((module) => module.default);
  const client = new Client({
    host: HOST,
    port,
    database,
    user: NAME,
    password: NAME,
    ssl: false,
    connectionTimeoutMillis: 5000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } catch {
    return undefined; // Not there yet, or not ours: the caller decides which.
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function stopServer(home: Home): Promise<void> {
  const lock = await readPidFile(home.cluster);
  if (!lock || !(await isPostmaster(lock.pid, home.cluster))) return;
  // SIGINT: roll back what is open, then end cleanly. SIGQUIT when a client holds that up.
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    process.kill(lock.pid, signal);
    for (let waited = 0; waited < 8000; waited += 50) {
      if (!(await isPostmaster(lock.pid, home.cluster))) return;
      await sleep(50);
    }
  }
  throw new EltError(`PostgreSQL (process ${lock.pid}) does not stop`, { hint: `see ${home.log}` });
}

async function rememberedPort(home: Home): Promise<number | undefined> {
  const text = await readFile(join(home.base, "port"), "utf8").catch(() => "");
  const port = Number.parseInt(text, 10);
  return Number.isInteger(port) && (await isFree(port)) ? port : undefined;
}

async function remember(home: Home, port: number): Promise<void> {
  const path = join(home.base, "port");
  await writeFile(`${path}.tmp`, `${port}\n`);
  await rename(`${path}.tmp`, path);
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}

async function execute(home: Home, program: string, args: readonly string[]) {
  const child = spawn(join(home.native, "bin", program), args, {
    ...home.owner,
    cwd: "/",
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return await new Promise<{ code: number; output: string }>((resolve) => {
    child.once("error", (error) => resolve({ code: -1, output: `${output}\n${error.message}` }));
    child.once("close", (code) => resolve({ code: code ?? -1, output }));
  });
}

/** No PGDATA, PGPORT or locale of the user leaks into the server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-8).join("\n");
}

async function size(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
