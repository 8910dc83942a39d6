import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { takeLock } from "../../engine/lock.ts";

const since = new Date(Date.UTC(2026, 0, 1));
const folder = () => mkdtempSync(join(tmpdir(), "leadhouse-lock-"));

test("a lock that is held names its holder, and is free after release", () => {
  const data = folder();
  const release = takeLock(data, since);
  expect(() => takeLock(data, since)).toThrow(
    `another run is at work: process ${process.pid} since 2026-01-01T00:00:00.000Z`,
  );
  release();
  takeLock(data, since)();
  expect(readdirSync(data)).toEqual([]);
});

test("the lock of a process that is gone is taken over", () => {
  const data = folder();
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(join(data, "lock"), JSON.stringify({ pid, born: "1", since: "before" }));
  takeLock(data, since)();
  expect(existsSync(join(data, "lock"))).toBe(false);
});

test("a reused process id is not taken for the holder", () => {
  const data = folder();
  const stale = { pid: process.pid, born: "some other start", since: "before" };
  writeFileSync(join(data, "lock"), JSON.stringify(stale));
  takeLock(data, since)();
});

test("a lock that was cut off while it was written is taken over", () => {
  const data = folder();
  writeFileSync(join(data, "lock"), '{"pid":');
  takeLock(data, since)();
});
