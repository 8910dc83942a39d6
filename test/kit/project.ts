import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const home = join(import.meta.dirname, "../..");
const SHARED = [
  "seeds",
  "extract",
  "matchers",
  "loaders",
  "exports",
  "dbt_project.yml",
  "package.json",
  "node_modules",
];

export interface TestProject {
  readonly root: string;
  /** Runs `elt` in the project and waits for its end. */
  elt(...args: string[]): Promise<Outcome>;
  /** Starts `elt`, to be killed. */
  start(...args: string[]): ChildProcess;
  write(file: string, content: string | Uint8Array): void;
  remove(): void;
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** This project in a temporary folder: the real rooms, a copy of the models, its own `elt.yml` and data. */
export function testProject(eltYml: string, env: Record<string, string> = {}): TestProject {
  const root = mkdtempSync(join(tmpdir(), "leadhouse-project-"));
  // PostgreSQL runs as a user of its own under root: it must be able to enter.
  chmodSync(root, 0o755);
  cpSync(join(home, "models"), join(root, "models"), { recursive: true });
  for (const name of SHARED) symlinkSync(join(home, name), join(root, name));
  writeFileSync(join(root, "elt.yml"), eltYml);
  function start(...args: string[]): ChildProcess {
    return spawn(process.execPath, [join(home, "bin/elt.js"), ...args], {
      cwd: root,
      env: { ...process.env, ...env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
  return {
    root,
    start,
    async elt(...args) {
      const child = start(...args);
      let out = "";
      let err = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
      child.stderr?.on("data", (chunk: Buffer) => {
        err += chunk.toString();
      });
      const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
      return { code, out, err };
    },
    write(file, content) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), content);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
