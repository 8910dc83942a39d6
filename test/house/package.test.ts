import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>;
};

test("every dependency is pinned to one exact version", () => {
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  const loose = Object.entries(all).filter(
    ([, version]) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(version),
  );
  expect(loose).toEqual([]);
});

test("the lockfile names no registry host", () => {
  const hosts = Object.entries(lock.packages).filter(([, entry]) =>
    entry.resolved?.startsWith("http"),
  );
  expect(hosts).toEqual([]);
});

test("every platform's binaries of DuckDB are in the lockfile, so that npm ci passes everywhere", () => {
  const bindings = lock.packages["node_modules/@duckdb/node-bindings"];
  const missing = Object.keys(bindings?.optionalDependencies ?? {}).filter(
    (name) => !(`node_modules/${name}` in lock.packages),
  );
  expect(missing).toEqual([]);
});

test("the command can be executed as it is checked out, since npx does not always make it so", () => {
  expect(statSync(join(root, "bin/elt.js")).mode & 0o111).toBe(0o111);
});
