import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeArchive } from "./warc/generate.ts";

/**
 * WARC scan: records per second of generated gzipped WARCs, in one process and in two (one file each),
 * beside Python's FastWARC and warcio and npm's warcio, where they are found. Medians of 3, interleaved.
 *   WARC_PYTHON=…/bin/python WARC_NPM=…/folder npm run bench warc [pages]
 */
const PAGES = Number(process.argv[2] ?? 20_000);
const ROUNDS = 3;
const python = process.env.WARC_PYTHON ?? "python3";
const folder = process.env.WARC_NPM;

const PYTHON = `
import sys, time, json, resource
name, path = sys.argv[1], sys.argv[2]
if name == "fastwarc": from fastwarc.warc import ArchiveIterator
else: from warcio.archiveiterator import ArchiveIterator
began = time.perf_counter()
records = sum(1 for _ in ArchiveIterator(open(path, "rb")))
seconds = time.perf_counter() - began
megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"records": records, "seconds": seconds, "megabytes": megabytes}))`;

interface Scan {
  readonly records: number;
  readonly seconds: number;
  readonly megabytes: number;
}

const run = promisify(execFile);
const scan = async (command: string, args: readonly string[]): Promise<Scan> =>
  JSON.parse((await run(command, args)).stdout) as Scan;
const own = (file: string) =>
  scan(process.execPath, [join(import.meta.dirname, "warc/scan.ts"), file]);

const place = mkdtempSync(join(tmpdir(), "leadhouse-warc-"));
const files = [join(place, "0.warc.gz"), join(place, "1.warc.gz")] as const;
try {
  await Promise.all(files.map((file, index) => writeArchive(file, PAGES, String(index))));
  const bytes = statSync(files[0]).size;
  console.log(
    `${(PAGES * 3).toLocaleString("en-US")} records, ${(bytes / 1e6).toFixed(0)} MB gzipped, a file\n`,
  );
  const contenders: Record<string, () => Promise<Scan>> = {
    leadhouse: () => own(files[0]),
    "leadhouse, 2 processes": async () => {
      const scans = await Promise.all(files.map(own));
      return {
        records: scans.reduce((sum, { records }) => sum + records, 0),
        seconds: Math.max(...scans.map(({ seconds }) => seconds)),
        megabytes: Math.max(...scans.map(({ megabytes }) => megabytes)),
      };
    },
    ...Object.fromEntries(
      ["fastwarc", "warcio"]
        .filter(hasModule)
        .map((name) => [`${name} (Python)`, () => scan(python, ["-c", PYTHON, name, files[0]])]),
    ),
    ...(folder
      ? {
          "warcio (npm)": () =>
            scan(process.execPath, [join(import.meta.dirname, "warc/scan.ts"), files[0], folder]),
        }
      : {}),
  };
  const scans = new Map<string, Scan[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, ask] of Object.entries(contenders)) {
      scans.set(name, [...(scans.get(name) ?? []), await ask()]);
    }
  }
  for (const [name, found] of scans) console.log(lineOf(name, found, bytes));
} finally {
  rmSync(place, { recursive: true, force: true });
}

function hasModule(name: string): boolean {
  try {
    execFileSync(python, ["-c", `import ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function lineOf(name: string, scans: readonly Scan[], bytes: number): string {
  const middle = scans.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(scans.length / 2)];
  const { records = 0, seconds = 1 } = middle ?? {};
  const memory = Math.max(...scans.map(({ megabytes }) => megabytes));
  const share = records / (PAGES * 3);
  return [
    name.padEnd(24),
    `${Math.round(records / seconds)
      .toLocaleString("en-US")
      .padStart(9)} records/s`,
    `${((bytes * share) / seconds / 1e6).toFixed(0).padStart(5)} MB/s gzipped`,
    `${memory.toFixed(0).padStart(5)} MB memory`,
  ].join("  ");
}
