import { mkdir, readFile, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EltError, messageOf } from "../../engine/errors.ts";

/** A file to stand in the exports folder. */
export interface ExportFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** Hash of what it shows. Equal to the last written: the file is left alone. */
  readonly content: string;
  readonly make: () => Promise<Buffer>;
}

export interface ExportResult {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

export interface ExportOptions {
  readonly folder: string;
  /** Names this export's manifest: `.<name>.json` in the folder. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (done: number) => void;
}

/**
 * Makes the folder hold these files: writes what changed (beside, then renamed), removes what an earlier
 * run wrote and nobody wants any more, touches nothing else. A file that fails does not stop the others.
 */
export async function exportFiles(
  files: readonly ExportFile[],
  options: ExportOptions,
): Promise<ExportResult> {
  const { folder, name, signal } = options;
  await mkdir(folder, { recursive: true });
  const manifest = await readManifest(folder, name);
  const written: string[] = [];
  const failures: string[] = [];
  let done = 0;
  try {
    for (const file of files) {
      if (signal?.aborted) break;
      options.progress?.(done);
      done += 1;
      const target = join(folder, file.path);
      if (manifest.get(file.path) === file.content && (await exists(target))) continue;
      try {
        await replaceFile(target, await file.make());
        manifest.set(file.path, file.content);
        written.push(file.path);
      } catch (error) {
        failures.push(`${file.path}: ${messageOf(error)}`);
      }
    }
    const wanted = new Set(files.map((file) => file.path));
    const removed = [...manifest.keys()].filter((path) => !wanted.has(path));
    for (const path of signal?.aborted ? [] : removed) {
      await rm(join(folder, path), { force: true });
      await removeEmpty(folder, dirname(path));
      manifest.delete(path);
    }
    if (failures.length > 0) throw notWritten(failures, files.length);
    return { written, removed };
  } finally {
    await writeManifest(folder, name, manifest);
  }
}

/** The file under its name is the old one or the new one, never a part. */
async function replaceFile(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

function notWritten(failures: readonly string[], total: number): EltError {
  return new EltError(`${failures.length} of ${total} files could not be written`, {
    excerpt: failures.slice(0, 10).join("\n"),
    hint: "close the files where they are open, make room on the disk, then run again",
  });
}

function manifestPath(folder: string, name: string): string {
  return join(folder, `.${name}.json`);
}

async function readManifest(folder: string, name: string): Promise<Map<string, string>> {
  const text = await readFile(manifestPath(folder, name), "utf8").catch(() => "{}");
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
  } catch {
    return new Map(); // Damaged by hand: every file is written again.
  }
}

async function writeManifest(
  folder: string,
  name: string,
  manifest: ReadonlyMap<string, string>,
): Promise<void> {
  const entries = [...manifest].sort(([left], [right]) => (left < right ? -1 : 1));
  const text = `${JSON.stringify(Object.fromEntries(entries), null, 1)}\n`;
  await replaceFile(manifestPath(folder, name), Buffer.from(text));
}

async function removeEmpty(folder: string, path: string): Promise<void> {
  for (let below = path; below !== "." && below !== "/"; below = dirname(below)) {
    try {
      await rmdir(join(folder, below));
    } catch {
      return; // Something still lives there.
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
